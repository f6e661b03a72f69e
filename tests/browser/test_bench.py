"""A drawn sign is answered by a trained net, in a real browser with a real worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.store import Store
from tests.lab import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.keras]


@pytest.mark.timeout(600)
def test_drawn_sign_is_read_by_the_net_and_the_sheet_can_be_cleared(server: Any, visit: Callable[..., Any]) -> None:
    store = Store(server.home)
    run = store.submit(Experiment().with_(epochs=2))
    wait_for(lambda: store.run(run).state is State.DONE, "a trained net", 300)
    page = visit(f"{server.address}/bench?try.model={run}")
    sheet = page.get_by_role("img", name="A sheet to draw on")
    sheet.wait_for()
    box = sheet.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.8, steps=6)
    page.mouse.up()
    page.locator("dt", has_text="It answers").wait_for()
    assert page.locator("dd").first.inner_text() in set("0123456789")
    jobs = [job for job in store.jobs(run=run) if job.name == "predict"]
    drawn = jobs[-1].inputs["x"][0]
    assert len(drawn) == 8 and max(max(max(cell) for cell in row) for row in drawn) > 0.3
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("The answer appears here").wait_for()
