"""Lays out in the plane what a layer of a net makes of rows, by scikit-learn's t-SNE, and says how far that can be trusted."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.jobs._model import experiment_of, trained_model
from dlcore.metrics import class_numbers
from dlcore.specs import Job

NEIGHBOURS = 5
FEWEST, MOST = 10, 5000
LOOK_SECONDS = 0.2
NOT_COUNTED = ("BatchNormalization",)


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment"; "layer": 0 for the inputs, k for what comes out of the k-th layer with weights (batch normalisation not
    counted), activation and pooling behind it included, the last one without its activation (the logits); "perplexity"; "seed"; "points":
    how many validation rows, of which there may be fewer. files: "checkpoint".

    The result: "rows", "values" (numbers that the layer has for a row), "perplexity" (as used: a third of the rows at most),
    "trustworthiness" (Venna & Kaski 2001, five neighbours, 0 to 1), "divergence" (Kullback–Leibler, what t-SNE made small).
    The artefact is an .npz of "plane" (rows, 2), "x" (rows, *shape.input) raw, "y" (rows,) classes or (rows, outputs) targets, and "said",
    what the net says in the same form. `Invalid` for a layer that is not there, and for one that is the same for all rows.
    """
    experiment, layer = experiment_of(inputs), int(inputs["layer"])
    x, y, raw = _rows(experiment, int(inputs["points"]))
    progress(0.05)
    values, said = _at_layer(experiment, files, x, layer)
    if not np.isfinite(values).all() or not (values != values[0]).any():
        raise Invalid("This layer gives the same numbers for every row, so there is nothing to lay out.", "Choose another layer or epoch.")
    progress(0.15)
    perplexity = min(float(inputs["perplexity"]), (len(x) - 1) / 3)
    plane, divergence = _laid_out(values, perplexity, int(inputs["seed"]), lambda share: progress(0.15 + 0.75 * share))
    progress(0.95)
    from sklearn.manifold import trustworthiness

    result = {
        "rows": len(x), "values": values.shape[1], "perplexity": perplexity, "divergence": divergence,
        "trustworthiness": float(trustworthiness(values, plane, n_neighbors=min(NEIGHBOURS, len(x) // 2 - 1))),
    }  # fmt: skip
    return result, _npz(plane=plane.astype("float32"), x=raw, y=y, said=said)


def _rows(experiment: Experiment, points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Validation rows as the net gets them, what is true of them, and the rows unscaled."""
    from dlcore.engine.data import prepare

    made = prepare(experiment)
    count = min(points, len(made.x_val), MOST)
    if count < FEWEST:
        raise Invalid(f"{count} validation rows are too few to lay out: it takes {FEWEST}.", "Give the data a larger validation share.")
    x, y = made.x_val[:count], made.y_val[:count]
    mean, scale = (np.asarray(made.constants[name], "float32") for name in ("mean", "scale"))
    y = y if experiment.shape.task == "regression" else y.reshape(-1).astype("int64")
    return x, y, x * scale + mean


def _at_layer(experiment: Experiment, files: Mapping[str, bytes], x: np.ndarray, layer: int) -> tuple[np.ndarray, np.ndarray]:
    """What the layer puts out, (rows, values), and what the net says in the end; dropout is off."""
    import keras

    model = trained_model(experiment, files)
    weighted = [own for own in model.layers if own.weights and type(own).__name__ not in NOT_COUNTED]
    if not 0 <= layer <= len(weighted):
        raise Invalid(f"layer = {layer} is not allowed: this net has layers 0 (the inputs) to {len(weighted)}.")
    outputs = model.predict(x, batch_size=256, verbose=0)
    task, threshold = experiment.shape.task, experiment.loss_spec.threshold
    said = outputs if task == "regression" else class_numbers(outputs, task, threshold)
    if layer == 0:
        return x.reshape(len(x), -1), said
    weighted[-1].activation = keras.activations.linear  # the model is made for this job alone
    last = model.layers.index(weighted[layer]) if layer < len(weighted) else len(model.layers)
    signal = x
    for own in model.layers[:last]:
        signal = own(signal, training=False) if own._call_has_training_arg else own(signal)
    return np.asarray(signal, "float32").reshape(len(x), -1), said


def _laid_out(values: np.ndarray, perplexity: float, seed: int, progress: Callable[[float], None]) -> tuple[np.ndarray, float]:
    """(rows, 2) and the divergence. Progress goes by the clock: scikit-learn does not say. A cancelled fit ends by itself, unheard."""
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    def fit() -> TSNE:
        with threadpool_limits(1):
            made = TSNE(perplexity=perplexity, random_state=seed, init="pca")
            made.fit(values)
        return made

    expected, begun = 1.0 + len(values) / 150, time.monotonic()
    executor = ThreadPoolExecutor(1)
    working = executor.submit(fit)
    executor.shutdown(wait=False)
    while wait([working], LOOK_SECONDS).not_done:
        passed = time.monotonic() - begun
        progress(passed / (passed + expected))
    made = working.result()
    return np.asarray(made.embedding_), float(made.kl_divergence_)


def _npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


JOB = Job("tsne", "t-SNE of a layer", perform)
