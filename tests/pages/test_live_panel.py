"""The live panel shows of a run what was recorded of it, and says what will come where nothing was."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dlcore import service, views
from dlcore.run import Event
from dlcore.store import Store
from dlcore.ui.reader import CurveReader
from dlcore.ui.watched import watch
from dlcore.views import View

Open = Callable[..., Any]
TABS = ["Mistakes", "The net", "Inside", "Speed", "Health"]


def _pictures(page: Any) -> dict[str, str]:
    """The HTML of each picture on the page, by its key."""
    found = {}
    for element in page.app.get("bidi_component"):
        if element.proto.component_name == "dlcore.picture":
            key = element.proto.id.rpartition("-")[2]
            found[key] = json.loads(element.proto.json)["html"]
    return found


def _hand_in(store: Store, run: str, view: View, seq: int = 3) -> None:
    place: dict[str, Any] = {"role": "view", "epoch": view.epoch, "step": view.step}
    artefact = store.put_file(run, f"view-{seq}", views.pack(view), **place)
    store.append([Event(run, 1, seq, "view", time.time(), place | {"artefact": artefact})])


def _probe(store: Store, run: str, seq: int, **values: float) -> None:
    names = {name.replace("__", "/"): value for name, value in values.items()}
    store.append(
        [Event(run, 1, seq, "probe", time.time(), {"names": list(names), "step": 40}, np.array(list(names.values()), "<f4").tobytes())]
    )


@pytest.fixture
def digits(store: Store, trained: Open) -> str:
    """A run on digits with a view: of 20 examples two are wrong."""
    run: str = trained()
    confusion = 2 * np.eye(10, dtype=np.int32)
    confusion[3, 3], confusion[3, 5] = 0, 2
    mistakes: dict[str, Any] = {
        "mistakes": np.array([4, 7], np.int32), "mistake_true": np.array([3, 3], np.int32), "mistake_predicted": np.array([5, 5], np.int32),
        "mistake_probability": np.array([0.9, 0.6], np.float32), "mistake_inputs": np.zeros((2, 8, 8, 1), np.float32),
    }  # fmt: skip
    _hand_in(store, run, View(2, 80, 20, confusion=confusion, kernels={"dense": np.ones((16, 16), np.float16)}, **mistakes))
    return run


def test_before_a_run_the_net_of_these_settings_is_drawn(open_page: Open) -> None:
    page = open_page("workbench", **{"model.layers": "32,16"})
    drawn = _pictures(page)["net_before"]
    assert "32 values" in drawn and "16 values" in drawn and "2,778 weights and biases." in drawn
    assert "Your curves appear here" in page.words


def test_classes_get_their_confusion_and_their_worst_mistakes(open_page: Open, digits: str) -> None:
    pictures = _pictures(open_page("workbench", run=digits))
    assert "2 of 3 taken for 5" in pictures["second"] and "20 validation examples, after epoch 2." in pictures["second"]
    assert "2 of 20 validation examples wrong after epoch 2" in pictures["mistakes"]
    assert pictures["mistakes"].index("90 % sure") < pictures["mistakes"].index("60 % sure")


def test_two_features_get_their_boundary(open_page: Open, store: Store, trained: Open) -> None:
    run = trained(dataset="moons")
    plane: dict[str, Any] = {
        "grid": np.zeros((64, 64, 1), np.float16), "extent": np.array([-1.0, 2.0, -1.0, 1.5]), "points": np.zeros((2, 2), np.float32),
        "point_labels": np.array([0, 1], np.int32), "point_is_validation": np.array([False, True]),
    }  # fmt: skip
    _hand_in(store, run, View(2, 80, 20, confusion=np.eye(2, dtype=np.int32), **plane))
    assert "What the net says where" in _pictures(open_page("workbench", run=run))["second"]


def test_a_regression_gets_predicted_against_true(open_page: Open, store: Store, trained: Open) -> None:
    run = trained(dataset="diabetes")
    true = np.linspace(0.5, 3, 20, dtype=np.float32)[:, None]
    _hand_in(store, run, View(2, 80, 20, true=true, predicted=true + 0.1))
    pictures = _pictures(open_page("workbench", run=run))
    assert "predicted (100 points of progression)" in pictures["second"]
    assert "The worst of 20 validation examples" in pictures["mistakes"]


def test_until_there_is_a_view_its_place_says_what_will_come(open_page: Open, trained: Open) -> None:
    pictures = _pictures(open_page("workbench", run=trained()))
    assert "Appears after the first epoch." in pictures["second"]
    assert "appear here after the first epoch" in pictures["mistakes"]


def test_only_the_open_tab_is_drawn(open_page: Open, digits: str) -> None:
    page = open_page("workbench", run=digits)
    assert [tab.label for tab in page.app.tabs] == TABS
    assert "net" not in _pictures(page)
    page.app.session_state["details"] = "The net"
    page.app.run()
    pictures = _pictures(page)
    assert "mistakes" not in pictures
    assert "orange above 0, blue below" in pictures["net"]


def test_health_says_what_is_wrong_and_what_to_try(open_page: Open, store: Store, trained: Open) -> None:
    run = trained()
    _probe(store, run, 3, dead_units__dense=0.9, update_ratio__dense=0.5)
    page = open_page("workbench", run=run)
    assert "90 % of the units of dense" in page.words and "(and 1 more, see Health)" in page.words
    page.app.session_state["details"] = "Health"
    page.app.run()
    assert "**Dead units.**" in page.words and "**Large steps.**" in page.words


def test_of_several_runs_one_is_shown_in_full(open_page: Open, store: Store, trained: Open) -> None:
    first, second = trained(), trained(done=3, **{"optimizer.learning_rate": 0.01})
    page = open_page("workbench", run=f"{first},{second}")
    assert page.numbers["Epoch"] == "2 of 4"
    page.set("selectbox", "Run shown in full", second)
    assert page.numbers["Epoch"] == "3 of 4"
    assert "learning rate 0.001" in page.words and "learning rate 0.01" in page.words


def test_nothing_is_read_twice_while_nothing_is_written(store: Store, trained: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    run, reader, asked = trained(), CurveReader(), list[object]()
    seen = reader.seen(run)
    curves = service.curves

    def watched(*of: Any, **more: Any) -> Any:
        asked.append(of)
        return curves(*of, **more)

    monkeypatch.setattr(service, "curves", watched)
    assert reader.seen(run) is seen and not asked
    service.rename(trained(), "another run's title")
    assert reader.seen(run) is seen and not asked
    _probe(store, run, 3, gradient_norm=1.0)
    assert set(reader.seen(run).probes) == {"gradient_norm", "step"} and asked


def test_a_change_to_a_waiting_run_is_seen_although_no_worker_reported(store: Store) -> None:
    from dlcore.experiment import Experiment

    run, reader = service.start(Experiment()), CurveReader()
    assert reader.seen(run).changes == ()
    service.change(run, "optimizer.learning_rate", 0.01)
    assert [change["value"] for change in reader.seen(run).changes] == [0.01]


def test_pictures_are_drawn_once_for_all_viewers(digits: str) -> None:
    first, second = watch([digits], False)[0], watch([digits], False)[0]
    assert first.view() is second.view()
    assert first.findings() is second.findings()
    assert first.lines("loss", first.curves()) is second.lines("loss", second.curves())
