"""A search as one Python script that tunes with keras-tuner, for people who do not have the lab.

The data set's loader, the split and the functions that plan the net are the lab's own, copied, so that a trial builds the same net on the
same rows. What keras-tuner and `fit` do themselves they do here too: the numbers agree closely, not to the last digit.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from dlcore import registry
from dlcore.calls import Call, make
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.metrics import metric_call
from dlcore.studies.search import Search
from dlcore.studies.space import Dimension
from dlcore.studies.space_check import fitting

TUNERS = {"random": "RandomSearch", "grid": "GridSearch", "bayesian": "BayesianOptimization", "hyperband": "Hyperband"}
PLAIN = ("epochs", "batch_size", "patience", "min_delta", "restore_best")  # an experiment's own settings that a script can vary
PLAIN_VALUES = (ast.Constant, ast.Tuple, ast.Dict, ast.Load)
FOUND = 'INITIALIZERS[at(settings["initializer"], layer)]'
SEED = 987_654_321  # stands for a seed while a call is printed
IMPORTS = """
from __future__ import annotations

import argparse
import importlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import keras_tuner
import numpy as np
import tensorflow as tf
"""


def write(search: Search, number: str) -> str:
    """The script; `Invalid` where the search varies what a script cannot."""
    for own in search.space.dimensions:
        part = own.key.partition(".")[0]
        if own.key != "optimizer" and part not in ("model", "optimizer") and own.key not in PLAIN:
            raise Invalid(f"A script cannot vary {own.key}.", "Export the search as CSV or JSON, or search in the lab.")
        if own.key.startswith(("model.initializer_scale", "model.initializer_connections")):
            raise Invalid(f"A script cannot vary {own.key}.", "Vary the initialiser itself.")
    if search.experiment.optimizer_spec.closure:
        raise Invalid(f"A script cannot search with the optimizer {search.experiment.optimizer.name}.", "Choose another optimizer.")
    return "\n\n\n".join(piece.strip("\n") for piece in _pieces(search, number)) + "\n"


def _pieces(search: Search, number: str) -> Iterator[str]:
    from dlcore.exports import _sections
    from dlcore.exports._bundle import Bundle
    from dlcore.exports._source import module_source, own_modules
    from dlcore.run import Run

    experiment = search.experiment
    yield _head(search, number)
    yield _sections.data(Bundle(Run(number, 0.0), experiment))
    yield "# The net, planned as in the lab."
    yield inspect.getsource(Call)
    yield inspect.getsource(make)
    for helper in ("_source", "_json", "_made"):
        yield inspect.getsource(getattr(import_module("dlcore.calls"), helper))
    yield RESOLVE
    for module in own_modules(_calls(search)):
        imports, body = module_source(module)
        yield "\n".join(imports)
        yield body
    for module in ("_parts", experiment.model_spec.name):
        yield from _planning(import_module(f"dlcore.models.{module}"))
    yield from _tables(search)
    yield _build(search)
    limits = f"max_epochs=given.epochs, factor={search.factor}" if search.oracle == "hyperband" else "max_trials=given.trials"
    yield TUNING.replace("TUNER", TUNERS[search.oracle]).replace("LIMITS", limits)


def _head(search: Search, number: str) -> str:
    title = f"{search.experiment.model_spec.title} on {search.experiment.dataset_spec.title}"
    return (
        f'"""{title}: search {number} of dlcore with keras-tuner.\n\n'
        "It needs keras, tensorflow, keras-tuner and numpy (scikit-learn and scipy for a Bayesian search). --trials, --epochs, --folder\n"
        'say how many trials, how long each, and where keras-tuner keeps its notes; the last line printed is the best trial.\n"""\n'
        f"{IMPORTS}\nSEED = {search.experiment.data_seed}\nTRIALS = {search.planned}\nEPOCHS = {search.most_epochs}\n"
        f"OBJECTIVE, DIRECTION = {search.objective!r}, {search.direction!r}"
    )


