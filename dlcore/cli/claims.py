"""`claims`: what the course claims, put to the test on this machine."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from typing import Any

from dlcore import registry
from dlcore.cli import FAILED, INTERRUPTED, output
from dlcore.services import claiming
from dlcore.services.claiming import Standing

HELP = (
    "Tests claims of the course with several seeds and says for each: holds here, does not hold here, or too few seeds to tell. "
    "The runs go on when this command is ended; the same command then waits for them again. What was trained before is not trained again."
)


def add(commands: Any) -> None:
    command = commands.add_parser("claims", help="put the claims of the course to the test", description=HELP)
    command.add_argument("name", metavar="NAME", nargs="*", help="which claims (default: all)")
    command.add_argument("--list", action="store_true", help="say what there is and what came of it so far, without testing")
    command.add_argument("--seeds", type=int, metavar="N", help="with how many seeds, at least 3 (default: each claim's own number)")
    command.add_argument("--json", action="store_true", help="JSON lines, one for each claim")
    command.set_defaults(perform=list_claims)


def list_claims(arguments: argparse.Namespace) -> int:
    names = arguments.name or list(registry.members("claims"))
    for name in names:
        registry.find("claims", name)
    if arguments.list:
        known = claiming.standings()
        _tell_all([known[name] for name in names], arguments.json)
        return 0
    for name in names:
        claiming.start(name, arguments.seeds)
    return _follow(names, arguments.json)


def _follow(names: Sequence[str], as_json: bool) -> int:
    found = []
    try:
        for standing in claiming.wait(names):
            found.append(standing)
            if as_json:
                output.say(claim_json(standing))
            elif standing.state == "tested":
                print(_sentence(standing), flush=True)
            if standing.cause:
                print(f"{standing.claim.name}: {standing.cause} Run the command again to mend it.", file=sys.stderr)
    except KeyboardInterrupt:
        print("The runs go on. The same command waits for them again.", file=sys.stderr)
        return INTERRUPTED
    if not as_json:
        print()
        _tell_all(found, False)
    return FAILED if any(standing.state == "broken" for standing in found) else 0


def _tell_all(found: Sequence[Standing], as_json: bool) -> None:
    holm = claiming.corrected(claiming.standings())
    if as_json:
        for standing in found:
            output.say(claim_json(standing, holm))
        return
    rows = []
    for one in found:
        estimate = one.finding.estimate if one.finding else None
        numbers = (output.number(estimate.effect), _interval(one), estimate.n) if estimate else ("", "", "")
        p = holm.get(one.claim.name)
        rows.append((one.claim.name, _state(one), *numbers, "" if p is None else f"{p:.2g}", one.claim.title))
    output.table(("claim", "verdict", "effect", "95 % interval", "n", "p (Holm)", "question"), rows)
    if holm:
        print(f"{len(holm)} comparisons were made; p is corrected for all of them (Holm 1979).")


def claim_json(standing: Standing, holm: dict[str, float] | None = None) -> dict[str, Any]:
    """A claim for programs. Before it is tested, verdict, effect and interval are null and n is 0; an infinite limit is null."""
    claim, finding = standing.claim, standing.finding
    body: dict[str, Any] = {"name": claim.name, "verdict": None, "effect": None, "ci": [None, None], "n": 0}
    if finding is not None:
        estimate = finding.estimate
        body |= {"verdict": finding.verdict, "effect": estimate.effect, "ci": [estimate.low, estimate.high], "n": estimate.n}
        body |= {"p": estimate.p, "seconds": finding.seconds, "why": finding.why, "effects": finding.effects}
    if holm and claim.name in holm:
        body |= {"p_holm": holm[claim.name], "comparisons": len(holm)}
    about = {"kind": claim.kind, "unit": claim.unit, "quantity": claim.quantity, "title": claim.title, "claim": claim.summary,
             "topic": claim.topic, "reference": claim.reference, "refuted": claim.refuted}  # fmt: skip
    runs = list(dict.fromkeys((standing.runs or {}).values()))
    return body | {"state": standing.state, "cause": standing.cause, **about, "runs": runs}


def _sentence(standing: Standing) -> str:
    finding = standing.finding
    assert finding is not None
    numbers = f"{output.number(finding.estimate.effect)} {standing.claim.unit}".strip()
    said = finding.why or f"{standing.claim.quantity}: {numbers}, 95 % interval: {_interval(standing)}, {finding.estimate.n} seeds."
    return f"{standing.claim.title} {finding.verdict.capitalize()}. {said[:1].upper()}{said[1:]}"


def _interval(standing: Standing) -> str:
    assert standing.finding is not None
    estimate = standing.finding.estimate
    if math.isinf(estimate.low) and math.isinf(estimate.high):
        return "none"
    return f"{output.number(estimate.low)} to {output.number(estimate.high)}"


def _state(standing: Standing) -> str:
    if standing.finding is not None:
        return standing.finding.verdict
    return {"untested": "not tested", "running": f"{standing.done} of {standing.total}", "broken": "interrupted"}.get(standing.state, "")
