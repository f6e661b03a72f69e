"""The title row and its verbs: Train, or what can be done to the run that is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.run import Run, State
from dlcore.ui import branch, components, link, navigation, variants
from dlcore.ui.browser import owner
from dlcore.ui.labels import labels
from dlcore.ui.page import tell
from dlcore.ui.widgets import widget_for

UNDONE = "undone"
CHANGE = "change.open"


def title_row(title: str, opened: link.Opened, extra: Callable[[], Any] | None = None) -> None:
    """The page's title with its verbs beside it, and beneath it what could not be done or understood. extra draws more verbs, while
    nothing trains."""
    with st.container(horizontal=True, vertical_alignment="center", key="title_row"):
        st.title(title, anchor=False, width="stretch")
        with st.container(horizontal=True, width="content", key="verbs"):
            _verbs(opened)
            variants.popover(opened)
            branch.popover(opened)
            if not (opened.run and opened.run.state.is_active):
                _search(opened)
                if extra:
                    extra()
            components.component("copy_link")(key="copy_link", width=44, height=40)
    for error in [*opened.errors, *filter(None, [st.session_state.pop(UNDONE, None)])]:
        tell(error)


def train(opened: link.Opened) -> None:
    """Start a run of the settings in the address and open it. The runs shown so far stay beside it for comparison."""
    # Read again: a value typed right before the press is in the address, and not in what was drawn.
    now = link.opened(opened.base)
    run = service.start(now.experiment, owner=owner())
    link.write(now.experiment, (service.run(run), *now.runs)[: link.COMPARED], opened.base)


def attempt(act: Callable[[], Any]) -> None:
    """Do what a button says; if it is refused, the reason is shown when the page is drawn next."""
    try:
        act()
    except LabError as error:
        st.session_state[UNDONE] = error


def compared(opened: link.Opened) -> None:
    """The runs shown beside the first, each to be opened or taken away from the picture."""
    if len(opened.runs) < 2:
        return
    names = labels(opened.runs, [service.experiment(run.id) for run in opened.runs])
    with st.container(horizontal=True, vertical_alignment="center", key="compared"):
        st.markdown("Compared with", width="content")
        for run, name in list(zip(opened.runs, names, strict=True))[1:]:
            rest = tuple(other for other in opened.runs if other.id != run.id)
            st.button(name, key=f"drop_{run.id}", icon=":material/close:", help="Take this run out of the picture",
                      on_click=link.write, args=(opened.experiment, rest, opened.base))  # fmt: skip


def _verbs(opened: link.Opened) -> None:
    run = opened.run
    state = run.state if run else None
    active = state in (State.QUEUED, State.RUNNING)
    if run and active:
        _verb("Stop", "stop", lambda: service.stop(run.id), primary=True, help="Ends the run and keeps its best weights.")
        _verb("Pause", "pause", lambda: service.pause(run.id), help="Training waits, and goes on later exactly from there.")
        _change_live(run)
    if run and state is State.PAUSED:
        _verb("Resume", "play_arrow", lambda: service.resume(run.id), primary=True, help="Goes on exactly from where it was paused.")
        _verb("Stop", "stop", lambda: service.stop(run.id), help="Ends the run and keeps its best weights.")
    if not (active or state is State.PAUSED) or _differs(opened):
        beside = active or state is State.PAUSED
        said = "Queues these settings as another run." if beside else "Trains these settings as a new run."
        _verb("Train", "model_training", lambda: train(opened), primary=not beside, help=said)
    if run and state in (State.FAILED, State.STOPPED):
        word = "Retry" if state is State.FAILED else "Go on"
        _verb(word, "replay", lambda: service.retry(run.id), help="Goes on from the last checkpoint with the settings it had.")


def _verb(label: str, icon: str, act: Callable[[], Any], *, primary: bool = False, help: str = "") -> None:
    st.button(
        label, key=f"verb_{label}", icon=f":material/{icon}:", type="primary" if primary else "secondary", help=help,
        on_click=attempt, args=(act,),
    )  # fmt: skip


def _search(opened: link.Opened) -> None:
    if st.button("Search", key="verb_Search", icon=":material/search:", help="Tries many values of these settings and keeps the best"):
        st.switch_page(navigation.page("searches"), query_params=link.query(opened.experiment))


def _differs(opened: link.Opened) -> bool:
    return opened.run is not None and service.experiment(opened.run.id) != opened.experiment


def _change_live(run: Run) -> None:
    """A small form for the settings that may be changed while it trains, with the values it trains with now."""
    with st.popover("Change", help="Change settings while it trains", key=CHANGE, on_change="rerun") as place:
        # Drawn as it opens: what was drawn before would be mounted with its lowest values, not with those that were set then.
        if not place.open:
            return
        st.caption("Takes effect at the next step, and is part of the run: its script repeats it.")
        for full, field, value in service.changeable(run.id):
            widget = widget_for(field, value)
            key = f"live.{run.id}.{full}.{widget.kind}.{value}"
            st.session_state.setdefault(key, widget.shown)
            widget.draw(key, lambda full=full, key=key, widget=widget: attempt(  # type: ignore[misc]
                lambda: service.change(run.id, full, widget.text(st.session_state[key]))))  # fmt: skip
