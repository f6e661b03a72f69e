"""Scores of scikit-learn's models on the very rows that a net of the experiment trains on and is judged by."""

from __future__ import annotations

import io
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.jobs._model import experiment_of
from dlcore.specs import Job
from dlcore.training_rows import with_rows

MODELS = {
    "constant": "Always the same answer",
    "linear": "Linear model",
    "svm_rbf": "SVM (RBF)",
    "random_forest": "Random forest",
    "boosting": "Gradient boosting",
}
PARTS = ("val", "test")
TREES = 200
COUNTED = 1000


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """Trains each model on the experiment's training rows and scores it on rows that it has not seen.

    inputs:
    "experiment": its data, split, scaling and label noise count, nothing else of it
    "models": names of `MODELS`. For classes "linear" is logistic regression and "constant" the most frequent class, for a regression they
        are ridge regression and the mean. All have scikit-learn's defaults but for 200 trees, and leaves of fewer rows where boosting
        has few rows to learn from
    "sizes": numbers of training rows, as `training_rows.with_rows` takes them; 0 is the experiment's own split, unchanged
    "seeds": each takes the place of the experiment's seed, and draws what the model draws
    "part": the rows that the scores are of, "val" (the default) or "test"
    Of one's own texts, whose rows are numbers of words or letters, they are given how often each of the commonest is there.
    "keep": whether the predictions come back too (default false)

    The result: "metric", the name of the one to compare by ("accuracy", or "rmse" in the data's `target_unit`), and "scores", a list over
    models, then sizes, then seeds: {"model", "size", "seed", "rows" (trained on), "judged" (scored on), "seconds" (to train), "metrics"};
    metrics are "accuracy" and "macro_f1" for classes, "rmse", "mae" and "r2" (None for a single row) for a regression.
    With "keep" the artefact is an .npz of "said_0", "said_1", … (judged,) class numbers or (judged, outputs) targets in the order of the
    scores, and "true_0", … in the same form. Raises `Invalid` for unknown names, sizes out of range and a part without rows.
    """
    experiment, part = experiment_of(inputs), inputs.get("part", "val")
    wanted = [(model, int(size), int(seed)) for model in inputs["models"] for size in inputs["sizes"] for seed in inputs["seeds"]]
    unknown = next((model for model, _, _ in wanted if model not in MODELS), "")
    if unknown or part not in PARTS:
        raise Invalid(f"{unknown or part} is not known: models are {', '.join(MODELS)}, parts are {', '.join(PARTS)}.")
    scores: list[dict[str, Any]] = []
    kept: dict[str, np.ndarray] = {}
    for number, (model, size, seed) in enumerate(wanted):
        own = experiment.with_(seed=seed)
        score, said, true = _score(model, with_rows(own, size) if size else own, part)
        scores.append({"model": model, "size": size, "seed": seed, **score})
        kept |= {f"said_{number}": said, f"true_{number}": true}
        progress((number + 1) / len(wanted))
    metric = "rmse" if experiment.shape.task == "regression" else "accuracy"
    return {"metric": metric, "scores": scores}, _npz(kept) if inputs.get("keep") else None


def _score(model: str, experiment: Experiment, part: str) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """One model trained and scored: the score, its predictions, and what is true."""
    from threadpoolctl import threadpool_limits

    from dlcore.engine.data import prepare

    rows, regression = prepare(experiment).arrays, experiment.shape.task == "regression"
    if not len(rows[f"x_{part}"]):
        raise Invalid(f"This experiment keeps no rows for the {part} set.", "Give the data a validation or test share above 0.")
    x, judged = (_flat(rows[name], experiment) for name in ("x_train", f"x_{part}"))
    y, true = ((rows[name] if regression else rows[name].reshape(-1).astype("int64")) for name in ("y_train", f"y_{part}"))
    begun = time.perf_counter()
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a linear model that has not converged yet is scored as it is
        learnt = _made(model, regression, y, experiment.seed).fit(x, y[:, 0] if regression and y.shape[1] == 1 else y)
        seconds = time.perf_counter() - begun
        said = np.asarray(learnt.predict(judged)).reshape(true.shape)
    metrics = _regression(true, said) if regression else _classes(true, said)
    return {"rows": len(x), "judged": len(judged), "seconds": seconds, "metrics": metrics}, said, true


def _flat(x: np.ndarray, experiment: Experiment) -> np.ndarray:
    """(rows, features). A token's number means nothing by itself, so texts become log(1 + count) of each of the first `COUNTED` tokens,
    which are the commonest, and of all others together."""
    if not isinstance(x, np.ndarray):
        raise Invalid("These rows are too many for memory, which the other models need.", "Use fewer rows.")
    flat = x.reshape(len(x), -1)
    if experiment.dataset_spec.origin != "file" or not experiment.shape.tokens:
        return flat
    width = min(experiment.shape.tokens, COUNTED) + 1
    found = np.zeros((len(flat), width), "float32")
    rows = np.repeat(np.arange(len(flat)), flat.shape[1])
    np.add.at(found, (rows, np.minimum(flat.reshape(-1).astype("int64"), width - 1)), 1)
    return np.log1p(found)


def _made(model: str, regression: bool, y: np.ndarray, seed: int) -> Any:
    """The scikit-learn model, not trained yet. y: the training targets; with a single class among them any model is a constant."""
    from sklearn import dummy, ensemble, linear_model, multioutput, svm

    leaf = max(1, min(20, len(y) // 50))
    if not regression:
        if model == "constant" or len(np.unique(y)) < 2:
            return dummy.DummyClassifier(strategy="most_frequent")
        if model == "linear":
            return linear_model.LogisticRegression(max_iter=1000)
        if model == "svm_rbf":
            return svm.SVC(kernel="rbf", random_state=seed)
        if model == "random_forest":
            return ensemble.RandomForestClassifier(TREES, random_state=seed)
        return ensemble.HistGradientBoostingClassifier(min_samples_leaf=leaf, random_state=seed)
    if model == "constant":
        return dummy.DummyRegressor()
    if model == "linear":
        return linear_model.Ridge()
    if model == "random_forest":
        return ensemble.RandomForestRegressor(TREES, random_state=seed)
    single = svm.SVR() if model == "svm_rbf" else ensemble.HistGradientBoostingRegressor(min_samples_leaf=leaf, random_state=seed)
    return single if y.shape[1] == 1 else multioutput.MultiOutputRegressor(single)


def _classes(true: np.ndarray, said: np.ndarray) -> dict[str, float]:
    from sklearn.metrics import f1_score

    return {"accuracy": float(np.mean(said == true)), "macro_f1": float(f1_score(true, said, average="macro", zero_division=0.0))}


def _regression(true: np.ndarray, said: np.ndarray) -> dict[str, float | None]:
    off, spread = said.astype("float64") - true, float(np.sum((true - true.mean(axis=0)) ** 2))
    r2 = 1 - float(np.sum(off**2)) / spread if spread else None
    return {"rmse": float(np.sqrt(np.mean(off**2))), "mae": float(np.mean(np.abs(off))), "r2": r2}


def _npz(arrays: Mapping[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


JOB = Job("baselines", "Other models", perform)
