"""What the service promises to pages and the command line, with no trainer and with one that is only a lock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dlcore import launch, service
from dlcore.errors import Invalid, LabError, NotFound, Refused, Unavailable
from dlcore.experiment import Experiment
from dlcore.run import Event, State
from dlcore.store import Store
from tests.store_events import checkpoint, done, epochs, requeued, started


def new(store: Store, **settings: object) -> str:
    return service.start(Experiment().with_(**settings), store=store)


def going(store: Store, **settings: object) -> str:
    """A run that a worker trains."""
    run = new(store, **settings)
    store.append([started(run, 1)])
    return run


def ended(store: Store) -> str:
    run = going(store)
    store.append([done(run, 1)])
    return run


def orders(store: Store) -> list[tuple[str, str]]:
    return [(own.target, own.order) for own in store.take_commands()]


def test_start_queues_a_run_and_the_store_is_that_of_the_environment(lab_home: Path) -> None:
    run = service.start(Experiment(epochs=3), owner="ann", title="First")
    assert service.run(run).state is State.QUEUED and service.experiment(run).epochs == 3
    assert [own.id for own in Store(lab_home).runs(owner="ann")] == [run]
    assert service.open_store() is service.open_store(lab_home)


def test_what_would_not_fit_is_refused_with_the_numbers_before_it_starts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCORE_WORKER_MEMORY", "1M")
    with pytest.raises(Invalid, match="[0-9]"):
        new(store)
    assert service.runs(store=store) == []


@pytest.mark.parametrize("verb", [service.stop, service.pause])
def test_a_running_run_is_stopped_and_paused_by_command(store: Store, verb: object) -> None:
    run = going(store)
    verb(run, store=store)  # type: ignore[operator]
    assert service.run(run, store=store).state is State.RUNNING
    assert orders(store) == [(run, verb.__name__)]  # type: ignore[attr-defined]


def test_a_waiting_run_is_paused_resumed_stopped_and_retried_without_a_trainer(store: Store) -> None:
    run = new(store)
    for verb, state in ((service.pause, "paused"), (service.resume, "queued"), (service.stop, "stopped"), (service.retry, "queued")):
        verb(run, store=store)
        assert service.run(run, store=store).state == state
    assert orders(store) == []


@pytest.mark.parametrize("verb", [service.stop, service.pause, service.resume, service.retry])
def test_a_finished_run_refuses_every_move(store: Store, verb: object) -> None:
    run = ended(store)
    with pytest.raises(Refused, match=f"Run {run} is done and cannot be"):
        verb(run, store=store)  # type: ignore[operator]


@pytest.mark.parametrize(("verb", "state"), [(service.resume, "queued"), (service.retry, "paused"), (service.resume, "stopped")])
def test_resume_is_for_paused_and_retry_for_ended_runs(store: Store, verb: object, state: str) -> None:
    run = new(store)
    {"paused": service.pause, "stopped": service.stop, "queued": lambda run, store: None}[state](run, store=store)
    with pytest.raises(Refused):
        verb(run, store=store)  # type: ignore[operator]


@pytest.mark.parametrize("name", ["run", "stop", "delete", "restore", "history", "changes", "checkpoints", "follow"])
def test_a_run_that_is_not_there_is_not_found(store: Store, name: str) -> None:
    with pytest.raises(NotFound, match="r404"):
        getattr(service, name)("r404", store=store)


def test_a_move_that_the_trainer_was_faster_with_becomes_a_command(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = new(store)
    append, overtaken = store.append, [started(run, 1)]

    def slow(events: list[Event], **options: object) -> list[Event]:
        if overtaken:
            append([overtaken.pop()])
        return append(events, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "append", slow)
    service.stop(run, store=store)
    assert service.run(run, store=store).state is State.RUNNING and orders(store) == [(run, "stop")]


def test_a_live_setting_is_changed_by_command_while_it_trains(store: Store) -> None:
    run = going(store, dropout=0.5)
    service.change(run, "learning_rate", 0.5, store=store)
    service.change(run, "dropout", "0.25", store=store)
    bodies = [dict(own.body) for own in store.take_commands()]
    assert bodies == [{"field": "optimizer.learning_rate", "value": 0.5}, {"field": "model.dropout", "value": 0.25}]


def test_a_live_setting_of_a_waiting_run_is_changed_at_once(store: Store) -> None:
    run = new(store)
    service.change(run, "optimizer.learning_rate", "0.5", store=store)
    assert service.changes(run, store=store) == [{"field": "optimizer.learning_rate", "value": 0.5, "step": 0, "epoch": 0}]
    assert orders(store) == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("epochs", 9, "epochs cannot be changed"), ("learning_rate", -1, "learning_rate = -1"), ("speed", 1, "no setting called 'speed'")],
)
def test_other_changes_are_refused_in_a_sentence(store: Store, field: str, value: object, words: str) -> None:
    run = going(store)
    with pytest.raises(Invalid, match=words):
        service.change(run, field, value, store=store)
    assert orders(store) == []


def test_a_finished_run_cannot_be_changed(store: Store) -> None:
    with pytest.raises(Refused, match="is done and cannot be changed"):
        service.change(ended(store), "learning_rate", 0.1, store=store)


def test_deleted_runs_go_to_the_trash_and_come_back(store: Store) -> None:
    run, waiting = ended(store), new(store)
    for own in (run, waiting):
        service.delete(own, store=store)
    assert service.runs(store=store) == [] and len(service.runs(trashed=True, store=store)) == 2
    with pytest.raises(Refused, match="in the trash"):
        service.retry(waiting, store=store)
    with pytest.raises(Refused, match="in the trash"):
        service.delete(run, store=store)
    service.restore(run, store=store)
    assert [own.id for own in service.runs(store=store)] == [run]
    with pytest.raises(Refused, match="not in the trash"):
        service.restore(run, store=store)
    assert service.empty_trash(store=store) == 1
    assert service.run(run, store=store).state is State.DONE


def test_a_running_run_cannot_be_deleted(store: Store) -> None:
    with pytest.raises(Refused, match="is running and cannot be deleted") as refused:
        service.delete(going(store), store=store)
    assert refused.value.hint == "Stop it first."


def test_titles_tags_and_notes_are_kept(store: Store) -> None:
    run = ended(store)
    service.rename(run, " Best one ", store=store)
    service.set_tags(run, ["a", " b ", "a", ""], store=store)
    service.set_note(run, "It overfits.", store=store)
    found = service.run(run, store=store)
    assert (found.title, found.tags, found.note) == ("Best one", ("a", "b"), "It overfits.")


def branching_run(store: Store) -> str:
    run = going(store, epochs=4)
    for epoch in (1, 2, 3):
        store.append([epochs(run, 2 * epoch, [[1 / epoch]], first=epoch)])
        store.append([checkpoint(store, run, 2 * epoch + 1, f"e{epoch}".encode(), role="kept", epoch=epoch, step=10 * epoch)])
    body = {"field": "optimizer.learning_rate", "value": 0.125, "step": 15, "epoch": 1}
    store.append([Event(run, 1, 8, "changed", 5.0, body)])
    return run


def test_a_branch_goes_on_from_an_epoch_with_other_settings(store: Store) -> None:
    run = branching_run(store)
    assert [own.epoch for own in service.checkpoints(run, store=store)] == [1, 2, 3]
    child = service.branch(run, 2, store=store, epochs=9, **{"optimizer.beta_1": "0.5"})
    made = service.experiment(child, store=store)
    assert (made.epochs, made.optimizer.settings["beta_1"], made.optimizer.settings["learning_rate"]) == (9, 0.5, 0.125)
    found = service.run(child, store=store)
    assert (found.parent, found.parent_epoch, found.epoch, found.state) == (run, 2, 2, State.QUEUED)
    assert [row["epoch"] for row in service.history(child, store=store)] == [1, 2]
    assert store.get_file(store.files(child, "latest")[0].id) == b"e2"
    early = service.branch(run, 1, store=store)
    assert service.experiment(early, store=store).optimizer.settings["learning_rate"] == 0.001


@pytest.mark.parametrize(
    ("epoch", "changes", "words"),
    [
        (7, {}, "no checkpoint of that epoch"),
        (3, {"epochs": 3}, "epochs = 3 is not allowed"),
        (None, {"layers": (8,)}, "model.layers cannot change"),
        (None, {"optimizer": "sgd"}, "optimizer cannot change"),
        (None, {"dataset": "iris"}, "dataset cannot change"),
        (None, {"seed": 3}, "seed cannot change"),
    ],
)
def test_a_branch_that_makes_no_sense_is_refused(store: Store, epoch: int | None, changes: dict[str, object], words: str) -> None:
    run = branching_run(store)
    with pytest.raises(Invalid, match=words):
        service.branch(run, epoch, store=store, **changes)
    assert len(service.runs(store=store)) == 1


def test_a_run_without_checkpoint_cannot_be_branched(store: Store) -> None:
    with pytest.raises(Refused, match="no checkpoint yet"):
        service.branch(going(store), store=store)


def test_following_yields_each_event_once_and_ends_with_the_run(store: Store) -> None:
    run = going(store)
    seen: list[str] = []
    first = threading.Event()

    def watch() -> None:
        for _, event in service.follow(run, poll=0.01, store=Store(store.home)):
            seen.append(event.kind)
            first.set()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    assert first.wait(30)
    store.append([epochs(run, 1, [[0.5]])])
    store.append([requeued(run), started(run, 2), epochs(run, 1, [[0.25]], first=2, attempt=2)])
    store.append([done(run, 2, attempt=2)])
    watcher.join(30)
    assert seen == ["submitted", "started", "epochs", "requeued", "started", "epochs", "done"]
    assert list(service.follow(run, after=service.events(run, store=store)[-1][0], store=store)) == []


def test_exports_that_need_no_keras_are_written_at_once(store: Store) -> None:
    run = branching_run(store)
    assert service.start_export(run, "json", store=store) == ""
    written = json.loads(service.export(run, "json", store=store))
    assert len(written["history"]) == 3 and written["changes"][0]["value"] == 0.125
    assert run in service.export_name(run, "json", store=store)
    with pytest.raises(Invalid, match="no export called 'pdf'"):
        service.export(run, "pdf", store=store)


def test_exports_that_need_keras_are_jobs_on_the_best_weights_there_are(store: Store) -> None:
    run = going(store)
    with pytest.raises(Refused, match="no weights yet"):
        service.start_export(run, "keras", store=store)
    store.append([checkpoint(store, run, 1, b"latest"), checkpoint(store, run, 2, b"final", role="final")])
    job = service.job(service.start_export(run, "keras", store=store), store=store)
    assert (job.name, job.run, store.get_file(job.files["checkpoint"])) == ("export", run, b"final")
    store.update_job(job.id, state="done", artefact=store.put_file(run, "model.keras", b"model", role="result"))
    assert service.export(run, "keras", store=store) == b"model" == service.job_file(job.id, store=store)


def test_a_failed_export_says_why(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = going(store)
    store.append([checkpoint(store, run, 1, b"latest")])

    def fail(place: Store) -> None:
        for job in place.jobs(states=("queued",)):
            place.update_job(job.id, state="failed", cause="No memory", hint="Use less.")

    monkeypatch.setattr(service, "_wake", fail)  # in the place of a trainer
    with pytest.raises(Unavailable, match="No memory"):
        service.export(run, "keras", store=store)


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_by_command(store: Store) -> None:
    waiting, busy = (service.submit_job("export", {"number": number}, store=store) for number in (1, 2))
    store.update_job(busy, state="running")
    service.cancel_job(waiting, store=store)
    service.cancel_job(busy, store=store)
    assert service.wait_job(waiting, store=store).state == "cancelled"
    assert orders(store) == [(busy, "cancel")]
    with pytest.raises(Unavailable, match="has not finished within 0 seconds"):
        service.wait_job(busy, timeout=0, store=store)
    with pytest.raises(Invalid, match="no job called"):
        service.submit_job("cook", {}, store=store)


def test_whether_a_trainer_runs_is_asked_of_its_lock(store: Store) -> None:
    store.report_trainer({"pid": os.getpid(), "heartbeat": 1.0, "workers": []})
    assert service.trainer_status(store=store) == {} and not launch.is_running(store.home)
    lock = launch.hold_lock(store.home)
    assert lock is not None and launch.hold_lock(store.home, patience=0.05) is None
    assert service.trainer_status(store=store)["pid"] == os.getpid()
    assert service.start_trainer(store=store) is False
    lock.close()
    assert service.trainer_status(store=store) == {} and service.stop_trainer(store=store) is False


TRAINER = """
import os, signal, sys, time
from pathlib import Path
from dlcore import launch
lock = launch.hold_lock(Path(os.environ["DLCORE_HOME"]))
if lock is None: sys.exit(0)
if {stubborn}: signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
if said := os.environ.get("GIVES_UP"):
    while not Path(os.environ["DLCORE_HOME"], "leave").exists(): time.sleep(0.01)
    print(said, flush=True)
    sys.exit(launch.GAVE_UP)
