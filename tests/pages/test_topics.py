"""The course's topics: each page opens, answers its controls at once, keeps what was set in the link, and trains its presets together."""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from dlcore import registry, service
from dlcore.datasets._files import is_available
from dlcore.experiment import Experiment
from dlcore.fields import Field, Value
from dlcore.store import Store
from dlcore.ui import facts, link, navigation, topic_live, tries, watched
from dlcore.ui.drawing import standalone
from dlcore.ui.topic import Topic

Open = Callable[..., Any]
COURSE = ("deep_learning", "ann", "hyper_parameters", "cnn", "rnn")


def load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"topic_{path.stem}", path)
    assert spec and spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FILES = [leaf.path for leaf in navigation.leaves(navigation.PAGES) if leaf.group in COURSE]
TOPICS: dict[str, Topic] = {path.stem: module.TOPIC for path in FILES if hasattr(module := load(path), "TOPIC")}
EVERY = pytest.mark.parametrize("topic", TOPICS.values(), ids=list(TOPICS))
PARTS = [pytest.param(topic, part, id=f"{name}/{part.title}") for name, topic in TOPICS.items() for part in topic.parts]


def look(topic: Topic, dark: bool = False) -> tries.Look:
    return tries.Look(dark, link.Opened(topic.base or Experiment(), (), (), topic.base or Experiment()))


def answered(topic: Topic, part: tries.Try, dark: bool = False, **values: Value) -> tries.Answer:
    return part.answer(tries.Values({field.name: field.default for field in part.fields} | values), look(topic, dark))


def other(field: Field) -> Value:
    """A value that is not the default, inside the field's range."""
    if field.kind == "bool":
        return not field.default
    if field.kind == "text":
        return "3 * (4 + 5)"
    if field.kind == "choice":
        return (field.choices[-1],) if field.many else next(choice for choice in reversed(field.choices) if choice != field.default)
    if field.many:
        return field.check(field.maximum)
    candidates = (field.default, field.minimum, field.maximum)
    middle = sum(float(one) for one in candidates) / 3  # type: ignore[arg-type]
    value = round(middle) if field.kind == "int" else middle
    return value if value != field.default else field.check(field.maximum)


def test_the_course_has_all_topics_of_its_first_part() -> None:
    assert {
        "why", "what", "biological_neuron", "mcculloch_pitts", "perceptron", "ann_diagram", "mlp", "activations", "backpropagation",
        "surfaces", "optimizers", "batches", "learning_rate", "biases", "weights", "weight_decay", "dropout", "early_stopping",
    } <= set(TOPICS)  # fmt: skip


def test_what_a_page_trains_first_needs_no_network() -> None:
    for name, topic in TOPICS.items():
        first = topic.compare[0].cases if topic.compare else ()
        for experiment in [topic.base, *(topic.base.with_text(case.settings) for case in first)] if topic.base else []:
            assert is_available(experiment.dataset_spec), name


@EVERY
def test_page_opens_with_its_title_lead_and_idea(open_page: Open, topic: Topic) -> None:
    page = open_page(topic.name)
    assert not page.errors
    assert page.app.title[0].value == topic.title
    assert topic.lead in page.words and topic.idea.strip()[:60] in page.words


@EVERY
def test_topic_is_called_as_its_file_and_names_its_sources(topic: Topic) -> None:
    assert topic is TOPICS[topic.name]
    assert topic.sources and topic.parts
    assert any(character.isdigit() for character in topic.lead), "the lead names a reference with its year"
    assert all(name in topic_live.QUANTITIES for name in topic.curves)
    assert {leaf.path.stem for leaf in navigation.leaves(navigation.PAGES)} >= set(topic.opens)


def test_each_topic_leads_to_the_next_page_of_the_course() -> None:
    for here, there in pairwise(path.stem for path in FILES):
        if here in TOPICS:
            name, said = next(iter(TOPICS[here].opens.items()))
            assert (name, said[:6]) == (there, "Next: "), here


@EVERY
def test_words_are_short_and_plain(topic: Topic) -> None:
    said = " ".join([topic.lead, topic.idea, *topic.misprints, *(c.look for c in topic.compare), *(part.hint for part in topic.parts)])
    assert "!" not in said and "simply" not in said.lower()
    assert len(topic.idea.split()) < 330


