"""From an experiment to a Keras model: the stock one, as its script and its file hold it, or one with dials, to be trained."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from dlcore.calls import Call, layer_names, make
from dlcore.engine.accuracy import UNROLLED, UnrolledAccuracy
from dlcore.engine.live import STAND_INS, put_dials
from dlcore.experiment import Experiment
from dlcore.metrics import metric_call


def model_of(experiment: Experiment, live: bool = False) -> keras.Sequential:
    """A new model with its initial weights, compiled with new optimizer, loss and metrics; `live`: with dials.

    The seed is set first, for whatever draws without a seed of its own.
    """
    model = layers_of(experiment, live)
    compile_model(model, experiment, live)
    return model


def layers_of(experiment: Experiment, live: bool = False) -> keras.Sequential:
    """The model with its initial weights, not compiled."""
    # What has no seed of its own draws one from here, as after `keras.utils.set_random_seed`. Not that itself: it sets TensorFlow's
    # seed too, whereupon TensorFlow throws away every compiled kernel of the process (0.1 to 0.2 s at the next probe).
    random.seed(experiment.seed)
    np.random.seed(experiment.seed)
    plan = experiment.plan()
    layers: list[Any] = [keras.Input(experiment.shape.input)]
    for call, name in zip(plan, layer_names(plan), strict=True):
        named = Call(call.path, {**call.arguments, "name": name})
        layers.append(make(named, STAND_INS if live else None))
        if live:
            put_dials(layers[-1], call)
    # All at once: after each `add` Keras makes the whole net anew. In a fresh process Keras would call it so too; a counted name would make
    # paths depend on what was built before.
    return keras.Sequential(layers, name="sequential")


def compile_model(model: keras.Model, experiment: Experiment, live: bool = False) -> None:
    """Give the model its optimizer (with slots), loss and metrics."""
    call, optimizer = optimizer_call(experiment), None
    if not experiment.optimizer_spec.closure:  # L-BFGS is no Keras optimizer: the engine drives it, the model has none.
        optimizer = make(call)
        optimizer.build(model.trainable_variables)
        if live:
            put_dials(optimizer, call)
    loss, task = experiment.loss_spec, experiment.shape.task
    metrics = [make(metric_call(name, task, loss.threshold)) for name in experiment.recorded_metrics]
    if live and experiment.model_spec.xla and experiment.shape.outputs <= UNROLLED:
        metrics = [
            UnrolledAccuracy(metric.name) if type(metric) is keras.metrics.SparseCategoricalAccuracy else metric for metric in metrics
        ]
    model.compile(optimizer=optimizer, loss=make(loss.call(loss_settings(experiment), task)), metrics=metrics)


def optimizer_call(experiment: Experiment) -> Call:
    return experiment.optimizer_spec.call(experiment.optimizer.settings)


def loss_settings(experiment: Experiment) -> Mapping[str, Any]:
    """The settings of the loss that is used: an automatic loss takes its defaults."""
    if experiment.loss.name == "auto":
        return {field.name: field.default for field in experiment.loss_spec.fields}
    return experiment.loss.settings


def variables_of(model: keras.Model, optimizer: bool = True) -> dict[str, keras.Variable]:
    """All variables by a path that is the same in every process: "model/dense/kernel", "optimizer/3/momentum", …"""
    found: dict[str, keras.Variable] = {}
    for layer in model.layers:
        for index, variable in enumerate(layer.variables):
            found[f"model/{layer.name}/{index}/{variable.name}"] = variable
    if optimizer and model.optimizer is not None:
        for index, variable in enumerate(model.optimizer.variables):
            found[f"optimizer/{index}/{variable.name}"] = variable
    return found


def stock_model(experiment: Experiment, variables: Mapping[str, np.ndarray]) -> keras.Sequential:
    """The stock model and optimizer with the values of a checkpoint, ready to save, predict or train on."""
    model = model_of(experiment)
    for path, variable in variables_of(model).items():
        if path in variables:
            variable.assign(variables[path])
    return model
