"""What XLA has compiled is kept on disk and shared between workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dlcore.engine import compiled

ROOT = Path(__file__).parents[2]
TRAINING = """
import json, sys
from dlcore.engine import worker
environment = worker.prepare("narrow", 1)
import keras, tensorflow as tf
for _ in range(int(sys.argv[1])):  # what TensorFlow and Keras number before the net
    tf.function(lambda: tf.constant(1))()
    keras.Sequential([keras.layers.Dense(1)]).compile("adam", keras.losses.SparseCategoricalCrossentropy())
from dlcore.experiment import Experiment
from tests.unit.train_here import bundle_of
experiment = Experiment().with_(dataset="digits", layers=[16], dropout=0.2, epochs=2, batch_size=100)
bundle, _ = bundle_of("run", experiment, [], environment)
print(json.dumps([{name: row[name] for name in ("loss", "accuracy", "val_loss", "val_accuracy")} for row in bundle.history]))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLCORE_COMPILED", str(tmp_path / "kept"))
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    monkeypatch.setattr(compiled, "_folder", None)
    kept = compiled.keep(1)
    assert kept
    return kept


def test_tensorflow_is_told_once_where_to_keep_what_it_compiles(folder: Path) -> None:
    assert os.environ["TF_XLA_FLAGS"] == f"{compiled.FLAG}{folder}"
    assert compiled.keep(1) is None  # somebody has chosen a folder already
    assert os.environ["TF_XLA_FLAGS"].count(compiled.FLAG) == 1


def test_another_number_of_threads_has_a_folder_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    assert compiled.keep(2) not in (None, folder)


def test_a_folder_from_before_the_machine_went_down_is_emptied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.pb").write_bytes(b"whole")
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    assert compiled.keep(1) == folder and (folder / "a.pb").exists()
    (folder / "boot").write_text("an earlier start")
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    assert compiled.keep(1) == folder and not (folder / "a.pb").exists()


def test_the_oldest_files_go_when_there_are_too_many(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for age, name in enumerate(("new", "old", "oldest")):
        (folder / f"{name}.pb").write_bytes(b"x" * 100)
        os.utime(folder / f"{name}.pb", (1e9 - age, 1e9 - age))
    monkeypatch.setattr(compiled, "MOST_BYTES", 200)
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    compiled.keep(1)
    assert sorted(path.stem for path in folder.glob("*.pb")) == ["new", "old"]


def test_on_a_full_disk_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCORE_COMPILED", str(tmp_path))
    monkeypatch.setenv("TF_XLA_FLAGS", "")
    monkeypatch.setattr(compiled, "LEAST_FREE", 1 << 60)
    assert compiled.keep(1) is None and not os.environ["TF_XLA_FLAGS"]


def test_who_comes_second_begins_with_what_nobody_compiles(folder: Path) -> None:
    made: list[str] = []

    def first() -> None:
        made.append("first begins steps")
        compiled.share("net", {name: lambda name=name: made.append(f"second {name}") for name in ("tail", "evaluate")})  # type: ignore[misc]

    compiled.share("net", {"steps": first})
    assert made == ["first begins steps", "second tail", "second evaluate"]
    held: list[str] = []
    with compiled._lock("net/steps", wait=True) as is_free:
        assert is_free
        with compiled._lock("net/steps", wait=False) as is_free_too:
            assert not is_free_too
    compiled.share("net", {name: lambda name=name: held.append(name) for name in ("steps", "tail")})  # type: ignore[misc]
    assert held == ["steps", "tail"]


@pytest.mark.keras
def test_a_process_that_did_other_things_before_reads_what_another_compiled_and_gets_the_same_bits(tmp_path: Path) -> None:
    def trained(done_before: int) -> list[dict[str, float]]:
        environment = {**os.environ, "DLCORE_COMPILED": str(tmp_path), "DLCORE_HOME": "", "PYTHONPATH": str(ROOT), "TF_XLA_FLAGS": ""}
        told = subprocess.run(
            [sys.executable, "-c", TRAINING, str(done_before)], env=environment, capture_output=True, text=True, check=True, cwd=ROOT
        )
        return json.loads(told.stdout.splitlines()[-1])

    first = trained(0)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.pb")}
    assert len(files) >= 3
    assert trained(7) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.pb")} == files
