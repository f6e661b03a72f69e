"""The command line keeps following when the trainer or a worker is killed, and Ctrl-C keeps the run. Fake engine, real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dlcore.run import State
from dlcore.store import Store
from tests.lab import PATIENCE, ROOT, Trainer, finished, processes_of, wait_for


class CommandLine:
    """`python -m dlcore …` in a process of its own; trainers that it starts are those of a test."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.environment = {**os.environ, **environment, "FAKE_EPOCH_SECONDS": "0.3", "DLCORE_TRAINER": ""}

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "dlcore", *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def train(self, epochs: int) -> subprocess.Popen[str]:
        return self.begin("train", "--set", "dataset=digits", f"epochs={epochs}", "--json")


@pytest.fixture
def command_line(lab_home: Path, trainer: Trainer) -> Iterator[CommandLine]:
    made = CommandLine(lab_home, trainer.environment)
    yield made
    made.begin("trainer", "stop").communicate(timeout=PATIENCE)


def until_epoch(process: subprocess.Popen[str], epoch: int) -> list[dict[str, Any]]:
    """The lines up to that epoch's."""
    assert process.stdout
    found = []
    for line in process.stdout:
        found.append(json.loads(line))
        if found[-1].get("epoch") == epoch and found[-1]["event"] == "epoch":
            return found
    pytest.fail(f"It ended before epoch {epoch}: {found}")


def killed(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("victim", ["trainer", "worker", "both"])
def test_train_goes_on_following_after_a_kill(victim: str, command_line: CommandLine, store: Store) -> None:
    process = command_line.train(8)
    seen = until_epoch(process, 2)
    run = seen[0]["run"]
    status = store.trainer() or {}
    workers = [worker["pid"] for worker in status["workers"] if worker["state"] == "busy"]
    killed({"trainer": [status["pid"]], "worker": workers, "both": [status["pid"], *workers]}[victim])
    rest, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    seen += [json.loads(line) for line in rest.splitlines()]
    assert [line["epoch"] for line in seen if line["event"] == "epoch"] == list(range(1, 9))
    assert (seen[-1]["event"], seen[-1]["run"]) == ("done", run)
    assert store.run(run).attempt == 2


def test_ctrl_c_stops_the_run_and_keeps_its_weights(command_line: CommandLine, store: Store) -> None:
    process = command_line.train(1000)
    run = until_epoch(process, 2)[0]["run"]
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert json.loads(rest.splitlines()[-1])["event"] == "stopped"
    assert "Traceback" not in errors and f"retry {run}" in errors
    assert store.run(run).state is State.STOPPED and store.files(run)


def test_a_closed_terminal_leaves_the_run_training(command_line: CommandLine, store: Store) -> None:
    process = command_line.train(6)
    run = until_epoch(process, 1)[0]["run"]
    process.kill()
    process.communicate()
    assert finished(store, run).state is State.DONE
    assert len(store.history(run)) == 6


def test_stopping_the_trainer_leaves_no_process(command_line: CommandLine, store: Store, lab_home: Path) -> None:
    started = command_line.begin("trainer", "start", "--json")
    out, _ = started.communicate(timeout=PATIENCE)
    assert started.returncode == 0 and json.loads(out)["pid"]
    command_line.begin("trainer", "stop", "--json").communicate(timeout=PATIENCE)
    wait_for(lambda: not processes_of(lab_home), "all processes of the trainer to be gone")
