"""Models for other runtimes: they compute what Keras computes from raw inputs, or are not handed out."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import Experiment, registry
from dlcore.errors import Unavailable
from dlcore.exports._bundle import Bundle
from dlcore.exports._card import wilson
from dlcore.run import Run, State

pytestmark = pytest.mark.keras

SMALL = {
    "wine": {"dataset": "wine", "layers": "8"},
    "own layer": {"dataset": "wine", "layers": "4", "activation": "scaled_tanh"},
    "image": {"dataset": "digits", "model": "cnn"},
    "residual": {"dataset": "digits", "model": "resnet", "filters": "4,8"},
    "sequence": {"dataset": "sines", "model": "rnn", "units": "4"},
    "tree": {"dataset": "expressions", "rows": "100", "leaves": "4", "model": "tree", "units": "4"},
    "leaky": {"dataset": "adding", "rows": "100", "steps": "6", "model": "leaky_rnn", "units": "4", "learned": "true"},
    "skip": {"dataset": "adding", "rows": "100", "steps": "6", "model": "skip_rnn", "units": "4", "skip": "2"},
    "clockwork": {"dataset": "adding", "rows": "100", "steps": "6", "model": "clockwork_rnn", "units": "4"},
    "halting": {"dataset": "words", "ending": "halt", "model": "generator", "units": "4"},
    "told its length": {"dataset": "words", "ending": "length", "model": "generator", "units": "4"},
}


def bundle(**settings: str) -> Bundle:
    """A run with the weights its net starts with: an export does not ask whether they are any good."""
    from dlcore.engine import build, checkpoint

    made = Experiment().with_text(settings)
    variables = {path: variable.numpy() for path, variable in build.variables_of(build.model_of(made)).items()}
    run = Run("r1", 0.0, experiment=made.to_json(), state=State.DONE, epoch=2, environment={"keras": "3.15.1"})
    return Bundle(run, made, checkpoint=checkpoint.pack(variables, {}))


def written(form: str, of: Bundle, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(registry.find("exports", form).write(of))) as archive:
        archive.extractall(folder)
    return folder


def predicted(folder: Path, rows: np.ndarray) -> Any:
    np.save(folder / "rows.npy", rows)
    done = subprocess.run([sys.executable, "predict.py", "rows.npy"], cwd=folder, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.mark.parametrize("form", ["savedmodel", "onnx", "litert", "litert_int8"])
def test_the_script_in_the_zip_predicts_from_raw_rows_without_the_lab(form: str, tmp_path: Path) -> None:
    from dlcore.exports._portable import held_out, raw_model

    of = bundle(**SMALL["wine"])
    rows = held_out(of)[0][:5]
    expected = raw_model(of).predict(rows, verbose=0)
    folder = written(form, of, tmp_path)
    found = predicted(folder, rows)
    np.testing.assert_allclose([row["outputs"] for row in found], expected, atol=0.1 if form == "litert_int8" else 2e-5)
    assert {row["class"] for row in found} <= set(of.class_names)
    assert ("LiteRT rounds only layers of 1,024 weights or more" in (folder / "README.md").read_text()) == (form == "litert_int8")
    assert "dlcore" not in (folder / "predict.py").read_text()


@pytest.mark.parametrize("kind", ["image", "residual", "sequence"])
@pytest.mark.parametrize("form", ["onnx", "litert"])
def test_images_and_sequences_are_exported_within_the_tolerance(kind: str, form: str, tmp_path: Path) -> None:
    card = (written(form, bundle(**SMALL[kind]), tmp_path) / "README.md").read_text()
    assert "differ from Keras's by at most" in card
    assert ("written out, one copy for each step" in card) == (kind == "sequence" and form == "litert")


@pytest.mark.nightly
@pytest.mark.parametrize("kind", ["tree", "leaky", "skip", "clockwork", "halting", "told its length"])
@pytest.mark.parametrize("form", ["savedmodel", "onnx", "litert", "litert_int8"])
def test_cells_of_the_labs_own_are_exported_within_the_tolerance(kind: str, form: str, tmp_path: Path) -> None:
    card = (written(form, bundle(**SMALL[kind]), tmp_path) / "README.md").read_text()
    assert "differ from Keras's by at most" in card


def test_a_sequence_with_an_answer_at_each_step_is_predicted_step_by_step(tmp_path: Path) -> None:
    of = bundle(dataset="look_ahead", rows="100", steps="12", model="rnn", cell="simple", units="4")
    found = predicted(written("onnx", of, tmp_path), np.zeros((2, 12, 1), "float32"))
    assert [len(row["steps"]) for row in found] == [12, 12] and found[0]["steps"][0]["class"] in ("0", "1")


def test_raw_model_scales_its_inputs_as_training_did() -> None:
    from dlcore.engine.data import prepare
    from dlcore.exports._portable import raw_model, raw_rows
    from dlcore.exports.keras import trained_model

    of = bundle(**SMALL["wine"])
    x, y = raw_rows(of, "val")
    prepared = prepare(of.experiment)
    np.testing.assert_array_equal(y, prepared.y_val)
    np.testing.assert_allclose(raw_model(of).predict(x, verbose=0), trained_model(of).predict(prepared.x_val, verbose=0), atol=1e-5)


def test_model_that_computes_something_else_is_not_handed_out() -> None:
    from dlcore.exports import savedmodel
    from dlcore.exports._portable import packed

    wrong = dataclasses.replace(savedmodel.RUNTIME, load=lambda path: lambda rows: np.ones((len(rows), 3), "float32"))
    with pytest.raises(Unavailable, match="does not compute the same"):
        packed(bundle(**SMALL["wine"]), wrong)


def test_card_says_hash_score_with_interval_and_settings(tmp_path: Path) -> None:
    folder = written("onnx", bundle(**SMALL["wine"]), tmp_path)
    card = (folder / "README.md").read_text()
    assert hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest() in card
    assert "95 % interval" in card and "| dataset | wine |" in card


def test_image_model_in_8_bits_is_a_third_of_the_size_and_mostly_agrees(tmp_path: Path) -> None:
    of = bundle(**SMALL["image"])
    whole, small = (written(form, of, tmp_path / form) / "model.tflite" for form in ("litert", "litert_int8"))
    assert small.stat().st_size < whole.stat().st_size / 2.5
    card = (tmp_path / "litert_int8" / "README.md").read_text()
    assert "are given the same class" in card and "nothing in it is in 8 bits" not in card.lower()


def test_wilson_interval_is_that_of_the_literature() -> None:
    # Newcombe (1998), table I: 81 of 263.
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@pytest.mark.parametrize("kind", ["own layer", "sequence"])
def test_keras_file_predicts_from_raw_rows_when_python_runs_it_without_the_lab(kind: str, tmp_path: Path) -> None:
    from dlcore.exports._portable import held_out, raw_model

    of = bundle(**SMALL[kind])
    rows = held_out(of)[0][:5]
    (tmp_path / "net.keras").write_bytes(registry.find("exports", "keras").write(of))
    np.save(tmp_path / "rows.npy", rows)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "net.keras", "rows.npy"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=200, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    found = [json.loads(line)["outputs"] for line in done.stdout.splitlines() if line.startswith("{")]
    np.testing.assert_allclose(found, raw_model(of).predict(rows, verbose=0), atol=1e-5)
    with zipfile.ZipFile(tmp_path / "net.keras") as archive:
        assert b".keras rows.npy" in archive.read("README.md")


@pytest.mark.parametrize("form", ["keras", "weights", "onnx"])
def test_job_says_how_far_the_exported_model_is_from_the_run(form: str) -> None:
    from dlcore.jobs import export

    of = bundle(**SMALL["wine"])
    result, _ = export.perform(of.job_inputs(form), {"checkpoint": of.checkpoint}, lambda fraction: None)
    assert result["compared"]["rows"] == 18 and result["compared"]["part"] == "test"
    assert 0 <= result["compared"]["difference"] < 1e-4 and result["compared"]["agree"] == 1.0


def test_model_that_answers_with_no_number_is_not_handed_out() -> None:
    from dlcore.exports._portable import Comparison, checked

    with pytest.raises(Unavailable, match="does not compute the same"):
        checked(Comparison(1, "test", float("nan"), 1.0, None), "ONNX Runtime", 1.0)


def test_script_beside_a_model_of_texts_reads_texts(tmp_path: Path) -> None:
    from dlcore.exports import onnx
    from dlcore.exports._predict import predict_script

    made = Experiment().with_text({"dataset": "copy", "model": "rnn"})
    of = Bundle(Run("r1", 0.0, experiment=made.to_json(), state=State.DONE), made)
    space: dict[str, Any] = {"__name__": "beside"}
    exec(predict_script(of, onnx.RUNTIME, made.shape.input), space)
    names = space["VOCABULARY"]
    (tmp_path / "a.txt").write_text(f"{names[2]}{names[1]}\n")
    found = space["rows_of"](str(tmp_path / "a.txt"))
    assert found.shape == (1, *made.shape.input) and found[0, -2:, 0].tolist() == [2, 1] and not found[0, :-2].any()
    np.save(tmp_path / "a.npy", found)
    np.testing.assert_array_equal(space["rows_of"](str(tmp_path / "a.npy")), found)
    (tmp_path / "b.txt").write_text("☃")
    with pytest.raises(SystemExit, match="not among"):
        space["rows_of"](str(tmp_path / "b.txt"))
