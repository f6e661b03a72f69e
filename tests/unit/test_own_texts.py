"""Texts of one's own: labelled ones that are read word by word, and plain ones whose letters a net learns to write."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlcore.cli import main
from dlcore.engine.data import prepare
from dlcore.errors import Invalid, LabError
from dlcore.experiment import Experiment
from dlcore.exports import _own_data
from dlcore.exports._predict import predict_script
from dlcore.jobs import baselines
from dlcore.owndata import features, reading, shelf
from dlcore.owndata.sniffing import has_quotes, is_prose
from dlcore.owndata.table_set import keep_table, plan
from dlcore.owndata.tables import open_table
from dlcore.owndata.text_set import RARE, keep_text, letter_names, plan_text
from dlcore.services import bench_rows, own_data, own_rows

GOOD, BAD = ["good", "great", "lovely", "nice"], ["bad", "awful", "poor", "sad"]
POEM = "The moon was shining sulkily,\nBecause she thought the sun\nHad got no business to be there\nAfter the day was done.\n\n" * 40


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    """300 lines of a sentence, a tab and 0 or 1, without a row of names; many begin with a quotation mark that is not closed."""
    draw, lines = random.Random(1), []
    for number in range(300):
        said = (BAD, GOOD)[number % 2]
        mark = '"' if number % 5 == 0 else ""
        lines.append(f"{mark}Film {number} was {draw.choice(said)}, with a {draw.choice(said)} end, I think.\t{number % 2}")
    path = tmp_path / "opinions.txt"
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def poem(tmp_path: Path) -> Path:
    path = tmp_path / "poem.txt"
    path.write_text(POEM)
    return path


# Reading and guessing.
def test_what_a_text_file_is_follows_from_its_lines(reviews: Path, poem: Path, tmp_path: Path) -> None:
    assert (reading.kind_of(reviews), reading.kind_of(poem)) == ("table", "text")
    assert reading.kind_of(poem, {"as": "table"}) == "table"
    numbers = tmp_path / "numbers.txt"
    numbers.write_text("\n".join(f"{number},{number / 7}" for number in range(50)))
    assert reading.kind_of(numbers) == "table"
    assert not is_prose(POEM, ".csv"), "a name says that it is a table"
    with pytest.raises(Invalid, match="nothing that a file can be read as"):
        reading.kind_of(poem, {"as": "music"})


def test_marks_that_are_not_closed_do_not_swallow_lines(reviews: Path) -> None:
    table = open_table(reviews)
    assert (table.quotes, table.header, table.delimiter) == (False, False, "\t")
    assert len(table.head(1000)["column 1"]) == 300 and table.head(1)["column 1"][0].startswith('"Film 0')
    assert has_quotes('a,b\n"x, y",1\n"z",2\n', ",") and has_quotes('a\tb\n"two\nlines"\t1\n', "\t")


def test_a_text_that_is_the_only_input_is_read_word_by_word(reviews: Path, home: Path) -> None:
    body = keep_table(reviews, "opinions")
    column, shape = body["preparation"]["columns"][0], body["shape"]
    assert body["kind"] == "text" and body["scaling"] == "none" and shape["task"] == "binary"
    assert column["vocabulary"][:3] == ["", "(rare)", "a"] and {"great", "awful"} <= set(column["vocabulary"])
    assert shape["input"] == [10, 1] and shape["tokens"] == len(column["vocabulary"])
    x = shelf.arrays("opinions", body["version"])["x"]
    words = [column["vocabulary"][int(token)] for token in x[0, :, 0]]
    assert " ".join(words).startswith("film (rare) was") and words[-2:] == ["i", "think"]
    (told,) = own_data.profile("opinions")["columns"]
    assert told["of"] >= sum(told["counts"]) > told["rows"], "shares are of all words, not of rows"
    spec = Experiment().with_(dataset="opinions", model="rnn").dataset_spec
    assert spec.vocabulary is not None and len(spec.vocabulary({"version": body["version"]})) == shape["tokens"]


def test_how_a_text_is_read_can_be_said(reviews: Path, home: Path) -> None:
    counted = keep_table(reviews, "counted", {"types": {"column 1": "text"}})
    assert counted["kind"] == "table" and counted["shape"]["kind"] == "vector"
    letters = keep_table(reviews, "letters", {"types": {"column 1": "letters"}, "steps": 30, "vocabulary": 12})
    assert letters["shape"]["input"] == [30, 1] and letters["shape"]["tokens"] == 14
    assert any("longer than 30 letters" in one["text"] for one in letters["warnings"])
    for choices, said in (({"steps": 2000}, "steps = 2000"), ({"vocabulary": 1}, "vocabulary = 1")):
        with pytest.raises(Invalid, match=said):
            plan(reviews, choices)


def test_a_text_is_read_alone_or_counted_beside_other_columns(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [f"here are some words {number},{number / 3},{'NS'[number % 2]},{'yn'[number % 2]}" for number in range(80)]
    path.write_text("\n".join(["said,size,town,target", *lines]))
    assert plan(path).guess.by_name["said"].kind == "text" and len(plan(path).inputs) == 3
    alone = plan(path, {"types": {"said": "words"}})
    assert [column.name for column in alone.inputs] == ["said"] and {column.role for column in alone.left_out} == {"beside"}
    body = keep_table(path, "alone", {"types": {"said": "words"}})
    assert any("“size” is left out" in one["text"] and "kind text" in one["advice"] for one in body["warnings"])
    with pytest.raises(Invalid, match="cannot both be read"):
        plan(path, {"types": {"said": "words", "town": "letters"}})


def test_rare_words_are_one_word_and_a_longer_text_keeps_its_end() -> None:
    column = {"name": "a", "kind": "words", "vocabulary": ["", "(rare)", "moon", "sun"], "rare": 1, "steps": 3}
    found = features.encode_tokens(["Sun", "one, two! Moon sun", "", "the (rare) moon"], column)
    assert found.tolist() == [[0, 0, 3], [1, 2, 3], [0, 0, 0], [1, 1, 2]]
    assert features.encode_tokens(["sun and moon"], {**column, "rare": -1}).tolist() == [[0, 3, 2]]


# Training, exports, the bench.
def test_texts_train_like_built_in_ones_and_later_ones_are_read_alike(reviews: Path, home: Path, tmp_path: Path) -> None:
    keep_table(reviews, "opinions")
    experiment = Experiment().with_(dataset="opinions", model="rnn")
    made = prepare(experiment)
    assert made.x_train.dtype == np.float32 and made.constants == {"mean": [0.0], "scale": [1.0]}
    assert any(call.path == "layers.Embedding" for call in experiment.plan())
    later = tmp_path / "later.txt"
    later.write_text("A lovely film!\n\nSad.\n")
    rows = own_rows.raw_inputs(experiment, later)
    assert rows is not None and rows.shape == (2, 10, 1)
    np.testing.assert_array_equal(rows[0], own_rows.raw_text(experiment, "A lovely film!")[0])  # type: ignore[index]
    model: Any = SimpleNamespace(experiment=experiment, input=(10, 1))
    np.testing.assert_array_equal(bench_rows.from_text(model, "A lovely film!"), rows[:1])
    np.testing.assert_array_equal(bench_rows.from_table(model, "later.txt", later.read_bytes()), rows)
    assert bench_rows.as_text(model, rows[0]) == "a lovely film"
    with pytest.raises(Invalid, match="nothing to read"):
        bench_rows.from_text(model, "  ")


def test_predict_reads_raw_texts_as_the_lab_does(reviews: Path, home: Path, tmp_path: Path) -> None:
    keep_table(reviews, "opinions")
    experiment = Experiment().with_(dataset="opinions", model="rnn")
    texts = ["What a great, GREAT end", 'poor; it\'s "bad"']
    (tmp_path / "new.txt").write_text("\n".join(texts))
    (tmp_path / "new.csv").write_text("\n".join(f"{text}\t" for text in texts))
    (tmp_path / "preparation.json").write_text(json.dumps(_own_data.preparation_of(experiment)))
    source = predict_script(_bundle(experiment), _runtime(), (10, 1))
    (tmp_path / "predict.py").write_text(source)
    code = "import sys, predict; [print(predict.rows_of(name).ravel().tolist()) for name in sys.argv[1:]]"
    ran = subprocess.run([sys.executable, "-c", code, "new.txt", "new.csv"], cwd=tmp_path, capture_output=True, text=True, check=True)
    expected = own_rows.raw_inputs(experiment, tmp_path / "new.txt")
    assert expected is not None
    assert [json.loads(line) for line in ran.stdout.splitlines()] == [expected.ravel().tolist()] * 2


def _bundle(experiment: Experiment) -> Any:
    return SimpleNamespace(experiment=experiment, run=SimpleNamespace(id="r"), class_names=("0", "1"))


def _loaded(path: str) -> Any:
    return None


def _runtime() -> Any:
    return SimpleNamespace(keras=False, path="model", name="nothing", load=_loaded)


def test_other_models_are_given_how_often_each_word_is_there(reviews: Path, home: Path) -> None:
    keep_table(reviews, "opinions")
    experiment = Experiment().with_(dataset="opinions", model="rnn")
    inputs = {"experiment": json.loads(experiment.to_json()), "models": ["linear", "constant"], "sizes": [0], "seeds": [0]}
    linear, constant = (score["metrics"]["accuracy"] for score in baselines.perform(inputs, {}, lambda fraction: None)[0]["scores"])
    assert linear > 0.95 and constant < 0.6


# Plain texts.
def test_a_plain_text_becomes_pieces_and_the_same_pieces_one_letter_later(poem: Path, home: Path) -> None:
    body = keep_text(poem, "", {"steps": 20, "stride": 7})
    vocabulary, shape = body["preparation"]["columns"][0]["vocabulary"], body["shape"]
    assert vocabulary == sorted(set(POEM)) and body["name"] == "poem"
    assert shape["tokens"] == shape["outputs"] == len(vocabulary) and shape["per_step"] and body["splits"] == ["time"]
    arrays = shelf.arrays("poem", body["version"])
    assert arrays["x"].dtype == np.uint8 and arrays["x"].shape == (shape["rows"], 20, 1)
    for row in (0, 5, shape["rows"] - 1):
        read, told = ("".join(vocabulary[token] for token in arrays[name][row].reshape(-1)) for name in ("x", "y"))
        assert read == POEM[7 * row : 7 * row + 20] and told == POEM[7 * row + 1 : 7 * row + 21]


def test_a_net_that_writes_is_planned_on_a_plain_text(poem: Path, home: Path) -> None:
    keep_text(poem)
    experiment = Experiment().with_(dataset="poem", model="generator")
    made = prepare(experiment)
    assert experiment.shape.per_step and made.y_train.dtype == np.int64 and made.y_train.shape == made.x_train.shape[:2]
    assert experiment.dataset_spec.in_order and len(made.x_test) and made.x_test.shape[1:] == (64, 1)
    model: Any = SimpleNamespace(experiment=experiment, input=(64, 1))
    row = bench_rows.from_text(model, "The moon")
    assert bench_rows.as_text(model, row[0]).endswith("The moon")


def test_rare_letters_are_one_and_orders_to_a_terminal_are_dropped(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_bytes(("abab \u202e\x1b" * 400 + "\r\nxyz").encode())
    made = plan_text(path, {"vocabulary": 3, "steps": 10})
    assert made.vocabulary == (" ", "a", "b", RARE) and "".join(made.texts())[-5:] == " \nxyz"
    assert not set("".join(made.texts())) & {"\u202e", "\x1b", "\r"}
    body = keep_text(path, "odd", {"vocabulary": 3, "steps": 10})
    assert any("becomes" in one["text"] or "become one" in one["text"] for one in body["warnings"])
    assert int(shelf.arrays("odd", body["version"])["y"].max()) == 3


@pytest.mark.parametrize(
    ("content", "choices", "said"),
    [
        ("aaaa" * 500, {}, "fewer than two different"),
        ("too short", {}, "make 0 pieces"),
        (POEM, {"steps": 1}, "steps = 1"),
        (POEM, {"stride": 5000}, "stride = 5000"),
        (POEM, {"vocabulary": 6000}, "vocabulary = 6000"),
        (POEM, {"encoding": "klingon"}, "no encoding called"),
    ],
)
def test_a_text_that_nobody_can_learn_from_is_refused(content: str, choices: dict, said: str, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(content)
    with pytest.raises(Invalid, match=said):
        keep_text(path, "", choices)


@pytest.mark.parametrize("seed", range(60))
def test_every_crafted_text_is_kept_or_refused_in_a_sentence(seed: int, tmp_path: Path, home: Path) -> None:
    draw = random.Random(seed)
    signs = [
        "<b>",
        "$x$",
        "[a](b)",
        "=1+1",
        "`",
        "\x1b[31m",
        "\u202e",
        "\ufeff",
        "\0",
        "é",
        "字",
        "💥",
        "\ud7ff",
        "a",
        " ",
        "\n",
        "{0}",
        "%s",
    ]
    data = "".join(draw.choice(signs) for _ in range(draw.choice((0, 5, 3000)))).encode(draw.choice(("utf-8", "utf-16")), "replace")
    if draw.random() < 0.4:
        data = bytes(draw.randrange(256) if draw.random() < 0.02 else byte for byte in data)
    path = tmp_path / draw.choice(("a.txt", "=b.md", "c", "d.csv", "-e.txt"))
    path.write_bytes(data)
    chosen = {"as": draw.choice(("text", "table", ""))} | (
        {"types": {"column 1": draw.choice(("words", "letters"))}} if draw.random() < 0.3 else {}
    )
    try:
        body = reading.keep(path, "crafted", chosen)
    except LabError as error:
        assert 10 < len(str(error)) < 500 and not any(sign in str(error) for sign in "<>`\0\x1b\n")
    else:
        arrays = shelf.arrays("crafted", body["version"])
        assert len(arrays["x"]) == len(arrays["y"]) == body["shape"]["rows"]
        assert arrays["x"].max() < max(body["shape"].get("tokens", 0), 1) or not body["shape"].get("tokens")
        words = [body["title"], body["summary"], *body["class_names"], *(one["text"] for one in body["warnings"])]
        assert not any(sign in word for word in words for sign in "<>`$[]\0\x1b\n")
    assert {entry.name for entry in tmp_path.iterdir()} <= {"home", path.name}


def test_texts_are_added_by_command(reviews: Path, poem: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "add", str(reviews), "--vocabulary", "10", "--steps", "5"]) == 0
    assert "--set dataset=opinions model=rnn" in capsys.readouterr().out
    assert main(["data", "add", str(poem), "--steps", "16", "--stride", "4", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["kind"], body["shape"]["input"]) == ("letters", [16, 1])
    assert main(["data", "add", str(poem), "--name", "lines", "--as", "table"]) != 0


def test_letters_have_names_that_no_page_reads_as_an_order() -> None:
    assert letter_names(("a", "é", " ", "\n", "*", "$")) == ["a", "é", "space", "line break", "asterisk", "dollar sign"]
