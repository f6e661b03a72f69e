"""A claim as a card: the question, the verdict of this machine, a button that tests it, and the evidence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import streamlit as st

from dlcore import statistics
from dlcore.charts.effect import effect_chart
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.services import claiming
from dlcore.services.claiming import Finding, Standing
from dlcore.specs import Claim
from dlcore.ui import altair_chart, link, navigation, words
from dlcore.ui.browser import owner
from dlcore.ui.page import tell
from dlcore.ui.palette import colour

TICK_SECONDS = 1.0
Colour = Literal["green", "red", "orange", "blue", "gray"]
LOOKS: dict[str, tuple[str, Colour]] = {
    statistics.HOLDS: (":material/check_circle:", "green"),
    statistics.FAILS: (":material/cancel:", "red"),
    statistics.UNTOLD: (":material/help:", "orange"),
}
UNDONE = "claim_undone"


def claim_card(name: str, *, opened: bool = False, seeds: int | None = None) -> None:
    """The claim called `name`, in a fragment of its own that ticks while it is being tested.

    opened: with the evidence unfolded. seeds: how many its button tests with (None: the claim's own number).
    """
    state = claiming.standing(name).state
    st.fragment(_card, run_every=TICK_SECONDS if state == "running" else None)(name, state, opened, seeds)


def verdict(standing: Standing) -> str:
    """Where the claim is, in words: "holds here", "7 of 10", "not tested"."""
    if standing.finding is not None:
        return standing.finding.verdict
    return {"running": f"{standing.done} of {standing.total}", "broken": "interrupted"}.get(standing.state, "not tested")


def interval(finding: Finding) -> str:
    """ "3.93 to 13.6"; "none" where too few seeds came out alike to give one."""
    if not math.isfinite(finding.estimate.low) and not math.isfinite(finding.estimate.high):
        return "none"
    return f"{words.number(finding.estimate.low)} to {words.number(finding.estimate.high)}"


def alike(finding: Finding) -> str:
    """What follows from effects that are the same with every seed; "" where they differ."""
    own = finding.estimate
    if own.n < 2 or len(set(finding.effects)) > 1 or (math.isfinite(own.low) and own.low != own.high):
        return ""
    said = "Every seed gave the same number, so how much it scatters is not known"
    if own.n < statistics.LEAST_ALIKE:
        return f"{said}, and {own.n} seeds alike may be chance: it takes {statistics.LEAST_ALIKE}."
    return f"{said}. The exact sign test says how sure {own.n} seeds alike make it."


def runs_of(claim: Claim, seeds: int | None = None) -> int:
    """How many runs a test with so many seeds asks for."""
    return 0 if claim.looks == "start" else sum(map(len, claim.arms.values())) * (seeds or claim.seeds)


def attempt(act: Callable[[], Any]) -> None:
    """Do what a button says; a refusal is shown when the page is drawn next."""
    try:
        act()
    except LabError as error:
        st.session_state[UNDONE] = error


def refusal() -> None:
    """What the last button could not do, once."""
    if UNDONE in st.session_state:
        tell(st.session_state.pop(UNDONE))


def _card(name: str, drawn: str, opened: bool, seeds: int | None) -> None:
    standing = claiming.standing(name)
    if standing.state != drawn:
        st.rerun()  # whether the card ticks is decided by the page
    with st.container(border=True, key=f"claim_{name}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{standing.claim.title}**", width="stretch")
            _badge(standing)
        _result(standing)
        _verbs(standing, seeds)
        refusal()
        with st.expander("How this is tested" if standing.finding is None else "How this was tested, and the runs", expanded=opened):
            _evidence(standing)


def _badge(standing: Standing) -> None:
    said = verdict(standing)
    if standing.finding is not None:
        icon, tint = LOOKS[standing.finding.verdict]
        st.badge(said[:1].upper() + said[1:], icon=icon, color=tint)
    elif standing.state == "untested":
        st.badge("Not tested", color="gray")


def _result(standing: Standing) -> None:
    """The effect in a sentence, or how far the test is."""
    finding, claim = standing.finding, standing.claim
    if standing.state == "running":
        st.progress(standing.done / max(1, standing.total), f"{standing.done} of {standing.total} runs and looks into nets have ended.")
    elif standing.state == "broken":
        st.warning(f"{standing.cause} Test it again to go on.", icon=":material/warning:")
    elif finding is None:
        st.caption(f"Claimed: {claim.summary}")
    elif finding.why:
        st.caption(finding.why)
    else:
        number = f"{words.number(finding.estimate.effect)} {claim.unit}".strip()
        said = f"{claim.quantity[:1].upper()}{claim.quantity[1:]}: **{number}**"
        st.markdown(f"{said} (95 % interval: {interval(finding)}, {finding.estimate.n} seeds).")
        if alike(finding):
            st.caption(alike(finding))


def _verbs(standing: Standing, seeds: int | None) -> None:
    claim = standing.claim
    if standing.state == "running":
        st.button("Stop", key=f"stop_{claim.name}", icon=":material/stop:", help="What is trained so far is kept for the next test.",
                  on_click=attempt, args=(lambda: claiming.stop(claim.name),))  # fmt: skip
        return
    more = standing.seeds + 5
    again = standing.state == "tested"
    if again and more > claiming.MOST_SEEDS:
        return
    count = seeds or (more if again else claim.seeds)
    said = f"Test with {count} seeds" if again else "Test it"
    st.button(
        said, key=f"test_{claim.name}", icon=":material/science:", help=_cost(claim, count),
        on_click=attempt, args=(lambda: claiming.start(claim.name, count, owner=owner()),),
    )  # fmt: skip


def _cost(claim: Claim, seeds: int) -> str:
    count = runs_of(claim, seeds)
    if claim.compute is not None:
        return "Computed at once; nothing is trained."
    if not count:
        return f"Looks into {sum(map(len, claim.arms.values())) * seeds} nets before training."
    return f"{count} short runs with {seeds} seeds. What was trained before is not trained again."


def _evidence(standing: Standing) -> None:
    claim, finding = standing.claim, standing.finding
    st.markdown(f"Claimed: {claim.summary}  \nWhat would refute it: {claim.refuted}  \nReference: {claim.reference}.")
    if finding is None:
        return
    if not finding.why:
        _picture(claim, finding)
    st.dataframe(_measured(claim, finding), hide_index=True, height=min(38 + 35 * len(finding.effects), 213), key=f"measured_{claim.name}")
    _links(standing)


def _picture(claim: Claim, finding: Finding) -> None:
    dark = st.context.theme.type == "dark"
    own = finding.estimate
    st.markdown(f"Compared: {claim.quantity}.")
    picture = effect_chart(
        () if claim.kind == "share" else finding.effects, own.effect, (own.low, own.high), claim.region,
        claim.unit or ("share of seeds" if claim.kind == "share" else "effect"),
        colour=colour(0, dark), claimed=colour(2, dark), ink="#B4BFCB" if dark else "#4A5563", ratio=claim.kind == "ratio",
    )  # fmt: skip
    altair_chart.draw(picture, key=f"effect_{claim.name}", alt=f"{claim.quantity}: {words.number(own.effect)}, from {interval(finding)}.")
    marks = "The diamond is the share" if claim.kind == "share" else "A dot is a seed, the diamond their mean"
    st.caption(f"{marks} with its 95 % interval. In the shaded region the claim holds.")


def _measured(claim: Claim, finding: Finding) -> list[dict[str, str]]:
    """A row for each seed, a column for each experiment, named by its side and by what differs within the side."""
    named = {label: [f"{label}, {own}" if own else label for own in _differing(side)] for label, side in claim.arms.items()}
    rows = []
    for seed in range(len(finding.effects)):
        row = {"Seed": str(seed), "Effect": words.number(finding.effects[seed])}
        for label, by_seed in finding.values.items():
            columns = named.get(label) or [label if len(by_seed[seed]) == 1 else f"{label} {place}" for place in range(len(by_seed[seed]))]
            row |= dict(zip(columns, map(words.number, by_seed[seed]), strict=True))
        rows.append(row)
    return rows


def _differing(side: Sequence[Experiment]) -> list[str]:
    """For each experiment the settings in which it differs from the others of its side: "0.03"."""
    settings = [{full: own.format(value) for full, own, value in one.fields()} for one in side]
    keys = [key for key in settings[0] if len({found.get(key) for found in settings}) > 1]
    return [", ".join(found[key] for key in keys if key in found) for found in settings]


def _links(standing: Standing) -> None:
    """The runs of each seed, to be opened over each other."""
    by_seed: dict[int, list[str]] = {}
    for (seed, _, _), run in (standing.runs or {}).items():
        by_seed.setdefault(seed, []).append(run)
    if not by_seed:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Open the runs:", width="content")
        for seed, runs in by_seed.items():
            query = {link.RUN: ",".join(dict.fromkeys(runs[: link.COMPARED]))}
            st.page_link(navigation.page("workbench"), label=f"seed {seed}", query_params=query)
