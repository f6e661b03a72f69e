"""Data sets of one's own: read, guessed, kept, found, split, exported with a run, deleted."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlcore import registry
from dlcore.charts.profile import profile as pictures_of
from dlcore.cli import main
from dlcore.datasets import _files
from dlcore.engine.data import prepare, split_rows
from dlcore.engine.parcels import unpack
from dlcore.errors import Damaged, Invalid, Refused, Unavailable
from dlcore.experiment import Experiment
from dlcore.exports import _own_data
from dlcore.forecast import check
from dlcore.owndata import features, keeping, shelf
from dlcore.owndata.columns import Column, guess_column, task_of
from dlcore.owndata.findings import row_hashes, told_by
from dlcore.owndata.fitting import Fit
from dlcore.owndata.names import distinct, plain
from dlcore.owndata.preview import preview
from dlcore.owndata.table_set import keep_table, plan
from dlcore.owndata.tables import open_table
from dlcore.services import own_data, own_rows
from dlcore.store import Store
from dlcore.trainer.parcel import parcel


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    """120 rows with all kinds of columns: numbers, some missing, words, days, a text, an identifier, a constant, a group, a price."""
    draw = np.random.default_rng(3)
    lines = ["id,rooms,area,town,sold,words,land,owner,price"]
    for number in range(120):
        rooms, area = int(draw.integers(1, 7)), draw.uniform(30, 200)
        town = ("North", "South", "East")[number % 3]
        seen = "" if number % 10 == 0 else f"{area:.1f}"
        day = f"2021-{1 + number % 12:02}-{1 + number % 28:02}"
        said = ("a bright flat with a view", "needs some love and a new roof", "quiet street close to the park")[number % 3]
        lines.append(f"{1000 + number},{rooms},{seen},{town},{day},{said} {number},DE,p{number // 6},{2000 * area + 30_000 * rooms:.0f}")
    path = tmp_path / "houses.csv"
    path.write_text("\n".join(lines))
    return path


# Reading and guessing.
def test_kinds_of_columns_are_guessed_and_what_teaches_nothing_is_left_out(houses: Path) -> None:
    made = plan(houses)
    kinds = {column.name: (column.kind, column.role) for column in made.guess.columns}
    assert kinds["id"] == ("ignore", "identifier") and kinds["land"] == ("ignore", "constant")
    assert kinds["rooms"][0] == kinds["area"][0] == kinds["price"][0] == "number"
    assert kinds["town"][0] == kinds["owner"][0] == "category" and kinds["sold"][0] == "date" and kinds["words"][0] == "text"
    assert (made.guess.target, made.guess.task) == ("price", "regression")


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("a;b\n1,5;2\n2,5;3\n", "utf-8", (";", ",", True)),
        ("a\tb\n1.5\t2\n2.5\t3\n", "utf-8-sig", ("\t", ".", True)),
        ("größe|b\n1.5|ä\n2.5|ö\n", "cp1252", ("|", ".", True)),
        ("1,2\n3,4\n5,6\n", "utf-8", (",", ".", False)),
        ("a,b\n1,2\n3,4\n", "utf-16", (",", ".", True)),
        ("age,paid\n31,paid\n40,late\n", "utf-8", (",", ".", True)),
    ],
)
def test_delimiter_decimal_sign_header_and_encoding_are_guessed(text: str, encoding: str, expected: tuple, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    table = open_table(path)
    assert (table.delimiter, table.decimal, table.header) == expected
    assert len(table.head(10)[table.names[0]]) == (3 if not table.header else 2)
    if encoding == "cp1252":
        assert table.names[0] == "größe"


def test_what_was_guessed_wrong_can_be_said(houses: Path, home: Path) -> None:
    made = plan(houses, {"types": {"rooms": "category", "id": "number"}, "target": "town", "group": "owner"})
    assert made.guess.task == "classes" and made.group == "owner"
    assert made.guess.by_name["rooms"].kind == "category" and "id" in [column.name for column in made.inputs]
    with pytest.raises(Invalid, match="no column"):
        plan(houses, {"target": "nowhere"})
    with pytest.raises(Invalid, match="no kind"):
        plan(houses, {"types": {"rooms": "colour"}})


@pytest.mark.parametrize("suffix", ["csv.gz", "tsv", "parquet", "xlsx"])
def test_every_format_gives_the_same_rows(suffix: str, houses: Path, home: Path, tmp_path: Path) -> None:
    import pandas as pd

    frame, path = pd.read_csv(houses, dtype=str, keep_default_na=False), tmp_path / f"b.{suffix}"
    if suffix == "csv.gz":
        path.write_bytes(gzip.compress(houses.read_bytes()))
    elif suffix == "tsv":
        frame.to_csv(path, sep="\t", index=False)
    elif suffix == "parquet":
        frame.assign(rooms=frame["rooms"].astype(int), price=frame["price"].astype(float)).to_parquet(path)
    else:
        frame.assign(rooms=frame["rooms"].astype(int), price=frame["price"].astype(float)).to_excel(path, index=False)
    first, other = keep_table(houses, "first"), keep_table(path, "other")
    assert first["feature_names"] == other["feature_names"]
    np.testing.assert_array_equal(shelf.arrays("first", first["version"])["x"], shelf.arrays("other", other["version"])["x"])


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [("1,234.5", ".", 1234.5), ("1.234,5", ",", 1234.5), ("$12", ".", 12), ("15 %", ".", 15), ("(3)", ".", -3), ("1e3", ".", 1000),
     ("-.5", ".", -0.5),
     ("1.5", ",", None), ("12,34", ".", None), ("abc", ".", None), ("inf", ".", None), ("1e400", ".", None), ("1_0", ".", 10)],
)  # fmt: skip
def test_a_cell_is_read_as_the_number_a_person_means(text: str, decimal: str, value: float | None) -> None:
    assert features.number(text, decimal) == value
    found = features.numbers([text, "2"], decimal)[0]
    assert (np.isnan(found) and value is None) or found == value


def test_dates_become_days_and_circles() -> None:
    assert features.moment("2000-01-02", "iso") == 1 and features.moment("2000-02", "iso") == 31
    assert features.moment("31.12.1999", "%d.%m.%Y") == -1 and features.moment("2000-01-01T12:00+02:00", "iso") == pytest.approx(10 / 24)
    assert features.moment("2024-02-30", "iso") is None
    column = {"format": "iso", "fill": 0.0, "flag": False, "clock": False}
    mondays = features.encode_date(np.array([2.0, 9.0]), column)  # 3 and 10 January 2000
    np.testing.assert_allclose(mondays[:, 3:], [[0, 1], [0, 1]], atol=1e-9)


TARGETS = [
    (["a", "b"] * 20, "classes"), (["0", "1"] * 20, "classes"), ([f"{n}.5" for n in range(40)], "regression"),
    ([str(n) for n in range(400)], "regression"), (["1", "2", "3"] * 30, "classes"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "task"), TARGETS)
def test_the_task_follows_from_the_target(values: list[str], task: str) -> None:
    assert task_of(values) == task


def test_a_series_is_proposed_as_a_forecast_and_cut_into_windows(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "series.csv"
    rows = [f"{2000 + month // 12}-{1 + month % 12:02},{month % 12 + 0.25}" for month in range(60)]
    path.write_text("\n".join(["month,heat", *reversed(rows)]))  # in the wrong order
    body = keep_table(path, "", {"steps": 4})
    assert body["kind"] == "forecast" and body["splits"] == ["time"] and body["shape"]["input"][0] == 4
    arrays = shelf.arrays(body["name"], body["version"])
    place = body["feature_names"].index("heat")
    unit = body["preparation"]["target"]["unit"]
    assert len(arrays["y"]) == 56
    np.testing.assert_allclose(arrays["y"][:3] * unit, [4.25, 5.25, 6.25])
    np.testing.assert_allclose(arrays["x"][0, :, place], [0.25, 1.25, 2.25, 3.25])


def test_windows_do_not_cross_from_one_series_to_the_next(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "two.csv"
    rows = [f"2020-01-{1 + day:02},{shop},{100 * shop + day}.5" for day in range(25) for shop in range(6)]
    path.write_text("\n".join(["day,shop,sales", *rows]))
    body = keep_table(path, "", {"task": "forecast", "group": "shop", "target": "sales", "steps": 3, "time": "day"})
    arrays = shelf.arrays(body["name"], body["version"])
    sales = arrays["x"][:, :, body["feature_names"].index("sales")]
    assert len(sales) == 6 * 22
    assert (np.diff(sales, axis=1) == 1).all()
    np.testing.assert_allclose(arrays["y"] * body["preparation"]["target"]["unit"], sales[:, -1] + 1, rtol=1e-6)


# Features.
def test_missing_values_are_filled_and_flagged_and_words_get_a_column_each(houses: Path, home: Path) -> None:
    body = keep_table(houses)
    names, x = body["feature_names"], shelf.arrays(body["name"], body["version"])["x"]
    flag = x[:, names.index("area missing")]
    assert flag.sum() == 12 and len(np.unique(x[flag == 1, names.index("area")])) == 1
    towns = x[:, [names.index(f"town = {town}") for town in ("North", "South", "East")]]
    assert (towns.sum(axis=1) == 1).all()
    assert np.isfinite(x).all() and "price" not in names


def test_rows_that_come_later_are_encoded_by_the_same_constants(houses: Path, home: Path) -> None:
    body = keep_table(houses, "", {"time": ""})
    raw = open_table(houses).head(5)
    again = features.encode(raw, json.loads(json.dumps(body["preparation"])))
    np.testing.assert_array_equal(again, shelf.arrays(body["name"], body["version"])["x"][:5])
    strange = features.encode({name: ["?"] for name in raw} | {"town": ["Atlantis"]}, body["preparation"])
    assert np.isfinite(strange).all() and strange.shape == (1, len(body["feature_names"]))


def test_numbers_that_float32_could_not_tell_apart_are_centred(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["stamp,target", *(f"{1_700_000_000_000 + 7 * number},{number % 9}.5" for number in range(80))]))
    body = keep_table(path)
    x = shelf.arrays(body["name"], body["version"])["x"]
    assert len(np.unique(x)) == 80 and np.abs(x).max() < 10


def test_the_target_is_brought_to_order_one_and_back(houses: Path, home: Path) -> None:
    body = keep_table(houses, "", {"time": ""})
    y = shelf.arrays(body["name"], body["version"])["y"]
    raw = np.array([float(value) for value in open_table(houses).head(200)["price"]])
    assert 0.2 < y.std() < 5 and body["target_unit"] == "100,000 of price"
    np.testing.assert_allclose(features.decode(y, body["preparation"]), raw, rtol=1e-6)
    logged = keep_table(houses, "logged", {"log": True, "time": ""})
    np.testing.assert_allclose(
        features.decode(shelf.arrays("logged", logged["version"])["y"].astype("float64"), logged["preparation"]), raw, rtol=1e-4
    )


# Warnings.
def test_a_leak_is_found_and_an_honest_feature_is_not() -> None:
    draw = np.random.default_rng(0)
    y = draw.normal(size=2000)
    assert told_by(y * 3 + 1, y, False) > 0.98 and told_by(draw.normal(size=2000), y, False) < 0.2
    labels = draw.integers(0, 3, 2000).astype("float64")
    assert told_by(labels, labels, True) == 1 and told_by(draw.normal(size=2000), labels, True) < 0.2


def test_warnings_name_leaks_repeats_imbalance_and_columns_left_out(tmp_path: Path, home: Path) -> None:
    draw = np.random.default_rng(1)
    rows = [f"{number},{value:.4f},{'yes' if value > 1.2 else 'no'},same" for number, value in enumerate(draw.normal(size=300))]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["id,score,label,always", *rows, *(row for row in rows[:9])]))
    body = keep_table(path, "", {"target": "label"})
    said = " ".join(one["text"] for one in body["warnings"])
    assert "score alone tells its class" in said and "repeat another row" in said and "The commonest class has" in said
    assert body["warnings"][0]["level"] == "error" and "“always” is left out" in said
    assert preview(plan(path, {"target": "label"})).warnings == body["warnings"]


def test_equal_rows_have_equal_hashes_and_others_do_not() -> None:
    x = np.random.default_rng(0).normal(size=(5000, 7)).astype("float32")
    x[17] = x[4000]
    hashes = row_hashes(x)
    assert hashes[17] == hashes[4000] and len(np.unique(hashes)) == 4999


def test_an_identifier_a_constant_and_prose_are_told_apart() -> None:
    assert guess_column("nr", [str(number) for number in range(100)]).role == "identifier"
    assert guess_column("a", ["x"] * 10).role == "constant" and guess_column("a", [""] * 10).role == "empty"
    assert guess_column("a", [f"word number {number} is here" for number in range(60)]).kind == "text"
    assert guess_column("year", ["20240131", "20240201", "20231224"]).kind == "date"


def test_a_column_that_counts_rows_is_an_input_where_nothing_else_is(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "xy.csv"
    path.write_text("years,pay\n" + "\n".join(f"{year},{30 + 2 * year + year % 3}" for year in range(60)))
    made = plan(path)
    assert [(column.name, column.kind) for column in made.inputs] == [("years", "number")] and made.guess.target == "pay"
    path.write_text("years,b,pay\n" + "\n".join(f"{year},{year % 7},{30 + 2 * year + year % 3}" for year in range(60)))
    assert [column.name for column in plan(path).inputs] == ["b"]
    with pytest.raises(Invalid, match="No column is left"):
        plan(path, {"types": {"years": "ignore", "b": "ignore"}})


def test_names_of_strangers_are_made_harmless_and_distinct() -> None:
    assert plain("<b>$x$</b>\n`y`") == "‹b› x ‹/b› y" and plain("=SUM(A1)") == "SUM A1" and plain("[]") == "unnamed"
    assert distinct(["a*", "a_", "=a"]) == ("a", "a 2", "a 3")


def test_signs_by_which_classes_differ_are_still_seen() -> None:
    assert distinct(["<=50K", ">50K"]) == ("≤50K", "›50K") and distinct(["<1H OCEAN"]) == ("‹1H OCEAN",)
    assert distinct(["-1", "1"]) == ("−1", "1") and distinct(["-", "+"]) == ("−", "+")
    assert plain("-cmd|'/C calc'!A0")[0] not in "=+-@" and plain("-1+cmd")[0] not in "=+-@"


def test_a_profile_says_how_many_values_it_does_not_show_and_calls_none_of_them_0_per_cent() -> None:
    fit = Fit(Column("age", "category"), ".", 0)
    fit.add([str(number % 52) for number in range(520)] + ["rare"])
    drawn = pictures_of([fit.profile()], "#000")
    assert "and 48 more" in drawn and "0%" not in drawn
    few = pictures_of([{"name": "kind", "rows": 1000, "missing": 0, "classes": ["often", "rare"], "counts": [998, 2]}], "#000")
    assert "&lt;1%" in few and "more" not in few


# Keeping.
def test_the_same_file_is_the_same_version_and_another_is_a_new_one(houses: Path, home: Path) -> None:
    first = keep_table(houses, "mine")
    assert keep_table(houses, "mine")["version"] == first["version"]
    second = keep_table(houses, "mine", {"target": "town"})
    assert (first["number"], second["number"]) == (1, 2) and second["hash"] != first["hash"]


def test_a_kept_set_is_found_like_a_built_in_one_and_pinned_by_its_version(houses: Path, home: Path) -> None:
    first = keep_table(houses, "mine")
    experiment = Experiment().with_text({"dataset": "mine"})
    keep_table(houses, "mine", {"target": "town"})
    assert "mine" in registry.members("datasets") and "mine" not in registry.built_in("datasets")
    again = Experiment.from_json(experiment.to_json())
    assert again == experiment and again.dataset.settings["version"] == first["version"] and again.shape.task == "regression"
    assert Experiment().with_text(again.to_text()) == again, "the link pins it too"
    assert Experiment().with_text({"dataset": "mine"}).shape.task == "classes"
    assert _files.is_available("mine")
    with pytest.raises(Invalid, match="version"):
        Experiment().with_text({"dataset": "mine", "dataset.version": "9-000000000000"})


def test_a_deleted_set_leaves_its_runs_readable_and_comes_back_as_it_was(houses: Path, home: Path) -> None:
    body = keep_table(houses, "mine")
    experiment = Experiment().with_text({"dataset": "mine"})
    assert keeping.remove("mine") == [body["version"]]
    assert "mine" not in registry.members("datasets") and Experiment.from_json(experiment.to_json()) == experiment
    with pytest.raises(Unavailable, match="was deleted"):
        prepare(experiment.with_(seed=77))
    assert not list((home / "data" / "mine" / body["version"]).glob("*.npy"))
    assert keep_table(houses, "mine")["version"] == body["version"] and len(prepare(experiment.with_(seed=78)).x_train) > 50


def test_a_damaged_array_is_said_to_be_so(houses: Path, home: Path) -> None:
    body = keep_table(houses, "mine")
    (home / "data" / "mine" / body["version"] / "x.npy").write_bytes(b"rubbish")
    with pytest.raises(Damaged, match="cannot be read"):
        shelf.arrays("mine", body["version"])


def test_a_link_keeps_to_the_version_that_it_was_made_with(houses: Path, home: Path, tmp_path: Path) -> None:
    keep_table(houses, "mine", {"target": "price", "time": ""})
    experiment = Experiment().with_text({"dataset": "mine"})
    told = experiment.to_text()
    keep_table(houses, "mine", {"target": "rooms", "task": "classes"})
    assert Experiment().with_text({"dataset": "mine"}) != experiment
    assert Experiment().with_text(told) == experiment and "dataset.version" in told and "dataset.split" in told


def test_nothing_is_begun_on_a_deleted_version(houses: Path, home: Path) -> None:
    body = keep_table(houses, "mine")
    experiment = Experiment().with_text({"dataset": "mine"})
    assert check(experiment)
    own_data.delete("mine")
    with pytest.raises(Unavailable, match=f"Version {body['version']} of the data set mine was deleted"):
        check(experiment)


def test_versions_are_listed_and_say_when_they_predict_something_else(houses: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for target in ("price", "rooms", "price"):
        assert main(["data", "add", str(houses), "--name", "mine", "--target", target]) == 0
        said = capsys.readouterr().out
        assert ("another version of mine predicts price" in said) == (target == "rooms")
    newest, first = own_data.versions("mine")
    assert [newest["number"], first["number"]] == [2, 1]
    assert f"version {newest['version']} is newer" in said and f"dataset.version={first['version']}" in said


def test_runs_that_use_a_set_stand_in_the_way_of_its_deletion(houses: Path, home: Path) -> None:
    keep_table(houses, "mine")
    store = Store(home)
    run = store.submit(Experiment().with_text({"dataset": "mine"}))
    assert [found.id for found in own_data.users("mine", store=store)] == [run]
    with pytest.raises(Refused, match="not ended"):
        own_data.delete("mine", anyway=True, store=store)


def test_a_folder_that_somebody_spoilt_is_passed_over(houses: Path, home: Path) -> None:
    body = keep_table(houses, "mine")
    spoilt = home / "data" / "mine" / "9-aaaaaaaaaaaa"
    spoilt.mkdir()
    (spoilt / "description.json").write_text('{"version": 3}')
    (home / "data" / "stray").mkdir()
    assert [one["version"] for one in shelf.descriptions("mine")] == [body["version"]]
    assert list(shelf.members()) == ["mine"]


def test_a_large_file_is_read_by_a_job_on_the_labs_own_machine(houses: Path, home: Path, tmp_path: Path) -> None:
    fractions: list[float] = []
    inputs = {"home": str(home), "path": str(houses), "name": "mine", "choices": {}}
    result, artefact = registry.find("jobs", "keep_table").perform(inputs, {}, fractions.append)
    assert artefact is None and shelf.description("mine")["version"] == result["version"]
    assert fractions == sorted(fractions) and 0.9 < fractions[-1] <= 1
    with pytest.raises(Unavailable, match="cannot see"):
        registry.find("jobs", "keep_table").perform({**inputs, "home": str(tmp_path / "other")}, {}, fractions.append)


# Splitting.
def test_groups_are_never_parted_by_the_split() -> None:
    group = np.random.default_rng(0).integers(0, 40, 500)
    parts = [set(group[rows]) for rows in split_rows(np.zeros(500), 0, 0, 0.2, 0.2, seed=3, group=group)]
    assert all(parts) and not parts[0] & parts[1] and not parts[1] & parts[2] and not parts[0] & parts[2]
    rows = np.concatenate(split_rows(np.zeros(500), 0, 0, 0.2, 0.2, seed=3, group=group))
    assert sorted(rows) == list(range(500))


def test_a_split_by_time_tests_on_the_latest_rows(houses: Path, home: Path) -> None:
    keep_table(houses, "mine", {"split": "time"})
    experiment = Experiment().with_text({"dataset": "mine"})
    assert experiment.dataset_spec.in_order and experiment.dataset.settings["split"] == "time"
    prepared = prepare(experiment)
    years = experiment.dataset_spec.feature_names.index("sold years")
    assert (
        prepared.x_train[:, years].max()
        <= prepared.x_val[:, years].min()
        <= prepared.x_val[:, years].max()
        <= prepared.x_test[:, years].min()
    )


def test_a_split_that_the_data_do_not_have_is_refused(houses: Path, home: Path) -> None:
    with pytest.raises(Invalid, match="split"):
        keep_table(houses, "mine", {"split": "group"})
    keep_table(houses, "mine")
    with pytest.raises(Invalid, match="split"):
        Experiment().with_text({"dataset": "mine", "split": "group"})


# Travelling.
def test_an_assignment_brings_the_set_to_a_worker_elsewhere(
    houses: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_table(houses, "mine")
    experiment = Experiment().with_text({"dataset": "mine"})
    here = parcel(json.loads(experiment.to_json()), home, True)
    sent = parcel({"bundle": {"experiment": json.loads(experiment.to_json())}}, home, False)
    assert here == [{"folder": str(home / "data")}] and parcel(json.loads(Experiment().to_json()), home, False) == []
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(Invalid):
        Experiment.from_json(experiment.to_json())
    monkeypatch.setattr(shelf, "_borrowed", [])
    unpack(sent)
    assert len(prepare(Experiment.from_json(experiment.to_json())).x_train) > 50
    with pytest.raises(Unavailable, match="too large"):
        unpack([{"refused": "The data set mine is too large."}])


def test_a_script_reads_the_file_beside_it_and_no_other(houses: Path, home: Path, tmp_path: Path) -> None:
    keep_table(houses, "mine")
    experiment = Experiment().with_text({"dataset": "mine"})
    settings = dict(experiment.dataset.settings)
    script = tmp_path / "script.py"
    script.write_text(
        f"import os\nimport numpy as np\n\n\n{_own_data.loader(experiment)}\n\n\nprint(load(seed=0, **{settings!r})['x'].shape)\n"
    )
    lacking = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert lacking.returncode == 1 and "put mine-1-" in lacking.stderr
    (tmp_path / _own_data.file_name(experiment)).write_bytes(_own_data.file_bytes(experiment))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert done.stdout.strip() == str((120, experiment.shape.input[0])), done.stderr


def test_data_that_are_too_many_to_travel_are_refused_in_a_sentence(houses: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_table(houses, "houses")
    monkeypatch.setattr(_own_data, "MOST_BYTES", 1000)
    with pytest.raises(Unavailable, match="travel with a script"):
        _own_data.file_bytes(Experiment().with_(dataset="houses"))


def test_predict_reads_raw_rows_as_the_lab_does(houses: Path, home: Path, tmp_path: Path) -> None:
    body = keep_table(houses, "mine", {"time": ""})
    experiment = Experiment().with_text({"dataset": "mine"})
    source = "from __future__ import annotations\nimport json\nfrom pathlib import Path\nimport numpy as np\n"
    (tmp_path / "predict.py").write_text(f"{source}{_own_data.raw_rows_source()}\nimport sys\nnp.save('x.npy', rows_of(sys.argv[1]))\n")
    (tmp_path / "preparation.json").write_text(json.dumps(_own_data.preparation_of(experiment)))
    subprocess.run([sys.executable, "predict.py", str(houses)], cwd=tmp_path, check=True)
    expected = shelf.arrays("mine", body["version"])["x"]
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), expected)
    np.testing.assert_array_equal(own_rows.raw_inputs(experiment, houses), expected)
    rows = [dict(zip(*(line.split(",") for line in houses.read_text().splitlines()[:2]), strict=True))]
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    subprocess.run([sys.executable, "predict.py", "rows.json"], cwd=tmp_path, check=True)
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), expected[:1])
    np.testing.assert_array_equal(own_rows.raw_inputs(experiment, tmp_path / "rows.json"), expected[:1])
    (tmp_path / "rows.json").write_text("[1, 2]")
    with pytest.raises(Invalid, match="no list of rows"):
        own_rows.raw_inputs(experiment, tmp_path / "rows.json")


# The command line.
def test_data_are_added_listed_shown_and_deleted_by_command(houses: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*words: str) -> Any:
        status = main(["data", *words, "--json"])
        out = capsys.readouterr()
        return SimpleNamespace(status=status, lines=[json.loads(line) for line in out.out.splitlines()], error=out.err)

    added = said("add", str(houses), "--name", "mine", "--target", "price", "--type", "rooms=category")
    assert added.status == 0 and added.lines[0]["name"] == "mine" and added.lines[0]["splits"] == ["random", "time"]
    assert [line["name"] for line in said("list").lines] == ["mine"]
    assert said("show", "mine").lines[0]["runs"] == []
    assert said("delete", "mine").lines[0]["deleted"] == [added.lines[0]["version"]]
    assert said("list").lines == []
    missing = said("add", str(houses.parent / "none.csv"))
    assert missing.status == 2 and "There is no file" in missing.error


def test_what_was_uploaded_is_written_below_the_store_whatever_its_name(home: Path, houses: Path) -> None:
    for name in ("../../out.csv", "/etc/x.csv", "a b;rm -rf.csv", ".csv", "..", "\\\\host\\x.csv"):
        with houses.open("rb") as content:
            path = own_data.stage(name, content)
        assert path.resolve().is_relative_to(home / "data" / ".incoming") and path.read_bytes() == houses.read_bytes()
