"""Claims: what the course says, put to the test."""

import streamlit as st

from dlcore.services import claiming
from dlcore.ui import claim_table
from dlcore.ui.claims import claim_card, refusal
from dlcore.ui.page import show

ORDER = 4
TICK_SECONDS = 2.0


def page() -> None:
    found = claiming.standings()
    with st.container(horizontal=True, vertical_alignment="center", key="title_row"):
        st.title("Claims", anchor=False, width="stretch")
        seeds = claim_table.verbs(found)
    refusal()
    st.caption(
        "What the course says, put to the test on this machine: both sides of a comparison are trained with the same seeds, and a claim "
        "holds only if the whole 95 % interval of the effect lies where it says. Some claims fail; then the table says so."
    )
    running = any(standing.state == "running" for standing in found.values())
    st.fragment(_table, run_every=TICK_SECONDS if running else None)(running, seeds)


def _table(running: bool, seeds: int | None) -> None:
    found = claiming.standings()
    if running != any(standing.state == "running" for standing in found.values()):
        st.rerun()  # the verbs change, and the clock begins or stops
    claim_table.summary(found)
    chosen = claim_table.table(found)
    if chosen:
        claim_card(chosen, opened=True, seeds=seeds)
    else:
        st.caption("Tick a row to see how its claim is tested, and to test it alone.")


show(page)
