"""Which picture has which label: from the folder that it lies in, or from a table with a row for each picture."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from dlcore.errors import Invalid
from dlcore.owndata import columns, features
from dlcore.owndata.image_files import Files
from dlcore.owndata.names import shown
from dlcore.owndata.pictures import SUFFIXES, Unreadable
from dlcore.owndata.tables import Columns, Table, open_table

TRAINING, HELD_OUT = ("train", "training"), ("test", "testing", "val", "valid", "validation")
MOST_TABLE = 256 * 2**20
TABLES = (".csv", ".tsv")
LEFT_OUT = list[tuple[str, str]]
READING = ("encoding", "delimiter", "decimal", "header", "sheet")


@dataclass
class Labels:
    """labels: path → its label as text. held_out: paths of the test set, where the folders name one. left_out: (path, why).

    target: what the labels are called; file_column, columns: of the table that they came from ("" and none for folders).
    task: "classes" or "regression". rows_without: rows of the table that name no picture.
    """

    labels: dict[str, str]
    held_out: frozenset[str] = frozenset()
    left_out: LEFT_OUT = field(default_factory=list)
    target: str = "folder"
    task: str = "classes"
    decimal: str = "."
    file_column: str = ""
    columns: tuple[str, ...] = ()
    rows_without: int = 0


def read_labels(files: Files, choices: Mapping[str, Any]) -> Labels:
    """choices: "labels" (a table beside the archive), "target", "task", and how the table is to be read. Raises `Invalid`."""
    pictures = [name for name in files.names if name.lower().endswith(SUFFIXES)]
    if not pictures:
        raise Invalid(f"{shown(files.path.name)} holds no picture in JPEG, PNG, WebP or BMP.", "Give pictures in a folder for each class.")
    table_name = next((name for name in files.names if name.lower().endswith(TABLES)), "")
    found = None
    if choices.get("labels"):
        found = _from_table(open_table(Path(str(choices["labels"])), _reading(choices)), pictures, choices)
    elif table_name:
        found = _from_inner(files, table_name, pictures, choices)
    if found is None:
        if choices.get("target"):
            raise Invalid(f"There is no table with a column {shown(choices['target'])}.", "Give one with --labels, or leave --target out.")
        found = from_folders(pictures)
    known = {*pictures, table_name}
    found.left_out += [(name, "is no JPEG, PNG, WebP or BMP by its name") for name in files.names if name not in known]
    return found


def _reading(choices: Mapping[str, Any]) -> dict[str, Any]:
    return {name: choices[name] for name in READING if name in choices}


def _from_inner(files: Files, name: str, pictures: list[str], choices: Mapping[str, Any]) -> Labels | None:
    """From a table inside the archive; None where it names no pictures and nobody asked for one of its columns."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"labels{PurePosixPath(name).suffix.lower()}"
        try:
            path.write_bytes(files.read(name, MOST_TABLE))
        except Unreadable as error:
            raise Invalid(f"The table {shown(name)} {error}.", "Pack it again.") from None
        try:
            return _from_table(open_table(path, _reading(choices)), pictures, choices)
        except Invalid:
            if choices.get("target"):
                raise
            return None


def from_folders(pictures: Iterable[str]) -> Labels:
    """The first folder below those that all pictures share is the class; folders "train" and "test" above part them."""
    parts = {name: PurePosixPath(name).parts for name in pictures}
    while len({own[0] for own in parts.values()}) == 1 and any(len(own) > 2 for own in parts.values()):
        parts = {name: own[1:] for name, own in parts.items()}
    first = {own[0].lower() for own in parts.values() if len(own) > 1}
    held_out: set[str] = set()
    deep = any(len(own) > 2 for own in parts.values())
    if deep and first & set(TRAINING) and first <= {*TRAINING, *HELD_OUT}:
        held_out = {name for name, own in parts.items() if own[0].lower() in HELD_OUT}
        parts = {name: own[1:] for name, own in parts.items()}
    labels = {name: own[0] for name, own in parts.items() if len(own) > 1}
    if not labels:
        raise Invalid("The pictures lie in no folders, so that nothing says what they show.",
                      "Put them into a folder for each class, or give a CSV with their names and labels.")  # fmt: skip
    left_out = [(name, "lies in no class folder") for name in parts if name not in labels]
    return Labels(labels, frozenset(held_out & set(labels)), left_out)


def _from_table(table: Table, pictures: list[str], choices: Mapping[str, Any]) -> Labels:
    keys = _keys(pictures)
    sample = table.head(columns.SAMPLE)
    named = {name: sum(_key(value) in keys for value in values) for name, values in sample.items()}
    file_column = max(named, key=lambda name: named[name])
    if not named[file_column]:
        raise Invalid("No column of the table has names of these pictures.", "One column must hold file names such as cat1.jpg.")
    others = {name: values for name, values in sample.items() if name != file_column}
    target = str(choices.get("target") or _target(others, table.decimal))
    if target not in others:
        raise Invalid(f"There is no column {shown(target)} with labels.", f"There is: {', '.join(map(shown, list(others)[:20]))}.")
    task = str(choices.get("task") or columns.task_of(others[target], table.decimal))
    if task not in ("classes", "regression"):
        raise Invalid(f"{shown(task)} is no task for pictures: it must be classes or regression.")
    found = Labels({}, target=target, task=task, decimal=table.decimal, file_column=file_column, columns=tuple(others))
    for piece in table.chunks():
        _collect(found, piece, keys)
    found.left_out += [(name, "has no label in the table") for name in pictures if name not in found.labels]
    return found


def _target(others: Columns, decimal: str) -> str:
    if not others:
        raise Invalid("The table has names of pictures, but no column with labels.", "Add a column that says what each shows.")
    return next(iter(others)) if len(others) == 1 else columns.guess(others, decimal).target


def _collect(found: Labels, piece: Columns, keys: Mapping[str, str]) -> None:
    for value, label in zip(piece[found.file_column], piece[found.target], strict=True):
        name = keys.get(_key(value), "")
        if not name:
            found.rows_without += 1
        elif not features.is_missing(label):
            found.labels[name] = features.label(label)


def _keys(pictures: list[str]) -> dict[str, str]:
    """Ways to name a picture → its path: the whole path, every end of it, and these without the suffix; what names two is left out."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name in pictures:
        parts = PurePosixPath(name).parts
        ends = ["/".join(parts[first:]) for first in range(len(parts))]
        for key in {*map(_key, ends), *(_key(end.rpartition(".")[0]) for end in ends)}:
            if key in found:
                twice.add(key)
            found[key] = name
    return {key: name for key, name in found.items() if key not in twice}


def _key(text: str) -> str:
    return text.strip().replace("\\", "/").removeprefix("./").lower()