@EVERY
def test_formulas_of_several_lines_stand_between_lines_of_their_own(topic: Topic) -> None:
    # The reader of Markdown takes what follows an opening $$ on its line for a note, unless the formula ends on that line too.
    for line in topic.idea.splitlines():
        if "$$" in line and line.strip() != "$$":
            assert line.count("$$") == 2, line


@pytest.mark.parametrize(("topic", "part"), PARTS)
def test_every_control_changes_the_answer_or_stands_back(topic: Topic, part: tries.Try) -> None:
    for dark in (False, True):
        first = answered(topic, part, dark)
        assert first.figure.svg.startswith("<svg") and len(first.figure.described) > 10
    for field in part.fields:
        values = tries.Values({one.name: one.default for one in part.fields})
        value = 0.5 if part.spot and field.name in part.spot else other(field)
        changed = answered(topic, part, **{field.name: value})
        if field.name not in part.hides(values):
            assert seen(changed) != seen(answered(topic, part)) or field.name in IDLE_AT_DEFAULT, f"{field.name} changes nothing"


IDLE_AT_DEFAULT = {
    "slope",  # of leaky ReLU, which is not among the functions shown first
    "correction", "noise", "turn", "k", "delta", "decay", "rate", "draw",
    "row", "layer", "again", "period", "prompt", "heat", "review",  # of pictures of opened runs
}  # fmt: skip


def seen(answer: tries.Answer) -> tuple[object, ...]:
    return answer.figure.svg, answer.below and answer.below.svg, tuple(answer.numbers), answer.text


@pytest.mark.parametrize(("topic", "part"), PARTS)
def test_controls_stand_at_both_ends_of_their_range(topic: Topic, part: tries.Try) -> None:
    for field in part.fields:
        ends = (
            [(one,) if field.many else one for one in field.choices] if field.kind == "choice"
            else [False, True] if field.kind == "bool" else [field.default] if field.kind == "text"
            else [field.check(field.minimum), field.check(field.maximum)]
        )  # fmt: skip
        for end in [*ends, *([()] if field.many else [])]:
            answer = answered(topic, part, **{field.name: end})
            assert "nan" not in answer.figure.svg and "inf" not in answer.figure.svg.replace("info", "")


@pytest.mark.parametrize(("topic", "part"), PARTS)
def test_pictures_can_be_taken_away_as_drawings_and_their_numbers_as_tables(topic: Topic, part: tries.Try) -> None:
    for dark in (False, True):
        answer = answered(topic, part, dark)
        for figure in filter(None, (answer.figure, answer.below)):
            drawing = standalone(figure, dark).decode()
            root = ElementTree.fromstring(drawing)
            assert root.tag == "{http://www.w3.org/2000/svg}svg" and "var(" not in drawing and "calc(" not in drawing
            if figure.table:
                head, *rows = csv.reader(io.StringIO(figure.table()))
                assert all(len(row) == len(head) for row in rows) and len(head) >= 2


@EVERY
def test_presets_are_experiments_and_no_more_than_can_be_opened(topic: Topic) -> None:
    for comparison in topic.compare:
        made = [topic.base.with_text(case.settings) for case in comparison.cases]  # type: ignore[union-attr]
        assert len(set(made)) == len(made) <= link.COMPARED
        assert len({case.title for case in comparison.cases}) == len(made)


def test_weights_without_a_run_say_how_to_get_one() -> None:
    topic = TOPICS["weight_decay"]
    drawn = answered(topic, next(part for part in topic.parts if part.title == "Weight histogram")).figure
    assert "Train a net, and its weights appear here." in drawn.svg


def test_moved_control_goes_into_the_link_and_the_link_fills_it(open_page: Open) -> None:
    page = open_page("perceptron").set("selectbox", "Data", "XOR")
    assert page.query["try.data"] == "XOR"
    again = open_page("perceptron", **page.query)
    assert again.widget("selectbox", "Data").value == "XOR"
    again.set("selectbox", "Data", "AND")
    assert "try.data" not in again.query


def test_step_buttons_go_one_step_and_to_both_ends(open_page: Open) -> None:
    page = open_page("backpropagation", **{"try.step": "7"}).press("Next")
    assert page.query["try.step"] == "8"
    assert page.press("End").query["try.step"] == "31"
    assert page.press("Start").query["try.step"] == "0"


