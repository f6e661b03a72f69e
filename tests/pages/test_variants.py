"""Several variants in one press, and branches: what is queued, what opens, what is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from dlcore import service
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.store import Store
from dlcore.ui import branch, variants

Open = Callable[..., Any]


def _field(name: str) -> tuple[Any, Any]:
    return next((own, value) for full, own, value in Experiment().fields() if full == name)


def test_variants_are_queued_and_opened_together(open_page: Open, store: Store) -> None:
    page = open_page("workbench", epochs="3")
    page.app.session_state[variants.OPEN] = True
    page.app.run()
    page.set("text_input", "Values", "0.1, 0.01 0.001").press("Train 3 variants")
    ids = page.query["run"].split(",")
    assert [service.experiment(run).optimizer.settings["learning_rate"] for run in ids] == [0.1, 0.01, 0.001]
    assert {service.experiment(run).epochs for run in ids} == {3}
    assert len({service.run(run).colour for run in ids}) == 3
    for label in ("learning rate 0.1", "learning rate 0.01", "learning rate 0.001"):
        assert label in page.words + " ".join(page.buttons)


@pytest.mark.parametrize(
    ("text", "says"),
    [("0.1", "there is one now"), ("0.1, abc", "learning_rate = 'abc' is not allowed"), ("", "there are 0 now")],
)
def test_values_that_cannot_be_trained_get_a_sentence(open_page: Open, store: Store, text: str, says: str) -> None:
    page = open_page("workbench")
    page.app.session_state[variants.OPEN] = True
    page.app.run()
    page.set("text_input", "Values", text)
    assert says in page.words
    assert not store.runs()


def test_more_than_six_variants_are_refused() -> None:
    with pytest.raises(Invalid, match="two to 6 different values; there are 7 now"):
        variants.make(Experiment(), "seed", [str(seed) for seed in range(7)])


def test_variant_that_would_not_fit_keeps_all_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCORE_WORKER_MEMORY", "1GB")
    with pytest.raises(Invalid, match="of memory, and a worker may use"):
        variants.make(Experiment(), "model.layers", ["16", "8192,8192"])


def test_a_part_can_differ() -> None:
    made = variants.make(Experiment(), "optimizer", ["adam", "sgd"])
    assert [one.optimizer.name for one in made] == ["adam", "sgd"]


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("optimizer.learning_rate", "0.1, 0.01;0.001", ["0.1", "0.01", "0.001"]),
        ("model.layers", "32; 64,64", ["32", "64,64"]),
        ("model.dropout", "0.1,0.2", ["0.1", "0.2"]),
        ("model.dropout", "0.1,0.2; 0.5", ["0.1,0.2", "0.5"]),
    ],
)
def test_typed_values_are_told_apart(name: str, text: str, values: list[str]) -> None:
    assert variants.split(_field(name)[0], text) == values


def test_proposed_values_make_valid_variants_of_every_number() -> None:
    for full, own, value in Experiment().fields():
        if own.kind in ("int", "float") and full != "examples":
            texts = variants.proposed(own, value)
            assert len(variants.make(Experiment(), full, texts)) >= 2, full


def _with_checkpoints(store: Store, run: str) -> None:
    for epoch in (1, 2):
        artefact = store.put_file(run, f"kept-{epoch}", b"weights", role="kept", epoch=epoch, step=40 * epoch)
        body = {"artefact": artefact, "role": "kept", "epoch": epoch, "step": 40 * epoch, "bytes": 7}
        store.append([Event(run, 1, 0, "checkpoint", time.time(), body)])


def test_branch_goes_on_from_the_chosen_epoch_with_the_forms_settings(open_page: Open, trained: Open, store: Store) -> None:
    run = trained(end="stopped")
    _with_checkpoints(store, run)
    page = open_page("workbench", run=run)
    page.set("select_slider", "Learning rate", 0.01)
    page.app.session_state[branch.OPEN] = True
    page.app.run()
    assert "Goes on with learning rate 0.01" in page.words
    page.set("select_slider", "After epoch", 1).press("Branch after epoch 1")
    child, parent = page.query["run"].split(",")
    assert parent == run
    assert (service.run(child).parent, service.run(child).parent_epoch) == (run, 1)
    assert service.experiment(child).optimizer.settings["learning_rate"] == 0.01
    assert "Went on after epoch 1 of" in page.words

    page = open_page("workbench", run=run)
    page.app.session_state[branch.OPEN] = True
    page.app.run()
    labels = [found.proto.label for found in page.app.get("page_link")]
    assert any(label.startswith("after epoch 1: ") and "learning rate 0.01" in label for label in labels)


def test_branch_that_would_change_the_net_is_refused_with_a_sentence(open_page: Open, trained: Open, store: Store) -> None:
    run = trained()
    _with_checkpoints(store, run)
    page = open_page("workbench", run=run).set("text_input", "Hidden layers (units)", "32")
    page.app.session_state[branch.OPEN] = True
    page.app.run()
    page.press("Branch after epoch 2")
    assert any("cannot change in a branch" in error for error in page.errors)
    assert page.query["run"] == run


def test_run_without_checkpoints_says_that_the_first_one_will_come(open_page: Open) -> None:
    page = open_page("workbench").press("Train")
    page.app.session_state[branch.OPEN] = True
    page.app.run()
    assert "has kept no checkpoint yet" in page.words


def test_settings_that_differ_are_named_with_their_part() -> None:
    before = Experiment()
    after = before.with_text({"optimizer": "sgd", "learning_rate": "0.1", "epochs": "5"})
    assert branch.moved(before, after) == {"optimizer": "sgd", "epochs": "5", "optimizer.learning_rate": "0.1"} | {
        "optimizer.momentum": "0.0", "optimizer.nesterov": "false"
    }  # fmt: skip
