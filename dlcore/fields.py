"""A field: one setting of an experiment, with its range, unit, default, label and help in one place.

Forms, links, command-line flags and error messages are all made from fields, so that they cannot disagree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dlcore.errors import Invalid

Kind = Literal["int", "float", "bool", "choice", "text"]
Scalar = int | float | bool | str
Value = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One setting.

    kind: "int", "float", "bool", "choice" (one of `choices`) or "text" (one line of at most `maximum` characters).
    minimum, maximum: inclusive limits of a number. `step` is the grid of its slider; `log` asks for a logarithmic one.
    many: the value may also be a list. With `per_layer`, a list gives one value for each layer and a single value serves all.
    live: may be changed while a run trains.
    advanced: shown under "All settings" only.
    """

    name: str
    kind: Kind
    default: Value
    label: str
    help: str = ""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    log: bool = False
    choices: tuple[str, ...] = ()
    unit: str = ""
    many: bool = False
    per_layer: bool = False
    live: bool = False
    advanced: bool = False

    def check(self, value: Any) -> Value:
        """The value in its normal form (lists as tuples, whole floats of an int field as int), or `Invalid`."""
        if isinstance(value, (list, tuple)):
            if not (self.many or self.per_layer):
                raise self.refuse(value)
            if not value and not self.many:
                raise self.refuse(value)
            return tuple(self._check_one(item, value) for item in value)
        if self.many and not self.per_layer:
            return (self._check_one(value, value),)
        return self._check_one(value, value)

    def parse(self, text: str) -> Value:
        """The value that a person typed, e.g. "256,128" or "1e-3"; raises `Invalid`."""
        text = text.strip()
        if self.many or self.per_layer:
            parts = [part.strip() for part in text.split(",") if part.strip()]
            if self.many or len(parts) != 1:
                return self.check(tuple(self._read(part, text) for part in parts))
        return self.check(self._read(text, text))

    def format(self, value: Value) -> str:
        """The text that `parse` reads back to the same value."""
        if isinstance(value, tuple):
            return ",".join(self.format_one(item) for item in value)
        return self.format_one(value)

    @staticmethod
    def format_one(value: Scalar) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        return repr(value) if isinstance(value, float) else str(value)

    def allowed(self) -> str:
        """What is allowed, in words: "a whole number from 1 to 512"."""
        if self.kind == "bool":
            one = "true or false"
        elif self.kind == "choice":
            one = "one of " + ", ".join(self.choices)
        elif self.kind == "text":
            one = "a line of text" if self.maximum is None else f"a line of at most {_limit(self.maximum)} characters"
        else:
            one = "a whole number" if self.kind == "int" else "a number"
            if self.minimum is not None and self.maximum is not None:
                one += f" from {_limit(self.minimum)} to {_limit(self.maximum)}"
            elif self.minimum is not None:
                one += f" of at least {_limit(self.minimum)}"
            one += f" ({self.unit})" if self.unit else ""
        if self.per_layer:
            return one + ", or a list with one for each layer"
        return f"a list, each {one}" if self.many else one

    def refuse(self, value: Any) -> Invalid:
        return Invalid(f"{self.name} = {_show(value)} is not allowed: {self.label.lower()} must be {self.allowed()}.")

    def _check_one(self, item: Any, whole: Any) -> Scalar:
        if self.kind == "bool":
            if not isinstance(item, bool):
                raise self.refuse(whole)
            return item
        if self.kind == "choice":
            if not isinstance(item, str) or item not in self.choices:
                raise self.refuse(whole)
            return item
        if self.kind == "text":
            if not isinstance(item, str) or not item.isprintable() or (self.maximum is not None and len(item) > self.maximum):
                raise self.refuse(whole)
            return item
        if isinstance(item, bool) or not isinstance(item, (int, float)) or not math.isfinite(item):
            raise self.refuse(whole)
        if self.kind == "int" and item != int(item):
            raise self.refuse(whole)
        if (self.minimum is not None and item < self.minimum) or (self.maximum is not None and item > self.maximum):
            raise self.refuse(whole)
        return int(item) if self.kind == "int" else float(item)

    def _read(self, text: str, whole: str) -> Scalar:
        if self.kind == "bool":
            known = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
            if text.lower() not in known:
                raise self.refuse(whole)
            return known[text.lower()]
        if self.kind in ("choice", "text"):
            return text
        try:
            return int(text)
        except ValueError:
            pass
        try:
            return float(text)
        except ValueError:
            raise self.refuse(whole) from None


def check_settings(owner: str, fields: Iterable[Field], given: Mapping[str, Any]) -> dict[str, Value]:
    """All fields of `owner` with the given values checked and the others at their defaults; `Invalid` for unknown names."""
    known = {field.name: field for field in fields}
    for name in given:
        if name not in known:
            raise Invalid(
                f"{owner} has no setting called {_show(name)}.",
                f"It has: {', '.join(known)}." if known else "It has no settings.",
            )
    return {name: field.check(given.get(name, field.default)) for name, field in known.items()}


def _limit(value: float) -> str:
    """A limit in words: 2147483647, not 2.14748e+09."""
    return str(int(value)) if value == int(value) else f"{value:g}"


def _show(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(list(value) if isinstance(value, tuple) else value)
    return text if len(text) <= 80 else text[:77] + "..."
