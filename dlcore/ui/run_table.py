"""The table of runs: one page of what was asked for, the chosen rows in the address."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.run import Run
from dlcore.services import listing
from dlcore.services.listing import Listed, Metrics, Wanted
from dlcore.ui import words
from dlcore.ui.browser import owner
from dlcore.ui.labels import described, summary
from dlcore.ui.progress import main_metric

PAGE = 100
CHOSEN = "run"
MOST_CHOSEN = 8
HEIGHT = 400
LEAFED = "runs_page"
FEW = 9
COLUMNS = {
    "What": st.column_config.TextColumn(width=205, help="The title, or the settings that were moved from their defaults."),
    "Best": st.column_config.NumberColumn(format="%.4g", width=62),
    "State": st.column_config.TextColumn(width=68),
    "Result": st.column_config.TextColumn(width=140, help="Which number Best and Last are."),
    "Last": st.column_config.NumberColumn(format="%.4g", width=62),
    "Data": st.column_config.TextColumn(width=135),
    "Net": st.column_config.TextColumn(width=140),
    "Epochs": st.column_config.TextColumn(width=78, help="Trained, of those that were asked for."),
    "Took": st.column_config.TextColumn(width=72),
    "Created": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", width=130),
    "By": st.column_config.TextColumn(width=90, help="The browser, or the command line, that started it."),
}


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
    """The runs that the address names, as far as there are such runs."""
    found = []
    for name in chosen_ids():
        try:
            found.append(service.run(name))
        except LabError:
            continue
    return found


def table(listed: Listed, metric: str) -> None:
    """Draw a page of runs. metric: what to show of all, "" for each run's own main metric."""
    ids = [run.id for run in listed.runs]
    ticked = chosen_ids()
    # A table remembers numbers of rows: with other rows it must be another table.
    mark = hashlib.sha256(",".join(ids).encode()).hexdigest()[:10]
    key = f"runs_{mark}"
    st.dataframe(
        frame(listed, metric), key=key, hide_index=True, selection_mode="multi-row", column_config=COLUMNS, placeholder="",
        height="content" if len(ids) <= FEW else HEIGHT, alt="Table of runs", lazy=False,
        selection_default={"selection": {"rows": [place for place, name in enumerate(ids) if name in ticked]}},
        on_select=lambda: _ticked(key, ids),
    )  # fmt: skip


def frame(listed: Listed, metric: str) -> pd.DataFrame:
    """The page as a table of words and numbers, times in the person's own zone."""
    here = owner()
    rows = [_row(run, listed.metrics.get(run.id, {}), metric, here) for run in listed.runs]
    table = pd.DataFrame(rows, columns=[*COLUMNS, "Tags", "Run"])
    created = pd.to_datetime(table["Created"], unit="s", utc=True)
    table["Created"] = created.dt.tz_convert(st.context.timezone or "UTC").dt.tz_localize(None)
    return table


def page_of(wanted: Wanted) -> Listed:
    """The page that is leafed to; the first one when what is wanted has changed, the last one when there are fewer pages by now."""
    if st.session_state.get("runs_wanted") != wanted:
        st.session_state["runs_wanted"], st.session_state[LEAFED] = wanted, 0
    found = listing.find(wanted, PAGE, PAGE * st.session_state[LEAFED])
    if found.total and not found.runs:
        st.session_state[LEAFED] = (found.total - 1) // PAGE
        found = listing.find(wanted, PAGE, PAGE * st.session_state[LEAFED])
    return found


def pages(total: int) -> None:
    """Controls to leaf through the pages, where there are several."""
    page, last = st.session_state[LEAFED], max(0, (total - 1) // PAGE)
    if not last:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="runs_pages"):
        st.button("Earlier page", key="page_back", icon=":material/chevron_left:", disabled=page == 0, on_click=_leaf, args=(page - 1,))
        st.button("Next page", key="page_on", icon=":material/chevron_right:", disabled=page == last, on_click=_leaf, args=(page + 1,))
        st.caption(f"Runs {page * PAGE + 1:,} to {min(total, (page + 1) * PAGE):,} of {total:,}", width="content")


def _leaf(page: int) -> None:
    st.session_state[LEAFED] = page


def _ticked(key: str, ids: Sequence[str]) -> None:
    """The address takes up the ticks of this page; what is chosen on others stays."""
    rows = st.session_state[key]["selection"]["rows"]
    here = [ids[place] for place in rows if place < len(ids)]
    before = chosen_ids()
    choose([*(name for name in before if name not in ids or name in here), *(name for name in here if name not in before)])


def _row(run: Run, metrics: Metrics, metric: str, here: str) -> dict[str, Any]:
    known = _known(run.experiment, tuple(metrics))
    name = metric or known.metric
    values = metrics.get(name, {})
    return {
        "What": run.title or known.moved,
        "Data": known.data,
        "Net": known.net,
        "State": run.state.value,
        "Best": values.get("best"),
        "Last": values.get("last"),
        "Result": words.metric_name(name) if values else "",
        "Epochs": f"{run.epoch:,} of {run.epochs:,}",
        "Took": words.duration(run.seconds) if run.seconds else "",
        "Created": run.created,
        "By": "you" if run.owner == here else run.owner.replace("browser-", "") or "command line",
        "Tags": list(run.tags),
        "Run": run.id,
    }


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
