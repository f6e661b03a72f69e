"""The table of runs put together by a setting: one row for each value, with the mean of its runs' results."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dlcore import statistics
from dlcore.metrics import higher_is_better
from dlcore.services import exploring
from dlcore.services.exploring import Column, Group, Wanted
from dlcore.ui import run_columns, run_table, words
from dlcore.ui.components import component

KEY = "groups_table"


def table(wanted: Wanted, name: str, metric: str, epoch: int) -> int:
    """Draw a page of groups by the setting `name`; returns how many there are. Pressing a value shows its runs."""
    result = metric or run_columns.DEFAULT_METRIC
    by, of = Column("setting", name), _result(result, epoch)
    descending = higher_is_better(result)
    page = st.session_state.setdefault(run_table.LEAFED, 0)
    found, total = exploring.groups(
        run_columns.directed(wanted, descending), by, of, run_table.PAGE, run_table.PAGE * page
    )  # fmt: skip
    headings = [
        {"title": exploring.label(name), "sort": "", "number": False, "help": "Press a value to see its runs."},
        *({"title": title, "sort": "", "number": True, "help": help} for title, help in _titles(result)),
    ]
    data = {
        "columns": headings, "rows": rows(found, result), "chosen": [], "ticks": False, "height": run_table.HEIGHT, "sort": {},
        "described": f"Runs by {exploring.label(name).lower()}",
    }  # fmt: skip
    component("run_table")(data=data, key=KEY, height="content", on_open_change=lambda: _open(name))
    return total


def rows(found: Sequence[Group], metric: str) -> list[dict[str, Any]]:
    """One row for each group; the mean with its 95 % interval (Student's t over its runs) where there are at least two."""
    best = "greatest" if higher_is_better(metric) else "least"
    shown = []
    for group in found:
        numbers = [f"{group.runs:,}", words.number(group.mean), _interval(group), words.number(getattr(group, best))]
        shown.append({"id": _text(group.value), "cells": [_said(group.value), *numbers], "href": ""})
    return shown


def _titles(metric: str) -> list[tuple[str, str]]:
    name = words.metric_name(metric)
    return [
        ("Runs", "How many there are."),
        (f"Mean {name}", "Of each run's best value."),
        ("95 % interval", "Student's t: where the mean of many such runs would lie, if they scatter normally."),
        ("Best", "The best of all."),
    ]


def _result(metric: str, epoch: int) -> Column:
    return Column("best", metric, epoch)


def _interval(group: Group) -> str:
    if group.known < 2 or group.mean is None or group.spread is None:
        return ""
    half = statistics.half_width(group.spread, group.known)
    return f"{words.number(group.mean - half)} to {words.number(group.mean + half)}" if math.isfinite(half) else ""


def _said(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value).strip("[]") or "none"


def _text(value: Any) -> str:
    """The value as a condition in the search box says it."""
    if isinstance(value, str) and value.startswith("["):
        return ",".join(str(item) for item in json.loads(value))
    return f"{value!r}" if isinstance(value, float) else str(value)


def _open(name: str) -> None:
    """The runs of one value: a condition in the search box takes the group's place."""
    value = st.session_state[KEY]["open"]
    st.session_state["words"] = f"{st.session_state.get('words') or ''} {name}={value}".strip()
    st.session_state["group"] = ""
