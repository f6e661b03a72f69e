"""Runs are found and compared, data are looked at, workers are watched: in a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.store import Store
from dlcore.ui import palette

pytestmark = [pytest.mark.browser]

# In the page: whether the first run of the table has its colour for dark ground.
DARK = """colours => [...document.querySelectorAll('.st-key-runs_table *')]
    .some(host => colours.includes(host.shadowRoot?.querySelector('.dot')?.style.background))"""
# In the page: whether the table shows the two runs on wine and no other.
WINES = """() => [...document.querySelectorAll('.st-key-runs_table *')]
    .some(host => host.shadowRoot?.querySelectorAll('.runs tbody tr').length === 2)"""


def _finished(store: Store, **changes: Any) -> str:
    run, now = store.submit(Experiment().with_(**{"epochs": 3} | changes)), time.time()
    curves = np.linspace(0.1, 0.9, 12, dtype="<f4").tobytes()
    store.append([
        Event(run, 1, 0, "started", now, {"worker": "wide-1", "worker_class": "wide", "environment": {}, "step": 0}),
        Event(run, 1, 1, "epochs", now, {"names": ["loss", "accuracy", "val_loss", "val_accuracy"], "first": 1}, curves),
        Event(run, 1, 2, "done", now, {"metrics": {}}),
    ])  # fmt: skip
    return run


def test_runs_are_found_and_compared_in_either_theme_and_the_link_opens_the_same(quiet_server: Any, visit: Callable[..., Any]) -> None:
    store = Store(quiet_server.home)
    first, second = _finished(store, dataset="wine", learning_rate=0.02), _finished(store, dataset="wine", learning_rate=0.05)
    page = visit(f"{quiet_server.address}/runs")
    page.get_by_role("searchbox", name="Search").fill("wine")
    page.wait_for_url(re.compile("words=wine"))
    page.wait_for_function(WINES)
    for row, heading in enumerate(("Curves", "2 runs compared")):
        page.get_by_role("checkbox", name=re.compile("Choose learning rate")).nth(row).check()
        page.get_by_role("heading", name=heading, exact=True).wait_for()
    assert set(re.search(r"run=([\w%,]+)", page.url)[1].replace("%2C", ",").split(",")) == {first, second}  # type: ignore[index]
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(DARK, arg=[f"rgb{tuple(bytes.fromhex(colour[1:]))}" for colour in palette.DARK])
    again = visit(page.url, width=400)
    again.get_by_role("heading", name="2 runs compared").wait_for()
    again.get_by_text("learning rate 0.05").filter(visible=True).first.wait_for()


def test_altair_charts_are_saved_at_print_size(quiet_server: Any, visit: Callable[..., Any]) -> None:
    store = Store(quiet_server.home)
    for rate in (0.03, 0.07):
        _finished(store, dataset="iris", learning_rate=rate)
    page = visit(f"{quiet_server.address}/runs?words=iris&try.view=Relations&try.relation=Any two", dark=True)
    page.locator(".vega-embed").hover()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download this chart as SVG").click()
    text = saved.value.path().read_text()
    assert saved.value.suggested_filename.startswith("runs-scatter") and 'width="17cm"' in text and 'fill="#fff"' in text
    assert "Learning rate" in text and text.count("<svg") == 1
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download this chart as PNG").click()
    assert int.from_bytes(saved.value.path().read_bytes()[16:20]) == 2008  # 17 cm at 300 dots per inch


@pytest.mark.keras
def test_data_are_described_by_a_worker_and_follow_a_slider(server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{server.address}/data?dataset=moons")
    page.get_by_role("tab", name="Splits and shapes").wait_for()
    slider = page.get_by_role("slider", name="Wrong labels")
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_url(re.compile("label_noise=0.05"))
    page.locator("dt", has_text="Wrong labels").wait_for()
    assert page.locator("dt", has_text="Wrong labels").locator("xpath=../dd").inner_text() == "35"


@pytest.mark.keras
def test_workers_are_shown_and_one_is_restarted(server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{server.address}/jobs")
    page.get_by_text("narrow-1").wait_for()
    narrow = page.locator(".st-key-worker_narrow-1")
    narrow.get_by_text("idle").wait_for()
    narrow.get_by_role("button", name="Restart").click()
    page.wait_for_function("() => !document.querySelector('.st-key-worker_narrow-1')?.innerText.includes('idle')")
    narrow.get_by_text("idle").wait_for()


@pytest.mark.parametrize("width", [1280, 400])
def test_what_an_exercise_asks_for_is_read_to_its_end(width: int, quiet_server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{quiet_server.address}/exercises", width=width)
    page.get_by_text("What to do", exact=True).wait_for()
    page.locator("[data-testid=stCheckbox] p").nth(4).wait_for()
    cut = page.locator("[data-testid=stCheckbox] p").evaluate_all("all => all.filter(p => p.scrollWidth > p.clientWidth + 1).length")
    assert page.locator("[data-testid=stCheckbox]").count() >= 5 and cut == 0