def test_playing_goes_on_by_itself_to_the_last_step(open_page: Open) -> None:
    page = open_page("backpropagation", **{"try.step": "29"}).press("Play")
    assert "Pause" in page.buttons and page.query["try.step"] in ("30", "31")
    for _ in range(3):  # as the fragment's clock does
        page.app.run()
    assert page.query["try.step"] == "31" and "Play" in page.buttons
    page.press("Play")
    assert int(page.query["try.step"]) < 3


def test_layers_are_set_by_sliders_and_go_into_the_experiment(open_page: Open) -> None:
    page = open_page("ann_diagram").set("slider", "Hidden layers", 3)
    assert page.query["model.layers"] == "8,8,8"
    page.set("select_slider", "Units in a layer", 16)
    assert page.query["model.layers"] == "16,16,16"
    page.set("toggle", "All layers alike", False).set("select_slider", "Units in layer 2", 4)
    assert page.query["model.layers"] == "16,4,16"
    page.set("slider", "Hidden layers", 0)
    assert page.query["model.layers"] == ""


def test_optimizers_race_at_several_rates_each_from_one_press(open_page: Open, store: Store) -> None:
    address = {"try.racers": "Momentum,L-BFGS", "try.tried": "3", "try.seeds": "2", "epochs": "2", "optimizer": "adam"}
    page = open_page("optimizers", **address)
    page.app.session_state["tabs_optimizers"] = "Race on a real net"
    page.app.run()
    page.press("Race: 8 trainings")
    made = [service.experiment(run.id) for run in store.active()]
    momentum = [one.optimizer.settings["learning_rate"] for one in made if one.optimizer.name == "sgd"]
    assert sorted(momentum) == [0.032, 0.032, 0.1, 0.1, 0.32, 0.32] and len(made) == 8
    page.press("Stop the race")
    assert not store.active()


def test_bad_value_of_a_control_in_the_link_gets_a_sentence(open_page: Open) -> None:
    page = open_page("perceptron", **{"try.rate": "9"})
    assert any("rate = 9 is not allowed" in error for error in page.errors)
    assert page.widget("select_slider", "Learning rate ε").value == 0.1


def test_settings_of_the_experiment_and_of_the_picture_live_in_one_link(open_page: Open) -> None:
    page = open_page("dropout", **{"try.rate": "0.3"}).set("slider", "Dropout", 0.25)
    assert page.query["try.rate"] == "0.3" and page.query["model.dropout"] == "0.25"


def test_compare_trains_the_presets_side_by_side_from_the_present_settings(open_page: Open, store: Store) -> None:
    page = open_page("dropout").set("select_slider", "Epochs", 100).press("Compare")
    runs = [store.run(name) for name in page.query["run"].split(",")]
    assert [run.title for run in runs] == ["none", "rate 0.2", "rate 0.5", "rate 0.8"]
    experiments = [service.experiment(run.id) for run in runs]
    assert [one.model.settings["dropout"] for one in experiments] == [0.0, 0.2, 0.5, 0.8]
    assert {one.epochs for one in experiments} == {100}


def test_train_uses_the_topics_own_settings(open_page: Open, store: Store) -> None:
    page = open_page("weights").press("Train")
    assert len(service.experiment(page.query["run"]).model.settings["layers"]) == 10  # type: ignore[arg-type]


def test_loss_lies_over_the_seconds_that_training_took(trained: Open) -> None:
    (run,) = watched.watch([trained(done=3, end="done")], dark=False)
    loss, validation = topic_live.QUANTITIES["loss by seconds"].lines(run)
    assert loss.x.tolist() == pytest.approx(run.epochs["seconds"].cumsum().tolist()) and len(loss.x) == 3
    assert loss.y.tolist() == run.epochs["loss"].tolist() and validation.dash


def test_stopping_is_read_off_the_opened_run(open_page: Open, trained: Open) -> None:
    page = open_page("early_stopping", run=trained(done=3, end="done"))
    assert "A drawn example" not in page.words
    assert "never" in page.words


@pytest.mark.parametrize("name", ["milestones", "ilsvrc", "deepface", "gnmt"])
def test_facts_have_a_source_in_every_row(name: str) -> None:
    rows = facts.table(name)
    assert rows and all(row["source"].strip() for row in rows)


def test_facts_are_those_that_were_published() -> None:
    assert {row["year"]: float(row["top5_error_percent"]) for row in facts.table("ilsvrc")} == {
        "2010": 28.2, "2011": 25.8, "2012": 16.4, "2013": 11.7, "2014": 6.66, "2015": 3.57, "2016": 2.99, "2017": 2.25,
    }  # fmt: skip
    assert [int(row["year"]) for row in facts.table("milestones")] == sorted(int(row["year"]) for row in facts.table("milestones"))
    for row in facts.table("gnmt"):
        assert all(low < high for low, high in pairwise(float(row[kind]) for kind in ("phrase_based", "gnmt", "people")))


