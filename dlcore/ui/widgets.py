"""Which widget shows a field: sliders where a range is meant to be explored, boxes elsewhere. Every value has a text (`Field.parse`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dlcore.fields import Field, Value
from dlcore.ui import held, words

SMALLEST = 1e-6
SLIDER_SPAN = 100


@dataclass(frozen=True)
class Widget:
    """A widget for one value. kind: part of its key, so that another kind of widget keeps no old state. shown: the value in its own
    type. draw(key, on_change) puts it on the page; text(what the widget holds) is what `Field.parse` reads. limits: ends or
    options."""

    kind: str
    shown: Any
    draw: Callable[[str, Callable[[], None]], Any]
    text: Callable[[Any], str]
    limits: tuple[Any, ...] = ()

    def hold(self, key: str) -> None:
        """Before it is drawn: that it shows its value."""
        held.hold(key, self.shown, self.limits)


def widget_for(field: Field, value: Value) -> Widget:
    """The widget that suits the field's kind, range and present value."""
    label = f"{field.label} ({field.unit})" if field.unit and field.unit not in field.label.lower() else field.label
    if field.kind == "choice" and field.many:
        return _choices(field, value, label)
    if isinstance(value, tuple) or field.kind == "text":
        return _text(field, value, label)
    if field.kind == "choice":
        return _choice(field, value, label)
    if field.kind == "bool":
        return Widget("toggle", value, lambda key, act: st.toggle(label, key=key, help=field.help, on_change=act), field.format_one)
    if field.log:
        return _ladder(field, float(value), label)
    if field.minimum is None or field.maximum is None:
        return _number(field, value, label)
    few = field.kind == "int" and field.maximum - field.minimum <= SLIDER_SPAN
    return _slider(field, value, label) if field.step or few else _number(field, value, label)


def ladder(minimum: float, maximum: float, whole: bool, through: float) -> list[float]:
    """Values for a logarithmic slider: 1, 2, 5, 10 …, or powers of two where a whole `through` is one; ends and `through` included."""
    start = minimum if minimum > 0 else (1.0 if whole else SMALLEST)
    if whole and through >= 4 and math.log2(through).is_integer():
        steps = {2.0**power for power in range(math.ceil(math.log2(start)), math.floor(math.log2(maximum)) + 1)}
    else:
        decades = range(math.floor(math.log10(start)), math.floor(math.log10(maximum)) + 1)
        steps = {float(f"{digit}e{decade}") for decade in decades for digit in (1, 2, 5)}
    inside = {step for step in steps if start <= step <= maximum}
    return sorted(inside | {float(minimum), float(maximum), through})


def short(value: float) -> str:
    """At most six digits, without trailing zeros, thousands separated: "0.001", "1e-05", "65,536"."""
    return f"{value:,.0f}" if value == int(value) and 1000 <= abs(value) < 1e7 else f"{value:g}"


def _ladder(field: Field, value: float, label: str) -> Widget:
    default = field.default if isinstance(field.default, (int, float)) else value
    minimum, maximum = field.minimum or 0.0, field.maximum if field.maximum is not None else 1e6
    steps = sorted({*ladder(minimum, maximum, field.kind == "int", float(default)), value})
    return Widget(
        "ladder", value,
        lambda key, act: st.select_slider(label, steps, key=key, format_func=short, help=field.help, on_change=act),
        lambda value: repr(int(value)) if field.kind == "int" else repr(value), tuple(steps),
    )  # fmt: skip


def _slider(field: Field, value: Value, label: str) -> Widget:
    one = int if field.kind == "int" else float
    assert field.minimum is not None and field.maximum is not None
    low, high, step = one(field.minimum), one(field.maximum), one(field.step or 1)
    return Widget("slider", value, lambda key, act: st.slider(label, low, high, step=step, key=key, help=field.help, on_change=act), repr,
                  (low, high, step))  # fmt: skip


def _number(field: Field, value: Value, label: str) -> Widget:
    one = int if field.kind == "int" else float
    low = None if field.minimum is None else one(field.minimum)
    high = None if field.maximum is None else one(field.maximum)
    step = one(field.step) if field.step else (1 if field.kind == "int" else None)
    form = "%d" if field.kind == "int" else "%g"
    return Widget(
        "number", value,
        lambda key, act: st.number_input(label, low, high, step=step, format=form, key=key, help=field.help, on_change=act),
        lambda value: "" if value is None else repr(value), (low, high, step),
    )  # fmt: skip


def _text(field: Field, value: Value, label: str) -> Widget:
    help = f"{field.help} {field.allowed()[0].upper()}{field.allowed()[1:]}.".strip()
    return Widget("text", field.format(value), lambda key, act: st.text_input(label, key=key, help=help, on_change=act), str)


def _choice(field: Field, value: Value, label: str) -> Widget:
    return Widget(
        "choice",
        value,
        lambda key, act: st.selectbox(label, field.choices, key=key, format_func=words.choice, help=field.help, on_change=act),
        str,
        tuple(field.choices),
    )


def _choices(field: Field, value: Value, label: str) -> Widget:
    shown = list(value) if isinstance(value, tuple) else [value]
    return Widget(
        "choices", shown,
        lambda key, act: st.multiselect(label, field.choices, key=key, format_func=words.choice, help=field.help, on_change=act),
        ",".join, tuple(field.choices),
    )  # fmt: skip
