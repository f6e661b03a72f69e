"""Files and jobs: whole or not at all, counted when their event says so, damaged ones named."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from dlcore.errors import Damaged, NotFound, Unavailable
from dlcore.experiment import Experiment
from dlcore.store import Store, files
from tests.store_events import checkpoint, epochs, requeued, running, started, steps


def on_disk(store: Store) -> set[str]:
    return {str(path.relative_to(store.home)) for path in (store.home / "files").rglob("*") if path.is_file()}


def test_a_file_comes_back_and_says_what_it_is(store: Store) -> None:
    run = running(store)
    artefact = store.put_file(run, "odd name/ü.bin", b"abc", role="result", epoch=2, step=40)
    assert store.get_file(artefact) == b"abc" == store.path_of(artefact).read_bytes()
    found = store.file(artefact)
    assert (found.run, found.role, found.epoch, found.step, found.bytes) == (run, "result", 2, 40, 3)
    assert store.files(run) == [found] and on_disk(store) == {found.path}
    store.drop_file(artefact)
    assert store.files(run) == [] and on_disk(store) == set()
    with pytest.raises(NotFound):
        store.get_file(artefact)


def test_a_checkpoint_counts_only_with_its_event(store: Store) -> None:
    run = running(store)
    event = checkpoint(store, run, 1, b"one", step=10)
    assert store.files(run) == []
    store.append([event])
    assert [own.step for own in store.files(run, "latest")] == [10]


def test_a_newer_checkpoint_replaces_the_older_one_of_its_role(store: Store) -> None:
    run = running(store)
    store.append([checkpoint(store, run, 1, b"one", step=10), checkpoint(store, run, 2, b"kept", role="kept", step=10)])
    store.append([checkpoint(store, run, 3, b"two", step=20), checkpoint(store, run, 4, b"kept", role="kept", step=20)])
    assert [(own.role, own.step) for own in store.files(run)] == [("kept", 10), ("latest", 20), ("kept", 20)]
    assert len(on_disk(store)) == 3


def test_a_checkpoint_that_no_event_adopted_goes_when_the_next_attempt_starts(store: Store) -> None:
    run = running(store)
    store.append([checkpoint(store, run, 1, b"one", step=10)])
    checkpoint(store, run, 2, b"two", step=20)
    store.append([requeued(run), started(run, 2)])
    assert [own.step for own in store.files(run)] == [10] and len(on_disk(store)) == 1


def test_a_checkpoint_of_an_older_attempt_does_not_count(store: Store) -> None:
    run = running(store)
    store.append([requeued(run), started(run, 2)])
    assert store.append([checkpoint(store, run, 5, b"old", step=99, attempt=1)]) == []
    assert store.files(run) == []


@pytest.mark.parametrize("damage", [b"", b"ab", b"abx", b"abcd"])
def test_a_damaged_file_quarantines_its_run_and_nothing_else(store: Store, damage: bytes) -> None:
    run, other = running(store), running(store)
    artefact = store.put_file(run, "model.npz", b"abc", role="result")
    store.path_of(artefact).write_bytes(damage)
    with pytest.raises(Damaged, match="model.npz"):
        store.get_file(artefact)
    assert [(own.run, own.file) for own in store.quarantined()] == [(run, artefact)]
    assert {own.id for own in store.runs()} == {run, other}


def test_a_full_disk_leaves_no_half_of_a_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run = running(store)

    def full(path: Path, data: bytes) -> int:
        with open(path, "wb") as file:
            file.write(data[:1])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Unavailable, match="No space left on device"):
        store.put_file(run, "model.npz", b"abc", role="result")
    assert store.files(run) == [] and on_disk(store) == set()


def test_a_branch_takes_over_checkpoint_and_curves_up_to_it(store: Store) -> None:
    run = running(store)
    store.append([steps(run, 1, [[float(number), 0.1] for number in range(9)]), epochs(run, 2, [[0.5], [0.25], [0.125]])])
    store.append([checkpoint(store, run, 3, b"weights", role="kept", epoch=2, step=6)])
    point = store.files(run, "kept")[0]
    child = store.submit(Experiment(), parent=run, parent_epoch=2, checkpoint=point.id)
    found = store.run(child)
    assert (found.parent, found.parent_epoch, found.epoch, found.step) == (run, 2, 2, 6)
    assert [row["loss"] for row in store.history(child)] == [0.5, 0.25]
    assert len(store.curves(child, "steps")["loss"]) == 6
    latest = store.files(child, "latest")
    assert [store.get_file(own.id) for own in latest] == [b"weights"] and latest[0].step == 6
    before = (store.run(child), store.history(child), store.metrics(child))
    store.rebuild(child)
    assert (store.run(child), store.history(child), store.metrics(child)) == before
    store.path_of(point.id).write_bytes(b"torn")
    assert store.get_file(latest[0].id) == b"weights"


def test_a_branch_from_a_damaged_checkpoint_makes_no_run(store: Store) -> None:
    run = running(store)
    store.append([checkpoint(store, run, 1, b"weights", role="kept", step=6)])
    point = store.files(run, "kept")[0]
    store.path_of(point.id).write_bytes(b"torn")
    with pytest.raises(Damaged):
        store.submit(Experiment(), parent=run, checkpoint=point.id)
    assert [own.id for own in store.runs()] == [run]


def test_the_same_work_is_the_same_job(store: Store) -> None:
    run = running(store)
    artefact = store.put_file(run, "w", b"abc", role="result")
    first = store.submit_job("predict", {"rows": 3, "at": [1, 2]}, run=run, files={"checkpoint": artefact})
    assert store.submit_job("predict", {"at": [1, 2], "rows": 3}, run=run, files={"checkpoint": artefact}) == first
    assert store.submit_job("predict", {"rows": 4, "at": [1, 2]}, run=run, files={"checkpoint": artefact}) != first
    assert [own.id for own in store.jobs(states=("queued",), run=run)][0] == first
    with pytest.raises(NotFound):
        store.submit_job("predict", {}, files={"checkpoint": "gone"})


def test_work_is_done_anew_after_an_upgrade(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    job = store.submit_job("predict", {})
    monkeypatch.setattr("dlcore.store.jobs._code", lambda: "other code")
    assert store.submit_job("predict", {}) != job


def test_a_job_goes_from_queued_to_its_result_and_stays_there(lab_home: Path) -> None:
    store = Store(lab_home, clock=lambda: 5.0)
    job = store.submit_job("predict", {})
    store.update_job(job, state="running", progress=0.5)
    artefact = store.put_file("", "result.npz", b"abc", role="result")
    assert store.update_job(job, state="done", progress=1.0, result={"accuracy": 0.5}, artefact=artefact)
    assert not store.update_job(job, state="failed")
    found = store.job(job)
    assert (found.state, found.result, found.ended, found.is_finished) == ("done", {"accuracy": 0.5}, 5.0, True)
    with pytest.raises(TypeError):
        store.update_job(job, name="other")


def test_a_job_that_failed_or_lost_its_file_is_done_again(store: Store) -> None:
    job = store.submit_job("predict", {})
    store.update_job(job, state="failed", cause="No memory.")
    assert store.submit_job("predict", {}) == job
    assert (store.job(job).state, store.job(job).cause) == ("queued", "")
    artefact = store.put_file("", "result.npz", b"abc", role="result")
    store.update_job(job, state="done", artefact=artefact)
    store.submit_job("predict", {})
    assert store.job(job).state == "done"
    store.drop_file(artefact)
    store.submit_job("predict", {})
    assert store.job(job).state == "queued"


def test_a_checkpoint_that_a_job_waits_for_outlives_its_successor(store: Store) -> None:
    run = running(store)
    store.append([checkpoint(store, run, 1, b"one", step=10)])
    wanted = store.files(run, "latest")[0].id
    job = store.submit_job("export", {}, run=run, files={"checkpoint": wanted})
    store.append([checkpoint(store, run, 2, b"two", step=20)])
    assert store.get_file(wanted) == b"one"
    assert [own.step for own in store.files(run, "latest")] == [20] == [own.step for own in store.files(run)]
    store.update_job(job, state="done")
    store.append([checkpoint(store, run, 3, b"three", step=30)])
    with pytest.raises(NotFound):
        store.get_file(wanted)


def test_roles_of_checkpoints_are_those_that_events_speak_of() -> None:
    assert set(files.REPLACED) < set(files.ADOPTED) == {"latest", "final", "kept", "view"}
