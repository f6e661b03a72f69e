"""A figure with a limit: what was measured, and how it is shown."""

from __future__ import annotations

import json
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