time.sleep(600)
"""


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Trainers started are processes that only hold the lock."""
    spawned: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def spawn(command: list[str], **options: object) -> subprocess.Popen[bytes]:
        assert command[1:] == ["-m", "dlcore.trainer"] and options["start_new_session"]
        code = TRAINER.format(stubborn=os.environ.get("STUBBORN", "False"))
        spawned.append(real([sys.executable, "-c", code], **options))  # type: ignore[call-overload]
        return spawned[-1]

    monkeypatch.setattr(launch.subprocess, "Popen", spawn)
    return spawned


@pytest.mark.parametrize("stubborn", ["False", "True"])
def test_a_trainer_is_started_once_and_stopped(
    store: Store, stand_in: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch, stubborn: str
) -> None:
    monkeypatch.setenv("STUBBORN", stubborn)
    monkeypatch.delenv("DLCORE_TRAINER")
    for _ in range(3):
        new(store)
    assert len(stand_in) == 1 and service.trainer_status(store=store)["running"]
    assert (store.home / "trainer.log").read_text() == "up\n"
    assert service.stop_trainer(timeout=5 if stubborn == "False" else 0.2, store=store)
    assert stand_in[0].wait(10) in (-15, -9)
    service.ensure_trainer(store=store)
    assert len(stand_in) == 2
    stand_in[1].kill()
    stand_in[1].wait()