def _planning(module: ModuleType) -> Iterator[str]:
    """The functions and plain constants with which a module plans nets; not its fields and checks."""
    source = inspect.getsource(module)
    for node in ast.parse(source).body:
        text = ast.get_source_segment(source, node) or ""
        if isinstance(node, ast.FunctionDef) and not node.name.startswith(("check", "per_layer")):
            yield text.replace('registry.find("initializers", at(settings["initializer"], layer))', FOUND)
        elif isinstance(node, ast.Assign) and all(isinstance(inner, PLAIN_VALUES) for inner in ast.walk(node.value)):
            yield text


def _tables(search: Search) -> Iterator[str]:
    """Initialisers, optimizers and settings, as they are now."""
    settings = search.experiment.model.settings
    scale, connections = (_first(settings.get(name, 0)) for name in ("initializer_scale", "initializer_connections"))
    lines = []
    for name, spec in registry.members("initializers").items():
        call = spec.call(scale, connections, SEED)
        body = repr(dict(call.arguments)).replace(str(SEED), "seed")
        lines.append(f"    {name!r}: SimpleNamespace(call=lambda scale, connections, seed: Call({call.path!r}, {body})),")
    yield "INITIALIZERS = {\n" + "\n".join(lines) + "\n}"
    names = fitting(search.experiment, "optimizer")
    optimizers = {name: search.experiment.with_(optimizer=name) for name in names}
    rows = {name: (own.optimizer_spec.call(own.optimizer.settings).path, dict(own.optimizer.settings)) for name, own in optimizers.items()}
    yield f"OPTIMIZERS = {rows!r}"
    own = {full: value for full, _, value in search.experiment.fields() if full.startswith("model.") or full in PLAIN} | {
        "epochs": search.most_epochs
    }
    yield f"SETTINGS = {own!r}"
    yield f"OPTIMIZER, TUNED = {search.experiment.optimizer.name!r}, {_tuned(search.experiment)!r}"
    yield inspect.getsource(import_module("dlcore.optimizers._fields").keras_arguments)


def _tuned(experiment: Experiment) -> dict[str, Any]:
    return {f"optimizer.{name}": value for name, value in experiment.optimizer.settings.items()}


def _build(search: Search) -> str:
    from dlcore.exports._sections import loss_call

    experiment, shape = search.experiment, search.experiment.shape
    metrics = [metric_call(name, shape.task, experiment.loss_spec.threshold).source() for name in experiment.recorded_metrics]
    head = experiment.head
    lines = [f"    {_line(search, own)}" for own in search.space.dimensions]
    return VALUES.format(
        values="\n".join(lines), shape=repr({"kind": shape.kind, "input": shape.input, "task": shape.task, "outputs": shape.outputs}),
        head=repr({"units": head.units, "activation": head.activation}), loss=loss_call(experiment).source(),
        metrics=f"[{', '.join(metrics)}]",
    )  # fmt: skip


def _line(search: Search, own: Dimension) -> str:
    """The line that asks keras-tuner for a value."""
    target = search.space.target(own, search.experiment)
    if own.is_range and search.oracle != "grid":
        kind = "Int" if target.kind == "int" else "Float"
        more = f", step={own.step!r}" if own.step else ""
        asked = f"hp.{kind}({own.name!r}, {own.low!r}, {own.high!r}{more}{', sampling=' + repr('log') if own.log else ''})"
    else:
        choices = [json.dumps(value) for value in search.space.values(own, search.experiment)]
        asked = f"hp.Choice({own.name!r}, {choices!r})"
    if own.when is None:
        return f"put({own.key!r}, {asked}, {own.name!r})"
    parents = [json.dumps(value) for value in own.when[1]]
    return f"with hp.conditional_scope({own.when[0]!r}, {parents!r}):\n        put({own.key!r}, {asked}, {own.name!r})"


def _calls(search: Search) -> list[Call]:
    """The calls of all nets that single choices lead to."""
    found: list[Call] = list(search.experiment.plan())
    for own in search.space.dimensions:
        for value in own.choices:
            try:
                found += search.space.apply(search.experiment, {own.name: value}).plan()
            except Invalid:
                continue
    return found


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) else value


RESOLVE = '''
def _resolve(path: str) -> Any:
    """A class of Keras, or one of those above."""
    if ":" in path:
        return globals()[path.partition(":")[2]]
    found: Any = keras
    for name in path.split("."):
        found = getattr(found, name)
    return found
'''

