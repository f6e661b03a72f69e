"""The part of a topic that answers at once: controls whose values lie in the link, a picture, and numbers. No training, no store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dlcore.charts.figure import Figure, Frame
from dlcore.errors import Invalid
from dlcore.fields import Field, Value
from dlcore.ui import link, palette


class Values(dict[str, Value]):
    """The controls' values by name, each in the type that its field has."""

    def number(self, name: str) -> float:
        return float(self[name])  # type: ignore[arg-type]

    def whole(self, name: str) -> int:
        return int(self[name])  # type: ignore[arg-type]

    def word(self, name: str) -> str:
        return str(self[name])

    def words(self, name: str) -> tuple[str, ...]:
        value = self[name]
        return tuple(str(one) for one in value) if isinstance(value, tuple) else (str(value),)

    def on(self, name: str) -> bool:
        return bool(self[name])


@dataclass(frozen=True)
class Look:
    """What a picture may know beside its controls. opened: the page's settings and runs, where it trains something."""

    dark: bool
    opened: link.Opened

    @property
    def colours(self) -> tuple[str, ...]:
        """In the order in which things take them."""
        return palette.DARK if self.dark else palette.LIGHT

    def colour(self, index: int) -> str:
        return palette.colour(index, self.dark)


@dataclass(frozen=True)
class Answer:
    """What the controls' values lead to. numbers: (words, value) pairs. frame: where clicks count, in the figure's own values.

    below: a second figure. text: markdown beneath, for what is too long for a number.
    """

    figure: Figure
    numbers: Sequence[tuple[str, str]] = ()
    frame: Frame | None = None
    below: Figure | None = None
    text: str = ""


@dataclass(frozen=True)
class Try:
    """fields: the controls. answer(values, look): a pure function, quick enough for a moving slider (100 ms). It may raise `Invalid`, about
    what was typed: then the sentence is shown, above the answer for the defaults.

    spot: the two fields that a click into the picture sets; spot_at(values): the place that they mean now. hides(values): fields that
    have no say at these values. live: it shows a run, and is drawn again while that trains; or, asked with values and look, whether what it
    shows still grows. verbs(values, look): draws the buttons of what takes longer than an answer may. steps: an int field with buttons for
    one step back and forth, and for playing them all; its highest value is last(values), its maximum where that is None. more: fields
    that wait behind a button, as those of a spot do, so that picture and controls end on the first screen; with many controls sliders
    stand two in a row.
    """

    title: str
    fields: tuple[Field, ...]
    answer: Callable[[Values, Look], Answer]
    spot: tuple[str, str] | None = None
    spot_at: Callable[[Values], tuple[float, float]] | None = None
    hides: Callable[[Values], Collection[str]] = lambda values: ()
    steps: str = ""
    last: Callable[[Values], int] | None = None
    hint: str = ""
    live: bool | Callable[[Values, Look], bool] = False
    verbs: Callable[[Values, Look], None] | None = None
    more: tuple[str, ...] = ()


def read(fields: Sequence[Field], address: Mapping[str, str]) -> tuple[Values, list[Invalid]]:
    """The controls' values as the address has them; the default, and the reason, where it holds something that is not allowed."""
    values, errors = Values({field.name: field.default for field in fields}), []
    for field in fields:
        if (text := address.get(link.OWN + field.name)) is not None:
            try:
                values[field.name] = field.parse(text)
            except Invalid as error:
                errors.append(error)
    return values, errors


def here(fields: Sequence[Field]) -> tuple[Values, list[Invalid]]:
    """`read` for the page that is being drawn."""
    return read(fields, {key: st.query_params[key] for key in st.query_params})


def write(field: Field, value: Value) -> None:
    """Put a control's value into the address; a default is left out."""
    if value == field.default:
        st.query_params.pop(link.OWN + field.name, None)
    else:
        st.query_params[link.OWN + field.name] = field.format(value)


def looking(opened: link.Opened) -> Look:
    return Look(st.context.theme.type == "dark", opened)
