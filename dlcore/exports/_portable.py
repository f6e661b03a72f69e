"""A trained model for another runtime: made, loaded back there, compared with Keras on rows it never trained on, and only then packed.

Raw inputs give predictions: the scaling of the inputs is part of the exported model.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.errors import Unavailable
from dlcore.exports._archive import zipped
from dlcore.exports._bundle import Bundle
from dlcore.exports._card import model_card, score_sentence
from dlcore.exports._own_data import preparation_of
from dlcore.exports._predict import predict_script
from dlcore.exports.keras import trained_model
from dlcore.forecast import on_disk
from dlcore.metrics import class_numbers

ROWS = 256
ON_DISK = 5000  # rows that are compared where all would not fit into memory
COMPARISON = "comparison.json"
RECURRENT = ("SimpleRNN", "LSTM", "GRU", "RNN")


@dataclass(frozen=True)
class Runtime:
    """Where an exported model runs.

    save(model, path, rows) writes the Keras model `model` there; `rows` (n, *input) are raw training inputs, for those who quantise.
    load(path) gives a function from raw inputs, float32 (n, *input), to outputs (n, outputs). It imports what it needs inside itself:
    its source is copied into predict.py, so that what was compared here is what a person runs.
    tolerance: the largest difference to Keras's own outputs, relative to their greatest size, at which the model is handed out.
    told(path): what more a person should know of the file, a clause; "" for nothing.
    unroll: whether recurrent layers must be written out step by step. keras: it is Keras itself, which keeps the optimizer, and needs the
    code of the lab's own layers.
    """

    name: str
    path: str
    save: Callable[[Any, Path, np.ndarray], None]
    load: Callable[[str], Callable[[np.ndarray], np.ndarray]]
    requirements: tuple[str, ...]
    tolerance: float = 1e-4
    unroll: bool = False
    keras: bool = False
    told: Callable[[str], str] = lambda path: ""


@dataclass(frozen=True)
class Comparison:
    """How far the exported model's outputs are from Keras's on `rows` held-out rows; `agree`: the share of rows given the same class.

    unrolled: its recurrent layers were written out, one copy for each step. told: `Runtime.told`'s.
    """

    rows: int
    part: str
    difference: float
    size: float
    agree: float | None
    unrolled: bool = False
    told: str = ""

    def sentence(self) -> str:
        classes = "" if self.agree is None else f" {self.agree:.1%} of them are given the same class."
        steps = " Its recurrent layers are written out, one copy for each step: the runtime has no loop over them." if self.unrolled else ""
        more = f" {self.told[0].upper()}{self.told[1:]}." if self.told else ""
        told = f"On {self.rows:,} rows of the {self.part} set its outputs differ from Keras's by at most {self.difference:.2g}."
        return told + classes + steps + more


def packed(bundle: Bundle, runtime: Runtime) -> bytes:
    """A zip of the model, `predict.py`, a model card and the comparison as JSON. Raises `Unavailable` when it cannot be made or does not
    compute the same."""
    return zipped(contents(bundle, runtime))


def contents(bundle: Bundle, runtime: Runtime) -> dict[str, bytes]:
    """The same as files, path → bytes, the model's own first."""
    model = raw_model(bundle, runtime.unroll)
    training, (x, y, part) = raw_rows(bundle, "train", ROWS)[0], held_out(bundle)
    expected = model.predict(x, batch_size=ROWS, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / runtime.path
        try:
            runtime.save(model, path, training)
            found = runtime.load(str(path))(x[:ROWS])
        except Exception as error:
            first = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise Unavailable(f"This model cannot be written for {runtime.name}: {first}", "Take the Keras model instead.") from error
        compared = checked(comparison(bundle, expected[:ROWS], found, part), runtime.name, runtime.tolerance)
        recurrent = any(inner.kind in RECURRENT for call in bundle.experiment.plan() for inner in call.walk())
        compared = dataclasses.replace(compared, unrolled=runtime.unroll and recurrent, told=runtime.told(str(path)))
        score = score_sentence(bundle, expected, y, part)
        return _files(bundle, runtime, path, compared, lambda digest: model_card(bundle, runtime, compared, digest, score))


def checked(compared: Comparison, name: str, tolerance: float) -> Comparison:
    """The comparison, where it lets the model be handed out; else `Unavailable` with the numbers."""
    if not compared.difference <= tolerance * max(1.0, compared.size):  # what is not a number is no agreement
        raise Unavailable(f"The model written for {name} does not compute the same. {compared.sentence()}", "Take the Keras model.")
    return compared


def raw_model(bundle: Bundle, unroll: bool = False) -> Any:
    """The trained model behind the scaling of its inputs: raw float32 inputs (n, *input) to outputs (n, outputs).

    Its layers are the net's own, after one called "scaling", and it is compiled with the net's optimizer.
    """
    import keras

    from dlcore.engine.data import prepare

    trained = trained_model(bundle)
    inner = _unrolled(bundle, trained) if unroll else trained
    constants = prepare(bundle.experiment).constants
    mean, scale = (np.asarray(constants[name], "float64") for name in ("mean", "scale"))
    scaling = keras.layers.Rescaling(scale=(1 / scale).tolist(), offset=(-mean / scale).tolist(), name="scaling")
    model = keras.Sequential([keras.Input(bundle.experiment.shape.input, name="x"), scaling, *inner.layers])
    if not unroll and trained.optimizer is not None:
        model.compile(trained.optimizer, trained.loss, metrics=[])
    return model


def _unrolled(bundle: Bundle, trained: Any) -> Any:
    """The same weights in a model whose recurrent layers are written out step by step."""
    import keras

    from dlcore.calls import Call, make

    def opened(call: Call) -> Call:
        arguments = {name: opened(value) if isinstance(value, Call) else value for name, value in call.arguments.items()}
        return Call(call.path, arguments | ({"unroll": True} if call.kind in RECURRENT else {}))

    model = keras.Sequential([keras.Input(bundle.experiment.shape.input), *(make(opened(call)) for call in bundle.experiment.plan())])
    model.set_weights(trained.get_weights())
    return model


def held_out(bundle: Bundle) -> tuple[np.ndarray, np.ndarray, str]:
    """Raw rows that the net was not trained on, float32 (rows, *input), their targets, and the part of the data they are from.

    Training rows where there are no others.
    """
    for part in ("test", "val", "train"):
        x, y = raw_rows(bundle, part)
        if len(x):
            return x, y, {"val": "validation", "train": "training"}.get(part, part)
    raise Unavailable("This run has no rows to compare the exported model on.")


def raw_rows(bundle: Bundle, part: str, most: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The first `most` rows of that part as the data set gives them, unscaled float32 (rows, *input), and their targets.

    None: all, or `ON_DISK` where those would be too many for memory.
    """
    from dlcore.engine.data import preparation, prepare, raw_arrays, shaped_targets, split_rows

    experiment = bundle.experiment
    data, settings = raw_arrays(experiment), preparation(experiment)
    most = most or (ON_DISK if on_disk(experiment) else None)
    targets = prepare(experiment).arrays[f"y_{part}"][:most]
    if part == "test" and "x_test" in data:
        return data["x_test"][:most].astype("float32"), targets
    y = shaped_targets(data["y"], settings["task"], experiment.shape.per_step)
    test = 0.0 if "x_test" in data else settings["test"]
    shares = (settings["examples"], settings["validation"], test)
    parts = split_rows(y, settings["classes"], *shares, settings["seed"], experiment.dataset_spec.in_order, data.get("group"))
    numbers = dict(zip(("train", "val", "test"), parts, strict=True))[part][:most]
    return data["x"][numbers].astype("float32"), targets


def comparison(bundle: Bundle, expected: np.ndarray, found: np.ndarray, part: str) -> Comparison:
    """What the other runtime found beside what Keras found for the same raw rows, both of shape (rows, outputs)."""
    agree = None
    if bundle.experiment.shape.task != "regression":
        meaning = (bundle.experiment.shape.task, bundle.experiment.loss_spec.threshold)
        agree = float(np.mean(class_numbers(found, *meaning) == class_numbers(expected, *meaning)))
    return Comparison(len(found), part, float(np.abs(found - expected).max()), float(np.abs(expected).max()), agree)


def _files(bundle: Bundle, runtime: Runtime, path: Path, compared: Comparison, card: Callable[[str], str]) -> dict[str, bytes]:
    files = sorted(found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path]
    found = {f"{file.relative_to(path.parent)}": file.read_bytes() for file in files}
    digest = hashlib.sha256(b"".join(found.values())).hexdigest()
    found["predict.py"] = predict_script(bundle, runtime, bundle.experiment.shape.input).encode()
    if prepared := preparation_of(bundle.experiment):
        found["preparation.json"] = json.dumps(prepared, indent=1).encode()
    found["README.md"] = card(digest).encode()
    needed = [*runtime.requirements, *(["pillow"] if prepared and "image" in prepared else [])]
    found["requirements.txt"] = "".join(f"{line}\n" for line in needed).encode()
    found[COMPARISON] = json.dumps(dataclasses.asdict(compared)).encode()
    return found
