"""Claims put to the test: start one, see how far it is, read what came of it and the runs that say so.

A test is ordinary runs of kind "claim", each side of the comparison with the same seeds; a run that was trained before with the very
same experiment is taken as it is. What was asked for is kept in the store, and the trainer does it whoever is watching; the first one
who looks when all runs have ended reads the verdict and keeps it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dlcore import registry, service, statistics
from dlcore.claims._measures import Outcome
from dlcore.errors import Invalid
from dlcore.service import open_store
from dlcore.services import evidence
from dlcore.specs import Claim
from dlcore.statistics import LEAST_SEEDS, Estimate
from dlcore.store import Store, claims

MOST_SEEDS = 100
POLL = 0.3


@dataclass(frozen=True)
class Finding:
    """What came of a test.

    effects: one per seed, in the claim's unit. values: label → for each seed the measures of its experiments. seconds: what its runs
    took to train, those that were there before included. why: what stood in the way where nothing could be measured, else "".
    """

    estimate: Estimate
    verdict: str
    effects: tuple[float, ...]
    values: Mapping[str, Sequence[Sequence[float]]]
    seconds: float
    tested: float
    why: str = ""


@dataclass(frozen=True)
class Standing:
    """How a claim stands. done of total: runs and looks into nets that have ended. runs: (seed, label, number within the side) → run id.

    cause: why a "broken" test cannot end: a run was stopped, lost or failed for a reason of its own. Starting it again mends it.
    """

    claim: Claim
    state: Literal["untested", "running", "broken", "tested"]
    seeds: int = 0
    done: int = 0
    total: int = 0
    runs: Mapping[tuple[int, str, int], str] | None = None
    finding: Finding | None = None
    cause: str = ""


def start(name: str, seeds: int | None = None, *, owner: str = "", store: Store | None = None) -> Standing:
    """Tests the claim called `name` with `seeds` seeds (None: its own number), at least 3. Returns how it stands.

    What was trained before is not trained again: a test with more seeds goes on where the former one ended. `Invalid` for an unknown
    name or a number of seeds out of range.
    """
    claim: Claim = registry.find("claims", name)
    count = claim.seeds if seeds is None else seeds
    if not LEAST_SEEDS <= count <= MOST_SEEDS:
        raise Invalid(f"seeds = {count} is not allowed: a claim needs from {LEAST_SEEDS} to {MOST_SEEDS} seeds.")
    place = store or open_store()
    former = claims.load(place).get(name, {})
    body = {"made": evidence.made_from(name), "seeds": count, "begun": time.time(), "runs": {}, "jobs": {}, "finding": None}
    if claim.looks != "start":
        body["runs"] = _submit(place, claim, count, owner, former.get("runs", {}))
    claims.save(place, name, body)
    return _look(place, claim, body)


def stop(name: str, *, store: Store | None = None) -> None:
    """Stops the runs of a test that have not ended; what is trained stays and is taken when it is started again."""
    place = store or open_store()
    runs = list(claims.load(place).get(name, {}).get("runs", {}).values())
    for run, (state, _, _) in claims.ends(place, runs).items():
        if state in ("queued", "running", "paused") and place.run(run).kind == "claim":
            service.stop(run, store=place)


def standing(name: str, *, store: Store | None = None) -> Standing:
    """How one claim stands; the verdict is reached, and kept, by the first call after its runs have ended."""
    place = store or open_store()
    return _standing(place, registry.find("claims", name), claims.load(place).get(name))


def standings(*, store: Store | None = None) -> dict[str, Standing]:
    """How all claims stand, by name, in the order of the course."""
    place = store or open_store()
    kept = claims.load(place)
    return {name: _standing(place, claim, kept.get(name)) for name, claim in registry.members("claims").items()}


def wait(names: Sequence[str], *, store: Store | None = None) -> Iterator[Standing]:
    """The claims that are being tested, each as its test ends (state "tested" or "broken"). Sees to it that a trainer runs."""
    place = store or open_store()
    left = list(dict.fromkeys(names))
    looked = 0.0
    while left:
        kept = claims.load(place)
        for name in list(left):
            found = _standing(place, registry.find("claims", name), kept.get(name))
            if found.state != "running":
                left.remove(name)
                yield found
        if left and time.monotonic() - looked > 2:
            service.ensure_trainer(store=place)
            looked = time.monotonic()
        if left:
            time.sleep(POLL)


def corrected(found: Mapping[str, Standing]) -> dict[str, float]:
    """name → p-value corrected for all comparisons made so far (Holm 1979), for the claims that have one."""
    named = {name: one.finding.estimate.p for name, one in found.items() if one.finding is not None and not one.finding.why}
    return dict(zip(named, statistics.holm(list(named.values())), strict=True))


def judge(claim: Claim, seeds: int, outcomes: Mapping[evidence.Key, Outcome], seconds: float = 0.0) -> Finding:
    """The finding from what all runs came to; a claim about arithmetic is computed here."""
    measures = [evidence.measured(claim, seed, outcomes) for seed in range(seeds)]
    effects = [evidence.effect(claim, values) for values in measures]
    values = {label: [of_seed[label] for of_seed in measures] for label in measures[0]}
    lost = [seed for seed, effect in enumerate(effects) if not math.isfinite(effect)]
    if lost:
        why = f"With seed {lost[0]} nothing could be measured: a run diverged, or a quotient has no value."
        estimate = Estimate(math.nan, -math.inf, math.inf, 1.0, seeds - len(lost))
        return Finding(estimate, statistics.UNTOLD, tuple(effects), values, seconds, time.time(), why)
    if claim.kind == "share":
        estimate = statistics.share(effects, claim.region)
    else:
        estimate = statistics.mean_effect(effects, claim.region, ratio=claim.kind == "ratio")
    return Finding(estimate, estimate.verdict(claim.region), tuple(effects), values, seconds, time.time())


def _submit(store: Store, claim: Claim, seeds: int, owner: str, former: Mapping[str, str]) -> dict[str, str]:
    """key → run: those there are, of this claim's former test and of anybody, and new ones for the rest."""
    wanted = dict(evidence.experiments(claim, seeds))
    texts = {key: experiment.to_json() for key, experiment in wanted.items()}
    same = claims.trained(store, list(texts.values()), claim.timed)
    ends = claims.ends(store, list(former.values()))
    # A run whose loss diverged has failed, and would again: it is evidence as it is.
    same |= {store.run(run).experiment: run for run, end in ends.items() if evidence.has_diverged(end)}
    found = {}
    for key, experiment in wanted.items():
        run = same.get(texts[key])
        if run is None:
            title = f"{key[1]}, seed {key[0]}"
            run = same[texts[key]] = service.start(experiment, owner=owner or "claims", title=title, kind="claim", store=store)
        found[evidence.text(key)] = run
    return found


