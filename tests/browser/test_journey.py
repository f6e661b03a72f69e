"""What a person does with the first live page, in a real browser, with real training."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.keras]

# Trains until it is stopped, on any machine.
ENDLESS = "epochs=100000"


def _epoch(page: Any) -> int:
    """The epoch that the page says it is in, once it says so."""
    text = page.get_by_text(re.compile(r"^Training, epoch [\d,]+ of")).inner_text()
    return int(re.findall(r"\d[\d,]*", text)[0].replace(",", ""))


def _wait_for_epoch(page: Any, epoch: int) -> None:
    page.wait_for_function(
        """least => {
            const text = [...document.querySelectorAll('.stMarkdown')].map(e => e.innerText).find(t => t.startsWith('Training, epoch'))
            return text && Number(text.match(/\\d[\\d,]*/)[0].replaceAll(',', '')) >= least
        }""",
        arg=epoch,
    )  # fmt: skip


def _run_id(page: Any) -> str:
    page.wait_for_url(re.compile(r"[?&]run="))
    return re.search(r"run=(\w+)", page.url)[1]  # type: ignore[index]


def test_training_outlives_tab_and_server_and_its_model_can_be_taken_away(server: Any, visit: Callable[..., Any], tmp_path: Path) -> None:
    page = visit(f"{server.address}/workbench?{ENDLESS}")
    slider = page.get_by_role("slider", name="Learning rate")
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_url(re.compile("learning_rate=0.002"))
    page.get_by_role("button", name="Train").click()
    run = _run_id(page)
    _wait_for_epoch(page, 3)
    seen = _epoch(page)
    page.close()

    server.kill()
    store = Store(server.home)
    assert store.run(run).state is State.RUNNING
    server.start()
    page = visit(f"{server.address}/workbench?run={run}")
    _wait_for_epoch(page, seen + 1)
    assert page.get_by_role("slider", name="Learning rate").get_attribute("aria-valuetext") == "0.002"

    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped after epoch").wait_for()
    page.get_by_role("button", name="Make and check the models").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="Keras model").click()
    started.value.save_as(tmp_path / "model.keras")
    assert started.value.suggested_filename.endswith(".keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as model:
        assert model.testzip() is None
        assert "config.json" in model.namelist()
    page.get_by_text("Stopped after epoch").wait_for()
    history = store.history(run)
    assert [row["epoch"] for row in history] == list(range(1, len(history) + 1))
    assert len(history) > seen


def test_open_tab_goes_on_when_the_server_comes_back(server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{server.address}/workbench?{ENDLESS}")
    page.get_by_role("button", name="Train").click()
    run = _run_id(page)
    _wait_for_epoch(page, 2)
    seen = _epoch(page)
    server.kill()
    server.start()
    _wait_for_epoch(page, seen + 2)
    assert _run_id(page) == run
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped after epoch").wait_for()


def test_deep_link_works_as_first_request_of_a_fresh_server(fresh_server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{fresh_server.address}/runs")
    page.get_by_text("Nothing has been trained yet").wait_for()
    # The lab's own menu, and not a list of files.
    page.get_by_role("link", name="Home").wait_for()
    assert page.get_by_text("Lab").first.is_visible()


def test_missing_run_cannot_be_downloaded_and_the_answer_says_why(quiet_server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{quiet_server.address}/")
    answer = page.request.get(f"{quiet_server.address}/api/runs/nonsense/csv")
    assert answer.status == 404
    assert "There is no run called" in answer.text()


def test_history_is_downloaded_through_the_route(quiet_server: Any, visit: Callable[..., Any]) -> None:
    run = Store(quiet_server.home).submit(Experiment())
    page = visit(f"{quiet_server.address}/workbench?run={run}")
    with page.expect_download() as started:
        page.get_by_role("link", name="Run as JSON").click()
    assert started.value.suggested_filename.endswith(f"{run}.json")
    assert json.loads(Path(started.value.path()).read_text())


@pytest.mark.parametrize("width", [400, 1280])
def test_pages_fit_their_window(quiet_server: Any, visit: Callable[..., Any], width: int) -> None:
    for name, heading in (("", "Recent runs"), ("workbench", "Workbench"), ("runs", "Runs")):
        page = visit(f"{quiet_server.address}/{name}", width=width)
        page.get_by_role("heading", name=heading, exact=True).wait_for()
        # The sidebar slides away first, which takes a moment.
        page.wait_for_function("document.querySelector('.stMain').scrollWidth <= document.querySelector('.stMain').clientWidth")


def test_train_is_reached_by_keyboard(quiet_server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{quiet_server.address}/workbench")
    page.get_by_role("button", name="Train").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Stop").wait_for()
    page.get_by_role("button", name="Stop").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Stopped after epoch").wait_for()
