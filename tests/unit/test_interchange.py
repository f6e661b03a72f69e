"""Runs leave for TensorBoard and MLflow, which really open them, and come in from other tools' files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dlcore import Experiment, registry
from dlcore.exports import _tfevents
from dlcore.exports._bundle import Bundle
from dlcore.run import Run, State

HISTORY = [
    {"epoch": 1, "loss": 0.5, "accuracy": 0.75, "val_loss": 0.625, "seconds": 2.0},
    {"epoch": 2, "loss": 0.25, "accuracy": 0.875, "val_loss": float("nan"), "seconds": 2.0},
]


def bundle(**settings: str) -> Bundle:
    made = Experiment().with_text({"epochs": "2", **settings})
    run = Run("r1", 1000.0, title="A try", experiment=made.to_json(), state=State.DONE, epoch=2, started=1100.0, ended=1104.0, note="Well.")
    return Bundle(run, made, history=HISTORY, program={"jit": True})


def unpacked(form: str, of: Bundle, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(registry.find("exports", form).write(of))) as archive:
        archive.extractall(folder)
    return folder


def test_tensorboard_reads_the_curves_it_is_given(tmp_path: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    folder = unpacked("tensorboard", bundle(), tmp_path) / "digits-mlp-r1"
    found = accumulator.EventAccumulator(str(folder / "train")).Reload()
    assert found.Tags()["scalars"] == ["epoch_loss", "epoch_accuracy", "epoch_seconds"]
    assert [(one.wall_time, one.step, one.value) for one in found.Scalars("epoch_loss")] == [(1102.0, 0, 0.5), (1104.0, 1, 0.25)]
    assert accumulator.EventAccumulator(str(folder / "validation")).Reload().Scalars("epoch_loss")[0].value == 0.625


def test_tensorboard_shows_the_settings_in_its_hparams_tab(tmp_path: Path) -> None:
    plugin = pytest.importorskip("tensorboard.plugins.hparams.plugin_data_pb2")
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    folder = unpacked("tensorboard", bundle(learning_rate="0.01"), tmp_path) / "digits-mlp-r1"
    kept = accumulator.EventAccumulator(str(folder)).Reload().summary_metadata

    def read(tag: str) -> Any:
        return plugin.HParamsPluginData.FromString(kept[tag].plugin_data.content)

    started = read("_hparams_/session_start_info").session_start_info
    assert started.hparams["optimizer.learning_rate"].number_value == 0.01 and started.hparams["dataset"].string_value == "digits"
    told = read("_hparams_/experiment").experiment
    assert ("train", "epoch_loss") in [(info.name.group, info.name.tag) for info in told.metric_infos]
    assert {info.name for info in told.hparam_infos} == set(started.hparams)
    assert read("_hparams_/session_end_info").session_end_info.status == 1


def test_event_files_have_tensorboards_checksums() -> None:
    # RFC 3720, appendix B.4: the CRC-32C of 32 zero bytes is 8A9136AA.
    unmasked = (_tfevents.masked_crc(bytes(32)) - 0xA282EAD8) & 0xFFFFFFFF
    assert ((unmasked << 15) | (unmasked >> 17)) & 0xFFFFFFFF == 0x8A9136AA


def test_mlflow_opens_the_run_with_its_settings_and_every_epoch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    folder = unpacked("mlflow", bundle(learning_rate="0.01"), tmp_path)
    client = mlflow.MlflowClient((folder / "mlruns").as_uri())
    experiment = client.get_experiment_by_name("dlcore")
    (run,) = client.search_runs([experiment.experiment_id], filter_string="params.dataset = 'digits' and metrics.loss < 0.3")
    assert (run.info.run_name, run.info.status, run.info.start_time, run.info.end_time) == ("A try", "FINISHED", 1_100_000, 1_104_000)
    assert run.data.params["optimizer.learning_rate"] == "0.01" and run.data.tags["mlflow.note.content"] == "Well."
    losses = client.get_metric_history(run.info.run_id, "loss")
    assert [(one.step, one.value, one.timestamp) for one in losses] == [(1, 0.5, 1_102_000), (2, 0.25, 1_104_000)]
