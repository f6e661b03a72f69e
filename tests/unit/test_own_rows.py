"""New rows for a net of one's own data, saved by another program than the data set was: the lab and an exported script read them alike."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dlcore.experiment import Experiment
from dlcore.exports import _own_data
from dlcore.owndata import shelf
from dlcore.owndata.table_set import keep_table
from dlcore.services import own_rows

PREDICT = f"""from __future__ import annotations
import json
from pathlib import Path
import numpy as np
{_own_data.raw_rows_source()}
import sys
np.save("x.npy", rows_of(sys.argv[1]))
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "lab"))
    return tmp_path


@pytest.fixture
def homes() -> pd.DataFrame:
    draw = np.random.default_rng(0)
    size = draw.uniform(20, 150, 80).round(2)
    towns = draw.choice(["Köln", "Zürich", "Bern, Altstadt"], 80)
    return pd.DataFrame({"Fläche": size, "rooms": draw.integers(1, 6, 80), "town": towns, "price": (2000.5 * size).round(1)})


SAVED = {
    "german.csv": lambda rows, path: rows.to_csv(path, sep=";", decimal=",", index=False, encoding="cp1252"),
    "plain.csv": lambda rows, path: rows.to_csv(path, index=False),
    "marked.csv": lambda rows, path: rows.to_csv(path, index=False, encoding="utf-16"),
    "turned.tsv": lambda rows, path: rows.iloc[:, ::-1].to_csv(path, sep="\t", index=False),
    "rows.json": lambda rows, path: path.write_text(json.dumps(rows.to_dict("records"))),
    "rows.parquet": lambda rows, path: rows.to_parquet(path),
    "rows.xlsx": lambda rows, path: rows.to_excel(path, index=False),
}
TEXTS = [name for name in SAVED if not name.endswith((".parquet", ".xlsx"))]


def _kept(homes: pd.DataFrame, home: Path, form: str) -> tuple[Experiment, np.ndarray]:
    SAVED[form](homes, home / form)
    body = keep_table(home / form, "homes", {"target": "price", "task": "regression"})
    return Experiment().with_text({"dataset": "homes"}), shelf.arrays("homes", body["version"])["x"]


@pytest.mark.parametrize("form", ["german.csv", "plain.csv", "rows.xlsx"])
def test_the_lab_reads_new_rows_however_they_were_saved(homes: pd.DataFrame, home: Path, form: str) -> None:
    experiment, expected = _kept(homes, home, form)
    for name, save in SAVED.items():
        save(homes, home / name)
        np.testing.assert_array_equal(own_rows.raw_inputs(experiment, home / name), expected, name)


@pytest.mark.parametrize("name", ["plain.csv", "rows.json", "rows.parquet"])
def test_values_that_the_net_never_learned_of_are_said(homes: pd.DataFrame, home: Path, name: str) -> None:
    experiment, _ = _kept(homes, home, "plain.csv")
    said: list[str] = []
    SAVED[name](homes, home / name)
    own_rows.raw_inputs(experiment, home / name, said.append)
    assert said == []
    SAVED[name](homes.assign(town=["Köln", "Ulm", None, *[f"Neustadt {number}" for number in range(77)]]), home / name)
    rows = own_rows.raw_inputs(experiment, home / name, said.append)
    assert said == [
        "“town”: the net never learned of “Neustadt 0”, “Neustadt 1”, “Neustadt 10”, “Neustadt 11”, “Neustadt 12” and 73 more. "
        "Such a row counts as none of the values it knows."
    ]
    assert rows is not None and rows[0].sum() - rows[1].sum() != 0 and len(rows) == 80


@pytest.mark.parametrize("form", ["german.csv", "rows.parquet"])
def test_an_exported_script_reads_them_too(homes: pd.DataFrame, home: Path, form: str) -> None:
    experiment, expected = _kept(homes, home, form)
    (home / "predict.py").write_text(PREDICT)
    (home / "preparation.json").write_text(json.dumps(_own_data.preparation_of(experiment)))
    for name in TEXTS:
        SAVED[name](homes.drop(columns="price"), home / name)
        subprocess.run([sys.executable, "predict.py", name], cwd=home, check=True)
        np.testing.assert_array_equal(np.load(home / "x.npy"), expected, name)


def test_an_exported_script_says_in_a_sentence_what_it_cannot_read(homes: pd.DataFrame, home: Path) -> None:
    experiment, _ = _kept(homes, home, "plain.csv")
    (home / "predict.py").write_text(PREDICT)
    (home / "preparation.json").write_text(json.dumps(_own_data.preparation_of(experiment)))
    homes.to_parquet(home / "rows.parquet")
    homes.drop(columns="rooms").to_csv(home / "fewer.csv", index=False)
    (home / "none.csv").write_text("")
    (home / "odd.json").write_text("[1, 2]")
    for name, said in {"rows.parquet": "save it as a CSV", "fewer.csv": "lacks the columns rooms", "none.csv": "no rows",
                       "gone.csv": "No such file", "odd.json": "cannot be read"}.items():  # fmt: skip
        done = subprocess.run([sys.executable, "predict.py", name], cwd=home, capture_output=True, text=True)
        assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr, done.stderr


def test_columns_of_words_are_known_by_the_place_of_their_first_input(homes: pd.DataFrame, home: Path) -> None:
    experiment, _ = _kept(homes, home, "plain.csv")
    names = experiment.dataset_spec.feature_names
    ((place, (title, words)),) = own_rows.categories(experiment).items()
    assert title == "town" and list(names[place : place + len(words)]) == [f"town = {word}" for word in words]
    assert set(words) == {"Köln", "Zürich", "Bern, Altstadt"}
    assert own_rows.target_name(experiment) == "price"


def test_data_of_the_lab_have_no_columns_of_words_and_no_target_of_ones_own() -> None:
    wine = Experiment().with_(dataset="wine")
    assert own_rows.categories(wine) == {} and own_rows.target_name(wine) == ""
