"""The run as TensorBoard event files: its curves by epoch, and its settings for the HParams tab."""

from __future__ import annotations

from collections.abc import Iterator

from dlcore.exports import _tfevents
from dlcore.exports._archive import zipped
from dlcore.exports._bundle import Bundle
from dlcore.exports._tfevents import Scalar
from dlcore.run import State
from dlcore.specs import Export

OPEN = """Unpack this folder and run: tensorboard --logdir .
train and validation hold the curves, counted in epochs as Keras's own TensorBoard callback counts them (from 0). The settings are in the
HParams tab.
"""


def write(bundle: Bundle) -> bytes:
    """A zip of one folder for `tensorboard --logdir`: train/ and validation/ with a tag epoch_<metric> for each recorded metric."""
    curves = list(scalars(bundle))
    name, begun = bundle.filename(""), bundle.run.started or bundle.run.created
    contents = {"README.txt": OPEN.encode(), f"{name}/{_file(begun)}": _settings(bundle, curves)}
    for folder in dict.fromkeys(folder for folder, _ in curves):
        own = [_tfevents.scalar(one) for where, one in curves if where == folder]
        contents[f"{name}/{folder}/{_file(begun)}"] = b"".join([_tfevents.first(begun), *own])
    return zipped(contents)


def scalars(bundle: Bundle) -> Iterator[tuple[str, Scalar]]:
    """("train" | "validation", value) of every recorded epoch. An epoch's time is that at which it ended, as far as it is known."""
    clock = bundle.run.started or bundle.run.created
    for row in bundle.history:
        clock += float(row.get("seconds", 0.0))
        for name, value in row.items():
            if name != "epoch":
                folder = "validation" if name.startswith("val_") else "train"
                yield folder, Scalar(f"epoch_{name.removeprefix('val_')}", int(row["epoch"]) - 1, float(value), clock)


def _settings(bundle: Bundle, curves: list[tuple[str, Scalar]]) -> bytes:
    run, begun = bundle.run, bundle.run.started or bundle.run.created
    settings = {name: value if isinstance(value, (bool, int, float, str)) else field.format(value)
                for name, field, value in bundle.experiment.fields()}  # fmt: skip
    parts = {part: getattr(bundle.experiment, part).name for part in ("dataset", "model", "optimizer", "schedule", "loss")}
    metrics = list(dict.fromkeys((folder, one.tag) for folder, one in curves))
    said = _tfevents.hyper_parameters(begun, parts | settings, bundle.filename(""), metrics)
    return _tfevents.first(begun) + said + _tfevents.session_end(run.ended or begun, run.state is not State.FAILED)


def _file(time: float) -> str:
    return f"events.out.tfevents.{int(time)}.dlcore"


EXPORT = Export(
    "tensorboard", "TensorBoard", "Curves and settings as event files, for tensorboard --logdir and its HParams tab.", "-tensorboard.zip",
    "application/zip", write, order=14,
)  # fmt: skip
