"""The workbench: the link is the experiment, the verbs follow the run's state."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlcore import service
from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.store import Store

Open = Callable[..., Any]


def test_first_look_says_what_will_appear_and_offers_train(open_page: Open) -> None:
    page = open_page("workbench")
    assert page.buttons == ["Train", "Search"]
    assert "Your curves appear here" in page.words
    assert not page.errors


def test_link_fills_the_form(open_page: Open) -> None:
    page = open_page("workbench", **{"model.layers": "256,128", "learning_rate": "0.01", "dataset": "iris"})
    assert page.widget("text_input", "Hidden layers (units)").value == "256,128"
    assert page.widget("select_slider", "Learning rate").value == 0.01
    assert page.widget("selectbox", "Data set").value == "iris"


def test_any_value_of_a_link_is_kept_by_its_slider(open_page: Open) -> None:
    page = open_page("workbench", learning_rate="0.00137")
    assert page.widget("select_slider", "Learning rate").value == 0.00137
    page.set("text_input", "Hidden layers (units)", "32")
    assert page.query["optimizer.learning_rate"] == "0.00137"


def test_moved_slider_goes_into_the_link(open_page: Open) -> None:
    page = open_page("workbench").set("select_slider", "Learning rate", 0.01)
    assert page.query == {"optimizer.learning_rate": "0.01"}
    page.set("select_slider", "Learning rate", 0.001)
    assert page.query == {}


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("epochs", "abc", "epochs = 'abc' is not allowed"),
        ("epochs", "0", "epochs = 0 is not allowed"),
        ("nonsense", "1", "There is no setting called 'nonsense'"),
        ("dataset", "mnits", "Did you mean mnist?"),
        ("run", "nonsense", "There is no run called 'nonsense'"),
    ],
)
def test_bad_link_gets_a_sentence_and_a_page_that_works(open_page: Open, key: str, text: str, says: str) -> None:
    page = open_page("workbench", **{key: text, "batch_size": "64"})
    assert any(says in error for error in page.errors)
    assert page.widget("select_slider", "Batch size (examples)").value == 64
    page.press("Train")
    assert service.experiment(page.query["run"]).batch_size == 64


def test_refused_text_stays_with_its_reason_and_costs_nothing(open_page: Open) -> None:
    page = open_page("workbench", epochs="5").set("text_input", "Hidden layers (units)", "256,abc")
    assert "layers = '256,abc' is not allowed" in page.words
    assert page.widget("text_input", "Hidden layers (units)").value == "256,abc"
    assert page.query == {"epochs": "5"}
    page.set("text_input", "Hidden layers (units)", "256")
    assert "is not allowed" not in page.words
    assert page.query == {"epochs": "5", "model.layers": "256"}


def test_data_set_that_the_model_cannot_read_brings_a_model_that_can(open_page: Open) -> None:
    page = open_page("workbench", model="cnn").set("selectbox", "Data set", "iris")
    assert page.query == {"dataset": "iris"}
    assert "cnn" not in page.widget("selectbox", "Model").options
    assert any("cannot read this data set" in toast.value for toast in page.app.toast)


def test_setting_by_name_takes_a_value_for_each_layer(open_page: Open) -> None:
    page = open_page("workbench", **{"model.layers": "32,16"}).set("text_input", "Set by name", "dropout=0.2,0.5")
    assert page.query["model.dropout"] == "0.2,0.5"
    page.set("text_input", "Set by name", "nonsense=1")
    assert "There is no setting called 'nonsense'" in page.words


def test_train_starts_a_run_and_the_link_opens_it(open_page: Open, store: Store) -> None:
    page = open_page("workbench", epochs="7").press("Train")
    assert list(page.query) == ["run"]
    run = store.run(page.query["run"])
    assert (run.state, run.epochs) == ("queued", 7)
    assert run.owner.startswith("browser")
    assert page.buttons[:2] == ["Stop", "Pause"]
    again = open_page("workbench", run=run.id)
    assert again.widget("select_slider", "Epochs").value == 7


def test_default_settings_beside_another_run_survive_the_link(open_page: Open, trained: Open) -> None:
    run = trained(end="done", **{"optimizer.learning_rate": 0.01, "epochs": 20})
    page = open_page("workbench", run=run)
    assert page.widget("select_slider", "Learning rate").value == 0.01
    page.set("select_slider", "Learning rate", 0.001)
    assert open_page("workbench", **page.query).widget("select_slider", "Learning rate").value == 0.001


def test_verbs_follow_the_state(open_page: Open, trained: Open) -> None:
    assert open_page("workbench", run=trained()).buttons[:2] == ["Stop", "Pause"]
    assert open_page("workbench", run=trained(end="paused")).buttons[:2] == ["Resume", "Stop"]
    assert open_page("workbench", run=trained(end="done")).buttons[:1] == ["Train"]
    assert open_page("workbench", run=trained(end="stopped")).buttons[:2] == ["Train", "Go on"]
    assert open_page("workbench", run=trained(end="failed")).buttons[:2] == ["Train", "Retry"]


def test_pause_of_a_queued_run_is_shown_at_once(open_page: Open) -> None:
    page = open_page("workbench").press("Train").press("Pause")
    assert page.buttons[:2] == ["Resume", "Stop"]
    assert "Nothing is lost" in page.words
    page.press("Resume")
    assert page.buttons[:2] == ["Stop", "Pause"]


def test_a_move_that_came_too_late_is_said_and_the_page_goes_on(open_page: Open, store: Store) -> None:
    page = open_page("workbench").press("Train")
    service.stop(page.query["run"])
    page.press("Pause")
    assert any("cannot be paused" in error for error in page.errors)
    assert page.buttons[:2] == ["Train", "Go on"]


def test_failed_run_says_cause_hint_and_offers_retry(open_page: Open, trained: Open) -> None:
    run = trained(end="failed")
    page = open_page("workbench", run=run)
    assert page.errors == ["The loss became NaN at step 84.  \nLower the learning rate."]
    page.press("Retry")
    assert service.run(run).state == "queued"


def test_live_numbers_come_from_the_record(open_page: Open, trained: Open) -> None:
    numbers = open_page("workbench", run=trained(done=2)).numbers
    assert numbers["Validation accuracy"] == "0.650"
    assert numbers["Best so far"] == "0.650 in epoch 2"
    assert numbers["Epoch"] == "2 of 4"
    assert numbers["Examples per second"] == "118 k"
    assert numbers["Time left"] == "1.0 s"


def test_next_run_lies_over_the_last_one(open_page: Open, trained: Open) -> None:
    first = trained(end="done")
    page = open_page("workbench", run=first).set("select_slider", "Learning rate", 0.01).press("Train")
    newest, older = page.query["run"].split(",")
    assert older == first and newest != first
    assert "learning rate 0.001" in page.words and "learning rate 0.01" in page.words
    page.press("learning rate 0.001")
    assert page.query["run"] == newest


def test_setting_is_changed_while_it_trains(open_page: Open, trained: Open, store: Store) -> None:
    run = trained()
    page = open_page("workbench", run=run)
    page.app.session_state["change.open"] = True
    page.app.run()
    slider = [found for found in page.app.select_slider if found.label == "Learning rate"]
    live = next(found for found in slider if found.key.startswith("live."))
    live.set_value(0.01).run()
    (command,) = store.take_commands()
    assert (command.order, command.body["field"], command.body["value"]) == ("change", "optimizer.learning_rate", 0.01)


def test_nothing_trained_without_memory_for_it(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCORE_WORKER_MEMORY", "1MB")
    page = open_page("workbench")
    assert "of memory, and a worker may use" in page.words
    page.press("Train")
    assert "run" not in page.query
    assert page.errors


def test_downloads_without_our_server_are_made_when_asked_for(open_page: Open, trained: Open) -> None:
    page = open_page("workbench", run=trained(end="done"))
    labels = [button.label for button in page.app.get("download_button")]
    assert {"History as CSV", "Python script"} <= set(labels)


def test_every_experiment_is_the_same_after_a_link(open_page: Open) -> None:
    experiment = Experiment().with_(dataset="moons", model="mlp", optimizer="sgd", **{"model.layers": (8, 8), "dataset.noise": 0.3})
    page = open_page("workbench", **experiment.to_text()).press("Train")
    assert service.experiment(page.query["run"]) == experiment


def test_a_download_is_announced_with_its_size_and_told_while_it_goes_on(
    open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "empty"))
    assert "downloads 170 MB first" in open_page("workbench", dataset="cifar10", model="cnn").words
    run = service.start(Experiment())
    environment = {"worker": "wide-1", "worker_class": "wide", "environment": {}, "step": 0}
    told = {"fraction": 0.25, "text": "Downloading CIFAR-10: 43 of 170 MB."}
    now = time.time()
    store.append([Event(run, 1, 0, "started", now, environment), Event(run, 1, 1, "progress", now, told)])
    assert "Downloading CIFAR-10: 43 of 170 MB." in open_page("workbench", run=run).words
