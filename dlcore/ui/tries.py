"""The part of a topic that answers at once: controls whose values lie in the link, a picture, and numbers. No training, no store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dlcore.charts.figure import Figure, Frame, minus
from dlcore.errors import Invalid
from dlcore.fields import Field, Value
from dlcore.ui import link, palette, widgets
from dlcore.ui.drawing import drawing
from dlcore.ui.page import tell

LIVE_SECONDS = 2.0
PLAY_SECONDS = 0.25
PLAYED = 130  # pictures that playing a whole walk shows at most
BESIDE, BENEATH = 4, 2  # controls one under the other that the first screen has room for, beside a picture and beneath one


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


def write(field: Field, value: Value) -> None:
    """Put a control's value into the address; a default is left out."""
    if value == field.default:
        st.query_params.pop(link.OWN + field.name, None)
    else:
        st.query_params[link.OWN + field.name] = field.format(value)


def draw(name: str, part: Try, opened: link.Opened, *, wide: bool, beneath: Callable[[], None] = lambda: None) -> None:
    """Picture and controls: beside each other where it is the main matter (wide), else the picture above. beneath: under a wide one."""
    values, _ = read(part.fields, {key: st.query_params[key] for key in st.query_params})
    active, playing = _grows(part, values, looking(opened)), st.session_state.get(_play_key(name), False)
    every = PLAY_SECONDS if playing else LIVE_SECONDS if active else None
    st.fragment(_draw, run_every=every)(name, part, opened, wide, beneath, active)


def looking(opened: link.Opened) -> Look:
    return Look(st.context.theme.type == "dark", opened)


def _grows(part: Try, values: Values, look: Look) -> bool:
    if callable(part.live):
        return part.live(values, look)
    return part.live and any(run.state.is_active for run in look.opened.runs)


def _draw(name: str, part: Try, opened: link.Opened, wide: bool, beneath: Callable[[], None], active: bool) -> None:
    if st.session_state.get(_play_key(name)):
        _play_on(name, part)
    values, errors = read(part.fields, {key: st.query_params[key] for key in st.query_params})
    look = looking(opened)
    try:
        answer = part.answer(values, look)
    except Invalid as refused:
        errors.append(refused)
        answer = part.answer(Values({field.name: field.default for field in part.fields}), look)
    # After the answer, which may have asked a worker for what it shows next.
    if callable(part.live) and part.live(values, look) != active:
        st.rerun()  # the whole page: only then does this begin, or cease, to be drawn again by itself
    for error in errors:
        tell(error)
    if not wide:
        with st.container(border=True, key=f"try_{name}"):
            st.markdown(f"**{part.title}**")
            _picture(name, part, answer)
            _numbers(name, answer)
            _controls(name, part, values, look, BENEATH)
        return
    left, right = st.columns([2, 1], gap="medium")
    with left:
        with st.container(border=True, key=f"try_{name}"):
            _picture(name, part, answer)
        beneath()
    with right, st.container(border=True, key=f"controls_{name}"):
        st.markdown(f"**{part.title}**")
        _numbers(name, answer)
        _controls(name, part, values, look, BESIDE)


def _picture(name: str, part: Try, answer: Answer) -> None:
    by_name = {field.name: field for field in part.fields}

    def clicked(x: float, y: float) -> None:
        assert part.spot
        for key, value in zip(part.spot, (x, y), strict=True):
            write(by_name[key], round(value, 3))

    drawing(answer.figure, key=f"drawing_{name}", frame=answer.frame, clicked=clicked if part.spot else None)
    if answer.below:
        drawing(answer.below, key=f"drawing_{name}_below")
    if answer.text:
        st.markdown(minus(answer.text))


def _controls(name: str, part: Try, values: Values, look: Look, room: int) -> None:
    """room: how many the first screen holds one under the other; of more, sliders stand two in a row."""
    if part.hint:
        st.caption(part.hint)
    shown = [field for field in part.fields if field.name not in part.hides(values)]
    waiting = [field for field in shown if field.name in (*part.more, *(part.spot or ()))]
    seen = [field for field in shown if field not in waiting]
    for row in _rows(seen, part.steps, 2 if len(seen) > room else 1):
        if len(row) == 1:  # a column of its own would cut what is chosen in a box of many
            _control(name, part, row[0], values)
            continue
        for place, field in zip(st.columns(len(row), vertical_alignment="bottom"), row, strict=True):
            with place:
                _control(name, part, field, values)
    if waiting:
        with st.popover("More", icon=":material/tune:", key=f"more_{name}", width="stretch"):
            for field in waiting:
                _control(name, part, field, values)
    if part.verbs:
        part.verbs(values, look)


