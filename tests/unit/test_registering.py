"""Models under names: versions, stages, what outlives its run, what is refused on the way in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlcore import cli, service
from dlcore.errors import Invalid, NotFound, Refused
from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.services import bench, registering
from dlcore.store import Store, models
from tests.unit.test_keras_files import archive, layer


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "home"))
    return service.open_store()


@pytest.fixture
def trained(store: Store) -> Callable[[], str]:
    def train() -> str:
        run = service.start(Experiment().with_(dataset="wine"), store=store)
        start = {"worker": "w", "worker_class": "wide", "environment": {"keras": "3"}, "step": 0}
        store.append([Event(run, 1, 0, "started", 1.0, start)])
        artefact = store.put_file(run, "final", b"weights", role="final", epoch=1, step=4)
        body = {"artefact": artefact, "role": "final", "epoch": 1, "step": 4, "bytes": 7}
        store.append([Event(run, 1, 1, "checkpoint", 1.0, body), Event(run, 1, 2, "done", 2.0, {"metrics": {}})])
        return run

    return train


def test_the_same_name_again_is_its_next_version(trained: Callable[[], str]) -> None:
    assert [registering.register(trained(), "wine").version for _ in range(3)] == [1, 2, 3]
    assert [one.version for one in registering.registered("wine")] == [3, 2, 1]


def test_a_run_without_weights_cannot_be_registered(store: Store) -> None:
    with pytest.raises(Refused, match="no weights"):
        registering.register(service.start(Experiment(), store=store), "digits")
    assert registering.registered() == []


@pytest.mark.parametrize("name", ["", "a b", "../x", "a@1", "-a", "x" * 65])
def test_names_that_would_mean_something_else_are_refused(name: str, trained: Callable[[], str]) -> None:
    with pytest.raises(Invalid, match="a model's name has"):
        registering.register(trained(), name)


def test_one_version_is_in_production_and_the_former_one_is_archived(trained: Callable[[], str]) -> None:
    for _ in range(3):
        registering.register(trained(), "wine")
    registering.promote("wine", 1, "production")
    registering.promote("wine", 2, "production")
    assert {one.version: one.stage for one in registering.registered("wine")} == {1: "archived", 2: "production", 3: ""}
    assert registering.named("wine").version == 2 and registering.named("wine@3").version == 3
    registering.promote("wine", 2, "none")
    assert registering.named("wine").version == 3


def test_what_does_not_exist_is_said(trained: Callable[[], str]) -> None:
    registering.register(trained(), "wine")
    for text in ("beer", "wine@2", "wine@x"):
        with pytest.raises(NotFound):
            registering.named(text)
    with pytest.raises(NotFound, match="no version 7"):
        registering.promote("wine", 7, "production")
    with pytest.raises(Invalid, match="stage = 'best'"):
        registering.promote("wine", 1, "best")


def test_registered_model_outlives_its_run(trained: Callable[[], str], store: Store) -> None:
    run = trained()
    version = registering.register(run, "wine")
    service.delete(run, store=store)
    service.empty_trash(store=store)
    model = bench.find("wine")
    assert store.get_file(model.artefact) == b"weights" and model.artefact == version.artefact
    job = store.job(bench.ask(model, np.zeros((2, 13))))
    assert job.run == "" and job.name == "predict" and job.inputs["experiment"]["dataset"]["name"] == "wine"


def test_version_in_production_is_not_removed_and_others_go_with_their_files(trained: Callable[[], str], store: Store) -> None:
    first, second = (registering.register(trained(), "wine") for _ in range(2))
    registering.promote("wine", 1, "production")
    with pytest.raises(Refused, match="production"):
        registering.remove("wine", 1)
    registering.remove("wine", 2)
    assert [one.artefact for one in registering.registered()] == [first.artefact]
    with pytest.raises(NotFound):
        store.get_file(second.artefact)


def test_run_or_name_is_a_model_to_ask(trained: Callable[[], str]) -> None:
    run = trained()
    model = bench.find(run)
    assert (model.input, model.output, model.kind, model.class_names[0]) == ((13,), (3,), "vector", "grower 1")
    with pytest.raises(Invalid, match="do not suit"):
        bench.ask(model, np.zeros((2, 12)))
    with pytest.raises(Invalid, match="do not suit"):
        bench.ask(model, np.full((2, 13), np.nan))
    with pytest.raises(NotFound, match="no model called"):
        bench.find("nobody")


def test_refused_file_is_not_kept(store: Store) -> None:
    with pytest.raises(Invalid, match="Lambda"):
        registering.start_import(archive([layer(class_name="Lambda")]), "evil")
    assert not store.files("")


def test_opened_file_is_registered_once_and_one_that_keras_refuses_is_dropped(store: Store) -> None:
    job = registering.start_import(archive(), "mine")
    with pytest.raises(Refused, match="still"):
        registering.finish_import(job, "mine")
    store.update_job(job, state="done", result={"input": [4], "output": [3], "parameters": 15, "layers": []})
    assert registering.finish_import(job, "mine") == registering.finish_import(job, "mine")
    model = bench.find("mine")
    assert (model.experiment, model.input, model.output, model.class_names) == (None, (4,), (3,), ())
    assert store.job(bench.ask(model, np.zeros((1, 4)))).name == "try_model"
    other = registering.start_import(archive([layer(config={"units": 2})]), "other")
    store.update_job(other, state="failed", cause="Keras cannot make this model: no.", hint="")
    artefact = store.job(other).files["model"]
    with pytest.raises(Invalid, match="cannot make"):
        registering.finish_import(other, "other")
    with pytest.raises(NotFound):
        store.get_file(artefact)


def test_damaged_database_keeps_the_models(trained: Callable[[], str], tmp_path: Path) -> None:
    from dlcore.store import recovery

    assert "model" in recovery.FACTS
    registering.register(trained(), "wine")
    path = tmp_path / "home" / "lab.sqlite3"
    service.open_store().close()
    recovery.recover(path, 5.0)
    assert [one.name for one in models.versions(Store(tmp_path / "home"))] == ["wine"]


def test_command_line_registers_lists_and_promotes(trained: Callable[[], str], capsys: pytest.CaptureFixture[str]) -> None:
    run = trained()
    assert cli.main(["register", run, "--name", "wine", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == 1
    assert cli.main(["promote", "wine", "1"]) == 0 and cli.main(["registered", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["stage"] == "production"
    assert cli.main(["promote", "wine", "9"]) == 2 and "no version 9" in capsys.readouterr().err


def test_command_line_opens_no_pickle(tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    for suffix in (".pkl", ".h5", ".joblib"):
        (tmp_path / f"m{suffix}").write_bytes(b"\x80\x04.")
        assert cli.main(["import", str(tmp_path / f"m{suffix}")]) == 2
        assert "may hold code" in capsys.readouterr().err