def test_trends_file_is_read_as_it_is_exported() -> None:
    module = sys.modules["topic_what"]
    table = module._read(b"Category: All\n\nWeek,deep learning: (Worldwide)\n2016-01-03,<1\n2016-01-10,12\n")
    assert table["deep learning: (Worldwide)"].tolist() == [0, 12]
    assert module._read(b"nothing here") is None


def test_claims_and_notebooks_name_pages_that_are_there() -> None:
    pages = {leaf.path.stem for leaf in navigation.leaves(navigation.PAGES)}
    assert {claim.topic for claim in registry.members("claims").values()} <= pages


@pytest.mark.parametrize("there", [True, False])
def test_perceptron_page_begins_with_digits_where_fashion_mnist_is_not(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    if there:
        for file in registry.find("datasets", "fashion_mnist").files:
            place = tmp_path / "datasets" / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            with open(place, "wb") as made:
                made.truncate(file.bytes)
    page = open_page("mlp")
    assert page.widget("selectbox", "Data set").value == ("fashion_mnist" if there else "digits")
    assert ("is not on this computer, so the page begins with digits" in page.words) is not there


def test_models_are_measured_against_each_other_from_one_press(open_page: Open, store: Store) -> None:
    address = {"try.models": "Multilayer perceptron,Logistic regression", "try.rows": "50,all", "try.seeds": "2"}
    tab = "tabs_why"
    page = open_page("why", **address)
    page.app.session_state[tab] = "Nets against other models"
    page.app.run()
    page.press("Measure them")
    runs = [service.experiment(run.id) for run in store.runs(states=None) if run.kind == "curve"]
    assert sorted((one.seed, one.examples, one.epochs) for one in runs) == [(0, 500, 500), (0, 1797, 40), (1, 500, 500), (1, 1797, 40)]
    jobs = store.jobs()
    assert [(job.name, job.inputs["models"], job.inputs["sizes"], job.inputs["seeds"]) for job in jobs] == [
        ("baselines", ["linear"], [50, 1347], [0]), ("baselines", ["linear"], [50, 1347], [1]),
    ]  # fmt: skip
    assert "Stop measuring" in page.buttons
    page.press("Stop measuring")
    assert {job.state for job in store.jobs()} == {"cancelled"}
    assert not [run for run in store.active() if run.kind == "curve"]


def test_table_of_a_picture_holds_the_numbers_that_it_shows() -> None:
    topic = TOPICS["why"]
    rows = list(csv.reader(io.StringIO(answered(topic, topic.parts[0]).figure.table())))  # type: ignore[misc]
    assert ["AlexNet (SuperVision), 2012", "16.4"] in [row[:2] for row in rows]
    activations = TOPICS["activations"]
    rows = list(csv.reader(io.StringIO(answered(activations, activations.parts[0]).figure.table())))  # type: ignore[misc]
    assert rows[0][:2] == ["line", "weighted sum x"] and max(float(row[1]) for row in rows[1:]) == 6


def test_take_away_offers_every_picture_of_the_page(open_page: Open) -> None:
    page = open_page("batches")
    page.app.session_state["tabs_batches"] = "Take it away"
    page.app.run()
    labels = [button.proto.label for button in page.app.get("download_button")]
    assert {"Upper picture as SVG", "Upper picture as CSV", "Lower picture as SVG", "Lower picture as CSV"} <= set(labels)


@pytest.mark.parametrize("name", ["learning_rate", "biases", "weights", "weight_decay", "dropout", "early_stopping"])
def test_page_of_a_hyper_parameter_opens_a_search_of_its_own_with_its_settings(open_page: Open, name: str) -> None:
    looking = TOPICS[name].search
    assert looking and name in looking.presets
    page = open_page(name, epochs="7")
    page.app.session_state[f"tabs_{name}"] = "Search"
    page.app.run()
    page.press("Open this search")
    assert page.app.title[0].value == "Searches"
    assert page.query["try.preset"] == name and page.query["epochs"] == "7"
    full, _ = TOPICS[name].base.find_field(looking.slider)  # type: ignore[union-attr]
    assert full == looking.slider and registry.find("searches", name)
