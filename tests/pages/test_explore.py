"""What lies beneath the table of runs, and the page of one run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from dlcore import service
from dlcore.charts.parallel import Axis
from dlcore.services import exploring, listing
from dlcore.services.exploring import Column, Condition
from dlcore.services.listing import Wanted
from dlcore.store import Store
from dlcore.ui import explore_axes, explore_relations, explore_sample, run_facts

Open = Callable[..., Any]


def _components(page: Any, name: str) -> list[dict[str, Any]]:
    return [
        dict(json.loads(element.proto.json))
        for element in page.app.get("bidi_component")
        if element.proto.component_name == f"dlcore.{name}"
    ]


def test_curves_of_the_choice_follow_the_address(open_page: Open, trained: Open) -> None:
    runs = [trained(end="done", seed=seed) for seed in range(2)]
    address = {"run": ",".join(runs), "try.along": "Examples seen", "try.part": "Validation", "try.curve": "Loss", "try.logx": "true"}
    (chart,) = _components(open_page("runs", **address), "curves")
    assert chart["x"] == "examples seen" and chart["log_x"] and [line["id"].split("/")[0] for line in chart["lines"]] == runs
    assert all(line["dash"] for line in chart["lines"])
    (chart,) = _components(open_page("runs", **address | {"try.mean": "Seeds"}), "curves")
    assert [line["edge"] for line in chart["lines"]] == [True, True, False]


def test_hundred_runs_can_be_chosen_and_compared(open_page: Open, trained: Open) -> None:
    runs = [trained(end="done", seed=seed) for seed in range(12)]
    page = open_page("runs", run=",".join(runs))
    assert "12 runs compared" in page.words and "at most 8 runs" in page.words
    (chart,) = _components(page, "curves")
    assert len(chart["lines"]) == 12 and chart["focus"]


def test_relations_wait_for_settings_that_differ(open_page: Open, trained: Open) -> None:
    trained(end="done")
    assert "No setting differs" in open_page("runs", **{"try.view": "Relations"}).words


def test_relations_are_drawn_of_what_differs(open_page: Open, trained: Open) -> None:
    for rate in (0.1, 0.01, 0.001, 0.0001):
        trained(end="done", learning_rate=rate)
    for kind in ("All at once", "Any two", "One setting at a time"):
        page = open_page("runs", **{"try.view": "Relations", "try.relation": kind})
        assert page.app.get("arrow_vega_lite_chart") or page.app.get("vega_lite_chart"), kind
    page = open_page("runs", **{"try.view": "Relations", "try.relation": "Correlation"})
    assert any("Learning rate" in picture["html"] for picture in _components(page, "picture"))
    assert "8 ended runs" in open_page("runs", **{"try.view": "Relations", "try.relation": "What mattered"}).words


def test_relations_say_which_runs_they_look_at_and_take_others(open_page: Open, trained: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [trained(end="done", learning_rate=rate) for rate in (0.1, 0.01, 0.001, 0.0001)]
    relations = {"try.view": "Relations"}
    assert "All 4 runs found." in open_page("runs", **relations).words
    assert "All 2 runs found." in open_page("runs", run=",".join(runs[:2]), **relations, **{"try.of": "The ticked runs"}).words
    monkeypatch.setattr(exploring, "LOOKED_AT", 3)
    assert "The newest 3 of the 4 runs found." in open_page("runs", **relations).words
    page = open_page("runs", **relations, **{"try.of": explore_sample.KINDS["chance"]})
    assert "3 by chance of the 4 runs found." in page.words


def test_box_over_an_axis_becomes_conditions_that_filter_table_and_curves(open_page: Open, trained: Open, store: Store) -> None:
    runs = {rate: trained(end="done", learning_rate=rate) for rate in (0.1, 0.01, 0.001, 0.0001)}
    axes = [Axis("optimizer.learning_rate", "Learning rate", 0.0001, 0.1, True), Axis("score", "accuracy", 0.0, 1.0)]
    columns = [Column("setting", "optimizer.learning_rate"), Column("best", "val_accuracy")]
    found = explore_relations.conditions(axes, columns, {"axis": [-0.2, 0.2], "place": [0.2, 0.8]})
    assert {run.id for run in listing.find(Wanted(wheres=found)).runs} == {runs[0.01], runs[0.001]}
    whole = explore_relations.conditions(axes, columns, {"axis": [-0.2, 0.2], "place": [-0.1, 1.1]})
    assert whole == () == explore_relations.conditions(axes, columns, {"axis": [0.3, 0.6], "place": [0.2, 0.8]})
    page = open_page("runs", run=",".join(runs.values()))
    page.app.session_state[explore_relations.BOX] = found
    page._drawn_again()
    (table,), (chart,) = _components(page, "run_table"), _components(page, "curves")
    assert {row["id"] for row in table["rows"]} == {runs[0.01], runs[0.001]}
    assert {line["id"].split("/")[0] for line in chart["lines"]} == {runs[0.01], runs[0.001]}
    page.press("Take the box away")
    assert len(_components(page, "run_table")[0]["rows"]) == 4


def test_box_over_words_keeps_those_inside() -> None:
    axes = [Axis("optimizer", "Optimizer", choices=("adam", "rmsprop", "sgd"))]
    column = Column("setting", "optimizer")
    assert explore_relations.conditions(axes, [column], {"axis": [-1, 1], "place": [0.4, 1.0]}) == (
        Condition(column, "in", ("rmsprop", "sgd")),
    )


def test_settings_become_axes_of_numbers_or_choices() -> None:
    assert explore_axes.axis("optimizer.learning_rate", [0.1, 0.01, 0.001, 0.0001]) == Axis(
        "optimizer.learning_rate", "Learning rate", 0.0001, 0.1, True
    )
    lists = explore_axes.axis("model.layers", ["[64]", "[64,32]", "[]", None])
    assert lists is not None and set(lists.choices) == {"64", "64,32", "none"}
    assert [explore_axes.stored(choice) for choice in ("64", "64,32", "none", "adam", 3)] == ["[64]", "[64,32]", "[]", "adam", 3]
    assert explore_axes.axis("optimizer", [None]) is None


def test_statistics_compare_two_settings_and_repeat_them_in_one_press(open_page: Open, trained: Open) -> None:
    done = {0.1: (4, 3, 4), 0.001: (1, 1, 1)}
    runs = [trained(done=done[rate][seed], end="done", seed=seed, learning_rate=rate) for rate in done for seed in range(3)]
    page = open_page("runs", run=",".join([runs[0], runs[3]]), **{"try.view": "Statistics"})
    assert list(page.app.dataframe[0].value["Seeds"]) == [3, 3]
    assert "is better than" in page.words and "seed by seed over 3 common seeds" in page.words
    page.press("Repeat over 5 seeds")
    started = [run for run in service.runs() if run.kind == "seeds"]
    assert len(started) == 4 and {service.experiment(run.id).seed for run in started} == {3, 4}


def test_two_seeds_are_said_to_be_too_few(open_page: Open, trained: Open) -> None:
    runs = [trained(done=done, end="done", seed=seed, learning_rate=rate) for rate, done in ((0.1, 4), (0.001, 1)) for seed in range(2)]
    assert "Too few seeds to tell" in open_page("runs", run=",".join([runs[0], runs[2]]), **{"try.view": "Statistics"}).words


def test_report_and_tables_are_offered_for_the_choice(open_page: Open, trained: Open) -> None:
    page = open_page("runs", run=trained(end="done"), **{"try.view": "Report and tables"})
    assert {button.proto.label for button in page.app.get("download_button")} == {"Report", "CSV", "JSON", "Parquet"}
    assert "Tick runs" in open_page("runs", **{"try.view": "Report and tables"}).words


def test_page_of_one_run_says_what_it_was_made_with(open_page: Open, trained: Open) -> None:
    run = trained(end="done", learning_rate=0.01)
    service.rename(run, "Deeper")
    page = open_page("run", run=run)
    assert page.app.title[0].value == "Deeper"
    assert run_facts.environment(service.run(run), service.experiment(run))[0] == {"What": "Seed", "Is": "0"}
    assert "Press a run's name" in open_page("run").words
    assert "no run called" in open_page("run", run="nonsense").errors[0]


def test_parents_and_other_seeds_are_its_lineage(open_page: Open, trained: Open, store: Store) -> None:
    parent = trained(end="done")
    trained(end="done", seed=5, learning_rate=0.1)
    child = store.submit(service.experiment(parent).with_(learning_rate=0.1), parent=parent, parent_epoch=3)
    page = open_page("run", run=child)
    page.app.session_state["run_tabs"] = "Lineage"
    page._drawn_again()
    assert "branched after epoch 3" in page.words and "this run" in page.words and "seed 5" in page.words
