"""Loads keras-tuner's oracles without Keras, of which they use two functions.

`import keras_tuner` imports Keras and TensorFlow: 10 s and 600 MB on two cores, against 0.5 s and 75 MB for its oracles alone. A stand-in
takes Keras's place while their modules load, and the packages above them are entered without their `__init__`. Where that fails, with a
later keras-tuner perhaps, they are imported the ordinary way.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from types import ModuleType
from typing import Any

PACKAGES = ("keras_tuner", "keras_tuner.src", "keras_tuner.src.engine", "keras_tuner.src.tuners")
# Names that keras-tuner's modules take from Keras as they load.
NAMES = ("callbacks", "layers", "losses", "metrics", "models", "ops", "optimizers", "random", "saving", "utils", "Model")


class _Anything(type):
    """A class whose attributes and calls are all itself: a base class, a module's function. As a decorator it changes nothing."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __call__(cls, *arguments: Any, **settings: Any) -> Any:
        decorated = arguments[0] if len(arguments) == 1 and callable(arguments[0]) else None
        return decorated or cls


class _Nothing(metaclass=_Anything):
    """What every name of the stand-in means."""


class _Legacy:
    """The two functions of Keras that oracles do call: an object as its class's name with its configuration, and back."""

    @staticmethod
    def serialize_keras_object(made: Any) -> dict[str, Any]:
        return {"class_name": type(made).__name__, "config": made.get_config()}

    @staticmethod
    def deserialize_keras_object(config: dict[str, Any], custom_objects: Any, module_objects: dict[str, Any]) -> Any:
        return module_objects[config["class_name"]].from_config(config["config"])


class _Utilities(_Nothing):
    """keras.utils."""

    legacy = _Legacy


class _StandIn(ModuleType):
    """Keras, as far as the loading of keras-tuner's modules goes."""

    __all__ = NAMES
    __version__ = "3.0.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return {"version": lambda: "3.0.0", "utils": _Utilities}.get(name, _Nothing)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the stand-in under every name of Keras."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.partition(".")[0] == "keras" else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def oracle_class(oracle: str) -> type[Any]:
    """The class of one of `search.ORACLES`."""
    module, name = {
        "random": ("randomsearch", "RandomSearchOracle"),
        "grid": ("gridsearch", "GridSearchOracle"),
        "bayesian": ("bayesian", "BayesianOptimizationOracle"),
        "hyperband": ("hyperband", "HyperbandOracle"),
    }[oracle]
    found: type[Any] = getattr(tuner_module(f"tuners.{module}"), name)
    return found


def tuner_module(path: str) -> ModuleType:
    """A module below keras_tuner.src."""
    if "keras_tuner" not in sys.modules and "keras" not in sys.modules:
        _enter()
    try:
        return importlib.import_module(f"keras_tuner.src.{path}")
    except Exception:
        _leave()
        return importlib.import_module(f"keras_tuner.src.{path}")


def _enter() -> None:
    spec = importlib.util.find_spec("keras_tuner")
    assert spec is not None and spec.submodule_search_locations
    root = spec.submodule_search_locations[0]
    sys.meta_path.insert(0, _Finder())
    for package in PACKAGES:
        module = ModuleType(package)
        module.__path__ = ["/".join([root, *package.split(".")[1:]])]
        sys.modules[package] = module


def _leave() -> None:
    """Takes the stand-in away, and what was loaded beside it."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Finder)]
    for name in [name for name in sys.modules if name.partition(".")[0] in ("keras", "keras_tuner")]:
        del sys.modules[name]
