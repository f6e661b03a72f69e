"""What workers cost, for whom they work, and starting one anew, with the fake engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dlcore import service
from dlcore.errors import NotFound, Refused
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.services import crewing
from dlcore.store import Store
from dlcore.trainer.meter import Meter
from tests import fake_worker
from tests.lab import Trainer, finished, trainer_environment, wait_for


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainer]:
    made = Trainer(tmp_path_factory.mktemp("lab"), {})
    made.environment = {**trainer_environment(made.home), "DLCORE_NARROW": "1", "DLCORE_SILENCE": "30"}
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


def worker(store: Store, name: str) -> dict[str, Any]:
    found = service.trainer_status(store=store).get("workers", ())
    return next((one for one in found if one["name"] == name), {})


def idle(store: Store, name: str, but: int = 0) -> dict[str, Any]:
    wait_for(lambda: worker(store, name).get("state") == "idle" and worker(store, name)["pid"] != but, f"{name} to be idle")
    return worker(store, name)


def test_status_says_what_each_worker_does_for_whom_and_what_it_costs(store: Store) -> None:
    idle(store, "narrow-1")
    run = store.submit(Experiment(epochs=100_000), owner="Ada")
    busy = wait_for(lambda: now if (now := worker(store, "wide-1")).get("run") == run else None, "the run to train")
    assert (busy["state"], busy["class"], busy["owner"], busy["job"]) == ("busy", "wide", "Ada", "")
    assert busy["rss"] > 1_000_000 and 0 <= busy["cpu"] <= 100
    assert store.run(run).created <= busy["since"] <= time.time()
    job = store.submit_job("wait", {"seconds": 1000}, run=run)
    at_job = wait_for(lambda: now if (now := worker(store, "narrow-1")).get("job") == job else None, "the job to run")
    assert (at_job["state"], at_job["owner"], at_job["run"]) == ("busy", "Ada", "")
    machine = service.trainer_status(store=store)["machine"]
    assert 0 <= machine["cpu"] <= 100 and 0 < machine["rss"] < machine["memory"] and machine["cores"] >= 1
    store.command(run, "stop")
    store.command(job, "cancel")
    assert idle(store, "wide-1")["owner"] == "" == idle(store, "narrow-1")["job"]


def test_a_worker_restarted_in_a_run_goes_on_with_it_bitwise_in_another_process(store: Store) -> None:
    before = idle(store, "wide-1")
    experiment = Experiment(epochs=30, seed=3)
    run = store.submit(experiment)
    wait_for(lambda: store.run(run).step > 20, "step 20")
    crewing.restart_worker("wide-1", store=store)
    done = finished(store, run)
    assert (done.state, done.attempt, done.exact) == (State.DONE, 2, True)
    assert idle(store, "wide-1", but=before["pid"])
    requeued = [event.body for _, event in store.events(run, kinds=["requeued"])]
    assert [(body["cause"], body["how"]) for body in requeued] == [("The worker was restarted.", "trainer")]
    losses, _ = fake_worker.undisturbed(experiment)
    assert store.curve(run, "loss", "steps").tobytes() == losses


def test_a_narrow_worker_restarted_in_a_series_of_trials_finishes_them_in_another_process(store: Store) -> None:
    before = idle(store, "narrow-1")
    runs = [store.submit(Experiment(epochs=15, seed=seed), kind="trial") for seed in range(3)]
    wait_for(lambda: store.run(runs[0]).step > 20, "step 20")
    crewing.restart_worker("narrow-1", store=store)
    assert [finished(store, run).state for run in runs] == [State.DONE] * 3
    assert idle(store, "narrow-1", but=before["pid"])
    causes = [event.body["cause"] for run in runs for _, event in store.events(run, kinds=["requeued"])]
    assert set(causes) == {"The worker was restarted."}
    for seed, run in enumerate(runs):
        losses, _ = fake_worker.undisturbed(Experiment(epochs=15, seed=seed))
        assert store.curve(run, "loss", "steps").tobytes() == losses


def test_an_idle_worker_and_one_at_a_job_are_restarted(store: Store) -> None:
    before = idle(store, "narrow-1")
    crewing.restart_worker("narrow-1", store=store)
    before = idle(store, "narrow-1", but=before["pid"])
    job = store.submit_job("wait", {"seconds": 3})
    wait_for(lambda: worker(store, "narrow-1").get("job") == job, "the job to run")
    crewing.restart_worker("narrow-1", store=store)
    wait_for(lambda: store.job(job).is_finished, "the job to end")
    assert store.job(job).state == "done"
    assert idle(store, "narrow-1", but=before["pid"])


def test_a_worker_that_is_not_there_is_named_with_those_that_are(store: Store, tmp_path: Path) -> None:
    idle(store, "narrow-1")
    with pytest.raises(NotFound, match="wide-7") as refusal:
        crewing.restart_worker("wide-7", store=store)
    assert "narrow-1" in refusal.value.hint
    with pytest.raises(Refused, match="No trainer"):
        crewing.restart_worker("wide-1", store=Store(tmp_path / "other"))


def test_a_meter_averages_over_a_second_and_starts_anew_with_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    from dlcore.trainer import meter as module

    now, used = [0.0], {1: 0.0, 2: 50.0}
    monkeypatch.setattr(module, "spent", lambda pid: used[pid])
    monkeypatch.setattr("psutil.cpu_count", lambda: 4)
    meter = Meter(lambda: now[0])
    assert meter.look(1) == 0
    now[0], used[1] = 0.5, 0.5
    assert meter.look(1) == 0
    now[0], used[1] = 2.0, 4.0
    assert meter.look(1) == 50
    now[0] = 2.5
    assert meter.look(1) == 50
    assert meter.look(2) == 0
