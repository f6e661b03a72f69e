"""What has happened to a search, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dlcore.services import searching
from dlcore.studies.search import Search, SearchEvent, Study
from dlcore.studies.space import show_value
from dlcore.ui import search_axes, words

KINDS = {
    "frozen": "held at one value", "unfrozen": "let go", "enqueued": "to be tried next", "pruned": "stopped early",
    "restored": "went on without its oracle's state",
}  # fmt: skip
AMOUNTS = {"trials": "Trials", "parallel": "At a time", "seconds": "Time budget"}


def table(study: Study) -> None:
    """All of it, the newest first."""
    found = [
        {"When": pd.Timestamp(event.time, unit="s"), "What": KINDS.get(event.kind, event.kind), "Details": details(study.search, event)}
        for _, event in searching.events(study.id)
    ]
    st.dataframe(pd.DataFrame(found[::-1]), hide_index=True, key=f"events_{study.id}", height="content" if len(found) < 12 else 400,
                 column_config={"When": st.column_config.DatetimeColumn(format="HH:mm:ss")})  # fmt: skip
    st.caption(f"{len(found)} entries, the newest first. Times are UTC. {words.duration(study.seconds)} spent in all.")


def why_over(study: Study) -> str:
    """Why it is done, in a sentence; "" where nothing was said."""
    return next((str(event.body.get("reason", "")) for _, event in reversed(searching.events(study.id)) if event.kind == "done"), "")


def details(search: Search, event: SearchEvent) -> str:
    """What the event's kind leaves open: which setting, which value, why."""
    body = event.body
    match event.kind:
        case "changed":
            return f"{AMOUNTS.get(body['field'], body['field'])}: {_amount(body['field'], body['value'])}"
        case "frozen":
            return f"{_label(search, body['name'])}: {show_value(body['value'])}"
        case "unfrozen":
            return _label(search, body["name"])
        case "widened":
            return f"{_label(search, body['name'])}: {_range(body)}"
        case "enqueued":
            return ", ".join(f"{_label(search, name)} {show_value(value)}" for name, value in body["values"].items())
        case "pruned":
            score, median = words.number(body["value"]), words.number(body["median"])
            return f"Trial {body['trial']} after epoch {body['epoch']}: {score}, where the median was {median}"
    return " ".join(str(text) for key in ("reason", "cause", "hint", "why") if (text := body.get(key)))


def _label(search: Search, name: str) -> str:
    found = next((own for own in search.space.dimensions if own.name == name), None)
    return search_axes.label(search, found) if found else name


def _amount(field: str, value: Any) -> str:
    if field == "seconds":
        return words.duration(value) if value else "none"
    return "all workers" if field == "parallel" and not value else show_value(value)


def _range(body: Mapping[str, Any]) -> str:
    if body.get("choices"):
        return ", ".join(show_value(choice) for choice in body["choices"])
    return f"{show_value(body['low'])} to {show_value(body['high'])}"
