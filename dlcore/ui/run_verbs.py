"""What can be done to the chosen runs: open, name, tag, stop, delete, restore."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.run import Run, State
from dlcore.services import listing
from dlcore.ui import link, navigation
from dlcore.ui.page import tell
from dlcore.ui.run_table import choose

REFUSED = "runs_refused"


def verbs(chosen: Sequence[Run], trashed: bool) -> None:
    """The verbs that suit the chosen runs; without any, how to choose."""
    for error in st.session_state.pop(REFUSED, []):
        tell(error)
    with st.container(horizontal=True, vertical_alignment="center", key="run_verbs"):
        if not chosen:
            st.caption("Tick rows to open, compare, name, tag or delete runs.", width="content")
        elif trashed or all(run.trashed for run in chosen):
            st.button("Restore", type="primary", icon=":material/restore_from_trash:", on_click=_do, args=(service.restore, chosen))
        else:
            _open(chosen)
            _describe(chosen)
            active = [run for run in chosen if run.state in (State.QUEUED, State.RUNNING, State.PAUSED)]
            if active:
                st.button("Stop", icon=":material/stop:", help="Ends them and keeps their best weights", on_click=_do,
                          args=(service.stop, active))  # fmt: skip
            _put_away(chosen)
            st.button("Delete", icon=":material/delete:", help="Moves them to the trash", on_click=_delete, args=(chosen,))
        if chosen:
            st.button("Choose none", icon=":material/close:", on_click=choose, args=([],))
        elif trashed:
            _empty_trash()


def each(act: Callable[[str], Any], runs: Sequence[Run]) -> list[str]:
    """Do it to each run; returns the ids of those that allowed it. Refusals are said when the page is drawn next."""
    done = []
    for run in runs:
        try:
            act(run.id)
            done.append(run.id)
        except LabError as error:
            st.session_state.setdefault(REFUSED, []).append(error)
    return done


def _do(act: Callable[[str], Any], runs: Sequence[Run]) -> None:
    each(act, runs)


def _open(chosen: Sequence[Run]) -> None:
    word = "Open" if len(chosen) == 1 else f"Open {min(len(chosen), link.COMPARED)} in the workbench"
    if st.button(word, type="primary", icon=":material/show_chart:", help="With live curves, controls and downloads"):
        ids = ",".join(run.id for run in chosen[: link.COMPARED])
        st.switch_page(navigation.page("workbench"), query_params={link.RUN: ids})


def _describe(chosen: Sequence[Run]) -> None:
    """A form for the title, tags and note of one run, or for tags of several."""
    run = chosen[0]
    several = len(chosen) > 1
    word = "Tag" if several else "Name and note"
    with st.popover(word, icon=":material/edit:"), st.form(f"describe_{run.id}_{len(chosen)}", border=False):
        title = "" if several else st.text_input("Title", run.title, max_chars=200, placeholder="What was tried")
        shared = [tag for tag in run.tags if all(tag in other.tags for other in chosen)]
        said = "Words to find these runs by, with commas between them." + (" The runs' other tags stay." if several else "")
        tags = st.text_input("Tags", ", ".join(shared), help=said)
        note = "" if several else st.text_area("Note", run.note, max_chars=20_000, placeholder="What came of it")
        if st.form_submit_button("Save", type="primary"):
            _save(chosen, shared, [tag.strip() for tag in tags.split(",")], None if several else (title, note))
            st.rerun()


def _put_away(chosen: Sequence[Run]) -> None:
    """Into the archive, or out of it when all of them are there."""
    back = all(run.archived for run in chosen)
    word, icon = ("Take back", "unarchive") if back else ("Put away", "archive")
    help = "Back into the table" if back else "Keeps them, out of the table: More shows what was put away"
    st.button(word, icon=f":material/{icon}:", help=help, on_click=_archive, args=(chosen, not back))


def _archive(chosen: Sequence[Run], archived: bool) -> None:
    each(lambda name: listing.archive(name, archived), chosen)
    choose([])


def _save(chosen: Sequence[Run], shared: Sequence[str], tags: Sequence[str], words: tuple[str, str] | None) -> None:
    def save(run: Run) -> None:
        kept = [tag for tag in run.tags if tag not in shared]
        if (wanted := [*kept, *tags]) != list(run.tags):
            service.set_tags(run.id, wanted)
        if words is not None:
            if words[0].strip() != run.title:
                service.rename(run.id, words[0])
            if words[1] != run.note:
                service.set_note(run.id, words[1])

    known = {run.id: run for run in chosen}
    each(lambda name: save(known[name]), chosen)


def _delete(chosen: Sequence[Run]) -> None:
    gone = each(service.delete, chosen)
    choose([run.id for run in chosen if run.id not in gone])
    if gone:
        st.toast(f"{len(gone)} {'run is' if len(gone) == 1 else 'runs are'} in the trash.", icon=":material/delete:")


def _empty_trash() -> None:
    with st.popover("Empty the trash", icon=":material/delete_forever:"):
        st.markdown("All runs in the trash, their curves and models are removed for good.")
        if st.button("Remove them for good", type="primary"):
            gone = service.empty_trash()
            st.toast(f"{gone} {'run is' if gone == 1 else 'runs are'} gone.")
            st.rerun()
