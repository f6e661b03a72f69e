"""From a table to a data set that is kept: two passes over the file, in pieces; memory does not grow with its rows."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.forecast import show_bytes
from dlcore.owndata import columns, features, series
from dlcore.owndata.columns import Column, Guess
from dlcore.owndata.findings import findings
from dlcore.owndata.fitting import Fit, preparation
from dlcore.owndata.keeping import Draft, check_name, name_from, release, title_of
from dlcore.owndata.names import distinct, plain, shown
from dlcore.owndata.tables import Columns, Table, open_table
from dlcore.owndata.targets import Target

MOST_FEATURES = 4000
MOST_ARRAY = 8 * 2**30
LOOK_BACK = 12  # rows of a forecast
MOST_STEPS, MOST_SYMBOLS = 1000, 50_000
READING = ("encoding", "delimiter", "decimal", "header", "quotes", "sheet")
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Plan:
    """A table, what it is taken for, and how it is to be split: everything that was guessed or said before the file is read."""

    table: Table
    guess: Guess
    group: str = ""
    split: str = ""
    log: bool = False
    steps: int = 0
    vocabulary: int = 0

    @property
    def inputs(self) -> list[Column]:
        """The columns that become features. A forecast also learns from the target's own past."""
        outside = {self.group}
        if self.guess.task != "forecast":
            outside.add(self.guess.target)
        if any(column.kind in columns.READ for column in self.guess.columns):
            outside.add(self.guess.time)
        return [column for column in self.guess.columns if column.kind != "ignore" and column.name not in outside]

    @property
    def is_text(self) -> bool:
        """Whether rows are texts that are read word by word, or letter by letter."""
        return any(column.kind in columns.READ for column in self.inputs)

    @property
    def fits(self) -> list[Fit]:
        """What counts each input column, nothing counted yet."""
        return [Fit(column, self.table.decimal, seed, self.steps, self.vocabulary) for seed, column in enumerate(self.inputs)]

    @property
    def left_out(self) -> list[Column]:
        return [column for column in self.guess.columns if column.kind == "ignore" and column.name != self.guess.target]


def plan(path: Path, choices: Mapping[str, Any] | None = None) -> Plan:
    """Guesses, and what a person chose instead: the fields of `Table` that say how to read it, "types" {column: kind}, "target", "task",
    "time", "group", "split", "log", "steps" (rows that a forecast looks back on; words or letters that are read of a text), "vocabulary"
    (how many of those are told apart). Reads the first 20,000 rows. Raises `Invalid`."""
    chosen = dict(choices or {})
    table = open_table(path, {name: chosen[name] for name in READING if name in chosen})
    sample = table.head(columns.SAMPLE)
    if not sample[table.names[0]]:
        raise Invalid(f"{shown(path.name)} has no rows.", "Give a table with a row for each example.")
    guessed = columns.corrected(columns.guess(sample, table.decimal), chosen)
    if "task" not in chosen and chosen.get("target"):
        guessed = _again(guessed, sample, table.decimal)
    group = str(chosen.get("group") or "")
    guessed = columns.with_an_input(guessed, group, table.decimal)
    guessed = columns.with_text_alone(_dated(guessed, sample), group, chosen.get("types") or ())
    steps = int(chosen.get("steps") or (LOOK_BACK if guessed.task == "forecast" else 0))
    made = Plan(table, guessed, group, str(chosen.get("split") or ""), bool(chosen.get("log")), steps, int(chosen.get("vocabulary") or 0))
    _check(made)
    return made


def _again(guessed: Guess, sample: Columns, decimal: str) -> Guess:
    """The task of a target that a person chose."""
    if guessed.task == "forecast" and guessed.by_name[guessed.target].kind == "number":
        return guessed
    return Guess(guessed.columns, guessed.target, columns.task_of(sample[guessed.target], decimal), guessed.time, guessed.why)


def _dated(guessed: Guess, sample: Columns) -> Guess:
    """Columns that were declared dates need the form of their dates."""
    found = []
    for column in guessed.columns:
        form = column.form
        if (column.kind == "date" or column.name == guessed.time) and not form:
            form = columns.date_format([value for value in dict.fromkeys(sample[column.name]) if not features.is_missing(value)])
            if not form and column.kind == "date":
                raise Invalid(f"{shown(column.name)} has no dates that are understood.", "Write them as 2024-01-31 or 31.01.2024.")
        found.append(Column(column.name, column.kind, form, column.role, column.note, column.examples))
    return Guess(tuple(found), guessed.target, guessed.task, guessed.time, guessed.why)


