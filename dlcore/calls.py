"""A Keras object as a value: what to call and with what.

A model family, an optimizer or a loss describes itself as calls. From the same call the worker makes the object, the
exported script prints the line of Python, and the forecast counts weights without importing Keras.
"""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """`Call("layers.Dense", {"units": 64})` is `keras.layers.Dense(units=64)`.

    path: a name below `keras`, or "package.module:Class" for a class of our own (its source is copied into scripts).
    arguments: plain values, lists of them, or further calls.
    """

    path: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The class's own name, "Dense"."""
        return self.path.replace(":", ".").rsplit(".", 1)[-1]

    def source(self) -> str:
        """One expression of Python that makes the object, given `import keras`."""
        name = self.kind if ":" in self.path else f"keras.{self.path}"
        return f"{name}({', '.join(f'{key}={_source(value)}' for key, value in self.arguments.items())})"

    def walk(self) -> Iterator[Call]:
        """This call and all calls inside it."""
        yield self
        for value in self.arguments.values():
            for item in value if isinstance(value, (list, tuple)) else (value,):
                if isinstance(item, Call):
                    yield from item.walk()

    def to_json(self) -> list[Any]:
        """A nested list that is equal for equal calls, to be hashed or printed."""
        return [self.path, {key: _json(value) for key, value in sorted(self.arguments.items())}]


def make(call: Call, stand_ins: Mapping[str, Any] | None = None) -> Any:
    """Make the object (imports Keras). `stand_ins` maps paths to other callables, such as the live Dropout layer."""
    stand_ins = stand_ins or {}
    arguments = {key: _made(value, stand_ins) for key, value in call.arguments.items()}
    return (stand_ins.get(call.path) or _resolve(call.path))(**arguments)


def layer_names(plan: Iterable[Call]) -> list[str]:
    """The names Keras gives in a fresh process: "dense", "dense_1", … They do not depend on what else the process has built."""
    seen: Counter[str] = Counter()
    names = []
    for call in plan:
        kind = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", call.kind)).lower()
        names.append(kind if not seen[kind] else f"{kind}_{seen[kind]}")
        seen[kind] += 1
    return names


def _resolve(path: str) -> Any:
    if ":" in path:
        module, name = path.split(":")
        return getattr(importlib.import_module(module), name)
    found: Any = importlib.import_module("keras")
    for name in path.split("."):
        found = getattr(found, name)
    return found


def _made(value: Any, stand_ins: Mapping[str, Any]) -> Any:
    if isinstance(value, Call):
        return make(value, stand_ins)
    if isinstance(value, (list, tuple)):
        return type(value)(_made(item, stand_ins) for item in value)
    return value


def _source(value: Any) -> str:
    if isinstance(value, Call):
        return value.source()
    if isinstance(value, (list, tuple)):
        inner = ", ".join(_source(item) for item in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(value) == 1 else ''})"
    return repr(value)


def _json(value: Any) -> Any:
    if isinstance(value, Call):
        return value.to_json()
    return [_json(item) for item in value] if isinstance(value, (list, tuple)) else value
