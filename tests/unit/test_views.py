"""Views of a running net: their bytes, what a worker computes, and that the training does not notice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import Experiment, views
from dlcore.errors import Damaged, NotFound
from dlcore.run import Event
from dlcore.services import viewing
from dlcore.store import Store
from dlcore.views import View, shown

SMALL = Experiment().with_text({"examples": "400", "layers": "20,8", "epochs": "3", "monitors": "", "dropout": "0.3"})
PLANE = SMALL.with_text({"dataset": "moons", "dropout": "0"})


def test_a_view_comes_back_from_its_bytes_as_it_was() -> None:
    kernel = np.ones((2, 3), np.float16)
    made = View(3, 40, 5, False, confusion=np.eye(2, dtype=np.int32), kernels={"dense": kernel, "dense_1": 2 * kernel})
    read = views.unpack(views.pack(made))
    assert (read.epoch, read.step, read.rows, read.is_validation, read.grid) == (3, 40, 5, False, None)
    assert read.confusion is not None and read.confusion.tolist() == [[1, 0], [0, 1]] and not read.confusion.flags.writeable
    assert list(read.kernels) == ["dense", "dense_1"] and read.kernels["dense_1"][0, 0] == 2


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_bytes_cut_short_are_damaged(share: float) -> None:
    whole = views.pack(View(1, 2, confusion=np.eye(30, dtype=np.int32)))
    with pytest.raises(Damaged):
        views.unpack(whole[: int(share * len(whole))])


def test_units_shown_are_evenly_picked_with_both_ends() -> None:
    assert shown(5, 16).tolist() == [0, 1, 2, 3, 4]
    assert shown(31, 16).tolist() == list(range(0, 31, 2))
    assert shown(1, 16).tolist() == [0]


def running(store: Store) -> str:
    run = store.submit(SMALL)
    store.append([Event(run, 1, 0, "started", 1.0, {"worker": "wide-1", "worker_class": "wide", "environment": {}})])
    return run


def hand_in(store: Store, run: str, seq: int, view: View) -> str:
    place: dict[str, Any] = {"role": "view", "epoch": view.epoch, "step": view.step}
    artefact = store.put_file(run, f"view-{seq}", views.pack(view), **place)
    store.append([Event(run, 1, seq, "view", 2.0, place | {"artefact": artefact})])
    return artefact


def test_the_newest_view_replaces_the_one_before_and_is_read_by_run(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run = running(store)
    assert viewing.view(run, store=store) is None
    first = hand_in(store, run, 1, View(1, 10))
    seen = viewing.view(run, store=store)
    assert seen is not None and seen.epoch == 1
    assert viewing.view(run, store=store) is seen  # not read again
    hand_in(store, run, 2, View(2, 20))
    seen = viewing.view(run, store=store)
    assert seen is not None and seen.step == 20
    assert [file.step for file in store.files(run, "view")] == [20]
    with pytest.raises(NotFound):
        store.get_file(first)
    with pytest.raises(NotFound):
        viewing.view("nobody", store=store)


def test_a_damaged_view_is_none_and_quarantines_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run = running(store)
    path = store.path_of(hand_in(store, run, 1, View(1, 10, confusion=np.eye(9, dtype=np.int32))))
    path.write_bytes(path.read_bytes()[:100])
    assert viewing.view(run, store=store) is None
    assert store.quarantined() == []


def test_a_file_replaced_while_it_is_read_is_not_there_rather_than_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    run = running(store)
    old = hand_in(store, run, 1, View(1, 10))
    found = store.file(old)
    answers = iter([found])  # the row was there; then the newer one came
    real = store.file
    monkeypatch.setattr(store, "file", lambda artefact: next(answers, None) or real(artefact))
    hand_in(store, run, 2, View(2, 20))
    with pytest.raises(NotFound):
        store.get_file(old)
    assert store.quarantined() == []


def viewer_of(experiment: Experiment, desk: Any = None, budget: int = 2**40) -> tuple[Any, Any]:
    """A viewer and a session that has begun."""
    from dlcore.engine import data
    from dlcore.engine.changes import Changes
    from dlcore.engine.feed import Feed
    from dlcore.engine.session import Session
    from dlcore.engine.views import Viewer
    from dlcore.engine.worker import program_for

    rows = data.prepare(experiment)
    feed = Feed((rows.x_train, rows.y_train), (rows.x_val, rows.y_val), experiment.batch_size, budget)
    program, _ = program_for(experiment, feed)
    viewer = Viewer(program, experiment, rows)
    session = Session(experiment, program, feed, desk, Changes(), viewer)
    session.begin()
    return viewer, session


def look(experiment: Experiment) -> View:
    """The view of an untrained net, as the app reads it."""
    packed = views.pack(viewer_of(experiment)[0].look(0, 0))
    assert len(packed) < 300_000
    return views.unpack(packed)


@pytest.mark.keras
@pytest.mark.parametrize("loss", ["auto", "hinge"])
def test_mistakes_of_a_classifier_are_the_worst_first_and_agree_with_the_confusion(loss: str) -> None:
    view = look(SMALL.with_(loss=loss))
    assert view.confusion is not None and view.mistakes is not None and view.mistake_probability is not None
    assert view.mistake_true is not None and view.mistake_predicted is not None and view.mistake_inputs is not None
    assert view.confusion.shape == (10, 10) and view.confusion.sum() == view.rows == 80
    assert len(view.mistakes) == 24 <= view.rows - np.trace(view.confusion)
    assert (view.mistake_true != view.mistake_predicted).all()
    assert view.mistake_inputs.shape == (24, 8, 8, 1) and view.mistake_inputs.dtype == np.float32
    if loss == "hinge":
        assert np.isnan(view.mistake_probability).all()
    else:
        assert (np.diff(view.mistake_probability) <= 0).all() and 0 < view.mistake_probability[-1] <= 1
    from dlcore.engine import data

    rows = data.prepare(SMALL)
    assert (rows.y_val[view.mistakes] == view.mistake_true).all()
    assert [kernel.shape for kernel in view.kernels.values()] == [(16, 16), (16, 8), (8, 10)]


@pytest.mark.keras
def test_inputs_are_shown_as_the_data_set_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    viewer, _ = viewer_of(SMALL)
    scaled, constants = np.array([[0.2, 1.0]], np.float32), {"mean": [10.0, 0.0], "scale": [5.0, 255.0]}
    viewer._rows = SimpleNamespace(constants=constants)
    np.testing.assert_allclose(viewer._raw(scaled), [[11.0, 255.0]])
    viewer._experiment = SimpleNamespace(dataset_spec=SimpleNamespace(scaling="bytes"))
    assert viewer._raw(scaled).tolist() == [[11, 255]] and viewer._raw(scaled).dtype == np.uint8


@pytest.mark.keras
def test_a_slow_net_is_looked_at_with_fewer_rows_until_there_was_time_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    from dlcore.engine import views as made

    now = [0.0]
    viewer, session = viewer_of(SMALL.with_(examples=0))
    slow = made.Viewer(session.program, SMALL, viewer._rows, clock=lambda: now[0])
    predict = session.program.predict

    def slowly(x: Any) -> Any:
        now[0] += 1e-3 * len(x)
        return predict(x)

    monkeypatch.setattr(session.program, "predict", slowly)
    monkeypatch.setattr(session.program, "predicting", 0.0)
    assert slow.look(1, 1).rows == made.LEAST_ROWS
    now[0] += 0.2 / made.SHARE
    assert slow.look(2, 2).rows == pytest.approx(200, abs=3)
    now[0] += 0.1 / made.SHARE
    assert slow.look(3, 3).rows == pytest.approx(200, abs=3)
    now[0] += 1000
    assert slow.look(4, 4).rows == len(viewer._rows.x_val) > 300


@pytest.mark.keras
def test_two_features_are_seen_as_a_plane_in_raw_units() -> None:
    for loss in ("auto", "hinge"):
        view = look(PLANE.with_(loss=loss))
        assert view.grid is not None and view.points is not None and view.extent is not None and view.confusion is not None
        assert view.grid.shape == (64, 64, 1) and view.confusion.shape == (2, 2)
        low_x, high_x, low_y, high_y = map(float, view.extent)
        assert low_x < view.points[:, 0].min() < view.points[:, 0].max() < high_x
        assert high_y - low_y == pytest.approx(1.3 * np.ptp(view.points[:, 1]), rel=0.05)
        assert view.point_is_validation is not None and 0 < view.point_is_validation.sum() < len(view.points)


@pytest.mark.keras
def test_the_plane_agrees_with_the_net_at_the_points() -> None:
    viewer, session = viewer_of(PLANE.with_(epochs=30, learning_rate=0.01), Silent())
    session.run()
    view = viewer.look(30, 0)
    column = ((view.points[:, 0] - view.extent[0]) / (view.extent[1] - view.extent[0]) * 64).astype(int)
    row = ((view.points[:, 1] - view.extent[2]) / (view.extent[3] - view.extent[2]) * 64).astype(int)
    given = view.grid[row, column, 0] > 0.5
    wrong_share = 1 - np.trace(view.confusion) / view.rows
    assert wrong_share < 0.1 and np.mean(given != view.point_labels) < wrong_share + 0.05


@pytest.mark.keras
def test_regression_pairs_truth_with_prediction_and_convolutions_show_filters() -> None:
    view = look(SMALL.with_text({"dataset": "diabetes"}))
    assert view.confusion is None and view.true is not None and view.predicted is not None
    assert view.true.shape == view.predicted.shape == (view.rows, 1)
    view = look(SMALL.with_text({"model": "cnn", "filters": "4,20", "dense": "8", "validation": "0"}))
    assert view.filters is not None and view.filters.shape == (3, 3, 1, 4) and not view.is_validation


class Silent:
    """A desk that keeps what is said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Any]] = []
        self.data: list[bytes] = []

    def report(self, kind: str, body: Any, data: bytes = b"", file: Any = None) -> None:
        self.said.append((kind, dict(body)))
        if kind == "steps":
            self.data.append(data)
        elif file is not None and kind == "view":
            views.unpack(file())
        elif file is not None:
            file()

    def orders(self) -> list[Any]:
        return []

    def is_filing(self) -> bool:
        return False


