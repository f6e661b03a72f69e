"""A disk that is full fails the run with a sentence, loses nothing, and the trainer lives on (needs root, for a small disk of its own)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.store import Store
from tests import fake_worker
from tests.lab import Trainer, finished, wait_for

pytestmark = pytest.mark.faults


@pytest.fixture
def lab_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A DLCORE_HOME on a disk of six megabytes."""
    home = tmp_path / "small"
    home.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", home], capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    monkeypatch.setenv("DLCORE_HOME", str(home))
    yield home
    subprocess.run(["umount", "--lazy", home], check=True)


def fill(filler: Path) -> None:
    """Takes all room that is left, now and until it is called again."""
    with suppress(OSError), open(filler, "ab", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def test_full_disk_fails_the_run_with_a_sentence_and_loses_nothing(store: Store, trainer: Trainer, lab_home: Path) -> None:
    experiment, filler = Experiment(epochs=60), lab_home / "filler"
    trainer.start()
    run = store.submit(experiment)
    wait_for(lambda: store.run(run).step > 30, "some steps")
    fill(filler)
    failed = finished(store, run)
    assert failed.state is State.FAILED
    assert "could not be written" in failed.cause
    assert "retry" in failed.hint or "space" in failed.hint
    recorded = store.curve(run, "loss", "steps").tobytes()
    assert trainer.process.poll() is None

    filler.unlink()
    store.command(run, "retry")
    wait_for(lambda: store.run(run).state is State.DONE, "the run to end after all")
    losses, final = fake_worker.undisturbed(experiment)
    assert losses.startswith(recorded)
    assert store.curve(run, "loss", "steps").tobytes() == losses
    assert store.get_file(store.files(run, "final")[-1].id) == final
