"""The table of runs: one page of what was asked for, the chosen rows in the address."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import streamlit as st

from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import Run
from dlcore.services import exploring, listing
from dlcore.services.listing import Listed, Wanted
from dlcore.ui import navigation, run_columns, words
from dlcore.ui.browser import owner
from dlcore.ui.components import component
from dlcore.ui.labels import described, summary
from dlcore.ui.palette import colour, is_dark
from dlcore.ui.progress import main_metric
from dlcore.ui.run_columns import KINDS, STANDARD, Choice

PAGE = 100
CHOSEN = "run"
MOST_CHOSEN = 100
HEIGHT = 400
LEAFED = "runs_page"
KEY = "runs_table"


def chosen_ids() -> list[str]:
    """The runs that the address names, at most `MOST_CHOSEN`."""
    names = (name.strip() for name in st.query_params.get(CHOSEN, "").split(","))
    return list(dict.fromkeys(name for name in names if name))[:MOST_CHOSEN]


def choose(ids: Sequence[str]) -> None:
    """Put these runs into the address, in place of those that were chosen."""
    if ids:
        st.query_params[CHOSEN] = ",".join(ids[:MOST_CHOSEN])
    else:
        st.query_params.pop(CHOSEN, None)


def chosen_runs() -> list[Run]:
    """The runs that the address names, as far as there are such runs, in its order."""
    ids = chosen_ids()
    found = {run.id: run for run in listing.named(ids)}
    return [found[name] for name in ids if name in found]


def table(listed: Listed, metric: str, choice: Choice, settings: Sequence[str]) -> None:
    """Draw a page of runs. metric: what to show of all, "" for each run's own main metric. settings: full names with a column each."""
    columns = columns_of(choice, settings)
    data = {
        "columns": columns, "rows": rows_of(listed, metric, choice, settings), "chosen": chosen_ids(), "ticks": True, "height": HEIGHT,
        "sort": _sort(), "described": "Table of runs",
    }  # fmt: skip
    component("run_table")(
        data=data, key=KEY, height="content", on_ticked_change=_ticked, on_star_change=_starred, on_open_change=_opened,
        on_sort_change=lambda: run_columns.sort_by(st.session_state[KEY]["sort"]["key"], metric),
    )  # fmt: skip
    if asked := st.session_state.pop("runs_open", None):
        st.switch_page(navigation.page("run"), query_params={"run": asked})


def columns_of(choice: Choice, settings: Sequence[str]) -> list[dict[str, Any]]:
    """The headings: what it is called, what a press orders by, whether it is a number."""
    found = [_column("What", "title", help="The title, or the settings that were moved from their defaults.")]
    results = [_column(_kind(kind, choice), kind, True) for kind in choice.kinds]
    head = [key for key in ("state", "result") if key in choice.standard]
    found += [_column(*STANDARD[head.pop(0)][:2])] if "state" in head else []
    found += results + [_column(STANDARD[key][0], STANDARD[key][1], help=STANDARD[key][2]) for key in head]
    found += [
        _column(f"{_capital(words.metric_name(name))}, {_kind(kind, choice).lower()}", f"{name}.{kind}", True)
        for name in choice.results
        for kind in choice.kinds
    ]
    found += [_column(exploring.label(name), name, _is_number(name)) for name in settings]
    rest = [key for key in STANDARD if key in choice.standard and key not in ("state", "result")]
    return found + [_column(STANDARD[key][0], STANDARD[key][1], help=STANDARD[key][2]) for key in rest]


def rows_of(listed: Listed, metric: str, choice: Choice, settings: Sequence[str]) -> list[dict[str, Any]]:
    """The page as words, times in the person's own zone, in the order of `columns_of`."""
    here, dark, zone = owner(), is_dark(), ZoneInfo(st.context.timezone or "UTC")
    link = navigation.address("run")
    later = _at_epoch(listed, metric, choice)
    found = []
    for run in listed.runs:
        values = listed.metrics.get(run.id, {})
        known = _known(run.experiment, tuple(values))
        name = metric or known.metric
        stand = _standard(run, known, name if name in values else "", here, zone)
        cells = [run.title or known.moved]
        cells += [stand["state"]] if "state" in choice.standard else []
        cells += [_result(kind, values.get(name, {}), later.get(run.id, {}).get(name)) for kind in choice.kinds]
        cells += [stand["result"]] if "result" in choice.standard else []
        cells += [_result(kind, values.get(own, {}), later.get(run.id, {}).get(own)) for own in choice.results for kind in choice.kinds]
        own_settings = exploring.flat(run.experiment) if settings else {}
        cells += [_setting(own_settings.get(name)) for name in settings]
        cells += [stand[key] for key in STANDARD if key in choice.standard and key not in ("state", "result")]
        found.append({
            "id": run.id, "colour": colour(run.colour, dark), "starred": run.starred, "cells": cells, "href": f"{link}?run={run.id}",
        })  # fmt: skip
    return found


