"""The model bench: what lies on it, what it takes, what it answers; a worker's answers are written by the test."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import service
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.owndata.table_set import keep_table
from dlcore.run import Event
from dlcore.services import bench, bench_rows, own_rows, registering
from dlcore.store import Store
from dlcore.ui import words
from dlcore.ui.sketch import SIDE, ink_of


@pytest.fixture
def ended(store: Store) -> Callable[..., str]:
    """A run that is done and has weights."""

    def make(**settings: object) -> str:
        run = service.start(Experiment().with_(**{"epochs": 1} | settings))
        start = {"worker": "w", "worker_class": "wide", "environment": {}, "step": 0}
        rows = np.array([[0.5, 0.75]], "<f4")
        store.append([
            Event(run, 1, 0, "started", 1.0, start),
            Event(run, 1, 1, "epochs", 1.0, {"names": ["loss", "accuracy"], "first": 1}, rows.tobytes()),
        ])  # fmt: skip
        artefact = store.put_file(run, "final", b"w", role="final", epoch=1, step=4)
        body = {"artefact": artefact, "role": "final", "epoch": 1, "step": 4, "bytes": 1}
        store.append([Event(run, 1, 2, "checkpoint", 1.0, body), Event(run, 1, 3, "done", 2.0, {"metrics": {}})])
        return run

    return make


def answer(store: Store, name: str, result: dict[str, Any]) -> None:
    """As a worker would, to every job of that name that waits."""
    for job in store.jobs(states=("queued",)):
        if job.name == name:
            store.update_job(job.id, state="done", progress=1.0, result=result)


def fail(store: Store, name: str) -> None:
    for job in store.jobs(states=("queued",)):
        if job.name == name:
            store.update_job(job.id, state="failed", cause="No.", hint="")


def test_bench_without_a_model_says_where_to_get_one(open_page: Callable[..., Any]) -> None:
    assert "no trained net yet" in open_page("bench").words


def test_typed_values_are_asked_about_and_answered(ended: Callable[..., str], open_page: Callable[..., Any], store: Store) -> None:
    run = ended(dataset="wine")
    page = open_page("bench", **{"try.model": run})
    assert "being read" in page.words and not page.app.get("number_input")
    fail(store, "describe")
    page.app.run()
    assert len(page.app.get("number_input")) == 13
    page.set("number_input", "alcohol", 14.2)
    job = next(job for job in reversed(store.jobs()) if job.name == "predict")
    assert job.inputs["x"][0][0] == pytest.approx(14.2)
    answer(store, "predict", {"outputs": [[0.7, 0.2, 0.1]], "classes": [0], "names": ["grower 1"]})
    page.app.run()
    assert page.numbers["It answers"] == "grower 1"


def test_regression_answers_in_its_unit(ended: Callable[..., str], open_page: Callable[..., Any], store: Store) -> None:
    page = open_page("bench", **{"try.model": ended(dataset="diabetes")})
    fail(store, "describe")
    page.app.run()
    answer(store, "predict", {"outputs": [[1.52]]})
    page.app.run()
    assert page.numbers["It answers"].startswith("1.52")


def test_column_of_words_is_one_choice_and_the_answer_has_the_datas_own_unit(
    ended: Callable[..., str], open_page: Callable[..., Any], store: Store, tmp_path: Path
) -> None:
    towns = ["Bonn", "Kiel", "Ulm"]
    draw = np.random.default_rng(0)
    lines = [
        f"{size:.1f},{towns[number % 3]},{2000 * size + 300 * draw.normal():.0f}" for number, size in enumerate(draw.uniform(20, 99, 90))
    ]
    (tmp_path / "flats.csv").write_text("size,town,rent\n" + "\n".join(lines))
    keep_table(tmp_path / "flats.csv", "flats", {"target": "rent", "task": "regression"})
    page = open_page("bench", **{"try.model": ended(dataset="flats", metrics=())})
    fail(store, "describe")
    page.app.run()
    assert [one.label for one in page.app.get("number_input")] == ["size"]
    page.set("selectbox", "town", 1)
    job = next(job for job in reversed(store.jobs()) if job.name == "predict")
    assert job.inputs["x"][0][1:] == [0.0, 1.0, 0.0]
    answer(store, "predict", {"outputs": [[1.5]]})
    page.app.run()
    told = own_rows.in_target_units(Experiment().with_text({"dataset": "flats"}), [1.5])
    assert told is not None and told[0] > 1000
    assert page.numbers["It answers"] == words.number(float(told[0])) and "rent, as your rows have it." in page.words


def test_model_is_kept_under_a_name_and_promoted(ended: Callable[..., str], open_page: Callable[..., Any]) -> None:
    run = ended(dataset="wine")
    page = open_page("bench", run=run)
    page.set("text_input", "Name", "wines").press("Keep under this name")
    assert page.query == {"try.model": "wines@1"} and registering.named("wines").run == run
    page.set("selectbox", "Stage of wines@1", "production")
    assert registering.named("wines").stage == "production"
    page.press("Remove")
    assert any("in production" in error for error in page.errors) and registering.registered()


def test_model_that_is_gone_is_said(open_page: Callable[..., Any]) -> None:
    page = open_page("bench", **{"try.model": "nobody@3"})
    assert any("nobody" in error for error in page.errors)


def test_test_set_is_measured_when_asked_for(ended: Callable[..., str], open_page: Callable[..., Any], store: Store) -> None:
    page = open_page("bench", **{"try.model": ended(dataset="wine")}).press("Measure on the test set")
    answer(store, "evaluate", {"part": "test", "rows": 18, "metrics": {"loss": 0.2, "accuracy": 0.944}, "class_names": ["a", "b"],
                               "confusion": [[9, 0], [1, 8]]})  # fmt: skip
    page.app.run()
    assert page.numbers["test rows"] == "18" and page.numbers["accuracy"] == "0.944"


def ink(*places: tuple[int, int]) -> np.ndarray:
    found = np.zeros((SIDE, SIDE))
    for y, x in places:
        found[y : y + 4, x : x + 4] = 1
    return found


def test_drawing_is_scaled_and_centred_wherever_it_was_drawn() -> None:
    pictures = [bench_rows.from_drawing(ink((y, x), (y + 4, x), (y + 8, x)), (28, 28, 1), 255.0) for y, x in ((0, 0), (40, 50), (20, 20))]
    for picture in pictures:
        np.testing.assert_allclose(picture, pictures[0])
    rows, columns = np.nonzero(pictures[0][..., 0])
    assert pictures[0].shape == (28, 28, 1) and pictures[0].max() == pytest.approx(255.0)
    assert np.ptp(rows) + 1 == 20  # MNIST's digits fill 20 of 28 pixels
    assert abs(rows.mean() - 13.5) <= 0.5 and abs(columns.mean() - 13.5) <= 0.5


def test_drawing_is_as_large_as_the_signs_of_the_data() -> None:
    images = np.zeros((5, 10, 10, 1))
    images[:, 2:8, 4:5] = 9.0
    assert bench_rows.ink_share(images) == pytest.approx(0.6)
    images[:, :, 4:5] = 9.0
    assert bench_rows.ink_share(images) == 1.0
    assert bench_rows.ink_share(np.zeros((2, 4, 4, 1))) == 0.3
    tall = bench_rows.from_drawing(ink((0, 0), (4, 0), (8, 0)), (8, 8, 1), 1.0, 1.0)
    assert np.ptp(np.nonzero(tall)[0]) == 7


def test_drawing_keeps_its_ink_when_it_is_shrunk() -> None:
    draw = np.random.default_rng(0).random((56, 56))
    small = bench_rows.shrunk(draw, 8, 8)
    np.testing.assert_allclose(small, draw.reshape(8, 7, 8, 7).mean(axis=(1, 3)))
    assert bench_rows.shrunk(draw, 5, 9).mean() == pytest.approx(draw.mean())


def test_empty_or_foreign_drawing_is_none() -> None:
    assert ink_of("") is None and ink_of("not base64!") is None and ink_of(base64.b64encode(b"x").decode()) is None
    assert ink_of(base64.b64encode(bytes([255]) * SIDE * SIDE).decode()).min() == 1.0  # type: ignore[union-attr]
    with pytest.raises(Invalid, match="Nothing is drawn"):
        bench_rows.from_drawing(np.zeros((SIDE, SIDE)), (8, 8, 1), 1.0)


def test_tables_with_and_without_names_are_the_same_rows(ended: Callable[..., str]) -> None:
    model = bench.find(ended(dataset="iris"))
    plain, named = b"1,2,3,4\n5,6,7,8\n", b"\xef\xbb\xbfa;b;c;d\n1;2;3;4\n5;6;7;8\n"
    np.testing.assert_array_equal(bench_rows.from_table(model, "a.csv", plain), bench_rows.from_table(model, "b.csv", named))
    for data in (b"", b"1,2,3\n", b"1,2,3,x\n", b"1,2,3,nan\n", b"\xff\xfe"):
        with pytest.raises(Invalid, match=r"a\.csv"):
            bench_rows.from_table(model, "a.csv", data)
    with pytest.raises(Invalid, match=r"a\.npy"):
        bench_rows.from_table(model, "a.npy", b"\x93NUMPY\x01\x00")


def test_sequences_are_typed_as_numbers_or_symbols(ended: Callable[..., str]) -> None:
    waves = bench.find(ended(dataset="sines", model="rnn"))
    row = np.random.default_rng(0).normal(size=waves.input)
    np.testing.assert_allclose(bench_rows.from_text(waves, bench_rows.as_text(waves, row))[0], row, atol=1e-4)
    with pytest.raises(Invalid, match="the model takes"):
        bench_rows.from_text(waves, "1, 2")
    with pytest.raises(Invalid, match="not a row of numbers"):
        bench_rows.from_text(waves, "one two")
    letters = bench.find(ended(dataset="copy", model="rnn"))
    assert letters.experiment is not None and letters.experiment.dataset_spec.vocabulary is not None
    names = letters.experiment.dataset_spec.vocabulary(letters.experiment.dataset.settings)
    row = np.arange(letters.input[0], dtype=float)[:, None] % len(names)
    np.testing.assert_array_equal(bench_rows.from_text(letters, bench_rows.as_text(letters, row))[0], row)
    with pytest.raises(Invalid, match="not among the symbols"):
        bench_rows.from_text(letters, "☃")


def test_uploaded_pickle_is_refused(ended: Callable[..., str], tmp_path: Path) -> None:
    model = bench.find(ended(dataset="iris"))
    path = tmp_path / "x.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(Invalid, match=r"x\.npy"):
        bench_rows.from_table(model, "x.npy", path.read_bytes())
