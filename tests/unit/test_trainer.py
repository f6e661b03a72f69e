"""The trainer at work, with the fake engine: one trainer for all of these tests, with a wide and a narrow worker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.store import Job, Store
from tests import fake_worker
from tests.lab import Trainer, finished, processes_of, trainer_environment, wait_for

LONG = 100_000  # epochs


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    made = Trainer(tmp_path_factory.mktemp("lab"), {})
    made.environment = {**trainer_environment(made.home), "DLCORE_NARROW": "1"}
    yield made.start()
    made.end()


@pytest.fixture
def store(trainer: Trainer) -> Iterator[Store]:
    opened = Store(trainer.home)
    yield opened
    for run in opened.active():
        opened.command(run.id, "stop")
    wait_for(lambda: not opened.active(), "all runs to end")
    opened.close()


def reach(store: Store, run: str, step: int) -> None:
    wait_for(lambda: store.run(run).step >= step, f"step {step}")


def in_state(store: Store, run: str, state: State) -> None:
    wait_for(lambda: store.run(run).state is state, f"{run} to be {state}")


def ended(store: Store, job: str) -> Job:
    return wait_for(lambda: now if (now := store.job(job)).is_finished else None, f"job {job} to end")


def test_run_is_trained_and_says_where_and_how(store: Store) -> None:
    run = finished(store, store.submit(Experiment(epochs=3)))
    assert (run.state, run.epoch, run.step, run.attempt, run.exact) == (State.DONE, 3, 30, 1, True)
    assert (run.worker_class, run.environment["worker_class"]) == ("wide", "wide")
    assert run.environment["threads"] == len(os.sched_getaffinity(0))
    assert set(run.metrics) == {"loss"}
    assert [row["epoch"] for row in store.history(run.id)] == [1, 2, 3]


def test_search_trial_runs_on_a_narrow_worker(store: Store) -> None:
    run = finished(store, store.submit(Experiment(epochs=1), kind="trial"))
    assert (run.state, run.worker_class, run.environment["threads"]) == (State.DONE, "narrow", 1)


def test_stopped_run_keeps_what_it_learned(store: Store) -> None:
    run = store.submit(Experiment(epochs=LONG))
    reach(store, run, 5)
    store.command(run, "stop")
    assert finished(store, run).state is State.STOPPED
    assert store.files(run, "final")


def test_paused_and_resumed_run_ends_bitwise_as_one_that_went_through(store: Store) -> None:
    experiment = Experiment(epochs=10, seed=5)
    run = store.submit(experiment)
    for step in (7, 31):
        reach(store, run, step)
        store.command(run, "pause")
        in_state(store, run, State.PAUSED)
        store.command(run, "resume")
    assert finished(store, run).state is State.DONE
    losses, final = fake_worker.undisturbed(experiment)
    assert store.curve(run, "loss", "steps").tobytes() == losses
    assert store.get_file(store.files(run, "final")[-1].id) == final


def test_resume_that_overtakes_the_pause_lets_the_run_go_on(store: Store) -> None:
    run = store.submit(Experiment(epochs=6))
    reach(store, run, 3)
    store.command(run, "pause")
    store.command(run, "resume")
    assert finished(store, run).state is State.DONE


def test_change_is_made_by_the_worker_and_becomes_an_event(store: Store) -> None:
    run = store.submit(Experiment(epochs=20))
    reach(store, run, 3)
    store.command(run, "change", field="learning_rate", value=0.5)
    changed = wait_for(lambda: store.events(run, kinds=["changed"]), "the change")
    assert {key: changed[0][1].body[key] for key in ("field", "value")} == {"field": "learning_rate", "value": 0.5}
    assert changed[0][1].body["step"] >= 3
    assert finished(store, run).state is State.DONE


def test_change_is_repeated_by_an_attempt_that_starts_before_it(store: Store, trainer: Trainer) -> None:
    run = store.submit(Experiment(epochs=40))
    reach(store, run, 10)
    store.command(run, "change", field="learning_rate", value=0.5)
    wait_for(lambda: store.events(run, kinds=["changed"]), "the change")
    os.kill(trainer.busy_on(store, run)["pid"], 9)
    after = finished(store, run)
    assert (after.state, after.attempt, after.exact) == (State.DONE, 2, True)


def test_command_for_a_run_that_is_finished_changes_nothing(store: Store) -> None:
    run = finished(store, store.submit(Experiment(epochs=1)))
    before = len(store.events(run.id))
    for order in ("stop", "pause", "resume", "retry"):
        store.command(run.id, order)
    store.command("no-such-run", "stop")
    finished(store, store.submit(Experiment(epochs=1)))
    assert len(store.events(run.id)) == before


def test_stopped_run_goes_on_after_a_retry(store: Store) -> None:
    run = store.submit(Experiment(epochs=15))
    reach(store, run, 5)
    store.command(run, "stop")
    in_state(store, run, State.STOPPED)
    store.command(run, "retry")
    in_state(store, run, State.DONE)


def test_owners_take_turns_on_the_worker(store: Store) -> None:
    first = store.submit(Experiment(epochs=2), owner="ann")
    runs = [store.submit(Experiment(epochs=1), owner=owner) for owner in ("ann", "ann", "bob")]
    done = [finished(store, run) for run in [first, *runs]]
    assert done[3].started < done[2].started


def test_job_makes_its_result_and_artefact(store: Store) -> None:
    job = ended(store, store.submit_job("add", {"a": 2, "b": 3}))
    assert (job.state, job.result, job.progress) == ("done", {"sum": 5}, 1.0)
    assert store.get_file(job.artefact) == b"5"


def test_job_gets_its_files(store: Store) -> None:
    data = store.put_file("", "data", b"x" * 1000, role="result")
    assert ended(store, store.submit_job("length", {}, files={"data": data})).result == {"length": 1000}


def test_same_job_is_done_once(store: Store) -> None:
    first = store.submit_job("add", {"a": 1, "b": 1})
    ended(store, first)
    assert store.submit_job("add", {"a": 1, "b": 1}) == first


def test_jobs_do_not_wait_for_a_run(store: Store) -> None:
    run = store.submit(Experiment(epochs=LONG))
    reach(store, run, 1)
    assert ended(store, store.submit_job("add", {"a": 7, "b": 7})).state == "done"
    assert store.run(run).state is State.RUNNING


def test_cancelled_job_ends_and_frees_its_worker(store: Store) -> None:
    job = store.submit_job("wait", {"seconds": 1000})
    wait_for(lambda: store.job(job).progress > 0, "the job to be under way")
    store.command(job, "cancel")
    assert ended(store, job).state == "cancelled"
    assert ended(store, store.submit_job("add", {"a": 3, "b": 9})).state == "done"


def test_queued_job_can_be_cancelled(store: Store) -> None:
    before, job = store.submit_job("wait", {"seconds": 1000, "first": 1}), store.submit_job("wait", {"seconds": 1000})
    store.command(job, "cancel")
    assert ended(store, job).state == "cancelled"
    store.command(before, "cancel")
    assert ended(store, before).state == "cancelled"


def test_job_that_ends_its_worker_each_time_fails_with_a_sentence(store: Store) -> None:
    job = ended(store, store.submit_job("abort", {}))
    assert job.state == "failed"
    assert "exit status" in job.cause


def test_status_names_the_workers_and_what_they_do(store: Store, trainer: Trainer) -> None:
    run = store.submit(Experiment(epochs=LONG))
    busy = trainer.busy_on(store, run)
    assert (busy["name"], busy["class"]) == ("wide-1", "wide")
    assert busy["pid"] in processes_of(trainer.home)
    wait_for(lambda: {worker["class"] for worker in trainer.workers(store)} == {"wide", "narrow"}, "the narrow worker")
    wait_for(lambda: all(worker["rss"] > 10_000_000 for worker in trainer.workers(store)), "all workers' memory")


def test_kernel_takes_a_worker_before_the_app_when_memory_runs_out(store: Store, trainer: Trainer) -> None:
    worker = trainer.busy_on(store, store.submit(Experiment(epochs=LONG)))
    assert int(Path(f"/proc/{worker['pid']}/oom_score_adj").read_text()) == 700


def test_trainer_leaves_when_it_has_been_idle(lab_home: Path) -> None:
    idle = Trainer(lab_home, trainer_environment(lab_home)).start(DLCORE_IDLE="0.5")
    try:
        assert idle.process.wait(60) == 0
    finally:
        idle.end()
