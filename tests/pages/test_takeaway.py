"""Take away: models are offered with how far they are from the net, the proof stands beside the run, imported runs say what they lack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dlcore import service
from dlcore.run import Event
from dlcore.services import exported, importing, taking_away
from dlcore.store import Store
from dlcore.ui import proof

Open = Callable[..., Any]
COMPARED = {"rows": 180, "part": "test", "difference": 1.234e-7, "size": 1.0, "agree": 1.0, "unrolled": False}


def give_weights(store: Store, run: str) -> None:
    artefact = store.put_file(run, "final", b"w", role="final", epoch=2, step=80)
    body = {"artefact": artefact, "role": "final", "epoch": 2, "step": 80, "bytes": 1}
    store.append([Event(run, 1, 3, "checkpoint", 1.0, body)])
    store.append([Event(run, 1, 4, "done", 2.0, {"metrics": {}})])


def finish(store: Store, name: str, **changes: Any) -> list[str]:
    """As a worker would, for every job of that name that waits; their formats."""
    waiting = [job for job in store.jobs(states=("queued",)) if job.name == name]
    for job in waiting:
        made = store.put_file(job.run, "file", b"model", role="result") if changes["state"] == "done" else ""
        store.update_job(job.id, progress=1.0, artefact=made, **changes)
    return [job.inputs.get("form", "") for job in waiting]


def test_models_are_offered_once_they_are_checked_with_the_largest_difference(open_page: Open, trained: Open, store: Store) -> None:
    run = trained()
    give_weights(store, run)
    page = open_page("workbench", run=run)
    labels = {button.label for button in page.app.get("download_button")}
    assert "Not made yet" in page.words and "History as CSV" in labels and "ONNX" not in labels
    page.press("Make and check the models")
    assert "Waiting for a worker." in page.words
    result = {"name": "x", "mime": "y", "bytes": 123_456, "compared": COMPARED}
    forms = finish(store, "export", state="done", result=result)
    assert {"keras", "weights", "savedmodel", "onnx", "litert", "litert_int8"} <= set(forms)
    page.app.run()
    assert "differs by at most 1.2e-07 on 180 test rows, the same class for 100.0%" in page.words
    assert "ONNX" in {button.label for button in page.app.get("download_button")}


def test_long_history_is_read_only_where_something_was_exported(trained: Open, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page asks at every look, and a run of ten thousand epochs has a megabyte of history."""
    run = trained()
    give_weights(store, run)
    read = []
    whole = taking_away.bundle
    monkeypatch.setattr(taking_away, "bundle", lambda *of: read.append(of) or whole(*of))
    assert exported.made(run, ["keras"], store=store) == {} and not read
    job = service.start_export(run, "keras", store=store)
    read.clear()
    assert [exported.made(run, ["keras", "onnx"], store=store)["keras"].id for _ in range(3)] == [job] * 3
    assert len(read) == 1
    service.rename(run, "Another", store=store)  # the title is in the model's card
    assert exported.made(run, ["keras", "onnx"], store=store) == {}


def test_models_of_a_run_without_weights_wait_for_its_first(open_page: Open, trained: Open, store: Store) -> None:
    run = trained()
    page = open_page("workbench", run=run)
    assert page.widget("button", "Make and check the models").disabled
    give_weights(store, run)
    page.app.run()
    assert not page.widget("button", "Make and check the models").disabled


def test_model_that_cannot_be_made_says_why(open_page: Open, trained: Open, store: Store) -> None:
    run = trained()
    give_weights(store, run)
    page = open_page("workbench", run=run).press("Make and check the models")
    finish(store, "export", state="failed", cause="This model cannot be written for LiteRT: no such operation.", hint="Take ONNX.")
    page.app.run()
    assert "cannot be written for LiteRT" in page.words and "Take ONNX." in page.words


def test_recurrent_model_written_out_is_said() -> None:
    assert "written out step by step" in exported.sentence(COMPARED | {"unrolled": True})
    assert exported.sentence(COMPARED | {"told": "nothing in it is in 8 bits"}).endswith("; nothing in it is in 8 bits")
    assert "very same numbers" in exported.sentence(COMPARED | {"difference": 0.0})
    assert "class" not in exported.sentence(COMPARED | {"agree": None})


def test_proof_puts_the_scripts_numbers_beside_the_runs(open_page: Open, trained: Open, store: Store) -> None:
    run = trained()
    give_weights(store, run)
    page = open_page("workbench", run=run).press("Prove it")
    history = service.history(run)
    again = [{"epoch": row["epoch"], "loss": row["loss"]} for row in history]
    result = {"epochs": 2, "largest": {"loss": 0.0}, "equal": True, "bitwise": True, "tolerance": 1e-5, "script": again}
    finish(store, "verify", state="done", result=result)
    page.app.run()
    assert any("the same to the last bit" in box.value for box in page.app.success)
    assert [row["training loss, script"] for row in proof.table(history, again).to_dict("records")] == [1.0, 0.5]


def test_proof_that_fails_says_by_how_much(open_page: Open, trained: Open, store: Store) -> None:
    run = trained()
    give_weights(store, run)
    page = open_page("workbench", run=run).press("Prove it")
    result = {"epochs": 2, "largest": {"loss": 0.25}, "equal": False, "bitwise": False, "tolerance": 1e-5, "script": []}
    finish(store, "verify", state="done", result=result)
    page.app.run()
    assert any("up to 0.25" in error for error in page.errors)


def test_imported_run_offers_its_curves_and_says_what_it_lacks(open_page: Open, store: Store) -> None:
    (run,) = importing.import_files({"cats.csv": b"epoch,loss\n0,1\n1,0.5\n"}, store=store)
    page = open_page("workbench", run=run)
    labels = {button.label for button in page.app.get("download_button")}
    assert {"History as CSV", "TensorBoard"} <= labels and "Python script" not in labels
    assert "This run was imported" in page.words and "Prove it" not in page.buttons


def test_imported_run_claims_no_data_set_in_the_table(open_page: Open, store: Store) -> None:
    importing.import_files({"cats.csv": b"epoch,loss\n0,1\n"}, store=store)
    page = open_page("runs")
    (table,) = (one.proto.json for one in page.app.get("bidi_component") if one.proto.component_name == "dlcore.run_table")
    assert "imported" in table and "Handwritten digits" not in table
