"""Finding, grouping and reading many runs by any setting and result; the database does the work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.explore import QUICK, ROWS, figure, figures
from benchmarks.explored import fill, metric_names
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.services import exploring, listing
from dlcore.services.exploring import Column, Condition, Wanted
from dlcore.store import Store, tables
from dlcore.store.columns import Spread, float32_at

RUNS, METRICS, EPOCHS = 60, 8, 12


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    place = Store(tmp_path_factory.mktemp("lab"))
    fill(place, RUNS, METRICS, EPOCHS)
    return place


def _values(store: Store, text: str, epoch: int = 1) -> dict[str, object]:
    found = exploring.rows(Wanted(), [exploring.column(text, epoch=epoch, store=store)], store=store)
    return {row.run: row.values[0] for row in found}


def test_filled_store_holds_what_a_rebuild_from_its_log_makes(store: Store) -> None:
    run = store.runs(limit=1)[0]
    metrics = store.metrics(run.id)
    store.rebuild(run.id)
    assert store.run(run.id) == run and store.metrics(run.id) == metrics and set(metrics) == set(metric_names(METRICS))


def test_runs_by_chance_are_the_same_each_time_and_not_the_newest(store: Store) -> None:
    drawn, newest = (exploring.rows(Wanted(order=order), [], 20, store=store) for order in ("chance", "created"))  # type: ignore[arg-type]
    assert drawn == exploring.rows(Wanted(order="chance"), [], 20, store=store)
    assert len({row.run for row in drawn}) == 20 and 0 < len({row.run for row in drawn} & {row.run for row in newest}) < 20


def test_names_mean_settings_or_results() -> None:
    assert exploring.column("learning_rate") == Column("setting", "optimizer.learning_rate")
    assert exploring.column("optimizer") == Column("setting", "optimizer")
    assert exploring.column("val_accuracy.last") == Column("last", "val_accuracy")
    assert exploring.column("val_loss.at", epoch=7) == Column("at", "val_loss", 7)
    for column in ("optimizer.learning_rate", "optimizer", "loss.last"):
        assert exploring.text_of(exploring.column(column)) == column


@pytest.mark.parametrize("text", ["nonsense", "learning_rate; drop table run", "val_nothing.best"])
def test_name_that_is_neither_is_refused_with_an_example(store: Store, text: str) -> None:
    with pytest.raises(Invalid, match="No setting and no result"):
        exploring.column(text, store=store)
    with pytest.raises(Invalid):
        Column("setting", "a' OR 1=1")


def test_search_box_takes_words_and_conditions_apart(store: Store) -> None:
    words, found = exploring.conditions("wine learning_rate<=1e-2 layers=64,32 batch_norm=true optimizer!=sgd title", store=store)
    assert words == "wine title"
    assert [(one.comparison, one.value) for one in found] == [("<=", 0.01), ("=", "[64,32]"), ("=", 1), ("!=", "sgd")]
    with pytest.raises(Invalid, match="is no number"):
        exploring.conditions("optimizer<adam", store=store)


def test_conditions_leave_exactly_the_runs_that_meet_them(store: Store) -> None:
    rates, best = _values(store, "learning_rate"), _values(store, "val_accuracy")
    _, conditions = exploring.conditions("learning_rate<0.003 val_accuracy>0.8", store=store)
    found = {run.id for run in listing.find(Wanted(wheres=conditions), 1000, store=store).runs}
    assert found == {run for run in rates if rates[run] < 0.003 and best[run] > 0.8}  # type: ignore[operator]
    assert 0 < len(found) < RUNS


def test_comparison_by_size_leaves_out_runs_without_a_number(store: Store) -> None:
    nesterov = Condition(Column("setting", "optimizer.nesterov"), ">=", 0.0)
    sgd = listing.find(Wanted(wheres=(Condition(Column("setting", "optimizer"), "=", "sgd"),)), 1000, store=store)
    assert listing.find(Wanted(wheres=(nesterov,)), store=store).total == sgd.total < RUNS


@pytest.mark.parametrize("text", ["learning_rate", "val_loss.best", "val_loss.last", "val_loss.best_epoch", "val_loss.at"])
def test_any_column_orders_the_runs(store: Store, text: str) -> None:
    by = exploring.column(text, epoch=5, store=store)
    values = _values(store, text, epoch=5)
    found = listing.find(Wanted(by=by, descending=True), 1000, store=store).runs
    ordered = [values[run.id] for run in found]
    assert len(found) == RUNS and ordered == sorted(ordered, reverse=True)  # type: ignore[type-var]


def test_value_at_an_epoch_is_the_curves_own(store: Store) -> None:
    run = store.runs(limit=1)[0].id
    curve = store.curve(run, "val_loss")
    assert _values(store, "val_loss.at", epoch=4)[run] == pytest.approx(float(curve[3]))
    assert _values(store, "val_loss.at", epoch=EPOCHS + 1)[run] is None
    assert float32_at(np.array([1.5, np.nan], "<f4").tobytes(), 1) is None


def test_groups_have_the_mean_and_spread_of_their_runs(store: Store) -> None:
    names, best = _values(store, "optimizer"), _values(store, "val_accuracy")
    groups, total = exploring.groups(Wanted(), Column("setting", "optimizer"), Column("best", "val_accuracy"), store=store)
    assert total == len(groups) == len(set(names.values()))
    for group in groups:
        own = [float(best[run]) for run, name in names.items() if name == group.value]  # type: ignore[arg-type]
        assert (group.runs, group.known) == (len(own), len(own))
        assert (group.mean, group.spread) == (pytest.approx(np.mean(own)), pytest.approx(np.std(own, ddof=1)))
    means = [group.mean for group in groups]
    assert means == sorted(means, reverse=True)  # type: ignore[type-var]


def test_spread_of_one_value_is_unknown() -> None:
    spread = Spread()
    spread.step(3.0)
    spread.step(None)
    assert spread.finalize() is None


def test_settings_that_differ_are_found_and_those_of_one_optimizer_alone_are_not(store: Store) -> None:
    found = exploring.differing(Wanted(), store=store)
    assert {"optimizer", "optimizer.learning_rate", "model.dropout", "seed"} <= set(found)
    assert "optimizer.momentum" not in found and "epochs" not in found


def test_curves_of_many_runs_are_those_of_each(store: Store) -> None:
    ids = [run.id for run in store.runs(limit=5)]
    found = exploring.curves(ids, ["loss", "val_loss", "never_recorded"], store=store)
    for run in ids:
        assert set(found[run]) == {"loss", "val_loss"}
        assert np.array_equal(found[run]["loss"], store.curve(run, "loss"))


def test_layout_is_kept_for_each_person(store: Store) -> None:
    exploring.keep_layout("ada", "runs", {"show": ["best"]}, store=store)
    exploring.keep_layout("bob", "runs", {"show": ["last"]}, store=store)
    exploring.keep_layout("ada", "runs", {"show": ["at"], "k": 3}, store=store)
    assert exploring.layout("ada", "runs", store=store) == {"show": ["at"], "k": 3}
    assert exploring.layout("bob", "runs", store=store) == {"show": ["last"]} and exploring.layout("eve", "runs", store=store) == {}


def test_star_and_archive_are_part_of_the_log(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run = store.submit(Experiment())
    listing.star(run, store=store)
    listing.archive(run, store=store)
    store.rebuild(run)
    found = store.run(run)
    assert found.starred and found.archived
    assert listing.find(Wanted(archived=False), store=store).total == 0
    assert listing.find(Wanted(starred=True, archived=True), store=store).total == 1


def test_only_named_runs_are_looked_through(store: Store) -> None:
    some = tuple(run.id for run in store.runs(limit=3))
    assert {row.run for row in exploring.rows(Wanted(among=some), [], store=store)} == set(some)
    assert tables.recorded_by(store, some) == sorted(metric_names(METRICS))


def test_benchmark_measures_each_row_on_the_store_that_it_is_given(store: Store) -> None:
    found = figures(store, replace(QUICK, times=1), ("first page", "filter", "curves", "memory"))
    assert [one.name for one in found] == ["first page", "filter", "curves", "memory"] and set(ROWS) > {one.name for one in found}
    assert all(one.measured >= 0 for one in found)
    assert figure("first page", 0.1).ratio == pytest.approx(3.0)
