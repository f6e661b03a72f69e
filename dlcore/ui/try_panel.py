"""Draws a try: its picture, its numbers and its controls, beside each other or one under the other, as a piece of page of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dlcore.charts.figure import minus
from dlcore.errors import Invalid
from dlcore.fields import Field
from dlcore.ui import link, previews, routes, startup, try_steps, widgets
from dlcore.ui.drawing import drawing
from dlcore.ui.page import tell
from dlcore.ui.tries import Answer, Look, Try, Values, here, looking, write

LIVE_SECONDS = 2.0
BESIDE, BENEATH = 4, 2  # controls one under the other that the first screen has room for, beside a picture and beneath one


def draw(name: str, part: Try, opened: link.Opened, *, wide: bool, beneath: Callable[[], None] = lambda: None) -> None:
    """Picture and controls: beside each other where it is the main matter (wide), else the picture above. beneath: under a wide one."""
    values, _ = here(part.fields)
    active = _grows(part, values, looking(opened))
    every = try_steps.PLAY_SECONDS if try_steps.is_playing(name) else LIVE_SECONDS if active else None
    st.fragment(_draw, run_every=every)(name, part, opened, wide, beneath, active)


def _grows(part: Try, values: Values, look: Look) -> bool:
    if callable(part.live):
        return part.live(values, look)
    return part.live and any(run.state.is_active for run in look.opened.runs)


def _draw(name: str, part: Try, opened: link.Opened, wide: bool, beneath: Callable[[], None], active: bool) -> None:
    if try_steps.is_playing(name):
        try_steps.play_on(name, part)
    values, errors = here(part.fields)
    look = looking(opened)
    # What a run holds grows by itself, and may have to be asked of a worker.
    answers = None if active or callable(part.live) else previews.answers(name, part, look)
    answered: Callable[[Values], Answer] = answers.at if answers else lambda values: part.answer(values, look)
    try:
        answer = answered(values)
    except Invalid as refused:
        errors.append(refused)
        answer = answered(Values({field.name: field.default for field in part.fields}))
    asked = _asked(name, part, values, answers.picture) if answers and startup.serving() else None
    # After the answer, which may have asked a worker for what it shows next.
    if callable(part.live) and part.live(values, look) != active:
        st.rerun()  # the whole page: only then does this begin, or cease, to be drawn again by itself
    for error in errors:
        tell(error)
    if not wide:
        with st.container(border=True, key=f"try_{name}"):
            st.markdown(f"**{part.title}**")
            _picture(name, part, answer, asked)
            _numbers(name, answer)
            _controls(name, part, values, look, BENEATH)
        return
    left, right = st.columns([2, 1], gap="medium")
    with left:
        with st.container(border=True, key=f"try_{name}"):
            _picture(name, part, answer, asked)
        beneath()
    with right, st.container(border=True, key=f"controls_{name}"):
        st.markdown(f"**{part.title}**")
        _numbers(name, answer)
        _controls(name, part, values, look, BESIDE)


def _picture(name: str, part: Try, answer: Answer, asked: Mapping[str, Any] | None) -> None:
    by_name = {field.name: field for field in part.fields}

    def clicked(x: float, y: float) -> None:
        assert part.spot
        for key, value in zip(part.spot, (x, y), strict=True):
            write(by_name[key], round(value, 3))

    follows = {**asked, "numbers": previews.numbers(answer)} if asked else None
    drawing(answer.figure, key=f"drawing_{name}", frame=answer.frame, clicked=clicked if part.spot else None, follows=follows)
    if answer.below:
        drawing(answer.below, key=f"drawing_{name}_below", beneath=asked["address"] if asked else "")
    if answer.text:
        st.markdown(minus(answer.text))


def _numbers(name: str, answer: Answer) -> None:
    if answer.numbers:
        with st.container(key=f"numbers_{name}"):
            st.html(previews.numbers(answer))


def _asked(name: str, part: Try, values: Values, picture: str) -> dict[str, Any]:
    """How the drawing asks for what its sliders say before the page is told of them.

    sliders: their place on the page → the setting, where they stand now, and the texts of a ladder's steps.
    """
    sliders = {}
    for field in part.fields:
        widget = _widget(part, field, values)
        if widget.kind in ("slider", "ladder"):
            steps = [widget.text(step) for step in widget.limits] if widget.kind == "ladder" else None
            at = steps.index(widget.text(widget.shown)) if steps else widget.shown
            sliders[_place(_key(name, field, widget))] = {"name": link.OWN + field.name, "at": at, "steps": steps}
    settings = {link.OWN + field.name: field.format(values[field.name]) for field in part.fields if values[field.name] != field.default}
    return {"address": routes.picture_address(picture), "settings": settings, "sliders": sliders, "numbered": _place(f"numbers_{name}")}


def _place(key: str) -> str:
    """The class that Streamlit gives to the element with this key."""
    return "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key)


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
    widget = _widget(part, field, values)
    key = _key(name, field, widget)
    widget.hold(key)
    widget.draw(key, lambda: _take(field, widget.text(st.session_state[key])))
    if field.name == part.steps:
        try_steps.buttons(name, part, values)


def _widget(part: Try, field: Field, values: Values) -> widgets.Widget:
    place = dict(zip(part.spot or (), part.spot_at(values) if part.spot_at else (), strict=False))
    return widgets.widget_for(field, place.get(field.name, values[field.name]))


def _key(name: str, field: Field, widget: widgets.Widget) -> str:
    return f"try.{name}.{field.name}.{widget.kind}"


def _take(field: Field, text: str) -> None:
    try:
        write(field, field.parse(text))
    except Invalid as error:
        st.toast(str(error), icon=":material/error:")
