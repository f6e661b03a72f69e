"""A topic of the course: one file under pages/ that holds its words and its spec, and ends with `show(TOPIC)`.

Five parts: the idea, try it (answers at once), run it (trains), the claims put to the test, and what can be taken away. The first screen
has the title, one sentence, the pictures and the numbers; the rest lies in tabs. What a person has set lies in the link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import streamlit as st

from dlcore import service
from dlcore.experiment import Experiment
from dlcore.ui import form, link, page, takeaway, topic_claims, topic_live, topic_search, tries, try_panel, try_takeaway, verbs
from dlcore.ui.browser import owner
from dlcore.ui.navigation import page as page_called


@dataclass(frozen=True)
class Case:
    """A preset: what it is called on curves and buttons, and the settings that make it, as a link says them."""

    title: str
    settings: Mapping[str, str]


@dataclass(frozen=True)
class Comparison:
    """Presets that are trained side by side in one press, at most six. look: what to look for in their curves."""

    title: str
    look: str
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Topic:
    """name: the page file's. lead: one sentence with its reference. idea: markdown with LaTeX, each symbol explained at its first use.

    parts: what to try, each with its controls; the first one stands on the first screen. base: what *run it* trains when nothing was
    changed, None where the topic trains nothing. matter: settings that stand first in the sidebar. compare: what is worth comparing, the
    most telling first. curves: what may be drawn of runs, first choice first (names in topic_live.QUANTITIES). misprints: "often misprinted
    as …", each with what is right. sources: references in full. first: whether the live curves or the try-it picture take the large place
    of the first screen. main(opened): what is drawn in the curves' place there; *run it* has them then. opens: other pages, and why one
    goes there. search: its searches, in a tab of their own. more: further tabs, title → what draws them. Claims and notebooks name the
    topic they belong to.
    """

    name: str
    title: str
    lead: str
    idea: str
    parts: tuple[tries.Try, ...]
    base: Experiment | None = None
    matter: tuple[str, ...] = form.MATTER
    compare: tuple[Comparison, ...] = ()
    curves: tuple[str, ...] = ("accuracy", "loss")
    misprints: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    first: Literal["try", "run"] = "try"
    main: Callable[[link.Opened], None] | None = None
    opens: Mapping[str, str] = field(default_factory=dict)
    search: topic_search.Looking | None = None
    more: Mapping[str, Callable[[], None]] = field(default_factory=dict)


def show(topic: Topic) -> None:
    """Draw the topic if a browser (or a page test) asks for it; nothing happens where a page file is merely imported."""
    page.show(partial(draw, topic))


def draw(topic: Topic) -> None:
    opened = _title(topic)
    st.caption(topic.lead)
    if topic.first == "run":
        left, right = st.columns([2, 1], gap="medium")
        with left:
            if topic.main:
                topic.main(opened)
            else:
                topic_live.panel(opened.runs, topic.curves)
            topic_claims.first(topic.name)
        with right:
            try_panel.draw(topic.name, topic.parts[0], opened, wide=False)
    elif topic.parts:
        try_panel.draw(topic.name, topic.parts[0], opened, wide=True, beneath=partial(topic_claims.first, topic.name))
    _tabs(topic, opened)


def _title(topic: Topic) -> link.Opened:
    """The title with the verbs of a topic that trains, and its form in the sidebar."""
    opened = link.opened(topic.base)
    if topic.base is None:
        st.title(topic.title, anchor=False)
        return opened
    form.sidebar(opened, topic.matter)
    verbs.title_row(topic.title, opened, partial(_compare, topic.compare[0], opened) if topic.compare else None)
    return opened


def _compare(comparison: Comparison, opened: link.Opened) -> None:
    titles = ", ".join(case.title for case in comparison.cases)
    st.button(
        "Compare", key="compare", icon=":material/stacks:", help=f"Trains side by side: {titles}",
        on_click=_start, args=(comparison.cases, opened),
    )  # fmt: skip


def _tabs(topic: Topic, opened: link.Opened) -> None:
    found: dict[str, Callable[[], None]] = {"The idea": partial(_idea, topic)}
    for number, part in enumerate(topic.parts[1:], start=1):
        found[part.title] = partial(try_panel.draw, f"{topic.name}_{number}", part, opened, wide=True)
    found |= topic.more
    if topic.base is not None:
        found["Run it"] = partial(_run_it, topic, opened)
    if topic.search:
        found["Search"] = partial(topic_search.panel, topic.search, opened)
    found |= {"The claims, tested": partial(topic_claims.cards, topic.name), "Take it away": partial(_take_away, topic, opened)}
    tabs, inside = st.tabs(list(found), key=f"tabs_{topic.name}", on_change="rerun"), found.values()
    for tab, drawn in zip(tabs, inside, strict=True):
        with tab:
            # The others are drawn when somebody opens them: a page with eight claims would take a second else.
            if tab.open:
                drawn()


def _idea(topic: Topic) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(topic.idea)
    with right:
        if topic.misprints:
            st.markdown("**Often misprinted**")
            st.markdown("\n".join(f"- {one}" for one in topic.misprints))
        if topic.sources:
            st.markdown("**Where this comes from**")
            st.caption("  \n".join(topic.sources))
        for name, why in topic.opens.items():
            st.page_link(page_called(name), label=why, icon=":material/arrow_forward:")


def _run_it(topic: Topic, opened: link.Opened) -> None:
    """The presets with one press for all, and the live curves where the first screen does not hold them."""
    for number, comparison in enumerate(topic.compare):
        titles = [case.title for case in comparison.cases]
        st.markdown(f"**{comparison.title}** {comparison.look}")
        with st.container(horizontal=True, vertical_alignment="center", key=f"cases_{number}"):
            picked = st.pills(
                comparison.title, titles, selection_mode="multi", default=titles, key=f"cases_{topic.name}_{number}", width="stretch",
                label_visibility="collapsed",
            )  # fmt: skip
            chosen = [case for case in comparison.cases if case.title in picked]
            st.button(
                f"Train {len(chosen)} side by side" if len(chosen) > 1 else "Train it", key=f"train_cases_{number}", disabled=not chosen,
                icon=":material/stacks:", on_click=_start, args=(chosen, opened),
                help="Each begins from the settings on the left. They train one after another and lie over each other on one chart.",
            )  # fmt: skip
    if topic.first == "try" or topic.main:
        topic_live.panel(opened.runs, topic.curves)
    verbs.compared(opened)


def _start(cases: Sequence[Case], opened: link.Opened) -> None:
    """Queue the cases and open them all, the first one in full."""

    def act() -> None:
        now = link.opened(opened.base)
        made = [(case.title, now.experiment.with_text(case.settings)) for case in cases[: link.COMPARED]]
        runs = [service.run(service.start(experiment, owner=owner(), title=title)) for title, experiment in made]
        link.write(now.experiment, runs, now.base)

    verbs.attempt(act)


def _take_away(topic: Topic, opened: link.Opened) -> None:
    topic_claims.notebooks(topic.name, opened.experiment if topic.base else None)
    for part in topic.parts:
        try_takeaway.downloads(part, opened)
    if opened.run:
        takeaway.downloads(opened.run)
    elif topic.base is not None:
        st.caption("Once something was trained: the model, its weights, its history, and a script that repeats its numbers.")
    st.caption(
        "The pictures are as the controls stand now. A curve of training has its downloads (PNG, SVG, CSV) beside it. The address in your "
        "browser opens these very settings for anybody."
    )
