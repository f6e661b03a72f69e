"""Two settings against each other over seeds, and the same setting with more seeds."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from dlcore import service, statistics
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.services import comparing, repeating
from dlcore.services.comparing import Arm
from dlcore.store import Store
from dlcore.ui.explore_statistics import sentence, size_words
from tests.store_events import done, epochs, started

GOOD, BAD = {0: 0.95, 1: 0.93, 2: 0.96, 3: 0.94}, {0: 0.90, 1: 0.89, 2: 0.90, 3: 0.90}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("DLCORE_TRAINER", "manual")
    return Store(tmp_path)


def _trained(store: Store, accuracy: float, seed: int, **changes: object) -> str:
    run = store.submit(Experiment().with_(seed=seed, **changes))
    value = struct.unpack("<f", struct.pack("<f", accuracy))[0]
    store.append([started(run, 1), epochs(run, 1, [[value]], names=("val_accuracy",)), done(run, 2)])
    return run


def _arm(values: dict[int, float]) -> Arm:
    return Arm("r", "{}", values)


def test_seed_by_seed_comparison_is_the_paired_t_test() -> None:
    found = comparing.contrast(_arm(GOOD), _arm(BAD), "val_accuracy")
    peer = stats.ttest_rel(list(GOOD.values()), list(BAD.values()))
    interval = peer.confidence_interval()
    assert found.paired and found.better == "left"
    assert (found.estimate.p, found.estimate.low, found.estimate.high) == pytest.approx((peer.pvalue, interval.low, interval.high))
    assert comparing.contrast(_arm(GOOD), _arm(BAD), "val_loss").better == "right"


def test_groups_without_common_seeds_are_compared_by_welch() -> None:
    other = {seed + 10: value for seed, value in BAD.items()}
    found = comparing.contrast(_arm(GOOD), _arm(other), "val_accuracy")
    peer = stats.ttest_ind(list(GOOD.values()), list(other.values()), equal_var=False)
    assert not found.paired and found.estimate.p == pytest.approx(peer.pvalue) and found.differences == ()


def test_two_seeds_are_too_few_to_tell_however_far_apart() -> None:
    found = comparing.contrast(_arm({0: 0.9, 1: 0.9001}), _arm({0: 0.1, 1: 0.1}), "val_accuracy")
    assert found.better == "" and found.verdict == statistics.UNTOLD
    assert "Too few seeds to tell" in sentence(found, ("a", "b"), "val_accuracy", 2)


def test_difference_that_could_be_chance_says_how_many_seeds_would_show_it() -> None:
    left = {seed: 0.9 + value for seed, value in enumerate((0.02, -0.01, 0.015, -0.005))}
    found = comparing.contrast(_arm(left), _arm(dict.fromkeys(left, 0.9)), "val_accuracy")
    assert found.better == "" and found.needed is not None and found.needed > 4
    assert f"about {found.needed} seeds" in size_words(found)


def test_effect_size_is_cohens_put_right_for_few_values() -> None:
    values = np.array([0.1, 0.2, 0.3, 0.25])
    assert statistics.effect_size(values) == pytest.approx(values.mean() / values.std(ddof=1) * (1 - 3 / (4 * 3 - 1)))
    assert statistics.effect_size([0.1]) is None and statistics.effect_size([0.1, 0.1]) is None
    assert statistics.seeds_needed(0.8) == 15 and statistics.seeds_needed(0.5) == 34 and statistics.seeds_needed(0.8, paired=False) == 26
    assert statistics.seeds_needed(None) is None and statistics.seeds_needed(50.0) == statistics.LEAST_SEEDS


def test_rank_correlation_is_scipys_with_ties() -> None:
    table = np.random.default_rng(1).integers(0, 4, (40, 3)).astype(float)
    assert statistics.rank_correlations(table) == pytest.approx(stats.spearmanr(table).statistic)
    table[:, 2] = 1.0
    assert np.isnan(statistics.rank_correlations(table)[0, 2])


def test_settings_gather_all_their_seeds_whoever_trained_them(store: Store) -> None:
    first = [_trained(store, 0.9 + seed / 100, seed) for seed in range(3)]
    other = _trained(store, 0.8, 0, learning_rate=0.1)
    store.submit(Experiment().with_(seed=9))
    arms = comparing.arms([store.run(first[0]), store.run(first[1]), store.run(other)], "val_accuracy", store=store)
    assert [sorted(arm.values) for arm in arms] == [[0, 1, 2], [0]]
    assert arms[0].waiting == 1 and arms[0].values[2] == pytest.approx(0.92)


def test_repeating_starts_only_the_seeds_that_are_missing(store: Store) -> None:
    run, there = _trained(store, 0.9, 7), _trained(store, 0.9, 1)
    found = repeating.repeat(run, 4, owner="ada", store=store)
    assert sorted(found.runs) == [0, 1, 2, 7] and found.runs[1] == there and found.runs[7] == run
    assert len(found.started) == 2
    for number in found.started:
        made = store.run(number)
        assert (made.kind, made.worker_class, made.owner) == ("seeds", "narrow", "ada")
        assert service.experiment(number, store=store).with_(seed=7) == service.experiment(run, store=store)
    assert repeating.repeat(run, 4, store=store).started == ()
    assert set(repeating.siblings(run, store=store)) == set(found.runs.values())


def test_number_of_seeds_has_limits(store: Store) -> None:
    with pytest.raises(Invalid, match="2 to 100"):
        repeating.repeat(_trained(store, 0.9, 0), 1, store=store)
