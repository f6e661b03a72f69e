"""Scores by class, thresholds and calibration against scikit-learn's own."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as peer

from dlcore.theory import scores

DRAW = np.random.default_rng(3)
TRUE = DRAW.integers(0, 3, 400)
OUTPUTS = DRAW.dirichlet(np.ones(3), 400) + 0.6 * np.eye(3)[TRUE]
OUTPUTS = OUTPUTS / OUTPUTS.sum(axis=1, keepdims=True)


def test_precision_recall_and_f1_are_scikit_learns() -> None:
    given, _ = scores.decisions(OUTPUTS, False)
    found = scores.per_class(peer.confusion_matrix(TRUE, given))
    expected = peer.precision_recall_fscore_support(TRUE, given)
    for place, one in enumerate(found):
        assert (one.precision, one.recall, one.f1, one.rows) == pytest.approx(tuple(row[place] for row in expected))


def test_class_that_was_never_named_has_no_precision() -> None:
    found = scores.per_class(np.array([[3, 0], [2, 0]]))
    assert np.isnan(found[1].precision) and found[1].recall == 0 and found[1].f1 == 0


@pytest.mark.parametrize("levels", [1000, 5])
def test_areas_are_scikit_learns_with_ties_as_well(levels: int) -> None:
    score, is_it = np.round(OUTPUTS[:, 1] * levels) / levels, TRUE == 1
    assert scores.roc(score, is_it).area == pytest.approx(peer.roc_auc_score(is_it, score))
    assert scores.precision_recall(score, is_it).area == pytest.approx(peer.average_precision_score(is_it, score))


def test_area_without_rows_on_both_sides_is_unknown() -> None:
    assert np.isnan(scores.roc(np.array([0.1, 0.9]), np.array([False, False])).area)
    assert np.isnan(scores.precision_recall(np.array([0.1, 0.9]), np.array([False, False])).area)


def test_calibration_error_weighs_bins_by_their_rows() -> None:
    found = scores.calibration(np.array([0.95] * 4 + [0.55] * 6), np.array([1, 1, 1, 0] + [1] * 6))
    assert list(found.rows) == [6, 4] and found.stated == pytest.approx([0.55, 0.95]) and found.right == pytest.approx([1.0, 0.75])
    assert found.error == pytest.approx((6 * 0.45 + 4 * 0.2) / 10)


def test_binary_output_is_decided_at_its_threshold() -> None:
    given, sure = scores.decisions(np.array([[0.2], [0.7]]), True)
    assert list(given) == [0, 1] and sure == pytest.approx([0.8, 0.7])
    given, sure = scores.decisions(np.array([[-2.0], [0.5]]), True, 0.0)
    assert list(given) == [0, 1] and sure == pytest.approx([2.0, 0.5])


def test_residuals_are_summed_up_as_scikit_learn_does() -> None:
    true, said = DRAW.normal(size=50), DRAW.normal(size=50)
    found = scores.residual_summary(true, said)
    assert found["mae"] == pytest.approx(peer.mean_absolute_error(true, said))
    assert found["rmse"] ** 2 == pytest.approx(peer.mean_squared_error(true, said)) and found["r2"] == pytest.approx(
        peer.r2_score(true, said)
    )
    assert np.isnan(scores.residual_summary(np.ones(3), np.zeros(3))["r2"])
