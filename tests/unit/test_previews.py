"""Pictures that follow a slider: what the route answers, for whom, and how often it is worked out."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from dlcore.charts.figure import Figure
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.ui import link, previews, try_panel
from dlcore.ui.tries import Answer, Look, Try, Values

RATE = Field("rate", "float", 0.5, "Rate", minimum=0.0, maximum=1.0, step=0.1)
SIZE = Field("size", "int", 8, "Size", minimum=1, maximum=1024, log=True)
KIND = Field("kind", "choice", "one", "Kind", choices=("one", "two"))
LOOK = Look(False, link.Opened(Experiment(), (), ()))


class Counted:
    """A try's answer that counts how often it was worked out."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    def __call__(self, values: Values, look: Look) -> Answer:
        self.asked.append(values.number("rate"))
        if values.number("rate") == 1.0:
            raise Invalid("A rate of 1 leaves nothing.", "Take a smaller one.")
        return Answer(Figure("f", f"<svg>{values.number('rate'):g} {values.word('kind')}</svg>", "described", "a < b"), [("Rate", "-1")])


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
def answers(counted: Counted) -> Iterator[previews.Answers]:
    yield previews.Answers(Try("t", (RATE, SIZE, KIND), counted), LOOK)


def asked(picture: str, query: str = "") -> Response:
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": []}
    scope["path_params"] = {"picture": picture}
    # In a thread of its own: after the browser's tests a loop goes on in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(previews.preview(Request(scope)))).result()


def test_picture_is_answered_for_the_values_in_the_query(answers: previews.Answers) -> None:
    found = json.loads(asked(answers.picture, "try.rate=0.2&try.kind=two").body)
    assert found["html"] == '<svg>0.2 two</svg><p class="note">a &lt; b</p>' and not found["below"]
    assert "<dt" in found["numbers"] and "−1</dd>" in found["numbers"]


@pytest.mark.parametrize("query", ["try.rate=7", "try.rate=much", "try.kind=three", "try.rate=1"])
def test_values_that_are_not_allowed_get_no_picture(answers: previews.Answers, query: str) -> None:
    found = asked(answers.picture, query)
    assert found.status_code == 204 and not found.body


def test_nobody_guesses_a_picture_and_a_closed_page_answers_no_more(counted: Counted) -> None:
    answers = previews.Answers(Try("t", (RATE,), counted), LOOK)
    name = answers.picture
    assert asked("guess").status_code == 204 and len(name) >= 16
    del answers
    gc.collect()
    assert asked(name, "try.rate=0.3").status_code == 204 and not counted.asked


def test_page_and_picture_that_want_the_same_values_work_them_out_once(answers: previews.Answers, counted: Counted) -> None:
    values = [Values(rate=rate, size=8, kind="one") for rate in (0.1, 0.1, 0.2, 0.1)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(answers.at, values))
    assert sorted(counted.asked) == [0.1, 0.2] and found[0] is found[1] is found[3]


def test_few_answers_are_kept(answers: previews.Answers, counted: Counted) -> None:
    for rate in (0.1, 0.2, 0.3, 0.4, 0.5, 0.1):
        answers.at(Values(rate=rate, size=8, kind="one"))
    assert counted.asked == [0.1, 0.2, 0.3, 0.4, 0.5, 0.1]


def test_drawing_is_told_its_sliders_where_they_stand_and_what_their_steps_mean(answers: previews.Answers) -> None:
    told = try_panel._asked("page-1", answers.part, Values(rate=0.3, size=16, kind="two"), answers.picture)
    assert told["settings"] == {"try.rate": "0.3", "try.size": "16", "try.kind": "two"}
    sliders = told["sliders"]
    assert sliders["st-key-try-page-1-rate-slider"] == {"name": "try.rate", "at": 0.3, "steps": None}
    ladder = sliders["st-key-try-page-1-size-ladder"]
    assert ladder["steps"][ladder["at"]] == "16" and ladder["steps"][0] == "1" and ladder["steps"][-1] == "1024" and len(sliders) == 2
    assert told["address"].endswith(f"/api/pictures/{answers.picture}")
