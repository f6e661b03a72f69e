"""The search benchmark's own arithmetic, and that both sides do equal work; what it measures is not tested here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks import search, search_rows
from dlcore import forecast, registry

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def data() -> Iterator[None]:
    """The benchmark's data sets, in the room for as long as a test takes."""
    search_rows.register()
    yield
    for net in search_rows.NETS:
        registry.built_in("datasets").pop(search_rows.dataset_name(net), None)


def test_rows_are_three_searches_over_three_nets() -> None:
    assert len(search_rows.ROWS) == 9
    assert {"64 units, learning rate", "256 units, initialisation", "cnn, dropout"} <= set(search_rows.ROWS)
    assert set(search.QUICK_ROWS) <= set(search_rows.ROWS)


@pytest.mark.parametrize("row", search_rows.ROWS.values(), ids=search_rows.ROWS)
def test_the_lab_trains_on_as_many_rows_as_stock_keras_tuner(row: search_rows.Row) -> None:
    asked = search.search_of(row)
    assert forecast.rows(asked.experiment) == (search_rows.TRAINING, search_rows.VALIDATION)
    assert (asked.planned, asked.most_epochs, asked.experiment.batch_size) == (20, 3, 64)


@pytest.mark.keras
def test_both_sides_have_nets_of_the_same_size() -> None:
    code = (
        "import keras_tuner, json; from benchmarks import search_stock, search_rows\n"
        "count = lambda row: search_stock.build(row, keras_tuner.HyperParameters()).count_params()\n"
        "print(json.dumps({name: count(row) for name, row in search_rows.ROWS.items()}))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    theirs = json.loads(told.stdout.strip().splitlines()[-1])
    ours = {name: forecast.forecast(search.search_of(row).experiment).parameters for name, row in search_rows.ROWS.items()}
    assert theirs == ours


def test_figure_as_json_has_name_ratio_and_goal(capsys: pytest.CaptureFixture[str]) -> None:
    search.show(search.Figure("64 units, dropout", 9.5, 9.0, 9500.0, 1000.0), as_json=True)
    line = json.loads(capsys.readouterr().out)
    assert (line["name"], line["ratio"], line["goal"]) == ("64 units, dropout", 9.5, 9.0)


def test_row_below_its_goal_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    search.show(search.Figure("cnn, dropout", 1.2, 1.5, 120.0, 100.0), as_json=False)
    assert "below the goal" in capsys.readouterr().out


def test_workers_are_warm_when_all_are_there_and_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCORE_NARROW", "2")
    wide, busy = {"class": "wide", "state": "idle"}, {"class": "wide", "state": "busy"}
    narrow = {"class": "narrow", "state": "idle"}
    log = "has rehearsed\n" * 3
    assert search.are_warm([wide, narrow, narrow], log)
    assert not search.are_warm([wide, narrow, narrow], "has rehearsed\n")
    assert not search.are_warm([wide, narrow], log)
    assert not search.are_warm([busy, narrow, narrow], log)


def test_every_python_below_the_benchmark_knows_its_data() -> None:
    code = "from dlcore import registry; print(sum(name.startswith('benchmark_') for name in registry.members('datasets')))"
    paths = f"{ROOT / 'benchmarks' / 'everywhere'}:{ROOT}"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={"PYTHONPATH": paths}, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "3"


def test_data_of_a_net_are_the_same_on_both_sides(lab_home: Path) -> None:
    net = search_rows.NETS[0]
    search_rows.keep(net)
    x, y = search_rows.arrays(net)
    loaded = registry.find("datasets", search_rows.dataset_name(net)).load(seed=7)
    np.testing.assert_array_equal(loaded["x"], x)
    assert x.shape == (24_000, 784) and x.dtype == np.float32 and set(y) == set(range(10))
