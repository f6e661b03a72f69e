"""A figure with a limit: what was measured, and how it is shown; and what such benchmarks can be asked for."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One result: `ratio` is limit ÷ measured, at or above `goal` is good."""

    name: str
    ratio: float
    goal: float
    measured: float
    limit: float


def limited(name: str, measured: float, limit: float) -> Figure:
    return Figure(name, limit / max(measured, 1e-9), 1.0, measured, limit)


def show(found: Figure, unit: str, as_json: bool) -> None:
    """One line, of JSON or for people."""
    if as_json:
        print(json.dumps(asdict(found)), flush=True)
        return
    mark = "" if found.ratio >= found.goal else "   below the goal"
    told = f"{found.measured:.3g} {unit}, limit {found.limit:g}{mark}"
    print(f"{found.name:20s} {found.ratio:8.2f}   goal {found.goal:g}   {told}", flush=True)


def options(described: str, kind: str, choices: Iterable[str], quick: str) -> argparse.Namespace:
    """`--KIND NAME …`, `--quick` and `--json` of the command line. Then SIGTERM leaves by the `with` blocks, which end what they began.

    described: the benchmark's docstring, whose first line is shown; quick: what is measured in under 50 s.
    """
    parser = argparse.ArgumentParser(description=described.splitlines()[0])
    parser.add_argument(f"--{kind}", action="append", choices=tuple(choices), help=f"one {kind}; may be given several times (default: all)")
    parser.add_argument("--quick", action="store_true", help=f"under 50 s: {quick}")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each figure")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return asked
