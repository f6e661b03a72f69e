"""Computes what the app draws of a net beyond its curves (dlcore/views.py), beside the run and without touching it.

Predictions draw nothing (dropout is off) and change no variable, so that a run's bits are the same with and without views.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from dlcore import views
from dlcore.engine.data import Prepared, scaled
from dlcore.engine.pace import Due
from dlcore.engine.program import Program
from dlcore.experiment import Experiment
from dlcore.views import View, shown

SECONDS = 0.7
SHARE = 0.005
PLANE_SECONDS, PLANE_SHARE = 0.4, 0.02  # where the data lie in a plane: people watch the boundary move, and such nets are small
BATCH = 256
LEAST_ROWS = 128
LEAST_SECONDS = 0.005  # that a look may take, however young the run is
MARGIN = 0.15
INPUT_BYTES = 150_000
MOST_GRID_OUTPUTS = 16


class Viewer:
    """Looks at one run's net: due after its first epoch, then at most every `SECONDS` and below `SHARE` of the time (`PLANE_…` of a plane).

    rows: what the run trains on. The rows looked at are the first ones, as many as `SHARE` of the time since the last look allows, never
    fewer than before.
    """

    def __init__(self, program: Program, experiment: Experiment, rows: Prepared, clock: Callable[[], float] = time.perf_counter) -> None:
        self._program, self._experiment, self._rows = program, experiment, rows
        self._is_validation = len(rows.x_val) > 0
        x, y = (rows.x_val, rows.y_val) if self._is_validation else (rows.x_train, rows.y_train)
        self._all_x, self._all_y = x[: views.ROWS], y[: views.ROWS]
        self._count = 0
        self._looked = clock()
        self._clock = clock
        self._is_plane = experiment.shape.input == (2,) and experiment.shape.outputs <= MOST_GRID_OUTPUTS
        self._due = Due(PLANE_SECONDS, PLANE_SHARE, clock) if self._is_plane else Due(SECONDS, SHARE, clock)
        self._has_shown = self._is_broken = False
        self._plane: dict[str, Any] = {}

    def is_due(self, desk: Any) -> bool:
        """Whether it is time for a view: after the first epoch at once."""
        return not self._is_broken and (not self._has_shown or (self._due.now() and not desk.is_filing()))

    def show(self, desk: Any, epoch: int, step: int) -> None:
        """Hands a view in. One that cannot be made is told once and costs the run nothing else: a picture is not worth a training."""
        if self._is_broken:
            return
        self._due.begin()
        try:
            view = self.look(epoch, step)
        except Exception as error:
            self._is_broken = True
            desk.report("log", {"text": f"What the net looks like could not be computed: {type(error).__name__}: {error}"[:300]})
            return
        desk.report("view", {"role": "view", "epoch": epoch, "step": step}, file=lambda: views.pack(view))
        self._has_shown = True
        self._due.done(free="predict" not in self._program.compiled)
        self._program.compiled.add("predict")

    def look(self, epoch: int, step: int) -> View:
        """The net as it is now."""
        self._count = max(self._count, self._reach())
        self._x, self._y = self._all_x[: self._count], self._all_y[: self._count]
        self._looked = self._clock()
        with np.errstate(all="ignore"):  # weights may be beyond what float16 holds: then they are infinite in the picture as well
            outputs = self._outputs(self._x)
            seen = self._regression(outputs) if self._experiment.shape.task == "regression" else self._classes(outputs)
            return View(epoch, step, len(self._x), self._is_validation, **seen, **self._seen_plane(), **self._weights())

    def _reach(self) -> int:
        """How many rows there is time for."""
        few = self._all_x[:LEAST_ROWS]
        if self._count == len(self._all_x):
            return self._count
        if not self._program.predicting:
            self._outputs(few)  # what is called first is traced
            self._outputs(few)
        allowed = max(LEAST_SECONDS, SHARE * (self._clock() - self._looked)) / self._program.predicting
        return int(min(len(self._all_x), max(LEAST_ROWS, allowed)))

    def _outputs(self, x: np.ndarray) -> np.ndarray:
        """The net's outputs (rows, outputs) for scaled rows."""
        began = self._clock()
        pieces = [self._program.predict(tf.constant(x[first : first + BATCH])).numpy() for first in range(0, len(x), BATCH)]
        self._program.predicting = max(1e-9, self._clock() - began) / len(x)
        return np.concatenate(pieces)

    def _regression(self, outputs: np.ndarray) -> dict[str, Any]:
        most, size = views.PREDICTIONS, outputs.shape[-1]  # steps with targets of their own count like rows
        true, predicted = (values.reshape(-1, size)[:most] for values in (self._y, outputs))
        return {"true": np.asarray(true, np.float32), "predicted": np.asarray(predicted, np.float32)}

    def _classes(self, outputs: np.ndarray) -> dict[str, Any]:
        true, count = self._y.reshape(-1).astype(np.int32), max(2, self._experiment.shape.outputs)
        given, sureness, is_probability = self._decisions(outputs.reshape(len(true), -1), true)
        confusion = np.bincount(true * count + given, minlength=count**2).reshape(count, count).astype(np.int32)
        if self._experiment.shape.per_step:  # a sequence is not right or wrong as a whole
            return {"confusion": confusion}
        wrong = np.flatnonzero(given != true)
        most = min(views.MISTAKES, INPUT_BYTES // max(1, self._raw(self._x[:1]).nbytes))
        worst = wrong[np.argsort(-sureness[wrong], kind="stable")][:most].astype(np.int32)
        return {
            "confusion": confusion, "mistakes": worst, "mistake_true": true[worst], "mistake_predicted": given[worst],
            "mistake_probability": (sureness[worst] if is_probability else np.full(len(worst), np.nan)).astype(np.float32),
            "mistake_inputs": self._raw(self._x[worst]),
        }  # fmt: skip

    def _decisions(self, outputs: np.ndarray, true: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
        """The class given to each row int32 (rows,), how sure the net is of it (rows,), and whether that is a probability.

        Scores (hinge) are no probabilities: there it is by how much the class given leads the true one.
        """
        is_probability = self._experiment.head.activation in ("softmax", "sigmoid")
        if self._experiment.shape.task == "binary":
            given = (outputs[:, 0] > self._experiment.loss_spec.threshold).astype(np.int32)
            sureness = np.where(given, outputs[:, 0], 1 - outputs[:, 0]) if is_probability else np.abs(outputs[:, 0])
            return given, sureness, is_probability
        given, each = outputs.argmax(axis=1).astype(np.int32), np.arange(len(outputs))
        leads = outputs[each, given] - (0 if is_probability else outputs[each, true])
        return given, leads, is_probability

    def _raw(self, x: np.ndarray) -> np.ndarray:
        """Scaled rows as the data set has them."""
        constants = self._rows.constants
        raw = x * np.asarray(constants["scale"], np.float32) + np.asarray(constants["mean"], np.float32)
        return np.rint(raw).astype(np.uint8) if self._experiment.dataset_spec.scaling == "bytes" else raw.astype(np.float32)

    def _seen_plane(self) -> dict[str, Any]:
        """The net's outputs over the plane of two features, with the rows it learns from; nothing for other inputs."""
        if not self._is_plane:
            return {}
        self._plane = self._plane or self._points()
        low_x, high_x, low_y, high_y = self._plane["extent"]
        centres = (np.arange(views.SIDE) + 0.5) / views.SIDE
        across, up = np.meshgrid(low_x + centres * (high_x - low_x), low_y + centres * (high_y - low_y))
        cells = scaled(np.stack([across, up], axis=-1).reshape(-1, 2), self._rows.constants)
        return self._plane | {"grid": self._outputs(cells).reshape(views.SIDE, views.SIDE, -1).astype(np.float16)}

    def _points(self) -> dict[str, Any]:
        rows = self._rows
        x = self._raw(np.concatenate([rows.x_train, rows.x_val]))
        y = np.concatenate([rows.y_train, rows.y_val])
        low, high = x.min(axis=0).astype(np.float64), x.max(axis=0).astype(np.float64)
        margin = np.where(high > low, (high - low) * MARGIN, 1.0)
        chosen = shown(len(x), views.POINTS)
        labels = y[chosen] if self._experiment.shape.task == "regression" else y[chosen].reshape(-1).astype(np.int32)
        return {
            "extent": np.stack([low - margin, high + margin], axis=1).reshape(-1), "points": x[chosen], "point_labels": labels,
            "point_is_validation": chosen >= len(rows.x_train),
        }  # fmt: skip

    def _weights(self) -> dict[str, Any]:
        kernels, filters = {}, None
        for layer in self._program.model.layers:
            kind = type(layer).__name__
            if kind == "Dense":
                kernel = layer.kernel.numpy()
                kernels[layer.name] = kernel[np.ix_(*(shown(count, views.UNITS) for count in kernel.shape))].astype(np.float16)
            elif kind.startswith("Conv") and filters is None:
                kernel = layer.kernel.numpy()
                filters = kernel[..., shown(kernel.shape[-1], views.UNITS)].astype(np.float16)
        return {"kernels": kernels, "filters": filters}
