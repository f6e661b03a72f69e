"""The live curves in a real browser: nothing flickers, jumps or loses its zoom while they grow."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.keras]

ENDLESS = "epochs=100000"
LOSS = ".st-key-curve_loss .curves"
RANGE = "host => { const { min, max } = host.parentNode.chart.plot.scales.x; return [min, max] }"
LAST = "host => host.parentNode.chart.table[0].at(-1) ?? 0"
IS_BEYOND = "([host, epoch]) => (host.parentNode.chart.table[0].at(-1) ?? 0) >= epoch"
# The chart lies in a shadow tree, whose changes an observer of the page does not see.
COUNT_REMOUNTS = """host => {
    window.remounts = 0
    const shadow = host.getRootNode()
    const holds = node => node.nodeType === 1
        && (node.matches('canvas, .curves') || node.querySelector('canvas') || node.contains(shadow.host))
    const count = changes => { for (const change of changes) window.remounts += [...change.removedNodes].filter(holds).length }
    new MutationObserver(count).observe(document.querySelector('.stMain'), {childList: true, subtree: true})
    new MutationObserver(count).observe(shadow, {childList: true, subtree: true})
}"""


@pytest.fixture
def training(server: Any, visit: Callable[..., Any]) -> Any:
    """A page on which a run trains, its first epochs drawn. It is stopped afterwards."""
    page = visit(f"{server.address}/workbench?{ENDLESS}")
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url(re.compile(r"[?&]run="))
    _wait_for_more(page, 2)
    yield page
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped after epoch").wait_for()


def _wait_for_more(page: Any, epochs: int) -> None:
    """Until the chart has drawn that many more epochs. Not points: a long curve is thinned, and has ever the same number."""
    loss = page.locator(LOSS)
    loss.wait_for()
    page.wait_for_function(IS_BEYOND, arg=[loss.element_handle(), loss.evaluate(LAST) + epochs])


def test_charts_are_not_mounted_again_while_they_grow(training: Any) -> None:
    loss = training.locator(LOSS)
    loss.evaluate(COUNT_REMOUNTS)
    for _ in range(8):
        _wait_for_more(training, 1)
    assert training.evaluate("window.remounts") == 0
    training.get_by_role("button", name="Pause").click()
    training.get_by_text("Paused after epoch").wait_for()
    training.get_by_role("button", name="Resume").click()
    _wait_for_more(training, 1)
    assert training.evaluate("window.remounts") == 0


def test_zoom_and_place_stay_while_the_curve_grows(training: Any) -> None:
    loss = training.locator(LOSS)
    place = loss.bounding_box()
    training.mouse.move(place["x"] + 90, place["y"] + 80)
    training.mouse.down()
    training.mouse.move(place["x"] + 190, place["y"] + 120, steps=4)
    training.mouse.up()
    zoomed = loss.evaluate(RANGE)
    for _ in range(5):
        _wait_for_more(training, 1)
    assert loss.evaluate(RANGE) == zoomed
    assert loss.bounding_box() == place
    loss.get_by_role("button", name="Show the whole curve again").click()
    least, most = loss.evaluate(RANGE)
    assert least == 0
    assert most > zoomed[1]


def test_chart_is_read_and_zoomed_by_keyboard(training: Any) -> None:
    loss = training.locator(LOSS)
    canvas = loss.locator(".canvas")
    assert "loss against epochs" in canvas.get_attribute("aria-label")
    canvas.focus()
    before = loss.evaluate(RANGE)
    canvas.press("+")
    zoomed = loss.evaluate(RANGE)
    assert zoomed[1] - zoomed[0] == pytest.approx((before[1] - before[0]) / 2, rel=0.01)
    canvas.press("Escape")
    for _ in range(30):
        canvas.press("ArrowLeft")
    loss.locator(".tip").wait_for()
    assert "training:" in loss.locator(".said").inner_text()


def test_chart_downloads_the_numbers_it_draws(training: Any) -> None:
    loss = training.locator(LOSS)
    loss.hover()
    with training.expect_download() as started:
        loss.get_by_role("button", name="Download the numbers").click()
    rows = Path(started.value.path()).read_text().splitlines()
    assert rows[0].startswith('"epoch"')
    assert len(rows) > 2