def _check(made: Plan) -> None:
    task, target = made.guess.task, made.guess.target
    if not made.inputs:
        raise Invalid(f"No column is left to predict {shown(target)} from.", "Give at least one column a kind other than ignore.")
    if task == "forecast" and not made.guess.time:
        raise Invalid("A forecast needs a column that orders the rows.", "Say which with the time column, or choose another task.")
    if (task == "forecast" or made.steps) and not 1 <= made.steps <= MOST_STEPS:
        raise Invalid(
            f"steps = {made.steps} is not allowed: it must be from 1 to {MOST_STEPS:,} rows of a series, or words or letters of a text."
        )
    if made.vocabulary and not 2 <= made.vocabulary <= MOST_SYMBOLS:
        raise Invalid(f"vocabulary = {made.vocabulary} is not allowed: it must be from 2 to {MOST_SYMBOLS:,} words or letters.")
    if made.split and made.split not in splits(made):
        raise Invalid(f"split = {shown(made.split)} is not allowed here: it must be one of {', '.join(splits(made))}.",
                      "A split by group or time needs a column for it.")  # fmt: skip


def splits(made: Plan) -> list[str]:
    """The possible splits, the one that suits first."""
    if made.guess.task == "forecast":
        return ["time"]
    found = ["stratified"] if made.guess.task == "classes" else []
    found.append("random")
    found += ["time"] if made.guess.time else []
    return ["group", *found] if made.group else found


