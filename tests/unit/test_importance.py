"""Importance of settings, against functions whose shares of variance are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dlcore import registry
from dlcore.errors import Invalid
from dlcore.jobs.importance import flat, forest_shares
from dlcore.theory.importance import Tree, boxes, marginal, shares

DRAW = np.random.default_rng(1)


def tree_of(function: Callable[[np.ndarray], np.ndarray], inputs: int) -> Tree:
    from sklearn.tree import DecisionTreeRegressor

    x = DRAW.uniform(size=(4000, inputs))
    return flat(DecisionTreeRegressor(random_state=0).fit(x, function(x)).tree_)


def test_leaves_fill_the_unit_cube() -> None:
    low, high, values = boxes(tree_of(lambda x: x[:, 0] * x[:, 1], 2), 2)
    assert np.prod(high - low, axis=1).sum() == pytest.approx(1.0)
    assert len(values) == len(low) > 100


def test_shares_of_a_sum_are_those_of_its_terms() -> None:
    # Var(3a) = 9/12 and Var(b) = 1/12 for uniform a, b: nine tenths and one tenth.
    found = shares(tree_of(lambda x: 3 * x[:, 0] + x[:, 1], 3), 3)
    assert found == pytest.approx([0.9, 0.1, 0.0], abs=0.02)


def test_pure_interaction_belongs_to_neither_input() -> None:
    found = shares(tree_of(lambda x: np.sign(x[:, 0] - 0.5) * np.sign(x[:, 1] - 0.5), 2), 2)
    assert found == pytest.approx([0.0, 0.0], abs=0.02)


def test_product_leaves_its_interaction_out() -> None:
    # ab: each main effect has variance 1/48 of 7/144 in all, hence 3/7; the interaction has the last seventh.
    assert shares(tree_of(lambda x: x[:, 0] * x[:, 1], 2), 2) == pytest.approx([3 / 7, 3 / 7], abs=0.02)


def test_marginal_of_a_tree_is_its_mean_over_the_other_inputs() -> None:
    tree = tree_of(lambda x: x[:, 0] + x[:, 1] ** 2, 2)
    edges, means = marginal(*boxes(tree, 2), 0)
    middles = (edges[:-1] + edges[1:]) / 2
    assert edges[0] == 0 and edges[-1] == 1
    np.testing.assert_allclose(means, middles + 1 / 3, atol=0.06)


def test_tree_that_predicts_one_number_explains_nothing() -> None:
    assert shares(tree_of(lambda x: np.ones(len(x)), 2), 2).tolist() == [0.0, 0.0]


def test_forest_finds_what_mattered() -> None:
    x = DRAW.uniform(size=(120, 3))
    found = forest_shares(x, (x[:, 0] - 0.5) ** 2 + 0.05 * x[:, 1], seed=0)
    assert found.argmax() == 0 and found[0] > 0.5 > found[1] > found[2] - 0.05


def job(count: int = 40) -> dict[str, object]:
    x = np.random.default_rng(3).uniform(size=(count, 2))
    places = [[None if number == 1 else float(row[0]), float(row[1])] for number, row in enumerate(x)]
    return {"names": ["learning rate", "dropout"], "places": places, "scores": [float(10 ** abs(3 * row[0] - 1)) for row in x]}


def test_job_names_the_largest_first_with_its_interval() -> None:
    told: list[float] = []
    result, file = registry.find("jobs", "importance").perform(job(), {}, told.append)
    first, second = result["settings"]
    assert (first["name"], second["name"]) == ("learning rate", "dropout")
    assert 0 <= second["low"] <= second["share"] <= second["high"] < first["low"] <= first["share"] <= first["high"] <= 1
    assert file is None and told == sorted(told) and result["trials"] == 40


def test_same_trials_give_the_same_importance() -> None:
    perform = registry.find("jobs", "importance").perform
    assert perform(job(), {}, lambda share: None) == perform(job(), {}, lambda share: None)


def test_too_few_trials_are_a_sentence() -> None:
    with pytest.raises(Invalid, match="7 trials say nothing"):
        registry.find("jobs", "importance").perform(job(7), {}, lambda share: None)
