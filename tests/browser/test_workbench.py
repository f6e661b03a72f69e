"""The workbench's controls in a real browser: undo, examples, link, file, variants, live changes, branches."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from dlcore.experiment import Experiment
from dlcore.store import Store
from dlcore.ui.presets import PRESETS

pytestmark = [pytest.mark.browser, pytest.mark.keras]

PATIENCE_MS = 60_000


def _side_by_side(page: Any, count: int) -> list[str]:
    """The ids of the opened runs, once there are so many."""
    page.wait_for_url(re.compile(rf"[?&]run=\w+(%2C\w+){{{count - 1}}}(&|$)"))
    return re.search(r"run=([\w%]+)", page.url)[1].split("%2C")  # type: ignore[index]


def test_link_is_copied_in_one_press_and_opens_the_same_view(quiet_server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{quiet_server.address}/workbench?dropout=0.3&epochs=7")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Link copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert "epochs=7" in page.url


def test_where_the_clipboard_is_closed_the_link_is_shown_to_be_copied_by_hand(quiet_server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{quiet_server.address}/workbench?epochs=7")
    # As on a page that came over plain HTTP from another machine, in a browser that has given up the old way too.
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined}); document.execCommand = () => false")
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_role("textbox", name="Link to this page")
    field.wait_for()
    assert field.input_value() == page.url


def test_undo_takes_a_slider_back_by_keyboard(quiet_server: Any, visit: Callable[..., Any]) -> None:
    expect = pytest.importorskip("playwright.sync_api").expect
    page = visit(f"{quiet_server.address}/workbench")
    slider = page.get_by_role("slider", name="Learning rate")
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_url(re.compile("learning_rate=0.002"))
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_enabled()
    undo.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"workbench$"))
    expect(slider).to_have_attribute("aria-valuetext", "0.001")


def test_example_fills_the_form_and_says_what_to_look_for(quiet_server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{quiet_server.address}/workbench")
    page.get_by_role("button", name="Examples").click()
    page.get_by_text(PRESETS["spirals"].title).click()
    page.wait_for_url(re.compile("dataset=spirals"))
    page.get_by_text(PRESETS["spirals"].look).wait_for()
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(page.get_by_role("textbox", name="Hidden layers (units)")).to_have_value("32,32", timeout=PATIENCE_MS)


def test_experiment_file_opens_in_the_form(quiet_server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{quiet_server.address}/workbench")
    page.get_by_text("Open an experiment file").click()
    field = page.locator("input[type=file]")
    field.set_input_files({"name": "bad.json", "mimeType": "application/json", "buffer": b'{"epochs": 0}'})
    page.get_by_text("epochs = 0 is not allowed").wait_for()
    body = Experiment().with_text({"dataset": "iris", "epochs": "7"}).to_json().encode()
    field.set_input_files({"name": "mine.json", "mimeType": "application/json", "buffer": body})
    page.wait_for_url(re.compile("dataset=iris&epochs=7"))


def test_variants_train_side_by_side_and_one_is_branched(server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{server.address}/workbench?epochs=12")
    page.get_by_role("button", name="Variants").click()
    page.get_by_role("button", name="Train 3 variants").click()
    ids = _side_by_side(page, 3)
    page.get_by_text("Done: trained 12 epochs").wait_for()
    assert not page.get_by_role("button", name="Train 3 variants").is_visible()
    store = Store(server.home)
    rates = [json.loads(store.run(run).experiment)["optimizer"]["learning_rate"] for run in ids]
    assert rates == [0.0001, 0.001, 0.01]

    page.get_by_role("button", name="Branch", exact=True).click()
    page.get_by_role("button", name="Branch after epoch 12").click()
    child, *others = _side_by_side(page, 4)
    assert others == ids
    page.get_by_text("Done: trained 24 epochs").wait_for()
    page.get_by_text("Went on after epoch 12 of").wait_for()
    run = store.run(child)
    assert (run.parent, run.parent_epoch, run.epoch) == (ids[0], 12, 24)
    assert store.history(child)[:12] == store.history(ids[0])


def test_change_while_it_trains_begins_at_the_runs_own_values(server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{server.address}/workbench?epochs=100000")
    page.get_by_role("button", name="Train").click()
    page.get_by_text(re.compile("^Training, epoch")).wait_for()
    (run,) = _side_by_side(page, 1)
    page.get_by_role("button", name="Change", exact=True).click()
    slider = page.get_by_test_id("stPopoverBody").get_by_role("slider", name="Learning rate")
    slider.wait_for()
    assert slider.get_attribute("aria-valuetext") == "0.001"
    slider.focus()
    slider.press("ArrowRight")
    store = Store(server.home)
    while not (changes := [event.body for _, event in store.events(run, kinds=("changed",))]):
        page.wait_for_timeout(100)
    assert [(change["field"], change["value"]) for change in changes] == [("optimizer.learning_rate", 0.002)]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped after epoch").wait_for()
