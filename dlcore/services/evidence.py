"""The evidence of a claim: the experiments that it asks for, how far their runs are, and what those came to."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from dlcore import service
from dlcore.claims._measures import Outcome
from dlcore.experiment import Experiment
from dlcore.specs import Claim
from dlcore.store import Store, claims

End = tuple[str, str, float]  # a run's state, cause and seconds of training
Key = tuple[int, str, int]  # seed, label of the side, number of the experiment within it
DIVERGED = "The loss became"
NONE = np.empty(0, np.float32)
CHECKPOINTS = ("kept", "latest")


@cache
def made_from(name: str) -> str:
    """A mark of the claim's own file: a finding of what the file said before does not count. Its runs are taken again where they fit."""
    source = inspect.getsource(importlib.import_module(f"dlcore.claims.{name}"))
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def experiments(claim: Claim, seeds: int) -> Iterator[tuple[Key, Experiment]]:
    """All experiments that a test asks for, seed by seed, so that both sides of a pair are trained near each other in time."""
    for seed in range(seeds):
        for label, side in claim.arms.items():
            for number, experiment in enumerate(side):
                yield (seed, label, number), experiment.with_(seed=seed)


def text(key: Key) -> str:
    """The key as it is kept."""
    return f"{key[0]}/{key[2]}/{key[1]}"


def keyed(kept: Mapping[str, str]) -> dict[Key, str]:
    """What was kept by `text`, by key."""
    return {(int(seed), label, int(number)): value for name, value in kept.items() for seed, number, label in [name.split("/", 2)]}


def has_ended(end: End | None) -> bool:
    """Whether the run has come to what a claim can use: its end, or the divergence of its loss."""
    return end is not None and (end[0] == "done" or has_diverged(end))


def has_diverged(end: End | None) -> bool:
    return end is not None and end[0] == "failed" and end[1].startswith(DIVERGED)


def trouble(run: str, end: End | None) -> str:
    """Why the run will not come to an end by itself, or ""."""
    if end is None:
        return f"Run {run} was removed."
    state, cause, _ = end
    if state == "failed" and not has_diverged(end):
        return f"Run {run} failed: {cause}"
    return f"Run {run} was {state}." if state in ("stopped", "paused") else ""


def ask_inside(store: Store, claim: Claim, seeds: int, body: Mapping[str, Any], ends: Mapping[str, End]) -> dict[str, str]:
    """key → job that looks into the net: those there are, and new ones for nets before training and for runs that are done."""
    asked, runs = dict(body["jobs"]), body["runs"]
    for key, experiment in experiments(claim, seeds):
        if text(key) in asked:
            continue
        files = {}
        if claim.looks == "end":
            run = runs[text(key)]
            final = store.files(run, "final") if ends.get(run, ("",))[0] == "done" else []
            if not final:
                continue
            files = {"checkpoint": final[-1].id}
        inputs = {"experiment": json.loads(experiment.to_json())}
        asked[text(key)] = service.submit_job("inside", inputs, files=files, store=store)
    return asked


def outcomes(store: Store, claim: Claim, seeds: int, body: Mapping[str, Any], ends: Mapping[str, End]) -> dict[Key, Outcome]:
    """What all runs and looks came to."""
    found = {}
    for key, experiment in experiments(claim, seeds):
        run, job = body["runs"].get(text(key), ""), body["jobs"].get(text(key), "")
        inside = store.job(job).result if job else {}
        if run:
            losses = store.curves(run, "steps").get("loss", NONE)
            found[key] = Outcome(experiment, store.curves(run), losses, inside, has_diverged(ends.get(run)))
        else:
            found[key] = Outcome(experiment, inside=inside)
    return found


def measured(claim: Claim, seed: int, found: Mapping[Key, Outcome]) -> dict[str, list[float]]:
    """label → the measures of one seed."""
    if claim.compute is not None:
        return {label: [float(value) for value in values] for label, values in claim.compute(seed).items()}
    assert claim.measure is not None, claim.name
    return {label: [float(claim.measure(found[seed, label, number])) for number in range(len(side))] for label, side in claim.arms.items()}


def effect(claim: Claim, values: Mapping[str, Sequence[float]]) -> float:
    """The one number of a seed; NaN where it has none."""
    try:
        number = float(claim.effect(values))
    except ZeroDivisionError:
        return math.nan
    return math.nan if claim.kind == "ratio" and number <= 0 else number


def stop(store: Store, texts: Iterable[str], kind: str) -> None:
    """Stops the runs of a kind that train these experiments (JSON) and have not ended; what has is kept."""
    found = claims.trained(store, list(texts), False)
    for run, (state, _, _) in claims.ends(store, list(found.values())).items():
        if state in ("queued", "running") and store.run(run).kind == kind:
            service.stop(run, store=store)


def thin_out(store: Store, runs: Iterable[str]) -> None:
    """Frees the disk of the checkpoints between beginning and end that the claim's own runs left; their models stay."""
    for run in set(runs):
        if store.run(run).kind == "claim":
            for role in CHECKPOINTS:
                for file in store.files(run, role):
                    store.drop_file(file.id)
