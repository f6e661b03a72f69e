"""Your data: a file is brought, looked at, corrected, kept; what is kept is listed, opened and deleted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dlcore.experiment import Experiment
from dlcore.run import Event
from dlcore.services import own_data
from dlcore.store import Store

Open = Callable[..., Any]
FLATS = "\n".join(
    ["rooms,town,price", *(f"{1 + number % 5},{'NSE'[number % 3]}town,{900 * (number % 5) + number}.5" for number in range(60))]
)


@pytest.fixture
def flats(tmp_path: Path) -> Path:
    path = tmp_path / "flats.csv"
    path.write_text(FLATS)
    return path


def bring(page: Any, path: Path) -> Any:
    page.app.get("file_uploader")[0].upload(path.name, path.read_bytes(), "text/csv")
    return page._drawn_again()


def test_a_brought_table_is_kept_under_its_name_and_opened(open_page: Open, flats: Path) -> None:
    page = bring(open_page("own_data"), flats)
    assert page.widget("selectbox", "Predict").value == "price" and page.widget("selectbox", "Task").value == "regression"
    assert "2 columns become 4 features." in page.words
    page.set("selectbox", "Predict", "town")
    assert page.widget("selectbox", "Task").value == "classes" and own_data.kept() == []
    page.set("text_input", "Name", "towns").press("Keep and use it")
    assert [body["name"] for body in own_data.kept()] == ["towns"] and page.query == {"try.set": "towns"}
    assert page.numbers["Rows"] == "60" and "to be predicted is the class of town" in page.words


def test_a_hostile_file_is_refused_in_a_sentence_and_the_page_stays(open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "evil.csv"
    path.write_bytes(b"<html><script>alert(1)</script></html>")
    page = bring(open_page("own_data"), path)
    assert ["web page" in error for error in page.errors] == [True] and "<script>" not in page.words
    path.write_text("a,b\n1,2\n")
    assert open_page("own_data").errors == []


def test_a_name_that_is_taken_is_refused_before_anything_is_kept(open_page: Open, flats: Path) -> None:
    page = bring(open_page("own_data"), flats).set("text_input", "Name", "digits").press("Keep and use it")
    assert any("not allowed" in error for error in page.errors) and own_data.kept() == []


def test_a_plain_text_is_cut_into_pieces_and_kept(open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "poem.txt"
    path.write_text("The moon was shining *sulkily*,\nBecause she thought the sun\nHad got no business to be there.\n" * 40)
    page = bring(open_page("own_data"), path)
    assert "at each letter a net is to say the next one" in page.words
    assert any("letters only" in warning.value for warning in page.app.warning)
    page.set("number_input", "Letters of a piece", 20).press("Keep and use it")
    (body,) = own_data.kept()
    assert (body["name"], body["kind"], body["shape"]["input"]) == ("poem", "letters", [20, 1])
    assert page.errors == [] and "dataset=poem model=generator" in page.words


def test_a_column_of_texts_is_read_word_by_word(open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "opinions.csv"
    lines = [f"{'good' if number % 2 else 'bad'} film number {number} in all,{'yn'[number % 2]}" for number in range(80)]
    path.write_text("\n".join(["said,liked", *lines]))
    page = bring(open_page("own_data"), path)
    assert "A net reads said word by word." in page.words
    page.set("number_input", "Words that are read", 4).press("Keep and use it")
    assert own_data.kept()[0]["shape"]["input"] == [4, 1] and "dataset=opinions model=rnn" in page.words


def test_a_leak_is_said_before_the_data_are_kept(open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "leak.csv"
    path.write_text("\n".join(["copy,noise,price", *(f"{number}.5,{number * 7919 % 101},{2 * number}.25" for number in range(300))]))
    page = bring(open_page("own_data"), path)
    assert any("copy alone explains the target" in error for error in page.errors)


def test_deleting_asks_first_and_names_the_runs(open_page: Open, flats: Path, store: Store) -> None:
    own_data.add(flats, "flats")
    run = store.submit(Experiment().with_(dataset="flats", epochs=1))
    page = open_page("own_data", **{"try.set": "flats"}).press("Delete")
    assert "Used by 1 run:" in page.words
    page.press("Delete it")
    assert any("not ended" in error for error in page.errors) and own_data.kept()
    store.append([_stopped(run)])
    page.press("Delete it")
    assert own_data.kept() == [] and page.query == {}
    assert store.run(run).experiment


def _stopped(run: str) -> Any:
    from dlcore.run import Event

    return Event(run, 0, 0, "stopped", 0.0, {"step": 0, "epoch": 0})


def test_own_data_stand_in_the_workbench_with_their_versions(open_page: Open, flats: Path) -> None:
    own_data.add(flats, "flats")
    page = open_page("workbench", dataset="flats")
    assert page.errors == [] and page.widget("selectbox", "Data set").value == "flats"


def pictures(path: Path, folders: bool = True) -> Path:
    """A zip of 20 small pictures, in a folder for each of two classes."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20):
            out = io.BytesIO()
            Image.new("RGB", (12, 12), (200 * (number % 2), number, 90)).save(out, "PNG")
            archive.writestr(f"{('dark', 'red')[number % 2]}/{number}.png" if folders else f"{number}.png", out.getvalue())
        if folders:
            archive.writestr("dark/broken.png", b"no picture")
    return path


def test_brought_pictures_are_shown_with_their_classes_and_kept(open_page: Open, tmp_path: Path) -> None:
    page = bring(open_page("own_data"), pictures(tmp_path / "shades.zip"))
    assert page.errors == [] and "21 pictures, labelled by the folder that they lie in." in page.words and "12×12, in colours" in page.words
    assert page.words.count("<img ") >= 20 and own_data.kept() == []
    page.set("number_input", "Pixels of a side", 8).set("selectbox", "Colours", 1)
    assert "they become 8×8, grey" in page.words
    page.press("Keep and use it")
    assert own_data.kept()[0]["shape"]["input"] == [8, 8, 1] and page.query == {"try.set": "shades"}
    assert page.numbers["Rows"] == "20" and "model=cnn" in page.words and any("broken.png" in info.value for info in page.app.info)


def test_labels_can_come_in_a_table_of_their_own(open_page: Open, tmp_path: Path) -> None:
    page = bring(open_page("own_data"), pictures(tmp_path / "bare.zip", folders=False))
    assert ["lie in no folders" in error for error in page.errors] == [True]
    table = "\n".join(["photo,shade", *(f"{number}.png,{('dark', 'red')[number % 2]}" for number in range(20))])
    page.app.get("file_uploader")[1].upload("labels.csv", table.encode(), "text/csv")
    page = page._drawn_again()
    assert page.errors == [] and page.widget("selectbox", "Predict").value == "shade" and "by the column shade" in page.words
    page.press("Keep and use it")
    assert own_data.kept()[0]["class_names"] == ["dark", "red"]


def test_a_run_of_a_deleted_data_set_opens_and_says_that_it_is_deleted(open_page: Open, store: Store, flats: Path) -> None:
    own_data.add(flats)
    run = store.submit(Experiment().with_(dataset="flats"))
    store.append([Event(run, 0, 0, "stopped", 1.0, {})])
    own_data.delete("flats", anyway=True)
    for name, query in (("workbench", {"run": run}), ("data", {"dataset": "flats"})):
        page = open_page(name, **query)
        chosen = page.widget("selectbox", "Data set")
        assert chosen.value == "flats" and any("deleted" in option for option in chosen.options), name
        assert not any("could not be drawn" in error for error in page.errors), page.errors
    assert "of the data set flats was deleted" in open_page("workbench", run=run).words