def keep_table(path: Path, name: str = "", choices: Mapping[str, Any] | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Reads the file and keeps it as a data set; the description as kept. Raises `Invalid` for what no net can learn from."""
    report = progress or (lambda fraction: None)
    name = name or name_from(path.name)
    check_name(name)
    made = plan(path, choices)
    fits, target = _fitted(made, report)
    prepared = preparation(fits, made.table.decimal, target.constants())
    prepared |= {"names": None if made.table.header else list(made.table.names), "delimiter": made.table.delimiter}
    prepared |= {} if made.table.quotes else {"quotes": False}  # left out where it is as ever: versions are hashes of it
    prepared |= {} if made.table.encoding.startswith("utf") else {"encoding": made.table.encoding}
    names = distinct(features.feature_names(prepared))
    form = (fits[0].steps, 1) if made.is_text else (len(names),)
    _check_size(target.known, form, made.is_text)
    with Draft() as draft:
        _encode(made, draft, prepared, target, form, report)
        if made.guess.task == "forecast":
            prepared["window"] = {"steps": made.steps}
            series.cut(draft, made.steps, bool(made.group))
        else:
            series.order(draft, bool(made.guess.time), bool(made.group))
        x, y = (np.load(draft.path(f"{array}.npy"), mmap_mode="r") for array in ("x", "y"))
        warned = findings(fits, made.left_out, target, *_looked_at(made, x, names, y))
        profile = profile_of(made, fits, target)
        draft.path("profile.json").write_text(json.dumps(profile, allow_nan=False), encoding="utf-8")
        report(0.98)
        return draft.keep(name, {"title": title_of(name), **_description(made, prepared, target, names, x.shape, len(y), warned)})


def _check_size(rows: int, form: tuple[int, ...], is_text: bool) -> None:
    size = 4 * rows * math.prod(form)
    if is_text and size > MOST_ARRAY:
        raise Invalid(
            f"{rows:,} texts of {form[0]:,} steps take {show_bytes(size)}; at most {show_bytes(MOST_ARRAY)} are kept.", "Read fewer steps."
        )
    if form[0] > MOST_FEATURES or size > MOST_ARRAY:
        raise Invalid(
            f"The columns would become {form[0]:,} features of {rows:,} rows, {show_bytes(size)}.",
            f"At most {MOST_FEATURES:,} features and {show_bytes(MOST_ARRAY)} are kept: ignore columns with many different words.",
        )


def _looked_at(made: Plan, x: np.ndarray, names: tuple[str, ...], y: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Where leaks and repeated rows are looked for: a forecast's features hold the target's own past, which is no leak; of texts only
    whole ones can be repeated."""
    if made.is_text:
        return x.reshape(len(x), -1), y, ()
    return (x, y, names) if x.ndim == 2 else (x[:, 0, :0], y, ())


def profile_of(made: Plan, fits: Sequence[Fit], target: Target) -> dict[str, Any]:
    """All columns in numbers, for pictures: {"columns", "left_out", "target"}."""
    left_out = [{"name": one.name, "kind": one.kind, "role": one.role, "note": one.note} for one in made.left_out]
    return {"columns": [fit.profile() for fit in fits], "left_out": left_out, "target": target.profile()}


def _fitted(made: Plan, report: Progress) -> tuple[list[Fit], Target]:
    """The first pass: constants, counts."""
    task = "classes" if made.guess.task == "classes" else "regression"
    target = Target(made.guess.target, task, made.table.decimal, made.log)
    fits = made.fits
    for piece in made.table.chunks():
        target.add(piece[target.name])
        for fit in fits:
            fit.add(piece[fit.column.name])
        report(0.45 * (1 - 1 / (1 + target.rows / 100_000)))
    target.settle()
    return fits, target


def _encode(made: Plan, draft: Draft, prepared: dict[str, Any], target: Target, form: tuple[int, ...], report: Progress) -> None:
    """The second pass: rows with a target, as features, on the disk."""
    rows, place = target.known, 0
    x, y = draft.create("x", (rows, *form), "float32"), draft.create("y", (rows,), "int64" if target.task == "classes" else "float32")
    times = draft.create("time", (rows,), "float64") if made.guess.time else None
    groups, numbered = draft.create("group", (rows,), "int64") if made.group else None, dict[str, int]()
    dated = made.guess.by_name[made.guess.time].form if made.guess.time else ""
    for piece in made.table.chunks():
        own = target.read(piece[target.name])
        kept = own >= 0 if target.task == "classes" else ~np.isnan(own)
        end = place + int(kept.sum())
        x[place:end], y[place:end] = features.windows(features.encode(piece, prepared), prepared)[kept], own[kept]
        if times is not None:
            values = piece[made.guess.time]
            stamps = features.moments(values, dated) if dated else features.numbers(values, made.table.decimal)
            times[place:end] = np.where(np.isnan(stamps), -np.inf, stamps)[kept]  # rows without a time count as the oldest
        if groups is not None:
            coded = [numbered.setdefault(value, len(numbered)) for value in piece[made.group]]
            groups[place:end] = np.array(coded, "int64")[kept]
        place = end
        release(x)
        report(0.45 + 0.5 * place / rows)
    if made.group and len(numbered) < 5:
        raise Invalid(f"{shown(made.group)} has {len(numbered)} groups; at least 5 are needed to set some aside.", "Choose another column.")


def _description(
    made: Plan,
    prepared: dict[str, Any],
    target: Target,
    names: tuple[str, ...],
    shape: tuple[int, ...],
    rows: int,
    warned: list[dict[str, str]],
) -> dict[str, Any]:
    possible = splits(made)
    body = {**target.shape(), "kind": "vector" if len(shape) == 2 else "sequence", "input": list(shape[1:]), "rows": rows, "test_rows": 0}
    if made.is_text:
        body["tokens"] = len(prepared["columns"][0]["vocabulary"])
    what = {"classes": "the class", "regression": "the value", "forecast": "the next value"}[made.guess.task]
    return {
        "kind": "forecast" if made.guess.task == "forecast" else "text" if made.is_text else "table",
        "summary": f"Your own data: {rows:,} rows from {plain(made.table.path.name)}; to be predicted is {what} of {plain(target.name)}.",
        "shape": body, "scaling": "none" if made.is_text else "standardize",
        "class_names": list(target.class_names), "feature_names": list(names), "target_unit": target.unit_words, "splits": possible,
        "split": made.split or possible[0], "preparation": prepared,
        "source": _source(made.table), "warnings": warned, "group": made.group, "time": made.guess.time,
    }  # fmt: skip


def _source(table: Table) -> dict[str, Any]:
    with table.path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    read = {"form": table.form, "encoding": table.encoding, "delimiter": table.delimiter, "decimal": table.decimal, "header": table.header,
            "quotes": table.quotes}  # fmt: skip
    return {"file": plain(table.path.name), "bytes": table.path.stat().st_size, "sha256": digest, "sheet": table.sheet, **read}
