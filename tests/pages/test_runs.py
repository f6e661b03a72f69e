"""The table of runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dlcore import service

Open = Callable[..., Any]


def test_empty_table_says_so(open_page: Open) -> None:
    assert "Nothing has been trained yet" in open_page("runs").words


def test_table_shows_what_was_trained_and_how_well(open_page: Open, trained: Open) -> None:
    run = trained(end="done")
    (table,) = open_page("runs").app.dataframe
    row = table.value.iloc[0]
    assert (row["Run"], row["State"], row["Measured"]) == (run, "done", "validation accuracy")
    assert row["Best"] == row["Value"]


def test_trash_has_a_table_of_its_own(open_page: Open, trained: Open) -> None:
    kept, gone = trained(end="done"), trained(end="done")
    service.delete(gone)
    page = open_page("runs")
    assert list(page.app.dataframe[0].value["Run"]) == [kept]
    page.set("toggle", "Show the trash", True)
    assert list(page.app.dataframe[0].value["Run"]) == [gone]
