"""What is written down of one run beside its curves: settings, environment, log, and where it stands among others."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.experiment import PARTS, Experiment
from dlcore.run import Run
from dlcore.services import exploring, listing, repeating
from dlcore.ui import link, navigation, words
from dlcore.ui.labels import described, shown

LOGGED = ("steps", "epochs", "probe", "recomputed")  # many, and drawn as curves
SHOWN = 50
ENVIRONMENT = {
    "python": "Python", "keras": "Keras", "tensorflow": "TensorFlow", "numpy": "NumPy", "revision": "Code revision",
    "jit": "Compiled by XLA", "device": "Device", "threads": "Threads", "worker_class": "Worker", "machine": "Processor type",
}  # fmt: skip


def settings(run: Run, experiment: Experiment) -> None:
    """Every setting, those that were moved from their default marked; beside them what the run was made with."""
    standard = Experiment().with_text({part: getattr(experiment, part).name for part in PARTS})
    before = {full: value for full, _, value in standard.fields()}
    rows = [{"Setting": exploring.label(part), "Value": getattr(experiment, f"{part}_spec").title, "Default": ""} for part in PARTS]
    rows += [
        {"Setting": own.label, "Value": shown(own, value), "Default": shown(own, before[full]) if before[full] != value else ""}
        for full, own, value in experiment.fields()
    ]
    left, right = st.columns(2)
    with left:
        st.markdown("**Settings**")
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="run_settings", height=420, alt="Settings of the run",
                     column_config={"Default": st.column_config.TextColumn(help="Where the value is another one")})  # fmt: skip
        _changes(run)
    with right:
        st.markdown("**Environment**")
        st.dataframe(pd.DataFrame(environment(run, experiment)), hide_index=True, key="run_environment", height="content",
                     alt="Environment of the run")  # fmt: skip


def environment(run: Run, experiment: Experiment) -> list[dict[str, str]]:
    """What the run was made with: seed, worker, versions, device; names that nobody foresaw as they are."""
    known = {"Seed": str(experiment.seed), "Worker": run.worker_class or "–"}
    known |= {"Repeats bit by bit": "yes" if run.exact else "no: a part was computed again and came out slightly different"}
    known |= {ENVIRONMENT.get(name, name.replace("_", " ").capitalize()): _plain(value) for name, value in run.environment.items()}
    known |= {"Trained for": words.duration(run.seconds), "Attempts": str(run.attempt)}
    return [{"What": name, "Is": value} for name, value in known.items()]


def log(run: Run) -> None:
    """What happened to the run, the newest first."""
    found = [(number, event) for number, event in service.events(run.id) if event.kind not in LOGGED]
    if not found:
        st.caption("Nothing has happened yet.")
        return
    rows = [
        {"When": pd.Timestamp(event.time, unit="s"), "Attempt": event.attempt or None, "What": event.kind, "Details": details(event.body)}
        for _, event in found[::-1]
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="run_log", height="content" if len(rows) < 12 else 440, alt="Log of the run",
                 column_config={"When": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss")})  # fmt: skip
    st.caption(f"{len(rows):,} entries, the newest first; times are UTC. Steps, epochs and measurements are the curves.")
    for trace in [event.body["trace"] for _, event in found if event.body.get("trace")][-1:]:
        with st.expander("The trace of its last failure", icon=":material/bug_report:"):
            st.code(trace, language=None, height=300)


def details(body: Mapping[str, Any]) -> str:
    """An event's body in short."""
    left_out = ("experiment", "environment", "trace", "artefact")
    return ", ".join(f"{key} {_plain(value)}" for key, value in body.items() if key not in left_out and value not in (None, "", [], {}, ()))


def lineage(run: Run) -> None:
    """From the first ancestor down to the run, its branches, the runs that differ by nothing but the seed, and its search."""
    ancestors = _ancestors(run)
    st.markdown("**Where it comes from**")
    if not ancestors:
        st.caption("It began anew, and is no branch of another run.")
    for depth, (older, epoch) in enumerate(ancestors):
        _line(older, depth, f"branched after epoch {epoch:,}")
    _line(run, len(ancestors), "this run", own=True)
    for branch in listing.find(listing.Wanted(parent=run.id, descending=False), limit=SHOWN).runs:
        _line(branch, len(ancestors) + 1, f"branched after epoch {branch.parent_epoch:,}")
    others = [name for name in repeating.siblings(run.id) if name != run.id]
    st.markdown("**The same settings with other seeds**")
    if not others:
        st.caption("None yet. *Statistics* on the page of runs repeats a setting over several seeds in one press.")
    for other in listing.named(others[:SHOWN]):
        _line(other, 0, f"seed {_seed(other)}")
    if run.search:
        st.page_link(navigation.page("searches"), label=f"Trial {run.trial} of its search", icon=":material/search:",
                     query_params={link.OWN + "search": run.search})  # fmt: skip


def _ancestors(run: Run) -> list[tuple[Run, int]]:
    """The runs it came from, oldest first, each with the epoch after which the next one left it."""
    found: list[tuple[Run, int]] = []
    while run.parent:
        try:
            older = service.run(run.parent)
        except LabError:
            break
        found.append((older, run.parent_epoch))
        run = older
    return found[::-1]


def _line(run: Run, depth: int, said: str, own: bool = False) -> None:
    try:
        name = run.title or described(service.experiment(run.id))
    except LabError:
        name = run.title or run.id
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if depth:
            st.markdown("\u2003" * (2 * depth - 1) + ":material/subdirectory_arrow_right:", width="content")
        if own:
            st.markdown(f"**{name}**", width="content")
        else:
            st.page_link(navigation.page("run"), label=name, query_params={link.RUN: run.id})
        st.caption(f"{said} · {run.state.value} · {words.ago(time.time() - run.created)}", width="content")


def _changes(run: Run) -> None:
    made = service.changes(run.id)
    if made:
        st.markdown("**Changed while it trained**")
        st.dataframe(pd.DataFrame(made), hide_index=True, key="run_changes", height="content", alt="Changes made while it trained")


def _seed(run: Run) -> str:
    return str(exploring.flat(run.experiment).get("seed", "?"))


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(own)}" for key, own in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
