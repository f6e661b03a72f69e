"""The lab's own engine as a narrow worker runs it: one thread. For nets that the lab trains on one core (`Model.one_thread`)."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.families import Family
from benchmarks.peers import lab
from benchmarks.peers.lab import PEERS, second_run
from dlcore.engine import worker

__all__ = ["PEERS", "prepare", "second_run"]


def prepare(peer: str, family: Family) -> Callable[[int], float]:
    worker.NICENESS = 0
    worker.prepare("narrow", 1)  # before the other module asks for all cores: only the first call counts
    return lab.prepare(peer, family)
