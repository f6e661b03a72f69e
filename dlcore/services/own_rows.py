"""Raw rows, texts and pictures of a person, as the inputs of a net that learned from a data set of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.owndata import features, pictures, row_files, shelf
from dlcore.owndata.names import shown

MOST_NAMED = 5

Note = Callable[[str], object]


def raw_inputs(experiment: Experiment, path: Path, note: Note = lambda sentence: None) -> np.ndarray | None:
    """The net's inputs (rows, *input), unscaled, from raw rows in a file like the one that the data came from; None for other data sets.

    For a net of pictures it is one picture, or a folder of them. Raises `Invalid` for a file that lacks a column, or is damaged.
    note: told, in sentences, of what is read but means nothing to the net.
    """
    body = _prepared(experiment)
    if body is None or "columns" not in body:
        found = raw_pictures(experiment, path)
        return None if found is None else found.rows
    pieces, usual = _raw_rows(experiment, _file(path), body)
    first = pieces[0] if pieces else {}
    lacking = [column["name"] for column in body["columns"] if column["name"] not in first]
    if lacking:
        columns = f"{len(lacking)} column{'s' * (len(lacking) > 1)}"
        raise Invalid(f"{path.name} lacks {columns}: {', '.join(map(shown, lacking[:10]))}.", "Give rows like those of the data set.")
    for sentence in _strange(pieces, body):
        note(sentence)
    try:
        told = {**body, "decimal": features.told_decimal(first, {**body, "decimal": usual})}
        return features.windows(np.concatenate([features.encode(piece, told) for piece in pieces]), body)
    except ValueError as error:
        raise Invalid(f"{path.name} cannot be used: {error}.") from None


def _strange(pieces: Sequence[Mapping[str, Sequence[Any]]], body: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each category with values that the net has no feature for, not even one for rare values."""
    for column in body["columns"]:
        if column["kind"] != "category" or column["other"]:
            continue
        given = {value for piece in pieces for value in piece[column["name"]] if not features.is_missing(value)}
        if new := sorted({features.label(value) for value in given} - set(column["values"])):
            more = f" and {len(new) - MOST_NAMED} more" if len(new) > MOST_NAMED else ""
            named = ", ".join(map(shown, new[:MOST_NAMED]))
            yield f"{shown(column['name'])}: the net never learned of {named}{more}. Such a row counts as none of the values it knows."


@dataclass(frozen=True)
class Pictures:
    """rows: (pictures, height, width, channels), named by their files. left_out: which were not, and why, the end of a sentence."""

    rows: np.ndarray
    names: Sequence[str]
    left_out: Sequence[tuple[str, str]]


def raw_pictures(experiment: Experiment, path: Path) -> Pictures | None:
    """A picture, or all in a folder, for a net of one's own pictures; None for other nets and files. `Invalid` where none is there."""
    body = _prepared(experiment)
    if body is None or "image" not in body or not (path.is_dir() or path.suffix.lower() in pictures.SUFFIXES):
        return None
    form, rows, names, left_out = pictures.Form(**body["image"]), [], [], []
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in pictures.SUFFIXES) if path.is_dir() else [_file(path)]
    for file in files:
        try:
            rows.append(pictures.pixels(file.read_bytes(), form))
            names.append(str(file.relative_to(path)) if path.is_dir() else path.name)
        except pictures.Unreadable as error:
            left_out.append((file.name, str(error)))
        except OSError as error:
            left_out.append((file.name, f"cannot be read ({error.strerror})"))
    if not rows:
        name, why = left_out[0] if left_out else (path.name, "holds no picture in JPEG, PNG, WebP or BMP")
        raise Invalid(f"{shown(name)} {why}.", "Give a picture, or a folder of pictures.")
    return Pictures(np.stack(rows), names, left_out)


def raw_text(experiment: Experiment, text: str) -> np.ndarray | None:
    """One text as a row (1, steps, 1) for a net that reads one's own texts; None for other nets."""
    body = _prepared(experiment)
    if body is None or "columns" not in body or not features.is_tokens(body):
        return None
    return features.windows(features.encode({body["columns"][0]["name"]: [text]}, body), body)


def _raw_rows(experiment: Experiment, path: Path, body: Mapping[str, Any]) -> tuple[list[dict[str, list[str]]], str]:
    """Columns piece by piece, and the decimal sign that numbers have where they do not tell."""
    if path.suffix.lower() == ".json":
        return _raw_json(path, body["decimal"]), body["decimal"]
    if path.suffix.lower() == ".txt" and features.is_tokens(dict(body)):
        try:
            lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
        except (OSError, ValueError):
            raise Invalid(f"{shown(path.name)} is no text in UTF-8.", "Save it as UTF-8, one text a line.") from None
        return [{body["columns"][0]["name"]: lines}], body["decimal"]
    return _raw_pieces(experiment, path, body)


def _raw_pieces(experiment: Experiment, path: Path, body: Mapping[str, Any]) -> tuple[list[dict[str, list[str]]], str]:
    from dlcore.owndata.tables import open_table

    source = shelf.description(experiment.dataset.name, str(experiment.dataset.settings["version"]))["source"]
    choices = {"decimal": body["decimal"], **{name: source[name] for name in ("header", "quotes") if name in source}}
    table = open_table(path, choices)
    return list(table.chunks()), table.decimal


def _raw_json(path: Path, decimal: str) -> list[dict[str, list[str]]]:
    """A list with an object for each row, as columns; its numbers get that decimal sign."""
    try:
        rows = row_files.objects_in(path.read_text(encoding="utf-8"), {"decimal": decimal})
        names = list(dict.fromkeys(name for row in rows for name in row))
        return [{name: [row.get(name, "") for row in rows] for name in names}] if rows else []
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        raise Invalid(f"{path.name} is no list of rows in JSON.", 'It must look like [{"column": value, …}, …].') from None


def in_target_units(experiment: Experiment, outputs: Any) -> np.ndarray | None:
    """A regression's outputs in the units of the raw target; None where there are no such units."""
    body = _prepared(experiment)
    if body is None or "target" not in body or experiment.shape.task != "regression":
        return None
    return features.decode(np.asarray(outputs, "float64"), body)


def target_name(experiment: Experiment) -> str:
    """What a person's own data call what is predicted; "" for other data."""
    body = _prepared(experiment) or {}
    return str((body.get("target") or {}).get("name", ""))


def categories(experiment: Experiment) -> dict[int, tuple[str, list[str]]]:
    """Columns of words, by the place of their first input: the column's name, and what each of its inputs stands for, one of which is 1."""
    found, place = dict[int, tuple[str, list[str]]](), 0
    for column in (_prepared(experiment) or {}).get("columns", ()):
        width = len(features.feature_names({"columns": [column]}))
        if column["kind"] == "category" and width:
            found[place] = (column["name"], [*map(str, column["values"]), *["other"] * column["other"], *["missing"] * column["missing"]])
        place += width
    return found


def _prepared(experiment: Experiment) -> dict[str, Any] | None:
    """What turns raw rows into inputs ("columns"), or says what pictures become ("image"); None for data that are not one's own."""
    if experiment.dataset_spec.origin != "file":
        return None
    version = str(experiment.dataset.settings["version"])
    body: dict[str, Any] | None = shelf.description(experiment.dataset.name, version)["preparation"]
    return body


def _file(path: Path) -> Path:
    if not path.exists():
        raise Invalid(f"There is no file {path}.")
    return path.resolve()
