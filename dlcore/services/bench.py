"""A model to try: a run's, or a registered one, behind one way of asking. Its answers are jobs on a worker, cached by what was asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore import service
from dlcore.errors import Invalid, LabError, NotFound
from dlcore.experiment import Experiment
from dlcore.image_layers import image_layers
from dlcore.services import own_rows, registering, taking_away
from dlcore.store import Job, Store

MOST_ROWS = 10_000


@dataclass(frozen=True)
class Model:
    """title: what people call it. experiment: what it was trained on and how, None for an imported file. input: shape of a row.

    artefact: its weights, or its .keras file. run: "" for an imported one. layers: an imported file's, as jobs/open_model.py has them.
    """

    title: str
    experiment: Experiment | None
    artefact: str
    run: str
    input: tuple[int, ...]
    output: tuple[int, ...]
    layers: Sequence[Mapping[str, Any]] = ()

    @property
    def kind(self) -> str:
        """ "image", "vector" or "sequence"; an imported file's is guessed from the shape of its inputs."""
        if self.experiment is not None:
            return self.experiment.shape.kind
        return {1: "vector", 3: "image"}.get(len(self.input), "sequence")

    @property
    def class_names(self) -> tuple[str, ...]:
        """In the order of the outputs; empty for a regression and for an imported file."""
        if self.experiment is None or self.experiment.shape.task == "regression":
            return ()
        return self.experiment.dataset_spec.class_names or tuple(map(str, range(max(2, self.experiment.shape.outputs))))


def of_run(run: str, *, store: Store | None = None) -> Model:
    """The model that the run ended with, or has now. `Refused` before it has weights."""
    place = store or service.open_store()
    found = place.run(run)
    return _trained(Experiment.from_json(found.experiment), found.title or f"Run {run}", taking_away.weights(place, run), run)


def of_version(version: registering.Version) -> Model:
    title = f"{version.name}, version {version.version}"
    body = version.body
    if body["kind"] == "run":
        return _trained(Experiment.from_json(json.dumps(body["experiment"])), title, version.artefact, version.run)
    return Model(title, None, version.artefact, "", tuple(body["input"]), tuple(body["output"]), body["layers"])


def find(text: str, *, store: Store | None = None) -> Model:
    """What a run's id, "name" or "name@version" means. `NotFound`."""
    place = store or service.open_store()
    try:
        return of_run(place.run(text).id, store=place)
    except NotFound:
        return of_version(registering.named(text, store=place))


def ask(model: Model, x: np.ndarray, *, store: Store | None = None) -> str:
    """The job that answers to raw rows x (rows, *input), at most `MOST_ROWS`; `answers` reads it. `Invalid` for rows that do not suit."""
    if x.shape[1:] != model.input or not np.isfinite(x).all():
        raise Invalid(f"Rows of shape {x.shape[1:]} do not suit: the model takes finite numbers of shape {model.input}.")
    if not 0 < len(x) <= MOST_ROWS:
        raise Invalid(f"{len(x):,} rows are too {'many' if len(x) else 'few'}: 1 to {MOST_ROWS:,} are answered at once.", "Give a part.")
    rows = {"x": x.astype("float32").tolist()}
    if model.experiment is None:
        return service.submit_job("try_model", rows, files={"model": model.artefact}, store=store)
    return _submit(model, "predict", rows, store)


def ask_test(model: Model, *, store: Store | None = None) -> str:
    """The job `evaluate`: the model's scores on the rows of its data that it was not trained on."""
    shape = _known(model).shape
    part = "test" if shape.test_rows or _known(model).test else "val"
    return _submit(model, "evaluate", {"part": part}, store)


def ask_effect(model: Model, row: np.ndarray, *, store: Store | None = None) -> str:
    """The job `feature_effect` for one raw row."""
    words = [[place, title, own] for place, (title, own) in own_rows.categories(_known(model)).items()]
    return _submit(model, "feature_effect", {"x": row.astype("float32").tolist(), **({"words": words} if words else {})}, store)


def ask_grad_cam(model: Model, image: np.ndarray, *, store: Store | None = None) -> str:
    """The job `grad_cam` for one raw image; `looking_inside.read` reads it."""
    return _submit(model, "grad_cam", {"x": image.astype("float32")[np.newaxis].tolist()}, store)


def has_image_layers(model: Model) -> bool:
    """Whether Grad-CAM can say where in an image the net looked."""
    experiment = model.experiment
    return experiment is not None and experiment.shape.task != "regression" and bool(image_layers(experiment))


@dataclass(frozen=True)
class Answers:
    """What a model says about rows. outputs: (rows, *output). names: the class of each row ((rows, steps) where each step has one), None
    for a regression and for an imported file."""

    outputs: np.ndarray
    names: Sequence[Any] | None


def answers(job: Job) -> Answers:
    """What a finished job of `ask` found; its cause as an error where it failed."""
    if job.state != "done":
        raise LabError(job.cause or f"The job {job.name} is {job.state}.", job.hint)
    return Answers(np.asarray(job.result["outputs"], "float64"), job.result.get("names"))


def _submit(model: Model, name: str, inputs: Mapping[str, Any], store: Store | None) -> str:
    body = {"experiment": json.loads(_known(model).to_json()), **inputs}
    return service.submit_job(
        name, body, run=model.run if _is_there(model.run, store) else "", files={"checkpoint": model.artefact}, store=store
    )


def _is_there(run: str, store: Store | None) -> bool:
    """A registered model may have outlived its run."""
    try:
        return bool(run and (store or service.open_store()).run(run))
    except LabError:
        return False


def _known(model: Model) -> Experiment:
    if model.experiment is None:
        raise Invalid(f"What {model.title} was trained on is not known to the lab.", "Give it rows of your own.")
    return model.experiment


def _trained(experiment: Experiment, title: str, artefact: str, run: str) -> Model:
    shape = experiment.shape
    output = (*shape.input[:1], shape.outputs) if shape.per_step else (shape.outputs,)
    return Model(title, experiment, artefact, run, shape.input, output)
