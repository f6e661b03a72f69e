"""The data page: what a worker would describe, a test describes in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlcore import service
from dlcore.experiment import Experiment
from dlcore.jobs.describe import perform
from dlcore.services import describing
from dlcore.store import Store

Open = Callable[..., Any]


@pytest.fixture
def describe(store: Store) -> Callable[..., str]:
    """describe(dataset="moons") is the id of the job that has described these data."""

    def make(**changes: Any) -> str:
        job = describing.ask(Experiment().with_(**{"model": "mlp"} | changes))
        result, artefact = perform(service.job(job).inputs, {}, lambda fraction: None)
        assert artefact is not None
        made = store.put_file("", f"describe-{job}", artefact, role="result")
        store.update_job(job, state="done", progress=1.0, result=result, artefact=made)
        return job

    return make


@pytest.fixture
def no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer on which nothing has been downloaded."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("DLCORE_DATA", raising=False)


@pytest.mark.parametrize("name", ["digits", "moons", "wine", "sines", "diabetes", "blobs"])
def test_described_data_are_drawn(open_page: Open, describe: Open, name: str) -> None:
    describe(dataset=name)
    page = open_page("data", dataset=name)
    assert page.numbers["Rows"] == f"{Experiment().with_(dataset=name, model='mlp').shape.rows:,}"
    assert page.errors == []


def test_numbers_say_how_many_labels_are_wrong(open_page: Open, describe: Open) -> None:
    describe(dataset="moons", label_noise=0.1)
    page = open_page("data", dataset="moons", label_noise="0.1")
    assert page.numbers["Wrong labels"] == "70"
    assert page.numbers["Training, validation, test"] == "700 / 200 / 100"
    assert "70 training labels (10%) are wrong on purpose" in page.words


def test_samples_can_be_narrowed_to_a_class(open_page: Open, describe: Open) -> None:
    describe(dataset="wine")
    page = open_page("data", dataset="wine").set("selectbox", "Class", "grower 2")
    assert set(page.app.dataframe[0].value["class"]) == {"grower 2"}
    page.set("selectbox", "Part", "test")
    assert set(page.app.dataframe[0].value["part"]) == {"test"}


def test_unbalanced_classes_are_told(open_page: Open, describe: Open) -> None:
    describe(dataset="breast_cancer")
    assert "always saying benign would be right for 63 %" in open_page("data", dataset="breast_cancer").words


def test_while_a_worker_is_awaited_the_page_says_so(open_page: Open) -> None:
    page = open_page("data", dataset="iris")
    (bar,) = page.app.get("progress")
    assert "A worker is starting" in bar.proto.text


def test_moved_slider_keeps_the_former_pictures_until_the_new_ones_are_there(open_page: Open, describe: Open) -> None:
    describe(dataset="moons")
    page = open_page("data", dataset="moons")
    page.set("slider", "Wrong labels", 0.2)
    assert page.query["label_noise"] == "0.2"
    assert page.numbers["Rows"] == "1,000" and page.app.get("progress")
    describe(dataset="moons", label_noise=0.2)
    page.app.run()
    assert page.numbers["Wrong labels"] == "140" and not page.app.get("progress")


def test_download_is_offered_with_its_size_before_anything_is_fetched(open_page: Open, store: Store, no_files: None) -> None:
    page = open_page("data", dataset="cifar10")
    assert "CIFAR-10 is not on this computer yet" in page.words and "170 MB" in page.words
    assert store.jobs() == []
    page.press("Fetch 170 MB")
    (job,) = store.jobs()
    store.update_job(job.id, state="running", progress=0.45)
    page.app.run()
    assert page.app.get("progress")[0].proto.text == "Fetching CIFAR-10: 50 % of 170 MB."
    page.press("Cancel")
    assert store.jobs() and "CIFAR-10 is not on this computer yet" in page.words


def test_failed_download_says_why_and_what_else_there_is(open_page: Open, store: Store, no_files: None) -> None:
    page = open_page("data", dataset="mnist").press("Fetch 11 MB")
    (job,) = store.jobs()
    cause = "MNIST is not on this computer, and storage.googleapis.com could not be reached."
    store.update_job(job.id, state="failed", cause=cause, hint="Connect to the network, or use digits, which needs no network.")
    page.app.run()
    assert any("could not be reached" in error and "Connect to the network" in error for error in page.errors)
    assert store.job(job.id).state == "failed", "nothing is asked for again unasked"
    page.press("Try again")
    assert store.job(job.id).state == "queued"
    page.press("Cancel").press("Use Handwritten digits instead")
    assert page.query.get("dataset", "digits") == "digits"


def test_settings_that_are_out_of_range_are_said_beside_the_field(open_page: Open, describe: Open) -> None:
    describe(dataset="iris")
    page = open_page("data", dataset="iris", validation="0.5")
    page.set("slider", "Test share", 0.5)
    assert "leave nothing to train on" in page.words