def _rows(fields: Sequence[Field], steps: str, across: int) -> list[list[Field]]:
    """Sliders that follow each other share a row, at most `across` of them; all else has its own, as the slider with buttons for steps."""
    rows: list[list[Field]] = []

    def is_narrow(field: Field) -> bool:
        return field.kind in ("int", "float") and field.name != steps

    for field in fields:
        if rows and len(rows[-1]) < across and is_narrow(rows[-1][-1]) and is_narrow(field):
            rows[-1].append(field)
        else:
            rows.append([field])
    return rows


def _control(name: str, part: Try, field: Field, values: Values) -> None:
    place = dict(zip(part.spot or (), part.spot_at(values) if part.spot_at else (), strict=False))
    widget = widgets.widget_for(field, place.get(field.name, values[field.name]))
    key = f"try.{name}.{field.name}.{widget.kind}"
    widget.hold(key)
    widget.draw(key, lambda: _take(field, widget.text(st.session_state[key])))
    if field.name == part.steps:
        _steps(name, field, values.whole(field.name), _last(part, values))


def _take(field: Field, text: str) -> None:
    try:
        write(field, field.parse(text))
    except Invalid as error:
        st.toast(str(error), icon=":material/error:")


def _play_key(name: str) -> str:
    return f"playing_{name}"


def _play_on(name: str, part: Try) -> None:
    """One picture further; at the end playing stops."""
    field = next(field for field in part.fields if field.name == part.steps)
    values, _ = read(part.fields, {key: st.query_params[key] for key in st.query_params})
    now, last = values.whole(field.name), _last(part, values)
    if now >= last:
        st.session_state[_play_key(name)] = False
        st.rerun()  # the whole page: only then does the clock stop
    write(field, min(last, now + max(1, last // PLAYED)))


def _play(name: str, field: Field, now: int, last: int) -> None:
    """Begin playing, from the start where it stands at the end; or stop."""
    playing = st.session_state.get(_play_key(name), False)
    if not playing and now >= last:
        write(field, 0)
    st.session_state[_play_key(name)] = not playing


def _last(part: Try, values: Values) -> int:
    field = next(field for field in part.fields if field.name == part.steps)
    return part.last(values) if part.last else int(field.maximum or 0)


def _steps(name: str, field: Field, now: int, last: int) -> None:
    """Buttons for one step, for the first and the last one, and for playing them one after the other."""
    playing = st.session_state.get(_play_key(name), False)
    with st.container(horizontal=True, key=f"steps_{name}", gap="xsmall"):
        for label, target in (("Start", 0), ("Back", now - 1)):
            _step(name, field, label, target, now, last)
        if st.button("Pause" if playing else "Play", key=f"play_{name}", on_click=_play, args=(name, field, now, last), width="stretch"):
            st.rerun()  # the whole page: only then does the clock begin or stop
        for label, target in (("Next", now + 1), ("End", last)):
            _step(name, field, label, target, now, last)


def _step(name: str, field: Field, label: str, target: int, now: int, last: int) -> None:
    st.button(
        label, key=f"step_{name}_{label}", disabled=target == now or not 0 <= target <= last, on_click=write, args=(field, target),
        type="tertiary" if label in ("Start", "End") else "secondary", width="content" if label in ("Start", "End") else "stretch",
    )  # fmt: skip


def _numbers(name: str, answer: Answer) -> None:
    """A caption over a bold number each, in rows that wrap: st.metric cuts its words in a narrow column."""
    if not answer.numbers:
        return
    with st.container(horizontal=True, key=f"numbers_{name}", gap="medium"):
        for words, value in answer.numbers:
            with st.container(width="content", gap=None):
                st.caption(words)
                st.markdown(f"**{minus(value)}**")
