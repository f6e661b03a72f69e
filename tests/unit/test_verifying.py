"""A branch's script repeats the whole line of runs, held against it by the job that the trainer gives to a worker."""

from __future__ import annotations

import pytest

from dlcore import service
from dlcore.errors import Refused
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.services import verifying
from dlcore.store import Store
from tests.lab import PATIENCE, Trainer, finished

pytestmark = pytest.mark.keras


@pytest.mark.timeout(600)
def test_the_scripts_of_a_run_and_of_its_branch_repeat_them_bitwise(trainer: Trainer, store: Store) -> None:
    trainer.environment.update(DLCORE_WORKER_MODULE="dlcore.engine.worker", DLCORE_SILENCE="30", DLCORE_LEASE="60")
    experiment = Experiment().with_text({"examples": "400", "layers": "16", "dropout": "0.2", "epochs": "4", "schedule": "cosine"})
    parent = store.submit(experiment)
    with pytest.raises(Refused, match="no finished epoch"):
        verifying.start_verify(parent, store=store)
    trainer.start()
    assert finished(store, parent).state is State.DONE
    point = next(own for own in service.checkpoints(parent, store=store) if 0 < own.epoch < 4)
    branch = service.branch(parent, point.epoch, store=store, learning_rate=0.02, epochs=6)
    assert finished(store, branch).state is State.DONE
    before, after = service.curves(parent, store=store)["loss"], service.curves(branch, store=store)["loss"]
    assert (after[: point.epoch] == before[: point.epoch]).all() and len(after) == 6 and after[3] != before[3]
    for run, epochs in ((parent, 4), (branch, 6)):
        job = service.wait_job(verifying.start_verify(run, store=store), PATIENCE, store=store)
        assert job.state == "done", (job.cause, job.hint)
        assert (job.result["epochs"], job.result["equal"], job.result["bitwise"]) == (epochs, True, True), job.result["largest"]
    assert b"model.fit(" in service.job_file(job.id, store=store)
