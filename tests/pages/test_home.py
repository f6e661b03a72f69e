"""The home page: what this is, one press to a first run, the runs of late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dlcore import service
from dlcore.store import Store
from dlcore.ui import navigation
from dlcore.ui.presets import PRESETS

Open = Callable[..., Any]


def test_empty_lab_says_what_it_is_and_offers_one_press(open_page: Open) -> None:
    page = open_page()
    assert page.buttons == ["Train a first net"]
    assert "Runs appear here" in page.words


def test_one_press_trains_and_opens_the_run(open_page: Open, store: Store) -> None:
    page = open_page().press("Train a first net")
    (run,) = store.runs()
    assert page.query == {"run": run.id}
    assert page.app.title[0].value == "Workbench"


def test_recent_runs_say_how_they_went(open_page: Open, trained: Open) -> None:
    trained(end="done")
    trained(end="failed")
    words = open_page().words
    assert "done · validation accuracy 0.650 · just now" in words
    assert "failed" in words


def test_deleted_runs_are_not_listed(open_page: Open, trained: Open) -> None:
    service.delete(trained(end="done"))
    assert "Runs appear here" in open_page().words


def test_map_names_every_page_with_a_sentence(open_page: Open) -> None:
    links = [link.proto.label for link in open_page().app.get("page_link")]
    for leaf in navigation.leaves(navigation.PAGES):
        if leaf.group:
            assert leaf.summary
            assert [label for label in links if label.startswith(f"**{leaf.title}** ") and label.endswith(leaf.summary[1:])]


def test_examples_are_links_into_the_workbench(open_page: Open) -> None:
    links = {link.proto.label: link.proto.query_string for link in open_page().app.get("page_link")}
    for preset in list(PRESETS.values())[1:]:
        assert links[f"**{preset.title}**"]