def _standing(store: Store, claim: Claim, body: dict[str, Any] | None) -> Standing:
    if body is None or body["made"] != evidence.made_from(claim.name):  # never tested, or the claim reads otherwise since
        return Standing(claim, "untested")
    if body["finding"] is None:
        return _look(store, claim, body)
    total = len(body["runs"]) + len(body["jobs"])
    return Standing(claim, "tested", body["seeds"], total, total, evidence.keyed(body["runs"]), _finding(body["finding"]))


def _look(store: Store, claim: Claim, body: dict[str, Any]) -> Standing:
    """How far a test is. Asks for the looks into nets that can be asked for, and reaches the verdict when nothing is left to wait for."""
    runs, seeds = body["runs"], body["seeds"]
    ends = claims.ends(store, list(runs.values()))
    if claim.looks:
        asked = evidence.ask_inside(store, claim, seeds, body, ends)
        if asked != body["jobs"]:
            body["jobs"] = asked
            claims.save(store, claim.name, body)
    jobs = [store.job(job) for job in body["jobs"].values()]
    looks = sum(1 for _ in evidence.experiments(claim, seeds)) if claim.looks else 0
    looks -= sum(evidence.has_diverged(ends.get(run)) for run in runs.values()) if claim.looks == "end" else 0
    done = sum(evidence.has_ended(ends.get(run)) for run in runs.values()) + sum(job.state == "done" for job in jobs)
    total = len(runs) + looks
    causes = [evidence.trouble(run, ends.get(run)) for run in runs.values()]
    causes += [f"A look into a net failed: {job.cause or job.state}" for job in jobs if job.state in ("failed", "cancelled")]
    cause = next(filter(None, causes), "")
    if cause or done < total:
        return Standing(claim, "broken" if cause else "running", seeds, done, total, evidence.keyed(runs), cause=cause)
    return _reach(store, claim, body, ends)


def _reach(store: Store, claim: Claim, body: dict[str, Any], ends: Mapping[str, evidence.End]) -> Standing:
    """The verdict, kept."""
    found = evidence.outcomes(store, claim, body["seeds"], body, ends)
    finding = judge(claim, body["seeds"], found, sum(end[2] for end in ends.values()))
    body["finding"] = {**vars(finding), "estimate": vars(finding.estimate)}
    claims.save(store, claim.name, body)
    evidence.thin_out(store, body["runs"].values())
    return _standing(store, claim, body)


def _finding(body: Mapping[str, Any]) -> Finding:
    return Finding(**{**body, "estimate": Estimate(**body["estimate"]), "effects": tuple(body["effects"])})
