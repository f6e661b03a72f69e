"""The pictures of the live panel, in a real browser: they change in place, and nothing around them moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.keras]

# Looks at every frame: whether a picture's place is ever empty, how often it shows something else, and whether anything moves.
WATCH = """() => {
    const seen = window.seen = {empty: 0, frames: 0, changes: 0, moved: []}
    const hosts = () => [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')]
        .map(place => place.shadowRoot?.querySelector('.picture')).filter(Boolean)
    const first = window.hosts = hosts()
    const markup = first.map(host => host.innerHTML)
    const look = () => {
        seen.frames += 1
        hosts().forEach((host, place) => {
            if (host !== first[place] || !host.firstChild) seen.empty += 1
            if (host.innerHTML !== markup[place]) { seen.changes += 1; markup[place] = host.innerHTML }
        })
        requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
    new PerformanceObserver(list => seen.moved.push(...list.getEntries().map(entry => entry.value))).observe({type: 'layout-shift'})
}"""


def test_pictures_change_in_place_and_nothing_around_them_moves(server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{server.address}/workbench?epochs=100000&dataset=moons&model.layers=8,8")
    page.get_by_role("button", name="Train").click()
    page.get_by_text("Dots: training").wait_for()
    page.locator(".st-key-curve_loss canvas").wait_for()
    page.evaluate(WATCH)
    page.wait_for_function("() => window.seen.changes >= 2")
    seen = page.evaluate("() => window.seen")
    assert seen["frames"] > seen["changes"]
    assert (seen["empty"], seen["moved"]) == (0, [])

    page.get_by_role("tab", name="The net").click()
    page.get_by_role("img", name="The net from input to output").wait_for()
    assert page.get_by_text("orange above 0, blue below").is_visible()
    page.get_by_role("tab", name="Inside").click()
    page.locator(".st-key-small_gradient_norm canvas").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped after epoch").wait_for()


def test_net_before_training_follows_the_settings(quiet_server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{quiet_server.address}/workbench")
    page.get_by_text("4,810 weights and biases.").wait_for()
    page.get_by_role("textbox", name="Hidden layers (units)").fill("32,16")
    page.keyboard.press("Enter")
    page.get_by_text("2,778 weights and biases.").wait_for()