@pytest.mark.keras
@pytest.mark.parametrize("model", ["mlp", "cnn", "rnn"])
def test_a_run_that_is_looked_at_all_the_time_has_the_same_bits(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from dlcore.engine import views as made

    batch_norm = {"batch_norm": "true"} if model != "rnn" else {"units": "8"}
    experiment = Experiment().with_text({"model": model, "examples": "200", "epochs": "3", "monitors": "", "dropout": "0.3", **batch_norm})
    desks = Silent(), Silent()
    for desk, seconds in zip(desks, (1e9, 0.0), strict=True):
        monkeypatch.setattr(made, "SECONDS", seconds)
        monkeypatch.setattr(made, "SHARE", 1e9)
        _, session = viewer_of(experiment, desk)
        session.run()
    once, often = desks
    assert b"".join(once.data) == b"".join(often.data)
    assert [body["epoch"] for kind, body in once.said if kind == "view"] == [1, 3]
    assert [body["epoch"] for kind, body in often.said if kind == "view"] == [1, 2, 3]
    assert often.said[-1][0] == "done" and often.said[-2][0] == "view"


@pytest.mark.keras
def test_a_view_that_cannot_be_made_is_told_once_and_training_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Silent()
    viewer, session = viewer_of(SMALL, desk)
    monkeypatch.setattr(viewer, "look", lambda *_: 1 / 0)
    session.run()
    assert desk.said[-1][0] == "done" and not [kind for kind, _ in desk.said if kind == "view"]
    assert len([body for kind, body in desk.said if kind == "log"]) == 1
