"""Exercises: their synthetic sets are read like real ones, their baselines are what they say, their experiments can be planned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import counts, registry
from dlcore.cli import main
from dlcore.errors import Invalid
from dlcore.exercises._visits import NAMES, visitors
from dlcore.experiment import Experiment
from dlcore.owndata import shelf
from dlcore.services import exercising
from dlcore.specs import Exercise
from dlcore.store import Store
from tests.unit.train_here import train

ALL = [pytest.param(exercise, id=name) for name, exercise in registry.members("exercises").items()]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.parametrize("exercise", ALL)
def test_a_synthetic_set_is_kept_and_the_exercise_can_be_done_with_it(exercise: Exercise, home: Path) -> None:
    body = exercising.make_synthetic(exercise)
    assert body["name"] == f"{exercise.name}_synthetic" and "synthetic" in body["title"] and "synthetic" in body["source"]["file"]
    assert body["kind"] == exercise.kind and body.get("left_out", []) == []
    assert not [one for one in body["warnings"] if one["level"] == "error"]  # nothing in it gives the answer away
    assert exercising.data_sets(exercise)[-1] == body["name"]
    for title, settings in exercise.experiments.items():
        made = exercising.experiment(exercise, title, body["name"])
        assert made.model.name == settings["model"] and made.plan()
        assert exercising.score(exercise, title, body["name"]).value is None


@pytest.mark.parametrize("exercise", ALL)
def test_the_same_seed_makes_the_same_file_and_another_one_another(exercise: Exercise) -> None:
    assert exercise.synthetic(3) == exercise.synthetic(3) != exercise.synthetic(4)


@pytest.mark.parametrize("exercise", ALL)
def test_exercises_are_described_in_sentences(exercise: Exercise) -> None:
    assert all(step.endswith((".", "?", ".)", "it.")) and "!" not in step for step in exercise.checklist)
    assert 3 <= len(exercise.checklist) <= 6 and exercise.source.endswith(".") and exercise.looks.endswith(".")
    assert exercise.metric != "rmse" or all("rmse" in settings["metrics"] for settings in exercise.experiments.values())
    assert exercise.dataset == "" or exercise.dataset in registry.built_in("datasets")


def test_ignorance_scores_what_arithmetic_says() -> None:
    y = np.array([0, 0, 0, 1, 2])
    assert exercising.ignorant(y, "commonest", "accuracy") == pytest.approx(0.6)
    assert exercising.ignorant(y, "commonest", "macro_f1") == pytest.approx((2 * 0.6 * 1 / (0.6 + 1)) / 3)
    said = np.array([[3, 0, 0], [1, 0, 0], [1, 0, 0]])  # the same from the confusion matrix of always saying 0
    assert exercising.macro_f1(said) == pytest.approx(exercising.ignorant(y, "commonest", "macro_f1"))
    assert exercising.macro_f1(np.diag([4, 2, 9])) == 1.0
    prices = np.log1p(np.array([0.0, 0.0, 99.0]))
    assert exercising.ignorant(prices, "zero", "rmse") == pytest.approx(np.log(100) / np.sqrt(3))
    assert exercising.ignorant(prices, "mean", "rmse") == pytest.approx(prices.std())


def test_macro_f1_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import confusion_matrix, f1_score

    draw = np.random.default_rng(2)
    true, said = draw.integers(0, 4, 200), draw.integers(0, 4, 200)
    assert exercising.macro_f1(confusion_matrix(true, said)) == pytest.approx(f1_score(true, said, average="macro"))


def test_better_means_less_error_and_more_accuracy() -> None:
    found = registry.members("exercises")
    assert exercising.is_beaten(found["house_price"], 0.2, 0.4) and not exercising.is_beaten(found["house_price"], 0.4, 0.4)
    assert exercising.is_beaten(found["bollywood_age"], 0.5, 0.23) and not exercising.is_beaten(found["bollywood_age"], 0.2, 0.23)


def test_the_two_nets_for_clothes_have_as_many_weights() -> None:
    exercise = registry.find("exercises", "fashion_mnist")
    sizes = []
    for title in exercise.experiments:
        made = exercising.experiment(exercise, title, "fashion_mnist")
        sizes.append(sum(layer.parameters for layer in counts.layers(made.plan(), made.shape.input)))
    assert max(sizes) / min(sizes) < 1.02 and all(220_000 < size < 224_000 for size in sizes)


def test_faces_come_in_the_proportions_that_are_said(home: Path) -> None:
    exercise = registry.find("exercises", "bollywood_age")
    body = exercising.make_synthetic(exercise)
    y = shelf.arrays(body["name"], body["version"])["y"]
    shares = dict(zip(body["class_names"], np.bincount(y) / len(y), strict=True))
    assert shares == pytest.approx({"MIDDLE": 0.54, "OLD": 0.12, "YOUNG": 0.34}, abs=0.05)


def test_a_built_in_set_is_guessed_among_its_classes(home: Path) -> None:
    exercise = registry.find("exercises", "house_numbers")
    assert exercising.data_sets(exercise) == ["svhn"] and exercising.baseline(exercise, "svhn") == pytest.approx(0.1)


# The shop.
VISITS = (
    ("20160903", "7", "Social", {"hits": "3", "pageviews": "2", "transactionRevenue": "2500000"}),
    ("20160901", "7", "Direct", {"hits": "1", "pageviews": "1", "bounces": "1"}),
    ("20160905", "8", "Referral", {"hits": "4"}),
    ("20160909", "7", "Direct", {"hits": "2", "transactionRevenue": "1000000"}),
)


@pytest.mark.parametrize("nested", [True, False])
def test_visits_are_added_up_for_each_visitor(nested: bool, tmp_path: Path) -> None:
    from dlcore.exercises._made import table

    source, made = tmp_path / "train.csv", tmp_path / "visitors.csv"
    keys = ("hits", "pageviews", "bounces", "transactionRevenue")
    rows: list[tuple[Any, ...]] = []
    for day, visitor, channel, totals in VISITS:
        inner = (json.dumps(totals), json.dumps({"country": "India"})) if nested else (*(totals.get(key, "") for key in keys), "India")
        rows.append((day, visitor, channel, *inner))
    names = ("totals", "geoNetwork") if nested else (*(f"totals.{key}" for key in keys), "geoNetwork.country")
    source.write_bytes(table(("date", "fullVisitorId", "channelGrouping", *names), rows))
    visitors(source, made)
    head, first, second = (line.split(",") for line in made.read_text().splitlines())
    assert tuple(head) == NAMES
    one, two = dict(zip(head, first, strict=True)), dict(zip(head, second, strict=True))
    assert one["first_visit"] == "2016-09-01" and one["channel"] == "Direct" and one["country"] == "India"  # those of the earliest visit
    assert {name: float(one[name]) for name in ("visits", "hits", "pageviews", "bounces", "revenue")} == {
        "visits": 3, "hits": 6, "pageviews": 3, "bounces": 1, "revenue": 3.5,
    }  # fmt: skip
    assert two["first_visit"] == "2016-09-05" and float(two["revenue"]) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2\n", "lacks the columns"),
        ("fullVisitorId,date\n", "has no visits"),
        ("fullVisitorId,date,totals\n1,20160901,{broken\n", "cannot be read"),
        ("", "lacks the columns"),
    ],
)
def test_what_is_no_table_of_visits_is_refused(content: str, said: str, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text(content)
    with pytest.raises(Invalid, match=said):
        exercising.bring(registry.find("exercises", "gstore"), path)


def test_visitors_of_the_shop_are_tested_on_in_the_order_of_their_first_visit(home: Path) -> None:
    exercise = registry.find("exercises", "gstore")
    body = exercising.make_synthetic(exercise)
    arrays = shelf.arrays(body["name"], body["version"])
    assert body["split"] == "time" and body["time"] == "first_visit" and body["shape"]["rows"] == 3000
    assert exercising.experiment(exercise, "Network", body["name"]).dataset_spec.in_order
    zeros = float(np.mean(arrays["y"] == 0))
    assert 0.9 < zeros < 0.99  # most spend nothing
    assert exercising.baseline(exercise, body["name"]) == pytest.approx(float(np.sqrt(np.mean(arrays["y"].astype(float) ** 2))))


def test_a_file_is_read_as_its_exercise_wants_by_command(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(registry.find("exercises", "house_price").synthetic(1)[1])
    assert main(["data", "add", str(path), "--name", "houses", "--exercise", "house_price", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["target_unit"] == "log(1 + SalePrice)" and exercising.data_sets(registry.find("exercises", "house_price")) == ["houses"]
    assert main(["data", "add", str(path), "--exercise", "chess"]) != 0
    assert "There is no exercise called 'chess'" in capsys.readouterr().err


def test_a_run_that_ended_is_scored_by_its_last_epoch(home: Path) -> None:
    import time

    from dlcore.run import Event

    exercise = registry.find("exercises", "house_price")
    name = exercising.make_synthetic(exercise)["name"]
    store = Store(home)
    run = store.submit(exercising.experiment(exercise, "Network", name))
    now, rows = time.time(), np.array([[0.5, 0.3], [0.5, 0.35]], "<f4")
    store.append([
        Event(run, 1, 0, "started", now, {"worker": "wide", "worker_class": "wide", "environment": {}, "step": 0}),
        Event(run, 1, 1, "epochs", now, {"names": ["loss", "val_rmse"], "first": 1}, rows.tobytes()),
    ])  # fmt: skip
    assert exercising.score(exercise, "Network", name, store=store).value is None
    store.append([Event(run, 1, 2, "done", now, {"metrics": {}})])
    found = exercising.score(exercise, "Network", name, store=store)
    assert found.value == pytest.approx(0.35) and found.run is not None and found.run.id == run
    other = store.submit(Experiment().with_(dataset=name))
    assert other != run and exercising.score(exercise, "Network", name, store=store).run == found.run


def last_value(experiment: Experiment, metric: str) -> float:
    """A recorded metric after the last epoch, trained in this process."""
    events, _ = train("exercise", experiment, [])
    rows = [(event.body["names"], np.frombuffer(event.data, "<f4")) for event in events if event.kind == "epochs"]
    names, values = rows[-1]
    return float(values.reshape(-1, len(names))[-1][names.index(metric)])


@pytest.mark.parametrize("name", ["house_price", pytest.param("gstore", marks=pytest.mark.nightly)])
def test_a_network_beats_the_baseline_of_a_synthetic_table(name: str, home: Path) -> None:
    exercise = registry.find("exercises", name)
    made = exercising.make_synthetic(exercise)["name"]
    reached = last_value(exercising.experiment(exercise, "Network", made), "val_rmse")
    assert exercising.is_beaten(exercise, reached, exercising.baseline(exercise, made)), reached


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["bollywood_age", "fashion_mnist", "house_numbers", "imagenet_folder"])
def test_a_convolutional_net_beats_the_commonest_class_of_synthetic_pictures(name: str, home: Path) -> None:
    exercise = registry.find("exercises", name)
    made = exercising.make_synthetic(exercise)
    reached = last_value(exercising.experiment(exercise, "CNN", made["name"]), "val_accuracy")
    y = shelf.arrays(made["name"], made["version"])["y"]
    assert reached > exercising.ignorant(y, "commonest", "accuracy"), reached
