"""A report needs nothing but itself, and says nothing that a title could make it do; tables read back in other tools."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.explored import fill
from dlcore.cli import main
from dlcore.errors import Invalid
from dlcore.services import reporting
from dlcore.store import Store
from dlcore.ui import palette
from tests.store_events import running

EVIL = '</script><img src=x onerror="alert(1)"> & "quoted"'


@pytest.fixture
def store(tmp_path: Path) -> Store:
    place = Store(tmp_path / "home")
    fill(place, 6, 8, 5)
    return place


def _ids(store: Store) -> list[str]:
    return [run.id for run in store.runs()]


def _data(page: str) -> dict[str, object]:
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_report_holds_all_curves_and_reaches_for_nothing_outside(store: Store) -> None:
    ids = _ids(store)
    page = reporting.report(ids, "All of them", store=store).decode()
    data = _data(page)
    assert len(data["runs"]) == 6 and {"loss", "accuracy"} <= set(data["quantities"])  # type: ignore[arg-type, call-overload]
    first = data["runs"][0]  # type: ignore[index]
    assert first["epochs"] == [1, 2, 3, 4, 5]
    assert first["curves"]["val_loss"] == pytest.approx([float(value) for value in store.curve(ids[0], "val_loss")], rel=1e-6)
    assert "default-src 'none'" in page and not re.search(r'(?:src|href)="?http', page) and "import " not in page.partition("<script>")[0]
    assert "export default" not in page and "\nexport " not in page


def test_words_of_people_cannot_become_markup(store: Store) -> None:
    run = running(store, title=EVIL)
    page = reporting.report([run], store=store).decode()
    assert "<img" not in page and "&lt;img" in page
    assert page.count("</script>") == page.count("<script")
    assert _data(page)["runs"][0]["name"] == EVIL  # type: ignore[index]


def test_colours_of_a_report_are_those_of_the_app() -> None:
    script = (Path(reporting.__file__).parents[1] / "exports" / "_report.js").read_text()
    for name, colours in (("LIGHT", palette.LIGHT), ("DARK", palette.DARK)):
        found = re.search(rf"const {name} = (\[.*?\]);", script)
        assert found and tuple(json.loads(found[1])) == colours


def test_tables_have_a_row_for_each_run_in_every_form(store: Store) -> None:
    ids = _ids(store)[:3]
    rows = list(csv.DictReader(io.StringIO(reporting.table(ids, "csv", store=store).decode())))
    assert [row["run"] for row in rows] == ids
    best = store.metrics(ids[0])["val_loss"]["best"]
    assert float(rows[0]["val_loss.best"]) == best
    assert json.loads(reporting.table(ids, "json", store=store))[0]["optimizer.learning_rate"] == float(rows[0]["optimizer.learning_rate"])
    frame = pd.read_parquet(io.BytesIO(reporting.table(ids, "parquet", store=store)))
    assert list(frame["run"]) == ids and frame["val_loss.best"][0] == best


def test_table_of_epochs_is_the_history_of_each_run(store: Store) -> None:
    ids = _ids(store)[:2]
    rows = json.loads(reporting.table(ids, "json", epochs=True, store=store))
    assert [(row["run"], row["epoch"]) for row in rows] == [(run, epoch) for run in ids for epoch in range(1, 6)]
    assert rows[0]["loss"] == store.history(ids[0])[0]["loss"]


def test_no_run_and_unknown_forms_are_refused(store: Store) -> None:
    with pytest.raises(Invalid, match="1 to 100"):
        reporting.report([], store=store)
    with pytest.raises(Invalid, match="csv, json or parquet"):
        reporting.table(_ids(store)[:1], "xml", store=store)  # type: ignore[arg-type]


def test_command_line_writes_one_report_of_several_runs(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DLCORE_HOME", str(store.home))
    ids = _ids(store)[:2]
    out = tmp_path / "report.html"
    assert main(["export", ",".join(ids), "--format", "report", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bytes"] == out.stat().st_size
    assert len(_data(out.read_text())["runs"]) == 2  # type: ignore[arg-type]
    assert main(["export", ",".join(ids), "--format", "csv", "--out", str(out)]) == 2
