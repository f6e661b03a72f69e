"""Imported .keras files: what is harmless opens and answers, all else is refused with the reason, and nothing of its author's runs."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore.errors import Invalid
from dlcore.exports._keras_file import MOST_BYTES, checked
from dlcore.jobs import feature_effect, open_model, try_model

DENSE = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 1}, "registered_name": None}


def archive(layers: Any = (DENSE,), **more: Any) -> bytes:
    """A file as Keras lays it out; `more`: other contents by name, with "_" for "."."""
    config = {"module": "keras", "class_name": "Sequential", "config": {"layers": list(layers)}, "registered_name": None}
    contents = {"config.json": json.dumps(config), "metadata.json": "{}", "model.weights.h5": "x"} | more
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in contents.items():
            if text is not None:
                made.writestr(name, text)
    return buffer.getvalue()


def layer(**changes: Any) -> dict[str, Any]:
    return DENSE | changes


@pytest.mark.parametrize(
    "data, words",
    [
        (archive([layer(class_name="Lambda")]), "Lambda layer holds Python code"),
        (archive([layer(config={"layer": layer(class_name="Lambda")}, class_name="TimeDistributed")]), "Lambda"),
        (archive([layer(class_name="TorchModuleWrapper")]), "pickle"),
        (archive([layer(class_name="TFSMLayer")]), "another model from a path"),
        (archive([layer(class_name="StringLookup", config={"vocabulary": "/etc/passwd"})]), "files of this computer"),
        (archive([layer(module="os", class_name="system")]), "comes from os"),
        (archive([layer(module="os.path", class_name="Dense")]), "comes from os.path"),
        (archive([layer(module="keras.config", class_name="enable_unsafe_deserialization")]), "enable_unsafe_deserialization"),
        (archive([layer(module="keras.utils", class_name="function", config="get_file")]), "function"),
        (archive([layer(config={"activation": {"class_name": "__lambda__", "config": {"value": "e30="}}})]), "__lambda__"),
        (archive([layer(registered_name="mine>Dense")]), "Dense"),
        (archive([layer(module="dlcore.layers.nowhere", class_name="X", registered_name="dlcore>X")]), "dlcore.layers.nowhere"),
        (archive([layer(module="dlcore.store", class_name="Store", registered_name="dlcore>Store")]), "dlcore.store"),
        (archive(**{"config.json": "[]"}), "Sequential and functional"),
        (archive(**{"config.json": "{"}), "no valid JSON"),
        (archive(**{"config.json": "[" * 100_000}), "no valid JSON"),
        (archive(**{"config.json": None}), "lacks config.json"),
        (archive(**{"../../evil.py": "x"}), "leads elsewhere"),
        (archive(**{"/etc/cron.d/x": "x"}), "leads elsewhere"),
        (archive(**{"C:\\x": "x"}), "leads elsewhere"),
        (b"\x89HDF\r\n\x1a\n", "no .keras file"),
        (b"\x80\x04\x95", "no .keras file"),
        (archive()[:-40], "no .keras file"),
    ],
)  # fmt: skip
def test_what_might_run_code_or_read_files_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(data)
    assert words in str(refused.value) and refused.value.hint


def test_archive_that_unpacks_to_more_than_is_allowed_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlcore.exports._keras_file.MOST_BYTES", 1000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(Invalid, match="MB are allowed"):
        checked(archive(**{"model.weights.h5": "0" * 5000}))
    assert MOST_BYTES == 2**30


def test_keras_is_given_nothing_but_what_a_model_needs() -> None:
    given = archive(**{"predict.py": "print(1)", "assets/x": "1"})
    with zipfile.ZipFile(io.BytesIO(checked(given))) as made:
        assert made.namelist() == ["config.json", "metadata.json", "model.weights.h5"]


def test_losses_and_metrics_are_left_out() -> None:
    config = {"class_name": "Sequential", "config": {"layers": []}, "compile_config": {"loss": {"class_name": "function", "module": "os"}}}
    with zipfile.ZipFile(io.BytesIO(checked(archive(**{"config.json": json.dumps(config)})))) as made:
        assert "compile_config" not in json.loads(made.read("config.json"))


def no_progress(fraction: float) -> None:
    pass


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[Any], bytes]:
    def save(model: Any) -> bytes:
        model.save(tmp_path / "m.keras")
        return (tmp_path / "m.keras").read_bytes()

    return save


@pytest.mark.keras
def test_file_of_stock_layers_opens_and_answers_as_keras_does(saved: Callable[[Any], bytes]) -> None:
    import keras

    given = keras.Input((8, 8, 1))
    wide = keras.layers.Conv2D(3, 3, padding="same", activation="relu", kernel_regularizer="l2")(given)
    joined = keras.layers.Add()([wide, keras.layers.Conv2D(3, 1)(given)])
    flat = keras.layers.Dropout(0.2, seed=1)(keras.layers.Flatten()(keras.layers.BatchNormalization()(joined)))
    model = keras.Model(given, keras.layers.Dense(4, activation="softmax")(flat))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    data = saved(model)
    facts, _ = open_model.perform({}, {"model": data}, no_progress)
    assert (facts["input"], facts["output"], facts["parameters"]) == ([8, 8, 1], [4], model.count_params())
    assert "Conv2D" in [one["kind"] for one in facts["layers"]]
    x = np.random.default_rng(0).random((3, 8, 8, 1), "float32")
    found, _ = try_model.perform({"x": x.tolist()}, {"model": data}, no_progress)
    np.testing.assert_allclose(found["outputs"], model.predict(x, verbose=0), atol=1e-6)


@pytest.mark.keras
@pytest.mark.parametrize("family", ["mlp", "cnn", "rnn"])
def test_every_kind_of_net_of_the_lab_comes_back_in(family: str, saved: Callable[[Any], bytes]) -> None:
    from dlcore.engine import build
    from dlcore.experiment import Experiment

    settings = {"mlp": {"activation": "scaled_tanh"}, "cnn": {}, "rnn": {"dataset": "sines", "bidirectional": "true"}}[family]
    made = Experiment().with_text({"model": family, **settings})
    facts, _ = open_model.perform({}, {"model": saved(build.model_of(made))}, no_progress)
    assert tuple(facts["input"]) == made.shape.input


@pytest.mark.keras
def test_lambda_code_never_runs(saved: Callable[[Any], bytes], tmp_path: Path) -> None:
    import keras

    trace = tmp_path / "ran"
    code = f"__import__('pathlib').Path({str(trace)!r}).touch()"
    model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: (eval(code), x)[1], output_shape=(2,))])
    data = saved(model)
    trace.unlink(missing_ok=True)
    with pytest.raises(Invalid, match="Lambda"):
        open_model.perform({}, {"model": data}, no_progress)
    assert not trace.exists()


@pytest.mark.keras
def test_weights_that_point_to_other_files_are_refused(saved: Callable[[Any], bytes], tmp_path: Path) -> None:
    import h5py
    import keras

    with zipfile.ZipFile(io.BytesIO(saved(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])))) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    path = tmp_path / "w.h5"
    path.write_bytes(parts["model.weights.h5"])
    with h5py.File(path, "a") as file:
        file["elsewhere"] = h5py.ExternalLink("/etc/passwd", "/x")
    with pytest.raises(Invalid, match="points elsewhere"):
        open_model.perform({}, {"model": archive(**{**parts, "model.weights.h5": path.read_bytes()})}, no_progress)


@pytest.mark.keras
def test_effect_of_a_feature_is_what_the_net_answers_when_it_alone_is_moved() -> None:
    from dlcore.engine import build, checkpoint, data
    from dlcore.experiment import Experiment

    made = Experiment().with_text({"dataset": "wine", "layers": "8"})
    model = build.model_of(made)
    packed = checkpoint.pack({path: variable.numpy() for path, variable in build.variables_of(model).items()}, {})
    row = np.asarray(data.raw_arrays(made)["x"][0], "float32")
    body = json.loads(made.to_json())
    found, _ = feature_effect.perform({"experiment": body, "x": row.tolist()}, {"checkpoint": packed}, no_progress)
    moved = [one["moved"] for one in found["features"]]
    assert len(moved) == 13 and moved == sorted(moved, reverse=True)
    first = found["features"][0]
    changed = row.copy()
    changed[made.dataset_spec.feature_names.index(first["name"])] = first["at"][7]
    expected = model.predict(data.scaled(changed[None], data.prepare(made).constants), verbose=0)[0]
    np.testing.assert_allclose(first["outputs"][7], expected, atol=1e-5)


@pytest.mark.keras
def test_effect_of_a_column_of_words_is_what_the_net_answers_to_each_word() -> None:
    from dlcore.engine import build, checkpoint, data
    from dlcore.experiment import Experiment

    made = Experiment().with_text({"dataset": "wine", "layers": "8"})
    model = build.model_of(made)
    packed = checkpoint.pack({path: variable.numpy() for path, variable in build.variables_of(model).items()}, {})
    row = np.array(data.raw_arrays(made)["x"][0], "float32")  # a copy: other tests read these rows
    row[3:6] = [0, 0, 1]
    inputs = {"experiment": json.loads(made.to_json()), "x": row.tolist(), "words": [[3, "kind", ["dry", "sweet", "other"]]]}
    found, _ = feature_effect.perform(inputs, {"checkpoint": packed}, no_progress)
    names = [one["name"] for one in found["features"]]
    assert len(names) == 11 and not set(made.dataset_spec.feature_names[3:6]) & set(names)
    kind = found["features"][names.index("kind")]
    assert (kind["words"], kind["at"], kind["given"]) == (["dry", "sweet", "other"], [0, 1, 2], 2.0)
    rows = np.tile(row, (3, 1))
    rows[:, 3:6] = np.eye(3)
    expected = model.predict(data.scaled(rows, data.prepare(made).constants), verbose=0)
    np.testing.assert_allclose(kind["outputs"], expected, atol=1e-5)
    row[3:6] = 0
    unknown, _ = feature_effect.perform({**inputs, "x": row.tolist()}, {"checkpoint": packed}, no_progress)
    assert next(one for one in unknown["features"] if one["name"] == "kind")["given"] is None


@pytest.mark.keras
def test_grad_cam_looks_at_a_row_that_a_person_gives() -> None:
    from dlcore.engine import build, checkpoint, data
    from dlcore.experiment import Experiment
    from dlcore.jobs import grad_cam

    made = Experiment().with_text({"model": "cnn"})
    packed = checkpoint.pack({path: variable.numpy() for path, variable in build.variables_of(build.model_of(made)).items()}, {})
    body, own = json.loads(made.to_json()), data.prepare(made).arrays["x_val"][:1]
    known, first = grad_cam.perform({"experiment": body, "rows": [0]}, {"checkpoint": packed}, no_progress)
    given, second = grad_cam.perform({"experiment": body, "x": own.tolist()}, {"checkpoint": packed}, no_progress)
    assert given["given"] == known["given"] == given["true"]
    assert first is not None and second is not None
    np.testing.assert_array_equal(np.load(io.BytesIO(first))["given"], np.load(io.BytesIO(second))["given"])
