"""Expressions as trees, and the lengths that generators come to."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.errors import Invalid
from dlcore.theory import letters, series, trees
from dlcore.theory import sequence_end as ends


@pytest.mark.parametrize(
    ("text", "value", "depth"), [("7", 7, 0), ("1+2*3", 7, 2), ("(1+2)*(3+4)", 21, 2), ("1-2-3-4", -8, 3), ("-3 × 4 − 1", -13, 2)]
)
def test_expression_becomes_its_tree(text: str, value: int, depth: int) -> None:
    tree = trees.parse(text)
    assert (tree.value, tree.depth) == (value, depth)
    assert trees.parse(tree.text()) == tree


def test_chain_reads_every_symbol_and_a_balanced_tree_has_the_logarithm_of_them_as_depth() -> None:
    tree = trees.parse("((1+2)*(3+4))-((5+6)*(7+8))")
    assert (tree.leaves, tree.depth, trees.balanced_depth(8)) == (8, 3, 3)
    assert len(tree.symbols()) == 8 + 7 + 2 * 6
    assert trees.parse("1+(2+(3+(4+(5+(6+(7+8))))))").depth == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no expression"), ("3 +", "ends with"), ("(3 + 4", "bracket"), ("3 4", "without a sign"), ("2 / 3", "not allowed"),
        ("__import__('os').system('true')", "not allowed"), ("x + 1", "not allowed"), ("2.5 + 1", "not allowed"),
        ("True + 1", "not allowed"),
        ("9**9**9", "not allowed"), ("1000 + 1", "too large"), ("1" + "+1" * 60, "40 are allowed"), ("1" * 300, "characters"),
        ("lambda: 3", "not allowed"), ("3 $ 4", "neither"), ("(" * 150, "bracket"),
    ],
)  # fmt: skip
def test_what_is_no_expression_gets_a_sentence(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        trees.parse(text)


def test_places_of_a_tree_lie_between_their_parts_and_name_their_parents() -> None:
    found = trees.places(trees.parse("1+2*3"))
    assert [(node.symbol, across, down, parent) for node, across, down, parent in found] == [
        ("+", 0.75, 0, -1), ("1", 0.0, 1, 0), ("×", 1.5, 1, 0), ("2", 1.0, 2, 2), ("3", 2.0, 2, 2),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ends.DATA)
def test_generator_that_counts_far_enough_has_the_lengths_of_its_data(name: str) -> None:
    odds = ends.lengths(name)
    assert odds.sum() == pytest.approx(1)
    for made in (ends.halt_output(odds, 40), ends.end_symbol(odds, 40, 1.0), ends.predicted_length(odds, True)):
        assert made.sum() == pytest.approx(1) and ends.distance(made, odds) < 1e-9


def test_generator_that_cannot_count_halts_at_random_with_the_right_mean() -> None:
    odds = ends.lengths("around 10")
    made = ends.halt_output(odds, 0)
    rate = 1 / float(odds @ np.arange(1, 41))
    np.testing.assert_allclose(made[:-1], rate * (1 - rate) ** np.arange(40))


def test_temperature_moves_the_end_symbol_and_not_the_halting_output() -> None:
    odds = ends.lengths("around 10")
    assert ends.distance(ends.end_symbol(odds, 40, 1.5), odds) > 0.05
    drawn = np.random.default_rng(0)
    # By drawing: at a memory of 3 steps and temperature 1.5, lengths come out as computed.
    end = ends.halting(odds, 3)
    scores = np.log(np.concatenate([end[:, None], np.repeat((1 - end)[:, None] / 10, 10, axis=1)], axis=1)) / 1.5
    share = np.exp(scores[:, 0]) / np.exp(scores).sum(axis=1)
    counted = np.bincount(np.argmax(np.concatenate([drawn.random((20_000, 40)) < share, np.ones((20_000, 1), bool)], axis=1), axis=1))
    np.testing.assert_allclose(counted / 20_000, ends.end_symbol(odds, 3, 1.5)[: len(counted)], atol=0.02)


def test_a_single_predicted_number_is_the_mean_length() -> None:
    odds = ends.lengths("short and long")
    assert ends.predicted_length(odds, False)[9] == 1.0  # lengths around 5 and 15 get 10, which hardly occurs
    assert ends.distance(ends.predicted_length(odds, False), odds) > 0.99


def test_forecasts_use_no_value_that_is_not_known_yet() -> None:
    draw = np.random.default_rng(1)
    values = draw.standard_normal(60)
    for ahead in (1, 5, 13):
        later = values.copy()
        later[40:] += 100.0
        for said in (lambda v: series.naive(v, ahead), lambda v: series.seasonal(v, ahead, 12), lambda v: series.mean(v, ahead)):  # noqa: B023
            np.testing.assert_array_equal(said(values)[: 40 + ahead], said(later)[: 40 + ahead])
        fitted = [series.linear(line, ahead, 3, 40)[: 40 + ahead] for line in (values, later)]
        np.testing.assert_allclose(*fitted)


def test_seasonal_forecast_of_a_pure_season_is_exact_and_naive_is_not() -> None:
    values = np.tile(np.arange(12.0), 6)
    for ahead in (1, 12, 15):
        assert series.errors(series.seasonal(values, ahead, 12), values, 40) == (0.0, 0.0)
    assert series.errors(series.naive(values, 1), values, 48)[0] == pytest.approx((11 * 1 + 11) / 12)


def test_linear_forecast_finds_the_weights_of_a_linear_series() -> None:
    draw, values = np.random.default_rng(0), [1.0, 0.5]
    for _ in range(80):
        values.append(1.2 * values[-1] - 0.5 * values[-2] + 0.3)
    line = np.array(values) + 0 * draw.random(82)
    assert series.errors(series.linear(line, 1, 2, 60), line, 60)[1] < 1e-9


def test_temperature_one_leaves_odds_and_lower_ones_favour_the_likely() -> None:
    odds = np.array([0.5, 0.3, 0.2])
    np.testing.assert_allclose(letters.tempered(odds, 1.0), odds)
    scores = np.log(odds) + 3.7
    np.testing.assert_allclose(letters.tempered(odds, 0.5), np.exp(scores / 0.5) / np.exp(scores / 0.5).sum())
    assert letters.tempered(odds, 0.05)[0] > 0.999 and np.ptp(letters.tempered(odds, 1000.0)) < 0.001


def test_next_letter_is_counted_and_an_unseen_context_is_shortened() -> None:
    text = "abracadabra"
    assert letters.next_letter(text, "abr", 3, 1.0) == {"a": 1.0}
    assert letters.next_letter(text, "a", 1, 1.0) == pytest.approx({"b": 0.5, "c": 0.25, "d": 0.25})
    assert letters.next_letter(text, "zzb", 3, 1.0) == {"r": 1.0}
    assert letters.entropy(letters.next_letter(text, "a", 1, 1.0)) == pytest.approx(1.5)
    assert letters.written(text, "a", 2, 1.0, 30, seed=3) == letters.written(text, "a", 2, 1.0, 30, seed=3)
