"""What a person takes away from a search; the script is run as someone without the lab would run it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.run import State
from dlcore.services import search_export, searching
from dlcore.studies.search import Search, SearchEvent, Study, Trial
from dlcore.studies.space import Space

SEARCH = Search(Experiment(epochs=2), Space.of({"learning_rate": {"low": 0.001, "high": 0.1, "log": True}, "model.layers": [[8], [8, 4]]}))
STUDY = Study("s1", SEARCH, 1.0, state=State.DONE, title="rates")
TRIALS = [
    Trial("s1", 1, {"optimizer.learning_rate": 0.01, "model.layers": (8, 4)}, State.DONE, ("r1",), 0.5, 2, 2),
    Trial("s1", 2, {"optimizer.learning_rate": 0.02, "model.layers": (8,)}, State.FAILED, ("r2",), cause="It blew up."),
]
EVENTS = [(1, SearchEvent("s1", "done", 2.0, {"reason": "All trials have ended."}))]


def test_a_table_has_one_row_for_each_trial() -> None:
    rows = list(csv.DictReader(io.StringIO(search_export.write(STUDY, TRIALS, EVENTS, "csv").decode())))
    assert [(row["trial"], row["optimizer.learning_rate"], row["model.layers"], row["score"], row["state"]) for row in rows] == [
        ("1", "0.01", "8,4", "0.5", "done"), ("2", "0.02", "8", "", "failed"),
    ]  # fmt: skip
    assert rows[1]["cause"] == "It blew up."


def test_json_holds_what_was_asked_for_what_came_of_it_and_what_happened() -> None:
    body = json.loads(search_export.write(STUDY, TRIALS, EVENTS, "json"))
    assert Search.from_json(json.dumps(body["asked"])) == SEARCH
    assert (body["best"], body["trials"][0]["score"], body["trials"][0]["values"]["model.layers"]) == (1, 0.5, [8, 4])
    assert body["events"] == [{"kind": "done", "time": 2.0, "reason": "All trials have ended."}]


def test_an_unknown_form_is_named() -> None:
    with pytest.raises(Invalid, match="no form of a search called 'xml'"):
        search_export.write(STUDY, TRIALS, EVENTS, "xml")


def test_a_script_refuses_what_it_cannot_vary() -> None:
    with pytest.raises(Invalid, match="cannot vary dataset"):
        search_export.write(Study("s1", Search(Experiment(), Space.of({"dataset": ["digits", "wine"]})), 1.0), [], [], "script")


@pytest.mark.parametrize("preset", ["learning_rate", "weights", "architecture", "optimizer", "dropout_per_layer", "early_stopping"])
@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_a_script_of_each_preset_is_python(preset: str, model: str) -> None:
    search = searching.preset(preset, Experiment().with_(model=model))
    text = search_export.write(Study("s1", search, 1.0), [], [], "script").decode()
    compile(text, "script.py", "exec")
    assert "dlcore." not in text.replace("of dlcore", "") or "from dlcore" not in text


@pytest.mark.keras
def test_a_script_searches_without_the_lab(tmp_path: Path) -> None:
    space = Space.of([
        {"key": "optimizer", "choices": ["sgd", "adam"]},
        {"key": "learning_rate", "low": 0.01, "high": 0.1, "log": True, "when": ["optimizer", ["sgd"]]},
        {"key": "learning_rate", "low": 0.001, "high": 0.01, "log": True, "when": ["optimizer", ["adam"]]},
        {"key": "model.layers.count", "low": 1, "high": 2},
        {"key": "model.dropout[0]", "low": 0.0, "high": 0.5},
    ])  # fmt: skip
    search = Search(Experiment(epochs=1).with_(layers=(8,)), space, trials=3)
    (tmp_path / "script.py").write_bytes(search_export.write(Study("s1", search, 1.0), [], [], "script"))
    command = [sys.executable, "script.py", "--trials", "3", "--epochs", "1"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, env={"PATH": "/usr/bin"})
    assert ran.returncode == 0, ran.stderr[-3000:]
    best = json.loads(ran.stdout.splitlines()[-1])
    assert best["trials"] == 3 and 0 < best["score"] < 5
    name = best["values"]["optimizer"]
    assert f"optimizer.learning_rate (optimizer={name})" in best["values"]
