"""Starts the peers' processes, lets one work at a time, and keeps what they measured."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HOPELESS = 20  # a peer that many times slower than the first one is left out


class Process:
    """One peer's process (see benchmarks/peer.py). `ask` sends an order and waits for the answer."""

    def __init__(self, module: str) -> None:
        command = [sys.executable, str(HERE / "peer.py"), module]
        quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        pipe = subprocess.PIPE
        self.child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, cwd=HERE.parent, env=quiet)

        self.lock = threading.Lock()

    def ask(self, **order: Any) -> dict[str, Any]:
        assert self.child.stdin and self.child.stdout
        with self.lock:
            try:
                self.child.stdin.write(json.dumps(order) + "\n")
                self.child.stdin.flush()
                line = self.child.stdout.readline()
            except BrokenPipeError:
                line = ""
        return json.loads(line) if line else {"failed": f"its process ended with status {self.child.wait()}"}

    def close(self) -> None:
        self.child.kill()
        self.child.wait()


@dataclass
class Measured:
    """What one family's rounds gave: examples per second by peer, one number a round; peers that could not run, with why."""

    speeds: dict[str, list[float]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def median(self, peer: str) -> float:
        return statistics.median(self.speeds[peer])

    def ratio(self, ours: str, peer: str) -> float:
        """The median over rounds of how many times faster `ours` was in the same round."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.speeds[ours], self.speeds[peer], strict=True))


class Conductor:
    """The peers' processes by module, started when first needed and ended with the `with` block."""

    def __init__(self) -> None:
        self.processes: dict[str, Process] = {}

    def __enter__(self) -> Conductor:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.close()

    def start(self, modules: list[str]) -> None:
        """Start several at once: their imports overlap."""
        for module in modules:
            self.processes.setdefault(module, Process(module))

    def ask(self, module: str, **order: Any) -> float:
        """The number that a question has as its answer; stops the benchmark when it has none."""
        ((question, family),) = order.items()
        answer = self.processes[module].ask(ask=[family, question])
        if "value" not in answer:
            raise SystemExit(f"{question} of {family}: {answer['failed']}")
        return answer["value"]

    def measure(self, family: str, peers: dict[str, str], rounds: int, seconds: float) -> Measured:
        """Rounds of about `seconds` for each of `peers` (name → module), each round in an order of its own: some leave caches
        and cores' clocks in a worse state for the next one than others do.

        Peers are made ready side by side, then one uncounted round each finds out how many epochs fill the time, and which peer is so much
        slower than the first one that its rounds would decide nothing and take minutes: it is left out.
        """
        measured = Measured()
        with ThreadPoolExecutor() as pool:
            made = pool.map(lambda peer: self._turn(peers[peer], measured, peer, prepare=[peer, family]), peers)
            ready = [peer for peer, answer in zip(peers, made, strict=True) if answer]
        draw = random.Random(rounds)
        measured.speeds, first = {peer: [] for peer in ready}, 0.0
        for count in range(rounds + 1):
            for peer in draw.sample(list(measured.speeds), len(measured.speeds)) if count else list(measured.speeds):
                answer = self._turn(peers[peer], measured, peer, round=[peer, family, seconds])
                if answer is None:
                    del measured.speeds[peer]
                    continue
                speed = answer["examples"] / answer["seconds"]
                if count:
                    measured.speeds[peer].append(speed)
                elif speed * HOPELESS < (first := first or speed):
                    measured.missing[peer] = f"{first / speed:.0f} times slower ({speed:.3g} examples/s)"
                    del measured.speeds[peer]
        return measured

    def _turn(self, module: str, measured: Measured, peer: str, **order: Any) -> dict[str, Any] | None:
        """The peer's answer; None, and the reason noted, when it cannot."""
        answer = self.processes[module].ask(**order)
        if reason := answer.get("missing") or answer.get("failed"):
            measured.missing[peer] = reason
            return None
        return answer