def test_a_trainer_that_does_not_come_up_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch.sys, "executable", "/bin/false")
    with pytest.raises(Unavailable, match="did not start"):
        service.start_trainer(store=store)


@pytest.mark.parametrize("name", ["DLCORE_NARROW", "DLCORE_IDLE", "DLCORE_WORKER_MEMORY"])
def test_a_trainer_that_cannot_start_is_quoted(store: Store, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "lots")
    with pytest.raises(Unavailable, match=f"did not start: {name} = 'lots' is not allowed: it must be"):
        service.start_trainer(store=store)


def test_a_trainer_that_gave_up_is_quoted_once_and_then_tried_again(
    store: Store, stand_in: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the scheduler does not answer: whoever follows a run must not wait for ever for one trainer after the other."""
    monkeypatch.delenv("DLCORE_TRAINER")
    monkeypatch.setenv("GIVES_UP", "The scheduler does not answer.")
    run = new(store)
    (store.home / "leave").touch()
    stand_in[0].wait(60)
    with pytest.raises(Unavailable, match="The trainer gave up: The scheduler does not answer.") as said:
        list(service.follow(run, store=store))
    assert "queued runs wait" in said.value.hint and service.run(run, store=store).state is State.QUEUED
    monkeypatch.delenv("GIVES_UP")
    service.ensure_trainer(store=store)
    assert len(stand_in) == 2 and service.stop_trainer(store=store)


@pytest.mark.parametrize("verb", [service.stop, service.pause, service.resume, service.retry, service.delete])
def test_every_refusal_is_a_sentence_with_a_next_step(store: Store, verb: object) -> None:
    run = going(store) if verb is service.delete else ended(store)
    with pytest.raises(LabError) as refused:
        verb(run, store=store)  # type: ignore[operator]
    assert str(refused.value).endswith(".") and refused.value.hint.endswith(".")


def test_what_a_net_was_made_without_cannot_be_switched_on(store: Store) -> None:
    run = new(store)
    with pytest.raises(Refused, match="model.dropout cannot be switched on"):
        service.change(run, "dropout", 0.5, store=store)
    service.change(run, "patience", 3, store=store)
    offered = {full: value for full, _, value in service.changeable(run, store=store)}
    assert offered == {"optimizer.learning_rate": 0.001, "optimizer.beta_1": 0.9, "patience": 3}
