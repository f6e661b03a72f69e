"""The form: what matters first, undo and redo, one value for each layer, presets, files, pages with settings of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from dlcore import service
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.services.duration import epoch_seconds, expected
from dlcore.ui import held, layers, link, takeaway
from dlcore.ui.presets import PRESETS, showing

Open = Callable[..., Any]
CNN = Experiment().with_text({"model": "cnn", "dropout": "0.5"})


def _press(page: Any, key: str) -> Any:
    next(button for button in page.app.button if button.key == key).click()
    page.app.run()
    return page


def test_undo_and_redo_go_through_the_changes_of_settings(open_page: Open) -> None:
    page = open_page("workbench").set("select_slider", "Learning rate", 0.01).set("select_slider", "Epochs", 50)
    assert page.query == {"optimizer.learning_rate": "0.01", "epochs": "50"}
    assert _press(page, "settings_undo").query == {"optimizer.learning_rate": "0.01"}
    assert _press(page, "settings_undo").query == {}
    assert next(button for button in page.app.button if button.key == "settings_undo").disabled
    assert _press(page, "settings_redo").query == {"optimizer.learning_rate": "0.01"}
    page.set("select_slider", "Epochs", 10)
    assert next(button for button in page.app.button if button.key == "settings_redo").disabled


def test_undo_keeps_the_open_runs(open_page: Open, trained: Open) -> None:
    run = trained(end="done")
    page = open_page("workbench", run=run).set("select_slider", "Learning rate", 0.01)
    assert _press(page, "settings_undo").query == {"run": run}


def test_few_settings_come_first_and_all_others_lie_below(open_page: Open) -> None:
    page = open_page("workbench")
    inside = [widget.label for widget in page.app.sidebar.expander[0].children.values() if hasattr(widget, "label")]
    first = ["Data set", "Model", "Hidden layers (units)", "Activation", "Optimizer", "Learning rate", "Epochs"]
    drawn = [widget.label for kind in ("selectbox", "text_input", "select_slider") for widget in page.app.sidebar.get(kind)]
    assert set(first) <= set(drawn) and not set(first) & set(inside)
    assert len(drawn) == len(set(drawn))
    assert {"Dropout", "Seed", "Batch size (examples)", "Learning-rate schedule", "Loss", "Set by name"} <= set(inside)


def test_each_layer_takes_a_value_of_its_own(open_page: Open) -> None:
    page = open_page("workbench", **{"model.layers": "32,16"}).set("selectbox", "Layer by layer", "dropout")
    page.set("slider", "Dropout, layer 2", 0.5)
    assert page.query["model.dropout"] == "0.0,0.5"
    page.set("slider", "Dropout, layer 1", 0.5)
    assert page.query["model.dropout"] == "0.5"
    page.set("selectbox", "Layer by layer", "activation").set("selectbox", "Activation, layer 1", "tanh")
    assert page.query["model.activation"] == "tanh,relu"


def test_a_single_layer_needs_no_list(open_page: Open) -> None:
    assert not [widget for widget in open_page("workbench").app.selectbox if widget.label == "Layer by layer"]


@pytest.mark.parametrize(
    ("settings", "count"), [({}, 1), ({"model.layers": "8,8,8"}, 3), ({"model": "cnn"}, 2), ({"model": "mlp", "model.layers": ""}, 0)]
)
def test_hidden_layers_are_counted_for_every_family(settings: dict[str, str], count: int) -> None:
    assert layers.hidden_layers(Experiment().with_text(settings)) == count


@pytest.mark.parametrize("name", PRESETS)
def test_preset_is_an_experiment_that_its_link_brings_back(name: str) -> None:
    preset = PRESETS[name]
    assert link.read(dict(preset.settings)).experiment == preset.experiment
    assert showing(preset.experiment) is preset
    assert preset.look.endswith(".")


def test_example_says_what_to_look_for_before_and_while_it_trains(open_page: Open) -> None:
    page = open_page("workbench", **PRESETS["spirals"].settings)
    assert PRESETS["spirals"].look in page.words
    run = page.press("Train").query["run"]
    assert service.experiment(run) == PRESETS["spirals"].experiment
    assert PRESETS["spirals"].look in open_page("workbench", run=run).words


def test_experiment_file_comes_back_from_both_exports(trained: Open) -> None:
    run = trained(end="done", learning_rate=0.01)
    for form in ("experiment", "json"):
        assert takeaway.read(service.export(run, form)) == service.experiment(run)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe", "not text"),
        (b"{", "not valid JSON"),
        (b"[]", "not a JSON object"),
        (json.dumps({"experiment": {"epochs": 0}}).encode(), "epochs = 0 is not allowed"),
        (json.dumps({"nonsense": 1}).encode(), "no field called 'nonsense'"),
    ],
)
def test_file_that_is_no_experiment_gets_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        takeaway.read(data)


def test_bare_address_of_a_page_means_its_base() -> None:
    assert link.read({}, CNN).experiment == CNN
    assert link.query(CNN, (), CNN) == {}


@pytest.mark.parametrize("changes", [{}, {"dropout": "0.0"}, {"model": "mlp"}, {"model": "mlp", "dropout": "0.0"}, {"epochs": "3"}])
def test_link_of_a_page_with_a_base_brings_back_any_settings(changes: dict[str, str]) -> None:
    experiment = CNN.with_text(changes)
    assert link.read(link.query(experiment, (), CNN), CNN).experiment == experiment


def test_keys_of_a_page_of_its_own_are_no_settings() -> None:
    opened = link.read({"try.point": "3", "epochs": "7"})
    assert (opened.experiment.epochs, opened.errors) == (7, ())


def test_time_is_foretold_before_any_run_and_says_how_roughly(open_page: Open) -> None:
    assert expected(Experiment()).basis == "machine"
    assert "very roughly" in open_page("workbench").words


def test_time_comes_from_runs_of_the_family_once_there_are_some(open_page: Open, trained: Open) -> None:
    trained(end="done")  # its epochs took half a second each
    found = expected(Experiment().with_(epochs=10))
    assert (found.basis, found.seconds) == ("family", pytest.approx(5.0))
    assert expected(Experiment().with_(model="cnn")).basis == "lab"
    assert "about 10 s of training" in open_page("workbench").words


def test_more_work_takes_longer() -> None:
    seconds = [epoch_seconds(Experiment().with_text({"model.layers": width}), 1e11) for width in ("64", "512", "512,512", "4096,4096")]
    assert seconds == sorted(set(seconds))
    few, many = (epoch_seconds(Experiment().with_text({"batch_size": size}), 1e11) for size in ("512", "8"))
    assert few < many


def _sent(page: Any, label: str) -> bool:
    return bool(next(slider for slider in page.app.get("select_slider") if slider.label == label).proto.set_value)


def test_a_redrawn_widget_does_not_overwrite_what_a_person_does_to_it_meanwhile(open_page: Open) -> None:
    page = open_page("workbench")
    assert _sent(page, "Epochs")
    page.set("select_slider", "Epochs", 50)
    assert page.query == {"epochs": "50"}
    assert not _sent(page, "Epochs")
    assert _press(page, "settings_undo").query == {}
    assert _sent(page, "Epochs")


class _Sent(dict[str, object]):
    """A session's state that counts how often a widget's value is assigned."""

    times = 0

    def __setitem__(self, key: str, value: object) -> None:
        self.times += key == "rate"
        super().__setitem__(key, value)


def test_a_value_is_sent_again_until_the_browser_has_said_it(monkeypatch: pytest.MonkeyPatch) -> None:
    state, told = _Sent(), dict[str, object]()
    inner = SimpleNamespace(
        _key_id_mapper=SimpleNamespace(get_id_from_key=lambda key, other: "id"), _new_widget_state=SimpleNamespace(states=told)
    )
    context = SimpleNamespace(page_script_hash="page", session_state=SimpleNamespace(_state=inner))
    monkeypatch.setattr(held, "get_script_run_ctx", lambda suppress_warning: context)
    monkeypatch.setattr("dlcore.ui.held.st.session_state", state)
    held.hold("rate", 0.1)
    held.hold("rate", 0.1)  # the page was drawn twice in a row; the first drawing may never have come up
    assert state.times == 2
    told["id"] = 0.1
    held.hold("rate", 0.1)
    assert state.times == 2
