"""Jobs and workers: what runs, what it costs, and what can be done about it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dlcore import launch, service
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.store import Store

Open = Callable[..., Any]


@pytest.fixture
def report(store: Store) -> Iterator[Callable[..., None]]:
    """report({"name": …}, …) is what a trainer that runs says of its workers."""
    held = launch.hold_lock(store.home)
    assert held is not None

    def say(*workers: dict[str, Any]) -> None:
        known = {"pid": 7, "class": "wide", "state": "idle", "run": "", "job": "", "owner": "", "rss": 800_000_000, "cpu": 97.0}
        now = time.time()
        machine = {"cpu": 83.0, "rss": 5 * 10**9, "memory": 16 * 10**9, "cores": 4}
        status = {"pid": os.getpid(), "started": now - 90, "heartbeat": now, "machine": machine}
        store.report_trainer(status | {"workers": [known | worker for worker in workers]})

    yield say
    held.close()


def test_without_a_trainer_the_page_says_what_starts_it(open_page: Open) -> None:
    page = open_page("jobs")
    assert "It starts by itself with the next run" in page.words and "Start it now" in page.buttons
    assert "No worker is up" in page.words and "No run trains or waits" in page.words


def test_costs_are_told(open_page: Open, report: Open, trained: Open) -> None:
    report({"name": "wide-1"}, {"name": "narrow-1", "class": "narrow"})
    trained()
    service.start(Experiment())
    numbers = open_page("jobs").numbers
    assert (numbers["Training"], numbers["Waiting"]) == ("1", "1")
    assert numbers["Processor"] == "83 % of 4 cores"
    assert numbers["Memory of the machine"] == "5 GB of 16 GB" and numbers["Memory of the workers"] == "1.6 GB"


def test_worker_says_what_it_trains_and_for_whom(open_page: Open, report: Open, trained: Open) -> None:
    run = trained(done=3)
    report({"name": "wide-1", "state": "busy", "run": run})
    page = open_page("jobs")
    assert "Trains for somebody, epoch 3 of 4." in page.words and "97 % of a core · 800 MB" in page.words


def test_worker_that_cannot_be_prepared_says_why(open_page: Open, report: Open) -> None:
    report({"name": "wide-1", "state": "failed", "cause": "Keras is not installed."})
    assert "Keras is not installed." in open_page("jobs").words


def test_restart_of_a_worker_is_asked_of_the_trainer(open_page: Open, report: Open, store: Store) -> None:
    report({"name": "wide-1"})
    open_page("jobs").press("Restart")
    (command,) = store.take_commands()
    assert (command.target, command.order, command.body) == ("trainer", "restart", {"worker": "wide-1"})


def test_waiting_run_is_stopped_from_here(open_page: Open, report: Open) -> None:
    run = service.start(Experiment())
    page = open_page("jobs").press("Stop")
    assert service.run(run).state is State.STOPPED and "No run trains or waits" in page.words


def test_waiting_job_says_what_it_is_and_is_cancelled_from_here(open_page: Open, store: Store) -> None:
    job = store.submit_job("describe", {"experiment": {"dataset": {"name": "moons"}}})
    page = open_page("jobs")
    assert page.app.get("progress")[0].proto.text == "Describe data: Two moons"
    page.press("Cancel")
    assert store.job(job).state == "cancelled"
    assert list(page.app.dataframe[0].value["State"]) == ["cancelled"]


def test_runs_of_searches_are_counted_not_listed(open_page: Open) -> None:
    for _ in range(3):
        service.start(Experiment(), kind="trial")
    page = open_page("jobs")
    assert "Searches and claims: 0 runs train, 3 wait." in page.words and "Stop" not in page.buttons


def test_long_queue_is_cut_and_counted(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlcore.ui.jobs_queue.SHOWN", 2)
    for _ in range(5):
        service.start(Experiment())
    page = open_page("jobs")
    assert page.buttons.count("Stop") == 2 and "And 3 more wait." in page.words
