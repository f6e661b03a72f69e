"""Hostile files: over a thousand crafted and damaged ones, each kept or refused in a sentence, and nothing written outside the store."""

from __future__ import annotations

import gzip
import io
import os
import random
import re
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlcore.errors import Invalid, LabError
from dlcore.owndata import shelf
from dlcore.owndata.archives import entries
from dlcore.owndata.table_set import keep_table

CASES = 1200
BATCHES = 12
NASTY = (
    "", " ", "nan", "NaN", "inf", "-Infinity", "1e400", "-1e308", "1e-320", "9" * 400, "0x1f", "1_000", "１２", "٣", "NULL", "=1+1",
    "=cmd|' /C calc'!A0",
    "+1", "@SUM(A1)", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "../../etc/passwd", "..\\..\\x", "a\0b", "\ufeff",
    "\u202eabc",
    "💥", "é" * 50, '"', "'", "`code`", "$x$", ":red[x]", "[a](http://x)", "__class__", "{0}",
    "%s", "\t", ";", ",", "2024-02-30", "0000-00-00",
    "99999-01-01", "1,234.5", "1.234,5", "True", "x" * 5000,
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def cell(draw: random.Random) -> str:
    return (
        draw.choice(NASTY)
        if draw.random() < 0.3
        else draw.choice((f"{draw.gauss(0, 10):.3f}", str(draw.randint(0, 5)), draw.choice("abc")))
    )


def table(draw: random.Random) -> bytes:
    """A text of rows, its kind of columns, delimiter, line ends, quoting and encoding drawn; sometimes ragged."""
    delimiter, width, rows = draw.choice(",;\t|"), draw.randint(1, 6), draw.choice((0, 1, 2, 12, 40))
    names = [draw.choice(NASTY) if draw.random() < 0.3 else f"c{place}" for place in range(width)]
    steady = [draw.choice(("mixed", "number", "word", "date", "one", "none")) for _ in range(width)]
    own: dict[str, Callable[[], str]] = {
        "mixed": lambda: cell(draw), "number": lambda: f"{draw.gauss(0, 1):.4f}", "word": lambda: draw.choice(("red", "blue", "green")),
        "date": lambda: f"20{draw.randint(10, 30)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}", "one": lambda: "7",
        "none": lambda: "",
    }  # fmt: skip
    lines = [names, *([own[kind]() for kind in steady] for _ in range(rows))]
    if draw.random() < 0.2:
        lines = [line[: draw.randint(0, width)] + ["x"] * draw.randint(0, 3) for line in lines]
    quoted = [[f'"{value}"' if draw.random() < 0.1 else value for value in line] for line in lines]
    text = draw.choice(("\n", "\r\n", "\r")).join(delimiter.join(line) for line in quoted)
    return text.encode(draw.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1")), errors="replace")


def damaged(data: bytes, draw: random.Random) -> bytes:
    """The bytes cut short, with some changed, doubled, or with noise at the front."""
    match draw.randint(0, 4):
        case 0:
            return data[: draw.randint(0, len(data))]
        case 1:
            found = bytearray(data)
            for _ in range(min(len(found), draw.randint(1, 20))):
                found[draw.randrange(len(found))] = draw.randrange(256)
            return bytes(found)
        case 2:
            return data + data[::-1]
        case 3:
            return draw.randbytes(draw.randint(0, 40)) + data
    return draw.randbytes(draw.randint(0, 300))


def seeds_of_other_formats() -> list[bytes]:
    """A small Parquet file and a small Excel file, to be damaged."""
    import openpyxl
    import pyarrow
    from pyarrow import parquet

    sink = io.BytesIO()
    draw = np.random.default_rng(0)
    parquet.write_table(pyarrow.table({"a": draw.normal(size=30), "b": ["x", "y", None] * 10, "c": [[1]] * 30}), sink)
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [["a", "b", "=A1"], *([float(number), "xy"[number % 2], None] for number in range(15))]:
        book.active.append(row)
    book.save(out)
    return [sink.getvalue(), out.getvalue()]


def crafted(draw: random.Random, others: list[bytes]) -> tuple[str, bytes]:
    data = draw.choice(others) if draw.random() < 0.12 else table(draw)
    data = damaged(data, draw) if draw.random() < 0.4 else data
    data = gzip.compress(data, 1) if draw.random() < 0.1 else data
    data = damaged(data, draw) if draw.random() < 0.1 else data
    return draw.choice(("a.csv", "b.tsv", "c.parquet", "d.xlsx", "e.txt", "f.png", "g", "h.csv.gz", "-rf.csv", "=cmd.csv")), data


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_crafted_file_is_kept_or_refused_in_a_sentence(batch: int, home: Path, tmp_path: Path) -> None:
    draw, others, outcomes = random.Random(batch), seeds_of_other_formats(), {"kept": 0, "refused": 0}
    for number in range(CASES // BATCHES):
        name, data = crafted(draw, others)
        path = tmp_path / name
        path.write_bytes(data)
        choices = (
            {"target": "c0"}
            if draw.random() < 0.2
            else {"task": draw.choice(("classes", "regression", "forecast"))}
            if draw.random() < 0.3
            else {}
        )
        try:
            body = keep_table(path, "fuzzed", choices)
        except LabError as error:
            outcomes["refused"] += 1
            assert_sentence(str(error), (batch, number))
        else:
            outcomes["kept"] += 1
            assert_whole(body, (batch, number))
        path.unlink()
    assert {entry.name for entry in tmp_path.iterdir()} <= {"home"}, "something was written outside the store"
    assert not [entry for entry in (home / "data").iterdir() if entry.name.startswith(".draft")]
    assert outcomes["kept"] > 5 and outcomes["refused"] > 20, f"the cases are one-sided: {outcomes}"


def assert_sentence(text: str, case: object) -> None:
    assert 10 < len(text) < 500 and text[-1] in ".”" and "\n" not in text, (case, text)
    assert not re.search(r"[<>]|Traceback|\0", text), (case, text)


def assert_whole(body: dict, case: object) -> None:
    """What was kept can be trained on, and no name in it is more than a name."""
    arrays = shelf.arrays(body["name"], body["version"])
    assert np.isfinite(arrays["x"]).all() and np.isfinite(arrays["y"]).all(), case
    assert len(arrays["x"]) == len(arrays["y"]) == body["shape"]["rows"] >= 10, case
    words = [
        *body["feature_names"],
        *body["class_names"],
        body["title"],
        body["summary"],
        body["target_unit"],
        *(one["text"] for one in body["warnings"]),
    ]
    for word in words:
        assert not re.search(r"[<>`$\[\]{}|*\\\0]", word) and "\n" not in word and not word.startswith(("=", "+", "@")), (case, word)
    assert shelf.find(body["name"]) is not None


def zipped(files: dict[str, bytes], link: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if name == link:
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, data)
    return out.getvalue()


@pytest.mark.parametrize("name", ["../out.txt", "/etc/cron", "a/../../b", "..\\x", "C:\\x", "a/b/../../../c"])
def test_a_path_that_climbs_out_of_its_zip_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"fine.txt": b"1", name: b"x"}))
    with pytest.raises(Invalid, match="leads outside"):
        entries(path)


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"passwords": b"/etc/passwd"}, link="passwords"))
    with pytest.raises(Invalid, match="links are not followed"):
        entries(path)