def page_of(wanted: Wanted) -> Listed:
    """The page that is leafed to; the first one when what is wanted has changed, the last one when there are fewer pages by now."""
    if st.session_state.get("runs_wanted") != wanted:
        st.session_state["runs_wanted"], st.session_state[LEAFED] = wanted, 0
    found = listing.find(wanted, PAGE, PAGE * st.session_state[LEAFED])
    if found.total and not found.runs:
        st.session_state[LEAFED] = (found.total - 1) // PAGE
        found = listing.find(wanted, PAGE, PAGE * st.session_state[LEAFED])
    return found


def pages(total: int, what: str = "Runs") -> None:
    """Controls to leaf through the pages, where there are several."""
    page, last = st.session_state[LEAFED], max(0, (total - 1) // PAGE)
    if not last:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="runs_pages"):
        st.button("Earlier page", key="page_back", icon=":material/chevron_left:", disabled=page == 0, on_click=_leaf, args=(page - 1,))
        st.button("Next page", key="page_on", icon=":material/chevron_right:", disabled=page == last, on_click=_leaf, args=(page + 1,))
        st.caption(f"{what} {page * PAGE + 1:,} to {min(total, (page + 1) * PAGE):,} of {total:,}", width="content")


def ticked(shown: Sequence[str], here: Sequence[str]) -> None:
    """The address takes up the ticks of this page; what is chosen on others stays."""
    before = chosen_ids()
    choose([*(name for name in before if name not in shown or name in here), *(name for name in here if name not in before)])


def _leaf(page: int) -> None:
    st.session_state[LEAFED] = page


def _ticked() -> None:
    told = st.session_state[KEY]["ticked"]
    ticked(told["shown"], told["ticked"])


def _starred() -> None:
    told = st.session_state[KEY]["star"]
    try:
        listing.star(told["run"], told["starred"])
    except LabError:
        return  # it is gone meanwhile


def _opened() -> None:
    st.session_state["runs_open"] = st.session_state[KEY]["open"]


def _sort() -> dict[str, Any]:
    text = run_columns.sort_text()
    return {"key": text.removeprefix("-"), "descending": text.startswith("-")}


def _column(title: str, sort: str, number: bool = False, help: str = "") -> dict[str, Any]:
    return {"title": title, "sort": sort, "number": number, "help": help}


def _kind(kind: str, choice: Choice) -> str:
    return f"Epoch {choice.epoch:,}" if kind == "at" else KINDS[kind]


def _is_number(name: str) -> bool:
    own = exploring.settings().get(name)
    return own is not None and own.kind in ("int", "float") and not own.many


def _at_epoch(listed: Listed, metric: str, choice: Choice) -> dict[str, dict[str, float]]:
    """run → recorded name → its value after the epoch that is asked for, of this page."""
    if "at" not in choice.kinds or not listed.runs:
        return {}
    mains = {run.id: metric or _known(run.experiment, tuple(listed.metrics.get(run.id, {}))).metric for run in listed.runs}
    names = list(dict.fromkeys([*mains.values(), *choice.results]))
    columns = [exploring.Column("at", name, choice.epoch) for name in names]
    rows = exploring.rows_of(list(mains), columns)
    return {run: {name: value for name, value in zip(names, row.values, strict=True) if value is not None} for run, row in rows.items()}


def _result(kind: str, values: Mapping[str, Any], later: float | None) -> str:
    value = later if kind == "at" else values.get(kind)
    if value is None:
        return ""
    return f"{value:,}" if kind == "best_epoch" else f"{value:.4g}"


def _setting(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    return value if isinstance(value, str) else json.dumps(value).strip("[]")


def _standard(run: Run, known: _Known, result: str, here: str, zone: ZoneInfo) -> dict[str, str]:
    return {
        "state": run.state.value,
        "result": words.metric_name(result) if result else "",
        # An imported run's experiment is the lab's default: what it was trained on is not known.
        "data": "imported" if run.kind == "imported" else known.data,
        "net": "" if run.kind == "imported" else known.net,
        "epochs": f"{run.epoch:,} of {run.epochs:,}",
        "took": words.duration(run.seconds) if run.seconds else "",
        "created": f"{datetime.fromtimestamp(run.created, UTC).astimezone(zone):%Y-%m-%d %H:%M}",
        "by": "you" if run.owner == here else run.owner.replace("browser-", "") or "command line",
        "tags": ", ".join(run.tags),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class _Known(NamedTuple):
    """An experiment in the words of the table."""

    moved: str
    data: str
    net: str
    metric: str


@lru_cache(maxsize=20_000)
def _known(experiment: str, recorded: tuple[str, ...]) -> _Known:
    """moved: the first few settings that are not at their default. What this lab cannot read is said to be so."""
    try:
        read = Experiment.from_json(experiment)
    except LabError as error:
        return _Known(str(error), "", "", "")
    standard = Experiment()
    parts = [
        getattr(read, part).name for part in ("optimizer", "schedule", "loss") if getattr(read, part).name != getattr(standard, part).name
    ]
    moved = described(read).removeprefix(summary(read)).removeprefix(" · ")
    return _Known(
        " · ".join([*parts, *filter(None, [moved])]) or "default settings",
        read.dataset_spec.title,
        read.model_spec.title,
        main_metric(read, recorded),
    )
