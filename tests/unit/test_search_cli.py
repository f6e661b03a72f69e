"""Searches from the command line and through the service, on a real store and without a trainer."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dlcore import service
from dlcore.cli import main
from dlcore.errors import Invalid, NotFound, Refused
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.services import searching
from dlcore.store import Store, searches
from dlcore.store.searches import Asked
from dlcore.studies.search import Search, Trial
from dlcore.studies.space import Space

RATE = "optimizer.learning_rate"
SPACE = {"learning_rate": {"low": 1e-3, "high": 0.1, "log": True}, "batch_size": [16, 32]}


@pytest.fixture(autouse=True)
def place(lab_home: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("KERAS_HOME", str(lab_home / "keras"))
    return store


def begun(store: Store, **more: Any) -> str:
    """A search of which two trials have ended and one is queued."""
    asked = Search(Experiment(epochs=2), Space.of(SPACE), **{"trials": 6} | more)
    number = searching.start(asked, title="rates", store=store)
    made = []
    for trial, score in ((1, 0.5), (2, 0.3), (3, None)):
        values = {RATE: 0.01 * trial, "batch_size": 16}
        own = Trial(number, trial, values, epochs=2, oracle_id=f"{trial - 1:04}")
        made.append((Asked(own, [asked.experiment_of(values, trial)]), score))
    trials = searches.record(store, number, asked=[own for own, _ in made], state=State.RUNNING)
    done = [
        replace(own, state=State.DONE, score=score, best_epoch=2, ended=9.0) for own, (_, score) in zip(trials, made, strict=True) if score
    ]
    searches.record(store, number, changed=done, seconds=4.0)
    return number


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_preset_is_started_from_the_command_line(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    command = [
        "search",
        "--preset",
        "learning-rate",
        "--set",
        "dataset=digits",
        "epochs=3",
        "--trials",
        "8",
        "--parallel",
        "1",
        "--detach",
        "--json",
    ]
    assert main(command) == 0
    [line] = printed(capsys)
    study = searching.study(line["search"], store=store)
    assert (line["event"], line["trials"], study.search.parallel, study.search.most_epochs) == ("submitted", 8, 1, 3)
    assert [own.key for own in study.search.space.dimensions] == [RATE]


def test_a_space_is_read_from_a_file_or_proposed(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "space.json").write_text(json.dumps(SPACE))
    assert (
        main(["search", "--space", str(tmp_path / "space.json"), "--oracle", "grid", "--set", "dataset=digits", "--detach", "--json"]) == 0
    )
    assert main(["search", "--vary", "dropout", "activation", "--set", "dataset=digits", "--detach", "--json"]) == 0
    grid, proposed = (searching.study(line["search"], store=store).search for line in printed(capsys))
    assert (grid.oracle, grid.planned) == ("grid", 20)
    assert [own.key for own in proposed.space.dimensions] == ["model.dropout", "model.activation"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "Say what to search"),
        (["--preset", "lerning-rate"], "Did you mean learning_rate?"),
        (["--vary", "nothing"], "no setting called 'nothing'"),
        (["--space", "nowhere.json"], "The space nowhere.json cannot be read"),
        (["--preset", "dropout", "--trials", "500"], "this grid has 9 combinations"),
        (["--preset", "dropout", "--objective", "val_mae"], "is not recorded by this experiment"),
        (["--preset", "architecture", "--oracle", "hyperband", "--epochs", "1"], "Hyperband needs at least 3"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_status_2(given: list[str], says: str, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", *given, "--set", "dataset=digits"] if given else ["search"]) == 2
    said = capsys.readouterr()
    assert says in said.err and "Traceback" not in said.err and said.out == ""
    assert searching.studies(store=store) == []


def test_searches_are_listed_with_their_best(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    number = begun(store)
    assert main(["searches", "--json"]) == 0
    [line] = printed(capsys)
    assert (line["search"], line["state"], line["planned"], line["trials"], line["best"]["trial"]) == (number, "running", 6, 2, 2)
    assert main(["searches"]) == 0
    assert "rates" in capsys.readouterr().out


def test_a_search_is_paused_resumed_and_stopped_like_a_run(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    number = begun(store)
    waiting = searching.trials(number, store=store)[2].runs[0]
    for verb, state, run in (
        ("pause", State.PAUSED, State.PAUSED),
        ("resume", State.RUNNING, State.QUEUED),
        ("stop", State.STOPPED, State.STOPPED),
    ):
        assert main([verb, number, "--json"]) == 0
        assert printed(capsys) == [{"search": number, "order": verb}]
        assert (searching.study(number, store=store).state, store.run(waiting).state) == (state, run)
    assert main(["pause", number]) == 2
    assert main(["stop", "s0"]) == 2


def test_a_search_is_exported_to_a_file(store: Store, tmp_path: Path) -> None:
    number = begun(store)
    assert main(["search-export", number, "--format", "csv", "--out", str(tmp_path / "out.csv")]) == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 4


def test_how_far_a_search_is(store: Store) -> None:
    number = begun(store)
    progress = searching.progress(number, store=store)
    assert (progress.planned, progress.ended, progress.running, progress.failed) == (6, 2, 0, 0)
    assert progress.best is not None and progress.best.number == 2
    assert (progress.seconds, progress.left) == (4.0, 8.0)


def test_the_best_is_opened_as_an_experiment_and_trained_again_with_other_seeds(store: Store) -> None:
    number = begun(store)
    best = searching.best_experiment(number, store=store)
    assert (best.optimizer.settings["learning_rate"], best.monitors) == (0.02, Experiment().monitors)
    assert searching.best_experiment(number, 1, store=store).optimizer.settings["learning_rate"] == 0.01
    runs = [store.run(run) for run in searching.retrain(number, seeds=3, store=store)]
    made = [Experiment.from_json(run.experiment) for run in runs]
    assert len({own.seed for own in made} | {best.seed}) == 4
    assert {own.with_(seed=0) for own in made} == {best.with_(seed=0, monitors=())}
    assert {(run.kind, run.worker_class) for run in runs} == {("seeds", "narrow")}


def test_what_a_person_may_not_ask_of_a_search(store: Store) -> None:
    number = begun(store)
    with pytest.raises(Invalid, match="cannot become narrower"):
        searching.widen(number, RATE, low=0.01, store=store)
    with pytest.raises(Invalid, match="would stay as it is"):
        searching.widen(number, "batch_size", choices=[16], store=store)
    with pytest.raises(Invalid, match="is not in the space"):
        searching.freeze(number, RATE, 0.5, store=store)
    with pytest.raises(Refused, match="is not frozen"):
        searching.unfreeze(number, RATE, store=store)
    with pytest.raises(Invalid, match="These values lack batch_size"):
        searching.enqueue(number, {RATE: 0.01}, store=store)
    with pytest.raises(Invalid, match="3 trials were begun already"):
        searching.change(number, trials=2, store=store)
    with pytest.raises(NotFound, match="has no trial 9"):
        searching.stop_trial(number, 9, store=store)
    with pytest.raises(Refused, match="has ended"):
        searching.stop_trial(number, 1, store=store)
    with pytest.raises(NotFound):
        searching.study("s0", store=store)
    assert [event.kind for _, event in searching.events(number, store=store)] == ["submitted"]


def test_a_net_that_no_worker_holds_is_refused_before_the_search_starts(store: Store) -> None:
    with pytest.raises(Invalid, match="This would need about"):
        searching.start(Search(Experiment().with_(layers=(8000,) * 60), Space.of(SPACE)), store=store)


def test_a_trials_curves_are_read_at_once(store: Store) -> None:
    number = begun(store)
    assert searching.curves(number, store=store) == {}
    assert service.runs(store=store)[0].search == number
