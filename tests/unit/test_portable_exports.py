"""Models for other runtimes: they compute what Keras computes from raw inputs, or are not handed out."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
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
    "image": {"dataset": "digits", "model": "cnn"},
    "residual": {"dataset": "digits", "model": "resnet", "filters": "4,8"},
    "sequence": {"dataset": "sines", "model": "rnn", "units": "4"},
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
    assert "dlcore" not in (folder / "predict.py").read_text()


@pytest.mark.parametrize("kind", ["image", "residual", "sequence"])
@pytest.mark.parametrize("form", ["onnx", "litert"])
def test_images_and_sequences_are_exported_within_the_tolerance(kind: str, form: str, tmp_path: Path) -> None:
    card = (written(form, bundle(**SMALL[kind]), tmp_path) / "README.md").read_text()
    assert "differ from Keras's by at most" in card


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
    assert "are given the same class" in (tmp_path / "litert_int8" / "README.md").read_text()


def test_wilson_interval_is_that_of_the_literature() -> None:
    # Newcombe (1998), table I: 81 of 263.
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
