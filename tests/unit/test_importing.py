"""Runs that Keras, TensorBoard and keras-tuner wrote down come in as finished runs with their history."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from dlcore import registry, service
from dlcore.errors import Invalid, LabError
from dlcore.experiment import Experiment
from dlcore.exports import _tfevents
from dlcore.exports._bundle import Bundle
from dlcore.run import State
from dlcore.services import importing, taking_away
from dlcore.services.foreign import read
from dlcore.store import Store

LOG = "epoch,accuracy,loss,val_loss\n0,0.5,1.5,1.75\n1,0.75,1.25,NA\n2,0.875,1.0,1.5\n"
TRIAL = {
    "trial_id": "0003", "hyperparameters": {"space": [], "values": {"units": 32, "learning_rate": 0.01, "tuner/epochs": 2}},
    "metrics": {"metrics": {"val_accuracy": {"direction": "max", "observations": [{"value": [0.5, 0.75], "step": 1}]}}},
    "score": 0.625, "best_step": 1, "status": "COMPLETED", "message": None,
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def events(*values: _tfevents.Scalar) -> bytes:
    return b"".join([_tfevents.first(10.0), *map(_tfevents.scalar, values)])


def test_csv_log_becomes_a_finished_run_that_is_marked_as_imported(store: Store, tmp_path: Path) -> None:
    (tmp_path / "cats.csv").write_text(LOG)
    (run,) = importing.import_path(tmp_path / "cats.csv", store=store)
    found = store.run(run)
    assert (found.state, found.kind, found.tags, found.title, found.epoch, found.epochs) == (
        State.DONE, "imported", ("imported",), "cats", 3, 3,
    )  # fmt: skip
    history = store.history(run)
    assert history[0] == {"epoch": 1, "accuracy": 0.5, "loss": 1.5, "val_loss": 1.75}
    assert "val_loss" not in history[1] and history[2]["loss"] == 1.0
    assert store.metrics(run)["accuracy"]["best"] == 0.875


def test_csv_log_that_counts_from_one_and_restarted_keeps_the_newest_epochs() -> None:
    (found,) = read({"a.csv": b"epoch;loss\n1;0.5\n2;0.4\n2;0.3\n"})
    assert found.history == [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.3}]


def test_event_files_of_train_and_validation_are_one_run() -> None:
    train = events(_tfevents.Scalar("epoch_loss", 0, 0.5, 11.0), _tfevents.Scalar("epoch_loss", 1, 0.25, 12.0))
    val = events(_tfevents.Scalar("epoch_loss", 1, 0.75, 14.0))
    (found,) = read({"logs/a/train/events.out.tfevents.1": train, "logs/a/validation/events.out.tfevents.1": val})
    assert found.history == [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25, "val_loss": 0.75}]
    assert (found.title, found.started, found.seconds) == ("a", 11.0, 3.0)


def test_other_tags_take_their_places_in_the_order_of_their_steps() -> None:
    (found,) = read(
        {"r/events.out.tfevents.1": events(*(_tfevents.Scalar("loss/batch", 100 * step, 1 / (step + 1), 1.0) for step in range(2)))}
    )
    assert found.history == [{"epoch": 1, "loss/batch": 1.0}, {"epoch": 2, "loss/batch": 0.5}]


def test_event_file_that_was_cut_off_ends_before_the_broken_record() -> None:
    whole = events(_tfevents.Scalar("epoch_loss", 0, 0.5, 11.0), _tfevents.Scalar("epoch_loss", 1, 0.25, 12.0))
    (found,) = read({"r/events.out.tfevents.1": whole[:-3]})
    assert found.history == [{"epoch": 1, "loss": 0.5}]


def test_trial_of_keras_tuner_brings_its_settings_and_scores(store: Store) -> None:
    (run,) = importing.import_files({"p/trial_0003/trial.json": json.dumps(TRIAL).encode()}, store=store)
    found = store.run(run)
    assert found.title == "p trial 0003: units = 32, learning_rate = 0.01" and "units = 32" in found.note
    assert store.history(run) == [{"epoch": 2, "val_accuracy": 0.625}]
    assert Experiment.from_json(found.experiment).optimizer.settings["learning_rate"] == 0.01


def test_trial_that_failed_is_a_failed_run(store: Store) -> None:
    body = TRIAL | {"status": "FAILED", "message": "out of memory", "metrics": {"metrics": {}}}
    (run,) = importing.import_files({"p/trial_0003/trial.json": json.dumps(body).encode()}, store=store)
    assert (store.run(run).state, store.run(run).cause) == (State.FAILED, "out of memory")


@pytest.mark.parametrize(
    "name, data, words",
    [
        ("a.csv", b"time,loss\n1,2\n", "no column 'epoch'"),
        ("a.csv", b"epoch,loss\n", "no epoch"),
        ("events.out.tfevents.1", b"not an event file at all", "no TensorBoard event file"),
        ("p/trial.json", b"{}", "hyperparameters"),
        ("a.zip", b"PK", "no zip file"),
        ("a.txt", b"", "no run in this"),
    ],
)
def test_what_cannot_be_read_is_named_and_leaves_nothing(name: str, data: bytes, words: str, store: Store) -> None:
    with pytest.raises(Invalid, match=words):
        importing.import_files({name: data}, store=store)
    assert not store.runs()


def test_damaged_event_files_raise_no_other_error() -> None:
    draw = np.random.default_rng(0)
    whole = bytearray(events(_tfevents.Scalar("epoch_loss", 0, 0.5, 11.0)))
    for _ in range(300):
        broken = bytearray(whole)
        broken[draw.integers(len(broken))] = draw.integers(256)
        try:
            read({"r/events.out.tfevents.1": bytes(broken)})
        except Invalid:
            continue


def test_exported_event_files_come_back_as_the_same_history(store: Store) -> None:
    (run,) = importing.import_files({"cats.csv": LOG.encode()}, store=store)
    data = service.export(run, "tensorboard", store=store)
    (again,) = importing.import_files({"back.zip": data}, store=store)
    assert store.history(again) == store.history(run)


def test_imported_run_has_no_script(store: Store) -> None:
    (run,) = importing.import_files({"cats.csv": LOG.encode()}, store=store)
    bundle: Bundle = taking_away.bundle(store, run)
    with pytest.raises(LabError, match="imported"):
        registry.find("exports", "script").write(bundle)
    assert b"0.875" in registry.find("exports", "csv").write(bundle)


@pytest.mark.keras
def test_what_keras_itself_writes_is_read(tmp_path: Path, store: Store) -> None:
    pytest.importorskip("tensorboard")
    import keras

    x, y = np.linspace(-1, 1, 64, dtype="float32")[:, None], np.linspace(0, 2, 64, dtype="float32")[:, None]
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(seed=0))])
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    callbacks = [keras.callbacks.CSVLogger(tmp_path / "log.csv"), keras.callbacks.TensorBoard(tmp_path / "board")]
    history = model.fit(x, y, epochs=3, validation_split=0.25, verbose=0, callbacks=callbacks).history
    for path in ("log.csv", "board"):
        (run,) = importing.import_path(tmp_path / path, store=store)
        found = store.curves(run)
        for name in ("loss", "val_loss", "mae", "val_mae"):
            np.testing.assert_allclose(found[name], history[name], rtol=1e-6, err_msg=f"{path} {name}")


@pytest.mark.keras
def test_project_that_keras_tuner_itself_writes_is_read(tmp_path: Path, store: Store) -> None:
    import keras
    import keras_tuner

    def build(hp: keras_tuner.HyperParameters) -> keras.Model:
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(hp.Int("units", 1, 4)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(hp.Float("learning_rate", 1e-3, 1e-1, sampling="log")), "mse")
        return model

    x = np.linspace(-1, 1, 16, dtype="float32")[:, None]
    tuner = keras_tuner.RandomSearch(build, "val_loss", max_trials=2, seed=1, directory=tmp_path, project_name="hunt", overwrite=True)
    tuner.search(x, x, validation_data=(x, x), epochs=2, verbose=0)
    runs = importing.import_path(tmp_path / "hunt", store=store)
    best = tuner.oracle.get_best_trials(1)[0]
    assert len(runs) == 2 and all(store.run(run).state is State.DONE for run in runs)
    scores = {store.metrics(run)["val_loss"]["best"] for run in runs}
    assert struct.unpack("<f", struct.pack("<f", best.score))[0] in scores
