"""One peer in a process of its own, so that no two thread pools share one. Answers the orders of benchmarks/conductor.py on stdin.

Orders, one JSON object a line: {"prepare": [peer, family]} builds, compiles and warms up; {"round": [peer, family, seconds]} trains
whole epochs for about that long; {"ask": [family, question]} calls the module's function of that name. Each is answered by one line.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.families import FAMILIES
from benchmarks.peers import Missing

Train = Callable[[int], float | None]


class Bench:
    """The nets that this process has prepared, by peer and family, each with the seconds that one of its epochs took last."""

    def __init__(self, module: str) -> None:
        self.module = importlib.import_module(f"benchmarks.peers.{module}")
        self.ready: dict[tuple[str, str], tuple[Train, float]] = {}

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        ((verb, arguments),) = order.items()
        return getattr(self, verb)(*arguments)

    def prepare(self, peer: str, family: str) -> dict[str, Any]:
        """Compile and train an epoch."""
        try:
            train = self.module.prepare(peer, FAMILIES[family])
            self.ready[peer, family] = (train, _seconds(train, 1))
        except Missing as reason:
            return {"missing": str(reason)}
        return {"prepared": True}

    def round(self, peer: str, family: str, seconds: float) -> dict[str, Any]:
        train, epoch = self.ready[peer, family]
        epochs = max(1, round(seconds / epoch))
        took = _seconds(train, epochs)
        self.ready[peer, family] = (train, took / epochs)
        return {"examples": epochs * FAMILIES[family].rows, "seconds": took}

    def ask(self, family: str, question: str) -> dict[str, Any]:
        return {"value": getattr(self.module, question)(FAMILIES[family])}


def _seconds(train: Train, epochs: int) -> float:
    started = time.perf_counter()
    counted = train(epochs)
    return time.perf_counter() - started if counted is None else counted


def main() -> None:
    # What a library prints belongs to nobody here: answers keep the first stdout to themselves.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    bench = Bench(sys.argv[1])
    for line in sys.stdin:
        try:
            answer = bench.answer(json.loads(line))
        except Exception as error:
            answer = {"failed": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
