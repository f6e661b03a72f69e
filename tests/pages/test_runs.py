"""The table of runs, what can be done to the chosen ones, and their comparison."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from dlcore import service
from dlcore.experiment import Experiment
from dlcore.run import Run
from dlcore.services import listing
from dlcore.ui.explore_curves import tags
from dlcore.ui.run_comparison import differing

Open = Callable[..., Any]


def _table(page: Any) -> dict[str, Any]:
    """What the page hands to the table in the browser; empty where there is none."""
    for element in page.app.get("bidi_component"):
        if element.proto.component_name == "dlcore.run_table":
            return dict(json.loads(element.proto.json))
    return {}


def _rows(page: Any) -> list[dict[str, str]]:
    """The rows as heading → words."""
    table = _table(page)
    titles = [column["title"] for column in table.get("columns", [])]
    return [dict(zip(titles, row["cells"], strict=True)) | {"id": row["id"]} for row in table.get("rows", [])]


def _listed(page: Any) -> list[str]:
    return [row["id"] for row in _rows(page)]


def test_empty_table_says_what_will_appear_and_how(open_page: Open) -> None:
    assert "Runs appear here as soon as you train something" in open_page("runs").words


def test_table_shows_what_was_trained_and_how_well(open_page: Open, trained: Open) -> None:
    run = trained(end="done", learning_rate=0.01)
    row = _rows(open_page("runs"))[0]
    assert (row["id"], row["State"], row["Result"], row["Data"]) == (run, "done", "validation accuracy", "Handwritten digits")
    assert "learning rate 0.01" in row["What"]
    assert row["Best"] == row["Last"]


def test_optimizer_and_schedule_that_were_chosen_are_named(open_page: Open, trained: Open) -> None:
    trained(end="done", optimizer="sgd", schedule="cosine")
    assert _rows(open_page("runs"))[0]["What"].startswith("sgd · cosine")


def test_title_takes_the_place_of_the_settings(open_page: Open, trained: Open) -> None:
    service.rename(trained(end="done"), "Deeper")
    assert _rows(open_page("runs"))[0]["What"] == "Deeper"


def test_address_filters_the_table(open_page: Open, trained: Open) -> None:
    digits, moons = trained(end="done"), trained(end="failed", dataset="moons")
    assert _listed(open_page("runs")) == [moons, digits]
    assert _listed(open_page("runs", words="moons")) == [moons]
    assert _listed(open_page("runs", state="failed")) == [moons]
    assert _listed(open_page("runs", data="Handwritten digits")) == [digits]


def test_filter_that_leaves_nothing_says_so(open_page: Open, trained: Open) -> None:
    trained(end="done")
    assert "No run is like that" in open_page("runs", words="nowhere").words


def test_chosen_metric_stands_in_the_table_for_all_runs(open_page: Open, trained: Open) -> None:
    trained(end="done")
    page = open_page("runs")
    page.set("selectbox", "Result", "val_loss")
    assert _rows(page)[0]["Result"] == "validation loss"


def test_losses_are_sorted_from_small_to_large_when_a_heading_is_pressed(open_page: Open, trained: Open) -> None:
    good, bad = trained(done=4, end="done"), trained(done=1, end="done")
    assert _listed(open_page("runs", metric="Validation loss", sort="best")) == [good, bad]
    assert _listed(open_page("runs", metric="Validation loss", sort="-best")) == [bad, good]
    assert _listed(open_page("runs", sort="-val_accuracy.last")) == [good, bad]


def test_any_setting_sorts(open_page: Open, trained: Open) -> None:
    fast, slow = trained(end="done", learning_rate=0.1), trained(end="done", learning_rate=0.001)
    assert _listed(open_page("runs", sort="optimizer.learning_rate")) == [slow, fast]
    assert _listed(open_page("runs", sort="-optimizer.learning_rate")) == [fast, slow]
    assert _listed(open_page("runs", sort="nonsense")) == [slow, fast]


def test_search_box_takes_conditions_on_settings_and_results(open_page: Open, trained: Open) -> None:
    good, bad = trained(done=4, end="done"), trained(done=1, end="done", learning_rate=0.1)
    assert _listed(open_page("runs", words="learning_rate>0.01")) == [bad]
    assert _listed(open_page("runs", words="val_accuracy>0.7")) == [good]
    assert _listed(open_page("runs", words="digits val_loss.last>0.5")) == [bad]
    page = open_page("runs", words="wrong_name>1")
    assert "No setting and no result is called 'wrong_name'" in page.errors[0]


def test_chosen_columns_hold_settings_and_values_of_results(open_page: Open, trained: Open) -> None:
    trained(done=3, end="done", learning_rate=0.1)
    row = _rows(open_page("runs", settings="Learning rate", results="training loss", show=["Best epoch", "At epoch …"], k="2"))[0]
    assert row["Learning rate"] == "0.1" and row["Best epoch"] == "3" and row["Epoch 2"] == "0.65"
    assert row["Training loss, epoch 2"] == "0.5" and "Best" not in row


def test_settings_that_differ_get_columns_of_their_own(open_page: Open, trained: Open) -> None:
    trained(end="done", learning_rate=0.1), trained(end="done", optimizer="sgd")
    page = open_page("runs", differ="true")
    titles = [column["title"] for column in _table(page)["columns"]]
    assert "Learning rate" in titles and "Optimizer" in titles and "Momentum β₁" not in titles and "Seed" not in titles


def test_runs_are_put_together_by_a_setting(open_page: Open, trained: Open) -> None:
    for seed, rate in ((0, 0.1), (1, 0.1), (0, 0.001)):
        trained(end="done", learning_rate=rate, seed=seed)
    rows = _rows(open_page("runs", group="Learning rate"))
    assert {row["Learning rate"]: row["Runs"] for row in rows} == {"0.1": "2", "0.001": "1"}
    assert [row["95 % interval"] != "" for row in rows if row["Runs"] == "2"] == [True]


def test_finished_and_failed_runs_can_be_hidden(open_page: Open, trained: Open) -> None:
    done, failed, running = trained(end="done"), trained(end="failed"), trained()
    assert _listed(open_page("runs", hide="Finished")) == [running, failed]
    assert _listed(open_page("runs", hide=["Finished", "Failed"])) == [running]
    assert done not in _listed(open_page("runs", hide="Finished"))


def test_starred_and_archived_runs_have_their_place(open_page: Open, trained: Open) -> None:
    plain, starred, gone = trained(end="done"), trained(end="done"), trained(end="done")
    listing.star(starred)
    listing.archive(gone)
    assert _listed(open_page("runs")) == [starred, plain]
    assert _listed(open_page("runs", starred="true")) == [starred]
    assert _listed(open_page("runs", archived="true")) == [gone]
    page = open_page("runs", run=plain).press("Put away")
    assert _listed(page) == [starred]


def test_layout_is_remembered_for_the_person_and_a_link_outweighs_it(open_page: Open, trained: Open) -> None:
    trained(end="done")
    page = open_page("runs").set("toggle", "Settings that differ", True)
    page.set("multiselect", "Of each result", ["last"])
    assert [column["title"] for column in _table(open_page("runs"))["columns"]][:3] == ["What", "State", "Last"]
    linked = open_page("runs", show="Best")
    assert [column["title"] for column in _table(linked)["columns"]][:3] == ["What", "State", "Best"]
    assert [column["title"] for column in _table(open_page("runs"))["columns"]][:3] == ["What", "State", "Last"]


def test_new_run_leaves_the_choice_as_it_is(open_page: Open, trained: Open) -> None:
    run = trained(end="done")
    page = open_page("runs", run=run)
    newer = trained(end="done")
    page._drawn_again()
    assert _listed(page) == [newer, run] and _table(page)["chosen"] == [run] and page.query["run"] == run


def test_trash_has_a_table_of_its_own(open_page: Open, trained: Open) -> None:
    kept, gone = trained(end="done"), trained(end="done")
    service.delete(gone)
    page = open_page("runs")
    assert _listed(page) == [kept]
    page.set("toggle", "Show the trash", True)
    assert _listed(page) == [gone]
    page.press("Remove them for good")
    assert _listed(page) == [] and "The trash is empty." in page.words


def test_trials_of_searches_are_hidden_until_asked_for(open_page: Open, trained: Open) -> None:
    own = trained(end="done")
    trial = service.start(Experiment(), kind="trial")
    page = open_page("runs")
    assert _listed(page) == [own]
    assert _listed(page.set("toggle", "Searches and claims too", True)) == [trial, own]


def test_chosen_runs_are_compared_with_what_differs(open_page: Open, trained: Open) -> None:
    first, second = trained(end="done", learning_rate=0.01), trained(done=3)
    page = open_page("runs", run=f"{first},{second}")
    assert "2 runs compared" in page.words
    compared = page.app.dataframe[0].value
    assert list(compared.loc["Learning rate"]) == ["0.01", "0.001"]
    assert list(compared.loc["State"]) == ["done", "running"]
    assert "Seed" not in compared.index


def test_runs_of_the_address_that_are_gone_are_passed_over(open_page: Open, trained: Open) -> None:
    assert "Curves" in open_page("runs", run=f"{trained(end='done')},nonsense").words


def test_name_tags_and_note_are_written_down(open_page: Open, trained: Open) -> None:
    run = trained(end="done")
    page = open_page("runs", run=run)
    page.widget("text_input", "Title").set_value("Deeper")
    page.widget("text_input", "Tags").set_value("keep, good ,")
    page.widget("text_area", "Note").set_value("Worth it.")
    page.press("Save")
    found = service.run(run)
    assert (found.title, found.tags, found.note) == ("Deeper", ("keep", "good"), "Worth it.")


def test_tags_for_several_runs_leave_their_own(open_page: Open, trained: Open) -> None:
    first, second = trained(end="done"), trained(end="done")
    service.set_tags(first, ["own", "both"])
    service.set_tags(second, ["both"])
    page = open_page("runs", run=f"{first},{second}")
    assert page.widget("text_input", "Tags").value == "both"
    page.widget("text_input", "Tags").set_value("new")
    page.press("Save")
    assert (service.run(first).tags, service.run(second).tags) == (("own", "new"), ("new",))


def test_deleting_says_which_run_cannot_go_and_moves_the_others(open_page: Open, trained: Open) -> None:
    done, running = trained(end="done"), trained()
    page = open_page("runs", run=f"{done},{running}").press("Delete")
    assert service.run(done).trashed and not service.run(running).trashed
    assert any("Stop it first" in error for error in page.errors)
    assert page.query["run"] == running


def test_pages_can_be_leafed_through(open_page: Open, monkeypatch: Any) -> None:
    monkeypatch.setattr("dlcore.ui.run_table.PAGE", 2)
    made = [service.start(Experiment()) for _ in range(3)]
    page = open_page("runs")
    assert _listed(page) == [made[2], made[1]]
    assert _listed(page.press("Next page")) == [made[0]]
    assert _listed(page.set("text_input", "Search", made[1])) == [made[1]]


def test_experiments_differ_in_parts_and_settings() -> None:
    one = Experiment()
    found = differing([one, one.with_(optimizer="sgd", epochs=7)])
    assert found["Optimizer"] == ["Adam", "Gradient descent (SGD)"] and found["Epochs"][1] == "7"
    assert "Data set" not in found and differing([one, one]) == {}


def test_runs_of_one_colour_are_told_apart_by_numbers_and_keep_it() -> None:
    runs = [Run(f"r{number}", 0.0, colour=colour) for number, colour in enumerate((3, 1, 3, 3))]
    assert tags(runs) == ["1", "", "2", "3"]
