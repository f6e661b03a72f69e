"""Branches: a new run that goes on from a kept checkpoint of the open one, with the settings of the form where a branch may change them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.experiment import PARTS, Experiment
from dlcore.run import Run
from dlcore.services import listing
from dlcore.ui import link, navigation
from dlcore.ui.browser import owner
from dlcore.ui.labels import described

OPEN = "branch.open"
SHOWN = 8


def popover(opened: link.Opened) -> None:
    """A button that asks from which epoch of the open run and until which."""
    run = opened.run
    if run is None:
        return
    with st.popover("Branch", icon=":material/call_split:", help="Go on from an earlier epoch as a new run", key=OPEN,
                    on_change="rerun") as place:  # fmt: skip
        if not place.open:
            return
        epochs = sorted({point.epoch for point in service.checkpoints(run.id) if point.epoch})
        if not epochs:
            st.caption("This run has kept no checkpoint yet. The first one comes a few seconds after it has begun.")
            return
        _form(run, opened, epochs)
        _branches(run)


def lineage(run: Run) -> None:
    """Where a branch came from, with a link to it."""
    if not run.parent:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lineage"):
        st.caption(f":material/call_split: Went on after epoch {run.parent_epoch:,} of", width="content")
        try:
            parent = service.run(run.parent)
        except LabError:
            st.caption("a run that was removed since", width="content")
            return
        name = parent.title or described(service.experiment(parent.id))
        query = {link.RUN: f"{run.id},{parent.id}"}
        st.page_link(navigation.page("workbench"), label=name, query_params=query, help="Shows both")


def moved(before: Experiment, after: Experiment) -> dict[str, str]:
    """The settings that differ, as text by name."""
    parts = {part: getattr(after, part).name for part in PARTS if getattr(before, part).name != getattr(after, part).name}
    old = {full: value for full, _, value in before.fields()}
    return parts | {full: own.format(value) for full, own, value in after.fields() if old.get(full) != value}


def _form(run: Run, opened: link.Opened, epochs: list[int]) -> None:
    before = service.experiment(run.id)
    changes = moved(before, opened.experiment)
    epoch = st.select_slider("After epoch", epochs, value=epochs[-1], key=f"branch.{run.id}.epoch") if len(epochs) > 1 else epochs[0]
    least = epoch + 1
    proposed = max(opened.experiment.epochs, least if epoch < before.epochs else 2 * epoch)
    until = st.number_input("Train until epoch", least, 100_000, max(proposed, least), key=f"branch.{run.id}.{epoch}.until")
    said = ", ".join(f"{name.rpartition('.')[2].replace('_', ' ')} {text}" for name, text in changes.items() if name != "epochs")
    if said:
        st.caption(f"Goes on with {said}, as set in the form.")
    else:
        st.caption("Goes on as it was. Set another learning rate or dropout in the form first to see what it changes from there.")
    st.button(f"Branch after epoch {epoch:,}", type="primary", icon=":material/call_split:", key="verb_Branch",
              on_click=start, args=(run, epoch, {**changes, "epochs": str(until)}, opened))  # fmt: skip


def _branches(run: Run) -> None:
    """Those that were made of this run before, each with a link to both."""
    made = listing.find(listing.Wanted(parent=run.id), SHOWN).runs
    if made:
        st.markdown("**Branches so far**")
    for child in made:
        name = f"after epoch {child.parent_epoch:,}: {child.title or described(service.experiment(child.id))}"
        st.page_link(navigation.page("workbench"), label=name, query_params={link.RUN: f"{child.id},{run.id}"})


def start(run: Run, epoch: int, changes: dict[str, Any], opened: link.Opened) -> None:
    """Start the branch and open it beside its parent; the form then shows the branch's settings."""
    from dlcore.ui.verbs import attempt

    def begin() -> None:
        child = service.branch(run.id, epoch, owner=owner(), **changes)
        link.write(service.experiment(child), (service.run(child), *opened.runs)[: link.COMPARED], opened.base)
        st.session_state[OPEN] = False

    attempt(begin)