def test_zip_bombs_are_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({f"{number}.bin": bytes(8_000_000) for number in range(8)}))
    with pytest.raises(Invalid, match="zip bomb"):
        entries(path)


def test_an_excel_file_that_is_a_zip_bomb_is_refused(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": bytes(64_000_000)}))
    with pytest.raises(Invalid, match="zip bomb"):
        keep_table(path)


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


ROWS = "\n".join(f"{number % 7},{number}" for number in range(30))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("\n\n  \n", "is empty"),
        ("a,b\n1,2", "Only 1 row has a target|one value|no rows|No column"),
        ("a,b\n" + "1,2\n" * 30, "No column can be predicted"),
        ("a,y\n" + "\n".join(f"{number}.5,only" for number in range(30)), "No column|only|left"),
        ("a,target\n" + "\n".join(f"{number}.5," for number in range(30)), "No column is left|has no"),
        (",".join(f"c{number}" for number in range(1_000_000)) + "\n" + ",".join("1" * 1_000_000), "1,000,000 columns; at most"),
        ("<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG picture"),
        (b"\x80\x04\x95" + bytes(50), "pickle"),
        (b"PK\x03\x04" + bytes(30), "damaged zip"),
        (b"PAR1" + bytes(50) + b"PAR1", "Parquet"),
        (b"a,b\n1,\x00\x00\x00\x00" * 9, "no text has"),
        ('a,b\n"' + "x" * 200_000, "never be closed"),
        ("x" * 9_000_000, "line of more than"),
    ],
    ids=[
        "empty", "blank", "one row", "constant", "one class", "no target", "million columns", "html", "png", "pickle", "zip", "parquet",
        "nul", "quote", "line",
    ],
)  # fmt: skip
def test_what_cannot_be_a_table_is_refused_with_a_reason(content: str | bytes, said: str, tmp_path: Path, home: Path) -> None:
    choices = {"target": "target"} if isinstance(content, str) and "target" in content[:20] else {}
    with pytest.raises(Invalid, match=said) as caught:
        keep_table(write(tmp_path / "file.csv", content), "", choices)
    assert_sentence(str(caught.value), said)


def test_links_instead_of_files_are_refused(tmp_path: Path, home: Path) -> None:
    write(tmp_path / "real.csv", f"a,b\n{ROWS}")
    os.symlink(tmp_path / "real.csv", tmp_path / "link.csv")
    with pytest.raises(Invalid, match="no plain file"):
        keep_table(tmp_path / "link.csv")


def test_infinite_and_huge_numbers_count_as_missing(tmp_path: Path, home: Path) -> None:
    rows = "\n".join(f"{'inf' if number == 3 else '1e300' if number == 4 else number / 7},{number % 5}.5" for number in range(60))
    body = keep_table(write(tmp_path / "a.csv", f"x,target\n{rows}"), "huge")
    assert np.isfinite(shelf.arrays("huge", body["version"])["x"]).all()
    assert any("infinite or beyond" in one["text"] and one["text"].startswith("2 values") for one in body["warnings"])


def test_names_are_shown_without_what_could_be_read_as_code(tmp_path: Path, home: Path) -> None:
    rows = "\n".join(f"{number}.5,{('<b>x</b>', '=2+2', '[k](http://e.org)')[number % 3]}" for number in range(60))
    body = keep_table(write(tmp_path / "a.csv", f"<script>alert(1)</script>,`class`\n{rows}"), "names")
    assert body["class_names"] == ["‹b›x‹/b›", "2+2", "k http //e.org"]
    assert body["feature_names"] == ["‹script›alert 1 ‹/script›"]


@pytest.mark.parametrize("name", ["../x", "", "A", "x y", "1x", "x" * 70, "digits", "a/b", ".hidden"])
def test_a_data_set_cannot_be_given_a_name_that_is_a_path_or_taken(name: str, tmp_path: Path, home: Path) -> None:
    path = write(tmp_path / "Digits.csv", f"a,b\n{ROWS}")
    if name:
        with pytest.raises(Invalid, match="not allowed"):
            keep_table(path, name)
    else:
        assert keep_table(path)["name"] == "my_digits"
