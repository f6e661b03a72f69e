"""The pictures of what opened recurrent nets do: asked of a worker, here a test that answers in its place."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dlcore import service
from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.store import Store
from dlcore.ui import link, sequence_nets, tries

Open = Callable[..., Any]
NONE = link.Opened(Experiment(), (), (), Experiment())


@pytest.fixture
def kept(store: Store, trained: Open) -> Callable[..., str]:
    """kept(2, 4) is a finished run with checkpoints after those epochs."""

    def make(*epochs: int, **changes: object) -> str:
        run = str(trained(done=max(epochs), **changes))
        for number, epoch in enumerate(epochs):
            artefact = store.put_file(run, f"kept-{epoch}", b"weights", role="kept", epoch=epoch, step=40 * epoch)
            body = {"artefact": artefact, "role": "kept", "epoch": epoch, "step": 40 * epoch}
            store.append([Event(run, 1, 3 + number, "checkpoint", time.time(), body)])
        last = store.put_file(run, "final", b"weights", role="final", epoch=max(epochs), step=40 * max(epochs))
        body = {"artefact": last, "role": "final", "epoch": max(epochs), "step": 40 * max(epochs)}
        store.append([Event(run, 1, 9, "checkpoint", time.time(), body), Event(run, 1, 10, "done", time.time(), {"metrics": {}})])
        return run

    return make


def look(*runs: str) -> tries.Look:
    return tries.Look(False, link.Opened(NONE.experiment, tuple(service.run(run) for run in runs), (), NONE.base))


def answer_jobs(store: Store, result: Callable[[Any], dict[str, Any]], arrays: dict[str, np.ndarray] | None = None) -> None:
    """Do what a worker would with every job that waits."""
    for job in store.jobs(states=("queued",)):
        artefact = ""
        if arrays:
            buffer = io.BytesIO()
            np.savez(buffer, **arrays)  # type: ignore[arg-type]
            artefact = store.put_file(job.run, f"{job.id}.npz", buffer.getvalue(), role="result")
        store.update_job(job.id, state="done", progress=1.0, result=result(job), artefact=artefact)


VALUES = tries.Values({"row": 0, "layer": 0, "prompt": "The ", "heat": 0.7, "again": 0, "period": 12, "review": "The plot was NOT dull."})
EVERY = (
    sequence_nets.gates, sequence_nets.gradients, sequence_nets.written, sequence_nets.word_lengths, sequence_nets.forecast,
    sequence_nets.reviewed,
)  # fmt: skip


@pytest.mark.parametrize("picture", EVERY, ids=lambda picture: picture.__name__)
def test_picture_without_a_run_says_how_to_get_one_and_asks_nothing(store: Store, picture: Callable[..., tries.Answer]) -> None:
    assert "appear" in picture(VALUES, look()).figure.described
    assert not store.jobs() and not sequence_nets.working(VALUES, look())


def test_a_net_that_still_trains_is_not_asked_about_its_newest_weights(store: Store, trained: Open) -> None:
    run = trained(done=1)
    assert "still trains" in sequence_nets.gates(VALUES, look(run)).figure.described
    assert not store.jobs() and sequence_nets.working(VALUES, look(run))


def test_a_net_whose_turn_has_not_come_is_said_to_wait(store: Store) -> None:
    assert "waits for its turn to train" in sequence_nets.gates(VALUES, look(store.submit(NONE.experiment))).figure.described


def test_gates_are_drawn_once_the_worker_has_answered(store: Store, kept: Open) -> None:
    run = kept(2)
    assert "busy" in sequence_nets.gates(VALUES, look(run)).figure.described
    assert sequence_nets.working(VALUES, look(run)) and len(store.jobs()) == 1
    gates = np.random.default_rng(0).uniform(size=(10, 4))
    arrays = {"forget": gates, "input": gates, "output": gates, "candidate": gates, "state": gates, "x": np.eye(10)[:, :2]}
    result = {"cell": "lstm", "steps": 10, "units": 4, "gates": ["forget", "input", "output", "candidate"], "tokens": []}
    answer_jobs(store, lambda job: result, arrays)
    drawn = sequence_nets.gates(VALUES, look(run))
    assert "forget gate" in drawn.figure.svg and "▲" in drawn.figure.svg and ("Units", "4") in drawn.numbers
    assert len(store.jobs()) == 1 and not sequence_nets.working(VALUES, look(run))


def test_failed_question_shows_its_cause(store: Store, kept: Open) -> None:
    run = kept(2)
    sequence_nets.gates(VALUES, look(run))
    store.update_job(store.jobs()[0].id, state="failed", cause="The cells of simple_rnn have no gates.", hint="Choose a run of an LSTM.")
    for _ in range(2):
        assert "have no gates" in sequence_nets.gates(VALUES, look(run)).figure.described
    assert not sequence_nets.working(VALUES, look(run))


def test_net_writes_at_every_kept_checkpoint_newest_first(store: Store, kept: Open) -> None:
    run = kept(1, 3, dataset="characters", model="rnn")
    sequence_nets.written(VALUES, look(run))
    assert len(store.jobs()) == 2
    epochs = {file.id: file.epoch for role in ("kept", "final") for file in store.files(run, role)}
    answer_jobs(store, lambda job: {"text": f"the and zzzz of at {epochs[job.files['checkpoint']]} qq", "tokens": []})
    drawn = sequence_nets.written(VALUES, look(run))
    assert drawn.text.index("After epoch 3") < drawn.text.index("After epoch 1")
    assert ("Words that exist, last", "80 %") in drawn.numbers  # the, and, of, at; not zzzz, and the last one may be cut


def test_lengths_of_written_words_stand_beside_those_of_the_data(store: Store, kept: Open) -> None:
    runs = [kept(2), kept(2, seed=1)]
    sequence_nets.word_lengths(VALUES, look(*runs))
    same = {runs[0]: [3, 4] * 500, runs[1]: [9] * 1000}
    answer_jobs(store, lambda job: {"texts": ["abc"] * 1000, "lengths": same[job.run], "cut": 0, "data_lengths": [3, 4]})
    drawn = sequence_nets.word_lengths(VALUES, look(*runs))
    assert [value for name, value in drawn.numbers] == ["0 %", "100 %"]
    second = look(runs[1])
    own = second.colour(second.opened.runs[0].colour)
    assert own in drawn.figure.svg and own in sequence_nets.word_lengths(VALUES, second).figure.svg  # whatever it is opened with


def test_a_typed_review_is_read_word_by_word(store: Store, kept: Open) -> None:
    run = kept(2, dataset="reviews", model="rnn")
    sequence_nets.reviewed(VALUES, look(run))
    (job,) = store.jobs()
    rows = np.array(job.inputs["x"])[..., 0]
    assert (rows > 0).sum(axis=1).tolist() == [1, 2, 3, 4, 5] and (rows[4, -5:-1] == rows[3, -4:]).all()
    answer_jobs(store, lambda job: {"outputs": [[0.5], [0.5], [0.5], [0.4], [0.9]]})
    drawn = sequence_nets.reviewed(VALUES, look(run))
    assert ("It says", "for the film") in drawn.numbers and ("Sure", "90 %") in drawn.numbers and ">dull<" in drawn.figure.svg


@pytest.mark.parametrize(("typed", "said"), [("", "Type a few words"), ("a magnificent plot", "“a” is not among the words")])
def test_a_review_that_cannot_be_read_says_why(store: Store, kept: Open, typed: str, said: str) -> None:
    run = kept(2, dataset="reviews", model="rnn")
    assert said in sequence_nets.reviewed(tries.Values({"review": typed}), look(run)).figure.described
    assert not store.jobs()


def test_forecast_shows_the_errors_of_net_naive_and_seasonal(store: Store, kept: Open) -> None:
    run = kept(2)
    sequence_nets.forecast(VALUES, look(run))
    series = np.arange(60.0)
    arrays = {"series": series, "time": np.arange(40, 60), **dict.fromkeys(("true", "net", "naive", "seasonal"), series[40:])}
    errors = {name: {"mae": place, "rmse": 2 * place} for place, name in enumerate(("net", "naive", "seasonal"), start=1)}
    answer_jobs(store, lambda job: {"part": "test", "rows": 20, "unit": "spots", "errors": errors}, arrays)
    numbers = dict(sequence_nets.forecast(VALUES, look(run)).numbers)
    assert numbers["MAE, net"] == "1" and numbers["RMSE, seasonal"] == "6"


def test_own_expression_is_read_and_garbage_gets_a_sentence(open_page: Open) -> None:
    page = open_page("trees").set("text_input", "Expression", "1 + (2 + (3 + 4))")
    assert page.query["try.expression"] == "1 + (2 + (3 + 4))" and "10" in page.numbers.values() and not page.errors
    bad = open_page("trees", **{"try.expression": "3 + banana"})
    assert any("“b” is neither" in error or "not allowed" in error for error in bad.errors) and "32" in bad.numbers.values()
