"""Trains experiments with the worker's own functions, one after the other in this process, and writes what they recorded as bundles.

Usage: python train_here.py IN OUT. IN: JSON, name → {"experiment": {…}, "changes": [{field, value, step}]}; OUT: name → `Bundle.to_json()`.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

from dlcore.engine import worker
from dlcore.experiment import Experiment
from dlcore.exports._bundle import Bundle
from dlcore.run import Event, Run, State, epoch_rows

THREADS = 2


def train(name: str, experiment: Experiment, changes: list[dict[str, Any]]) -> tuple[list[Event], dict[str, bytes]]:
    """All events of the run and the files they name."""
    events: list[Event] = []
    files: dict[str, bytes] = {}
    assignment = {"run": name, "attempt": 1, "experiment": experiment.to_json(), "worker_class": "wide", "resume": None, "changes": changes}
    task = threading.Thread(target=worker.perform_run, args=(assignment,))
    task.start()
    ended = False
    while not ended:
        task.join(0.05)
        news = worker.exchange({"key": name, "attempt": 1, "acknowledged": events[-1].seq if events else 0, "orders": []})
        events += news["events"]
        files |= news["files"]
        ended = news["ended"]
    task.join()
    return events, files


def bundle_of(name: str, experiment: Experiment, changes: list[dict[str, Any]], environment: dict[str, Any]) -> tuple[Bundle, bytes]:
    """The run's bundle and its final checkpoint; raises when the run failed."""
    events, files = train(name, experiment, changes)
    last = events[-1]
    if last.kind != "done":
        raise RuntimeError(f"{name} ended as {last.kind}: {last.body}")
    history = [row for event in events if event.kind == "epochs" for row in epoch_rows(event)]
    final = next(event.body["artefact"] for event in events if event.kind == "checkpoint" and event.body["role"] == "final")
    run = Run(name, 0.0, experiment=experiment.to_json(), state=State.DONE, epoch=len(history), environment=environment)
    program = next(event.body for event in events if event.kind == "program")
    steps = [{**change, "epoch": 0} for change in changes]
    return Bundle(run, experiment, history=history, changes=steps, program=program), files[final]


def main(source: Path, target: Path) -> None:
    environment = worker.prepare("wide", THREADS)
    found = {}
    for name, asked in json.loads(source.read_text()).items():
        experiment = Experiment.from_json(json.dumps(asked["experiment"]))
        bundle, final = bundle_of(name, experiment, asked.get("changes", []), environment)
        (target.parent / f"{name}.checkpoint").write_bytes(final)
        found[name] = bundle.to_json()
    target.write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
