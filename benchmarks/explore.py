"""How quickly ten thousand runs are found, filtered, compared and explained: a store of 10,000 runs × 50 metrics × 100 epochs.

python benchmarks/explore.py [--row NAME …] [--quick] [--json]

Each figure is a limit divided by what was measured: at or above its goal of 1 is good. --quick has fewer metrics and epochs, not fewer
runs. The rows are what the pages ask for, without the browser; `benchmarks/dashboard.py` measures the table in the browser.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil

from benchmarks.engine import warn_when_busy
from benchmarks.explored import fill
from benchmarks.limits import Figure, limited, show
from dlcore.charts import compared
from dlcore.charts.compared import Compared
from dlcore.charts.lines import News
from dlcore.jobs import importance
from dlcore.services import exploring, listing
from dlcore.services.exploring import Column
from dlcore.services.listing import BACKGROUND, Wanted
from dlcore.store import Store
from dlcore.ui import explore_axes, explore_relations

ROWS = ("first page", "filter", "curves", "importance", "memory")
# Seconds, and for memory megabytes that all of it together adds to the process.
LIMITS = {"first page": 0.3, "filter": 0.3, "curves": 1.0, "importance": 2.0, "memory": 200.0}
FILTERS = ("learning_rate<0.003 optimizer=sgd", "val_accuracy>0.85", "dropout>=0.3 val_loss.last<0.4", "rmsprop")
SETTINGS = ("optimizer", "optimizer.learning_rate", "model.dropout", "optimizer.weight_decay")


@dataclass(frozen=True, slots=True)
class Plan:
    """How large the store is, and how often each row is measured."""

    runs: int = 10_000
    metrics: int = 50
    epochs: int = 100
    times: int = 5


QUICK = Plan(metrics=12, epochs=10, times=2)


def figure(name: str, measured: float) -> Figure:
    return limited(name, measured, LIMITS[name])


def figures(store: Store, plan: Plan, asked: tuple[str, ...]) -> list[Figure]:
    """The rows asked for. What the libraries themselves take is there before memory is counted."""
    work: dict[str, Callable[[], float]] = {
        "first page": lambda: timed(lambda: first_page(store), plan.times),
        "filter": lambda: max(timed(lambda text=text: filtered(store, text), plan.times) for text in FILTERS),  # type: ignore[misc]
        "curves": lambda: timed(lambda: curves(store), plan.times),
        "importance": lambda: timed(lambda: explained(store), plan.times),
    }
    importance.perform({"names": ["a"], "places": [[number / 9] for number in range(9)], "scores": list(range(9))}, {}, lambda share: None)
    before = psutil.Process().memory_info().rss
    found = [figure(name, measure()) for name, measure in work.items() if name in asked]
    grown = max(0.0, (psutil.Process().memory_info().rss - before) / 1e6)
    return [*found, figure("memory", grown)] if "memory" in asked else found


def timed(act: Callable[[], object], times: int) -> float:
    """The median seconds of it, the first time included."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def first_page(store: Store) -> object:
    """What the page of runs asks the database for before its first table is there."""
    wanted = Wanted(without=BACKGROUND, archived=False)
    return listing.metric_names(store=store), listing.tags(store=store), listing.find(wanted, store=store), store.quarantined()


def filtered(store: Store, text: str) -> object:
    """A filter as it is typed into the search box: the first page of what it leaves, and how many there are."""
    words, conditions = exploring.conditions(text, store=store)
    return listing.find(Wanted(words=words, wheres=conditions, without=BACKGROUND, archived=False), store=store)


def curves(store: Store) -> object:
    """A hundred runs' curves, read, smoothed and packed as a browser gets them, singly and as means over seeds."""
    runs = listing.find(Wanted(), 100, store=store).runs
    ids = [run.id for run in runs]
    found = exploring.curves(ids, ["accuracy", "val_accuracy", "seconds"], store=store)
    drawn = [Compared(run.id, run.id, "#0072B2", found[run.id], per_epoch=41, rows=1294) for run in runs]
    single = compared.run_lines(drawn, ["accuracy", "val_accuracy"], "seconds", 0.6)
    groups = [(str(place), "#0072B2", drawn[place : place + 5]) for place in range(0, len(drawn), 5)]
    return News().message(single), News().message(compared.group_lines(groups, ["val_accuracy"], "epoch"))


def explained(store: Store) -> object:
    """What mattered among the newest runs: the rows from the database, and the worker's job on them."""
    columns = [Column("setting", name) for name in SETTINGS] + [Column("best", "val_accuracy")]
    rows = exploring.rows(Wanted(), columns, explore_relations.WORKED_OUT, store=store)
    known = [axis for place, name in enumerate(SETTINGS) if (axis := explore_axes.axis(name, [row.values[place] for row in rows]))]
    order = [SETTINGS.index(axis.key) for axis in known]
    places = [
        [explore_relations.known(axis.place(explore_axes.shown(row.values[at]))) for axis, at in zip(known, order, strict=True)]
        for row in rows
    ]
    inputs = {"names": [axis.title for axis in known], "places": places, "scores": [-float(row.values[-1]) for row in rows]}
    return importance.perform(inputs, {}, lambda share: None)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--row", action="append", choices=ROWS, help="one row; may be given several times (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer metrics and epochs, measured less often")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each figure")
    asked = parser.parse_args()
    warn_when_busy()
    plan = QUICK if asked.quick else Plan()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        fill(store, plan.runs, plan.metrics, plan.epochs)
        for found in figures(store, plan, tuple(asked.row or ROWS)):
            show(found, "MB" if found.name == "memory" else "s", asked.json)


if __name__ == "__main__":
    main()
