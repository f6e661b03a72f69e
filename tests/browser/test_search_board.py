"""The board of a search in a real browser: a box over the axes filters, a tick selects, new trials leave the picture where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dlcore.experiment import Experiment
from dlcore.store import Store
from dlcore.studies.search import Search
from dlcore.studies.space import Dimension, Space
from tests.searched import add_trial, write_search

pytestmark = pytest.mark.browser
SPACE = Space((
    Dimension("optimizer.learning_rate", choices=(0.0001, 0.001, 0.01, 0.1)),
    Dimension("model.dropout", choices=(0.0, 0.1, 0.2, 0.3)),
))  # fmt: skip
SEARCH = Search(Experiment().with_(epochs=3), SPACE, trials=6)


@pytest.fixture
def board(quiet_server: Any) -> str:
    """The address of a search's board; three of its trials have ended, one has failed."""
    store = Store(quiet_server.home)
    study = write_search(store, SEARCH, [0.9, 0.5, 0.2, None])
    store.close()
    return f"{quiet_server.address}/searches?try.search={study}"


def draw_box(page: Any, left: float, top: float, right: float, bottom: float) -> None:
    """Drag over the parallel coordinates, in shares of their picture."""
    picture = page.locator('[data-testid="stVegaLiteChart"]').first
    picture.locator("canvas, svg").first.wait_for()
    picture.scroll_into_view_if_needed()
    page.wait_for_timeout(500)  # the picture is laid out once more after it appears, and nothing says when
    box = picture.bounding_box()
    page.mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + right * box["width"], box["y"] + bottom * box["height"], steps=10)
    page.mouse.up()


def test_box_over_an_axis_filters_the_trials(board: str, visit: Callable[..., Any]) -> None:
    page = visit(board, height=1000)
    page.get_by_text("4 of 6 trials").wait_for()
    # The score's axis is the last of three; the lower half of it holds the two better trials.
    draw_box(page, 0.70, 0.45, 0.95, 0.97)
    page.get_by_text("2 of 3 trials pass through the box").wait_for()


def test_tick_stays_with_its_trial_when_a_better_one_ends(board: str, visit: Callable[..., Any], quiet_server: Any) -> None:
    page = visit(board, height=1400)
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    table.locator("canvas").first.wait_for()
    table.click(position={"x": 15, "y": 52})  # the box of the first row: the best trial
    page.get_by_role("link", name="Open trial 3").wait_for()
    store = Store(quiet_server.home)
    add_trial(store, board.rpartition("=")[2], SEARCH, 5, 0.1)
    store.close()
    page.get_by_text("5 of 6 trials").wait_for()
    page.wait_for_function(
        """() => [...document.querySelectorAll('[role=row][aria-selected=true]')].map(row => row.ariaRowIndex).join() === '3'"""
    )
    assert page.get_by_role("link", name="Open trial 3").is_visible()
    assert not page.get_by_role("link", name="Open trial 5").count()


def test_board_fits_a_narrow_screen(board: str, visit: Callable[..., Any]) -> None:
    page = visit(board, width=400, height=860)
    page.get_by_text("Best so far").wait_for()
    page.get_by_text("trial 4. The loss became NaN").wait_for()
    page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
