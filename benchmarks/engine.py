"""How fast the engine trains beside its peers: one process-quiet run, peers interleaved, live metrics on.

python benchmarks/engine.py [--family NAME …] [--peer NAME …] [--quick] [--json]

Each peer has a process of its own and trains only when it is its turn; in every round each trains for about the same time, and a
figure is the median over rounds of the ratio within the round. Goals are those of the project; a ratio at or above its goal is good.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.conductor import Conductor, Measured
from benchmarks.families import FAMILIES, Family
from benchmarks.whole_path import seconds_to_training

PEERS = {
    "lab": "lab",
    "fit": "keras_fit",
    "best fit": "keras_fit",
    "hand-written": "hand_written",
    "hand-written, XLA the other way": "hand_written",
    "torch": "pytorch",
    "torch compiled": "pytorch",
    "scikit-learn": "scikit_learn",
}
QUICK_PEERS = ("lab", "fit", "hand-written", "torch")
QUICK_FAMILIES = ("mlp",)
WATCHED_FAMILIES = ("mlp", "cnn", "lstm")
FIRST_STEP_LIMIT = 0.1
RECURRENT = dict.fromkeys(("gru", "leaky", "skip", "clockwork", "tree", "letters"), 0.95)
GOALS: dict[str, dict[str, float]] = {
    "fit": {"mlp": 4.0, "cnn": 1.3, "lstm": 2.1, "all_cnn": 0.95, "resnet": 0.95} | RECURRENT,
    "best fit": {"mlp": 1.0, "cnn": 1.0, "lstm": 1.0, "all_cnn": 0.95, "resnet": 0.95} | RECURRENT,
    "hand-written": {"mlp": 0.95, "cnn": 0.95, "lstm": 0.95, "all_cnn": 0.95, "resnet": 0.95} | RECURRENT,
    "hand-written, XLA the other way": {"mlp": 0.95, "cnn": 0.95, "lstm": 0.95, "all_cnn": 0.95, "resnet": 0.95} | RECURRENT,
    "torch": {"mlp": 1.0, "cnn": 1.0, "lstm": 0.95},
    "torch compiled": {"mlp": 1.0, "cnn": 1.0, "lstm": 0.95},
    "scikit-learn": {"mlp": 1.0},
    "unwatched": {"mlp": 0.98, "cnn": 0.98, "lstm": 0.98},
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure: rounds of about `seconds` for each peer, and pairs with and without live metrics."""

    peers: tuple[str, ...] = tuple(PEERS)
    rounds: int = 7
    seconds: float = 2.5
    pairs: int = 15


QUICK = Plan(peers=QUICK_PEERS, rounds=3, seconds=0.6, pairs=0)


@dataclass(frozen=True, slots=True)
class Figure:
    """One result: `ratio` at or above `goal` is good. ours, theirs: examples per second or trials per hour, or seconds for a time limit."""

    name: str
    ratio: float
    goal: float
    ours: float
    theirs: float


def figures(conductor: Conductor, family: Family, plan: Plan) -> Iterator[Figure]:
    """All figures of one family; says on stderr which peers are missing."""
    asked = [peer for peer in plan.peers if peer not in family.without]
    peers = {peer: PEERS[peer] for peer in asked if peer == "lab" or family.kind in GOALS[peer]}
    measured = conductor.measure(family.name, peers, plan.rounds, plan.seconds)
    for peer, why in measured.missing.items():
        say(f"{family.name} vs {peer}: left out: {why}")
    if "lab" not in measured.speeds:
        raise SystemExit(f"The engine itself could not train {family.name}: {measured.missing['lab']}")
    for peer in measured.speeds:
        if peer != "lab":
            yield compared(f"{family.name} vs {peer}", measured, peer, GOALS[peer][family.kind])
    first = conductor.ask("lab", second_run=family.name)
    yield Figure(f"{family.name} second run first step", FIRST_STEP_LIMIT / first, 1.0, first, FIRST_STEP_LIMIT)
    if plan.pairs and family.name in WATCHED_FAMILIES:
        pairs = conductor.measure(family.name, {"lab": "lab", "lab unwatched": "lab"}, plan.pairs, plan.seconds)
        yield compared(f"{family.name} live metrics", pairs, "lab unwatched", GOALS["unwatched"][family.kind])


def compared(name: str, measured: Measured, peer: str, goal: float) -> Figure:
    return Figure(name, measured.ratio("lab", peer), goal, measured.median("lab"), measured.median(peer))


def show(figure: Figure, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(figure)), flush=True)
        return
    unit = "s" if "second run" in figure.name else "examples/s"
    mark = "" if figure.ratio >= figure.goal else "   below the goal"
    speeds = f"{figure.ours:10.4g} against {figure.theirs:.4g} {unit}"
    print(f"{figure.name:32s} {figure.ratio:7.3f}   goal {figure.goal:<5g}{speeds}{mark}", flush=True)


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def warn_when_busy() -> None:
    busy = os.getloadavg()[0]
    if busy > 0.5:
        say(f"This machine is not quiet (load {busy:.1f}): the figures are of no use unless it is.")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--family", action="append", choices=tuple(FAMILIES), help="one family; may be given several times (default: all)")
    few = f"{', '.join(QUICK_FAMILIES)} against {', '.join(QUICK_PEERS[1:])}"
    parser.add_argument("--peer", action="append", choices=tuple(PEERS)[1:], help="one of the lab's peers; as above")
    parser.add_argument("--quick", action="store_true", help=f"under 50 s: {few}")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each figure")
    parser.add_argument("--rounds", type=int, help="rounds for each peer")
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    plan = QUICK if asked.quick else Plan()
    if asked.peer:  # whether live metrics cost is not asked then
        plan = replace(plan, peers=("lab", *asked.peer), pairs=0)
    if asked.rounds:
        plan = replace(plan, rounds=asked.rounds)
    families = asked.family or (QUICK_FAMILIES if asked.quick else tuple(FAMILIES))
    warn_when_busy()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave by the `with` block, which ends the peers
    with Conductor() as conductor:
        conductor.start(sorted({PEERS[peer] for peer in plan.peers}))
        for name in families:
            for figure in figures(conductor, FAMILIES[name], plan):
                show(figure, asked.json)
    if not asked.quick:
        waited = seconds_to_training()
        show(Figure("second run through the trainer", FIRST_STEP_LIMIT / waited, 1.0, waited, FIRST_STEP_LIMIT), asked.json)


if __name__ == "__main__":
    main()