VALUES = '''
def settings_of(hp: Any) -> tuple[dict, str, dict]:
    """The net's and the training's settings, the optimizer and its settings, for one trial."""
    put_in: list = []

    def put(key: str, value: Any, name: str) -> None:
        """Choices come as JSON text, and None stands for a setting that does not count in this trial."""
        value = json.loads(value) if isinstance(value, str) else value
        if value is not None:
            put_in.append((key, tuple(value) if isinstance(value, list) else value))

{values}
    name = next((value for key, value in put_in if key == "optimizer"), OPTIMIZER)
    tuned = dict(TUNED) if name == OPTIMIZER else {{f"optimizer.{{key}}": value for key, value in OPTIMIZERS[name][1].items()}}
    settings = SETTINGS | tuned
    for key, value in put_in:
        if key.endswith(".count"):
            old = settings[key.removesuffix(".count")]
            settings[key.removesuffix(".count")] = (*old, *old[-1:] * (value - len(old)))[:value]
        elif "[" not in key and key != "optimizer":
            settings[key] = value
    for key, value in put_in:
        if "[" in key:
            full, item = key.rstrip("]").split("[")
            layers = max(len(own) for own in settings.values() if isinstance(own, tuple))
            old = settings[full] if isinstance(settings[full], tuple) else (settings[full],) * layers
            settings[full] = tuple(value if place == int(item) else own for place, own in enumerate(old))
    return settings, name, {{key.partition(".")[2]: value for key, value in settings.items() if key.startswith("optimizer.")}}


def build(hp: Any) -> keras.Model:
    """The compiled net of one trial."""
    settings, name, tuned = settings_of(hp)
    own = {{key.partition(".")[2]: value for key, value in settings.items() if key.startswith("model.")}}
    shape, head = SimpleNamespace(**{shape}), SimpleNamespace(**{head})
    net = keras.Sequential([keras.Input(shape.input), *(make(call) for call in plan(own, shape, head, SEED))])
    optimizer = make(Call(OPTIMIZERS[name][0], keras_arguments(tuned)))
    net.compile(optimizer=optimizer, loss={loss}, metrics={metrics})
    return net
'''

TUNING = '''
class Tuner(keras_tuner.TUNER):
    """keras-tuner's own, with a trial's batch size, epochs and patience; a rung of Hyperband trains from the beginning."""

    def run_trial(self, trial: Any, data: dict, epochs: int) -> Any:
        settings, _, _ = settings_of(trial.hyperparameters)
        net = self.hypermodel.build(trial.hyperparameters)
        validates = len(data["x_val"]) > 0
        epochs = trial.hyperparameters.values.get("tuner/epochs", min(epochs, settings["epochs"]))
        callbacks = []
        if settings["patience"]:
            callbacks.append(keras.callbacks.EarlyStopping(
                monitor="val_loss" if validates else "loss", patience=settings["patience"], min_delta=settings["min_delta"],
                restore_best_weights=settings["restore_best"],
            ))
        return net.fit(
            data["x_train"], data["y_train"], batch_size=settings["batch_size"] or len(data["x_train"]), epochs=epochs, verbose=0,
            validation_data=(data["x_val"], data["y_val"]) if validates else None, callbacks=callbacks,
        )


def main() -> None:
    asked = argparse.ArgumentParser(description="Searches with keras-tuner.")
    asked.add_argument("--trials", type=int, default=TRIALS)
    asked.add_argument("--epochs", type=int, default=EPOCHS)
    asked.add_argument("--folder", default="search")
    given = asked.parse_args()
    objective = keras_tuner.Objective(OBJECTIVE, DIRECTION)
    tuner = Tuner(
        build, objective=objective, seed=SEED + 1, directory=given.folder, project_name="trials", overwrite=True,
        LIMITS,
    )
    tuner.search(load_data(), given.epochs)
    best = tuner.oracle.get_best_trials(1)[0]
    values = {name: json.loads(value) if isinstance(value, str) else value for name, value in best.hyperparameters.values.items()}
    print(json.dumps({"values": values, "score": best.score, "trials": len(tuner.oracle.trials)}))


if __name__ == "__main__":
    main()
'''
