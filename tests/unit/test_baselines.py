"""Scikit-learn's models beside a net: the same rows, the scores of scikit-learn itself, numbers of rows as they were asked for."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.engine.data import prepare
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.jobs.baselines import MODELS
from dlcore.training_rows import most_rows, with_rows

WINE = Experiment().with_(dataset="wine")
EVERY = [name for name in MODELS if name != "constant"]


def scored(experiment: Experiment, **inputs: Any) -> tuple[dict[str, Any], bytes | None, list[float]]:
    told: list[float] = []
    job = registry.find("jobs", "baselines")
    asked = {"experiment": json.loads(experiment.to_json()), "models": ["linear"], "sizes": [0], "seeds": [0], **inputs}
    result, artefact = job.perform(asked, {}, told.append)
    return json.loads(json.dumps(result)), artefact, told


@pytest.mark.parametrize("rows", [1, 50, 137, 500, 1347])
def test_exactly_so_many_rows_are_trained_on(rows: int) -> None:
    made = prepare(with_rows(Experiment(), rows))
    assert len(made.x_train) == rows and len(made.x_val) >= min(9 * rows, 450) and not len(made.x_test)


def test_more_rows_hold_those_of_fewer_and_all_models_see_the_same() -> None:
    few, many = (prepare(with_rows(Experiment().with_(model=model), rows)) for model, rows in (("mlp", 200), ("cnn", 200)))
    assert np.array_equal(few.x_train, many.x_train) and np.array_equal(few.x_val, many.x_val)


def test_rows_that_are_not_there_are_refused() -> None:
    assert most_rows(Experiment()) == 1347
    for rows in (0, 1348):
        with pytest.raises(Invalid, match="training rows are not allowed"):
            with_rows(Experiment(), rows)


def test_nothing_is_chosen_by_the_rows_that_judge() -> None:
    made = with_rows(Experiment().with_(patience=3, restore_best=True), 100)
    assert made.patience == 0 and not made.restore_best


def test_scores_are_those_of_scikit_learn_on_the_experiments_own_split() -> None:
    from sklearn.linear_model import LogisticRegression

    result, _, told = scored(WINE, seeds=[3, 4], part="test")
    rows = prepare(WINE.with_(seed=3))
    accuracy = LogisticRegression(max_iter=1000).fit(rows.x_train, rows.y_train).score(rows.x_test, rows.y_test)
    first = result["scores"][0]
    assert result["metric"] == "accuracy" and first["metrics"]["accuracy"] == pytest.approx(accuracy)
    assert (first["rows"], first["judged"]) == (len(rows.x_train), len(rows.x_test))
    assert [score["seed"] for score in result["scores"]] == [3, 4] and told == [0.5, 1.0]


@pytest.mark.parametrize("model", EVERY)
def test_every_model_beats_the_constant_answer(model: str) -> None:
    result, _, _ = scored(WINE, models=["constant", model], sizes=[60])
    constant, learnt = (score["metrics"]["accuracy"] for score in result["scores"])
    assert learnt > constant + 0.2


@pytest.mark.parametrize("model", EVERY)
def test_every_model_of_a_regression_beats_the_mean(model: str) -> None:
    result, _, _ = scored(Experiment().with_(dataset="diabetes"), models=["constant", model], sizes=[200])
    mean, learnt = (score["metrics"] for score in result["scores"])
    assert result["metric"] == "rmse" and learnt["rmse"] < mean["rmse"] and learnt["r2"] > 0.2 and mean["r2"] < 0.05


def test_one_class_among_the_rows_is_answered_with_it() -> None:
    result, _, _ = scored(WINE, models=EVERY, sizes=[1])
    assert len({score["metrics"]["accuracy"] for score in result["scores"]}) == 1


def test_kept_predictions_give_the_scores_again() -> None:
    result, artefact, _ = scored(WINE, models=["random_forest"], sizes=[50, 80], keep=True)
    assert artefact
    with np.load(io.BytesIO(artefact), allow_pickle=False) as arrays:
        again = [float(np.mean(arrays[f"said_{number}"] == arrays[f"true_{number}"])) for number in range(2)]
    assert again == pytest.approx([score["metrics"]["accuracy"] for score in result["scores"]])
    assert scored(WINE)[1] is None


@pytest.mark.parametrize("wrong", [{"models": ["deep_thought"]}, {"part": "train"}, {"sizes": [9999]}, {"part": "test", "sizes": [50]}])
def test_what_cannot_be_scored_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        scored(WINE, **wrong)
