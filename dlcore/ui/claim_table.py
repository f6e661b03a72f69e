"""The table of all claims with their verdicts, and what is said of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dlcore import statistics
from dlcore.services import claiming
from dlcore.services.claiming import Standing
from dlcore.ui import words
from dlcore.ui.browser import owner
from dlcore.ui.claims import LOOKS, attempt, interval, runs_of, verdict
from dlcore.ui.navigation import PAGES, leaves

CLAIM = "claim"
SEEDS = {"Each claim's own seeds": None, "3 seeds each": 3, "5 seeds each": 5, "10 seeds each": 10, "20 seeds each": 20}
SYMBOLS = {statistics.HOLDS: "✓", statistics.FAILS: "✗", statistics.UNTOLD: "?"}
MANY = {statistics.HOLDS: "hold here", statistics.FAILS: "do not hold here", statistics.UNTOLD: "with too few seeds to tell"}
SURE = 0.05
ABOUT_SEEDS = "A seed decides the split of the rows, the first weights and the order of the batches. More seeds, surer verdicts."
STOPPED = "What is trained so far is kept for the next test."


def verbs(found: Mapping[str, Standing]) -> int | None:
    """Test all, or stop; returns with how many seeds tests are asked for (None: each claim's own number)."""
    running = [name for name, standing in found.items() if standing.state == "running"]
    with st.container(horizontal=True, width="content", key="verbs"):
        said = st.selectbox("Seeds", list(SEEDS), key="claim_seeds", width=220, help=ABOUT_SEEDS, label_visibility="collapsed")
        seeds = SEEDS[said]
        if running:
            st.button("Stop", icon=":material/stop:", help=STOPPED, on_click=attempt, args=(lambda: _stop(running),))
        else:
            count = sum(runs_of(standing.claim, seeds) for standing in found.values())
            cost = f"Up to {count:,} short runs; those trained before are taken as they are. They go on when you close this page."
            st.button(
                f"Test all {len(found)}", type="primary", icon=":material/science:", help=cost,
                on_click=attempt, args=(lambda: _start(list(found), seeds),),
            )  # fmt: skip
    return seeds


def summary(found: Mapping[str, Standing]) -> None:
    """How many hold, and what so many comparisons mean."""
    said = [standing.finding.verdict for standing in found.values() if standing.finding is not None]
    running = [standing for standing in found.values() if standing.state == "running"]
    with st.container(horizontal=True, vertical_alignment="center"):
        for word, (icon, tint) in LOOKS.items():
            st.badge(f"{said.count(word)} {MANY[word]}", icon=icon, color=tint)
        st.badge(f"{len(found) - len(said) - len(running)} not tested", color="gray")
        if running:
            done, total = sum(one.done for one in running), sum(one.total for one in running)
            st.badge(f"{len(running)} being tested: {done:,} of {total:,}", color="blue", icon=":material/hourglass_top:")
    corrected = claiming.corrected(found)
    if corrected:
        sure = sum(p < SURE for p in corrected.values())
        made = "One comparison was" if len(corrected) == 1 else f"{len(corrected)} comparisons were"
        stay = "1 verdict stays" if sure == 1 else f"{sure} verdicts stay"
        st.caption(
            f"{made} made. Of many comparisons one in twenty would look sure by accident; corrected for that (Holm 1979), "
            f"{stay} sure, with a p below {SURE:g}."
        )


def table(found: Mapping[str, Standing]) -> str:
    """Draw the table; returns the name of the claim that is chosen in it or in the address, "" for none."""
    names = list(found)
    corrected = claiming.corrected(found)
    titles = {leaf.path.stem: leaf.title for leaf in leaves(PAGES)}
    rows = [_row(standing, corrected.get(name), titles) for name, standing in found.items()]
    chosen = st.dataframe(
        rows, key="claims", hide_index=True, on_select="rerun", selection_mode="single-row", height=390,
        alt="Claims of the course with their verdicts",
        column_config={
            "Verdict": st.column_config.TextColumn(width=148),
            "Question": st.column_config.TextColumn(width=420),
            "Effect": st.column_config.TextColumn(width=160, help="The mean over seeds of what the claim compares."),
            "95 % interval": st.column_config.TextColumn(width=115, help="Where the true effect lies, with a certainty of 95 %."),
            "Seeds": st.column_config.TextColumn(width=54),
            "p": st.column_config.TextColumn(width=75, help="Corrected for all comparisons (Holm 1979). Below 0.05 the verdict is sure."),
            "Cost": st.column_config.TextColumn(width=68, help="Time that its runs took to train, those taken from others included."),
            "Page": st.column_config.TextColumn(width=150),
        },
    )  # fmt: skip
    places: Sequence[int] = chosen["selection"]["rows"]
    if places and places[0] < len(names):
        st.query_params[CLAIM] = names[places[0]]
        return names[places[0]]
    asked = st.query_params.get(CLAIM, "")
    return asked if asked in found else ""


def _row(standing: Standing, corrected: float | None, titles: Mapping[str, str]) -> dict[str, Any]:
    claim, finding = standing.claim, standing.finding
    said = verdict(standing)
    row: dict[str, Any] = {"Verdict": f"{SYMBOLS[said]} {said}" if said in SYMBOLS else said, "Question": claim.title}
    known = finding is not None and not finding.why
    row |= {
        "Effect": f"{words.number(finding.estimate.effect)} {claim.unit}".strip() if finding and known else "",
        "95 % interval": interval(finding) if finding and known else "",
        "Seeds": str(finding.estimate.n) if finding else "",
        "p": _p(corrected),
        "Cost": words.duration(finding.seconds) if finding and finding.seconds else "",
        "Page": titles.get(claim.topic, ""),
    }
    return row


def _p(value: float | None) -> str:
    if value is None:
        return ""
    return "< 0.0001" if value < 1e-4 else f"{value:.2g}"


def _start(names: Sequence[str], seeds: int | None) -> None:
    for name in names:
        claiming.start(name, seeds, owner=owner())


def _stop(names: Sequence[str]) -> None:
    for name in names:
        claiming.stop(name)
