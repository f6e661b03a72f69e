"""A claim's test outlives whoever asked for it: the command line is killed, the runs end, another command reads the verdict."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.store import Store, claims
from tests.faults.test_store_faults import tear_a_page
from tests.lab import ROOT, wait_for

pytestmark = pytest.mark.faults
CLAIM = "hidden_layer"


def test_verdict_is_reached_though_the_command_line_was_killed(tmp_path: Path) -> None:
    home = tmp_path / "lab"
    environment = {**os.environ, "DLCORE_HOME": str(home), "DLCORE_TRAINER": "manual"}
    command = [sys.executable, "-m", "dlcore", "claims", CLAIM, "--seeds", "3", "--json"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    try:
        wait_for(lambda: (home / "lab.sqlite3").exists(), "the store")
        store = Store(home)
        runs = wait_for(lambda: found if len(found := store.runs()) == 6 else None, "the runs to be queued")
        wait_for(lambda: claims.load(store), "the test to be written down")
    finally:
        process.kill()
        process.wait()
    for run in runs:
        accuracy = 0.9 + 0.01 * run.title.endswith("seed 1") if run.title.startswith("16") else 0.6
        _train(store, run.id, accuracy)
    answer = subprocess.run(
        [*command[:4], CLAIM, "--list", "--json"], cwd=ROOT, env=environment, capture_output=True, check=True, timeout=120
    )
    (line,) = map(json.loads, answer.stdout.splitlines())
    assert line["verdict"] == "holds here" and line["n"] == 3 and sorted(line["runs"]) == sorted(run.id for run in runs)
    assert line["effect"] == pytest.approx(30.33, abs=0.01)


def _train(store: Store, run: str, accuracy: float) -> None:
    """The run as a worker would report it."""
    now, began = time.time(), {"worker": "narrow-1", "worker_class": "narrow", "environment": {}, "step": 0}
    names = {"names": ["loss", "val_accuracy", "seconds"], "first": 1}
    store.append([
        Event(run, 1, 0, "started", now, began),
        Event(run, 1, 1, "epochs", now, names, struct.pack("<3f", 0.5, accuracy, 1.0)),
        Event(run, 1, 2, "done", now, {"metrics": {}}),
    ])  # fmt: skip


def test_what_came_of_a_claim_survives_a_torn_page_elsewhere(tmp_path: Path) -> None:
    home = tmp_path / "lab"
    store = Store(home)
    for number in range(200):
        claims.save(store, f"claim_{number}", {"made": "x", "seeds": 3, "runs": {}, "jobs": {}, "finding": {"verdict": "holds here"}})
    kept = claims.load(store)
    for _ in range(40):
        store.submit(Experiment())
    store.close()
    tear_a_page(home / "lab.sqlite3", "run")
    store = Store(home)
    assert store.runs()  # whoever meets the damage has what can be read carried into a new database
    assert store.quarantined()[0].run == "" and claims.load(store) == kept
