"""What the columns of a table are: kinds guessed from a sample, and which column is worth predicting, as what."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.owndata import features
from dlcore.owndata.names import shown

KINDS = ("number", "category", "date", "text", "words", "letters", "ignore")
READ = ("words", "letters")  # kinds of a text that is read one word or letter after the other: it is the only input then
TASKS = ("classes", "regression", "forecast")
SAMPLE = 20_000
FORMATS = (
    "iso", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M", "%d-%m-%Y", "%m-%d-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%y", "%b-%y", "%m/%d/%y", "%d.%m.%y",
    "%Y%m%d",
)  # fmt: skip
SURE = 0.95
MOST_CLASSES = 100
FEW = 20  # whole numbers of a target up to which they are classes
WANTED = (
    "target", "label", "class", "outcome", "price", "value", "revenue", "sales", "survived", "churn", "sentiment", "species", "quality",
    "default", "age", "income", "rating", "score", "y",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column and what it is taken for. note: why, or what is odd about it, in a sentence. role: "identifier", "constant", "empty", ""."""

    name: str
    kind: str
    form: str = ""
    role: str = ""
    note: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guess:
    """What a table is taken for. target: "" where no column can be one. time: the column that orders the rows, "" for none."""

    columns: tuple[Column, ...]
    target: str
    task: str
    time: str = ""
    why: str = ""
    by_name: Mapping[str, Column] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})


def guess(sample: Mapping[str, Sequence[str]], decimal: str = ".") -> Guess:
    """From the first rows of a table: {name: cells}."""
    columns = tuple(guess_column(name, values, decimal) for name, values in sample.items())
    dates = [column.name for column in columns if column.kind == "date"]
    time = dates[0] if dates else ""
    target, why = _target(columns)
    if not target:
        return Guess(columns, "", "regression", time, why)
    if time and _is_series(sample, columns, time, target):
        return Guess(columns, target, "forecast", time, f"Rows follow each other in {shown(time)}, so the next value can be forecast.")
    return Guess(columns, target, task_of(sample[target], decimal), time, why)


def guess_column(name: str, values: Sequence[str], decimal: str = ".") -> Column:
    """The kind of one column."""
    present = [str(value).strip() for value in values if not features.is_missing(value)]
    different = list(dict.fromkeys(present))
    shown_values = tuple(different[:3])
    if not present:
        return Column(name, "ignore", role="empty", note="No row has a value.")
    if len(different) == 1 and len(values) > 1:
        return Column(name, "ignore", role="constant", note="Every row that has a value has the same one.", examples=shown_values)
    found = features.numbers(present, decimal)
    share = float(np.mean(~np.isnan(found)))
    if form := date_format(different):
        return Column(name, "date", form, note=_ambiguous(different, form), examples=shown_values)
    if share >= SURE:
        return _number(name, found, different, share, shown_values)
    if _is_prose(different, len(present)):
        return Column(name, "text", examples=shown_values)
    if len(different) > 0.9 * len(present) and len(present) >= 50:
        return Column(name, "ignore", role="identifier", note="Almost every row has another value: it names rows, and teaches nothing.",
                      examples=shown_values)  # fmt: skip
    note = f"{share:.0%} of the values are numbers; all are taken as words." if share > 0.2 else ""
    return Column(name, "category", note=note, examples=shown_values)


def _number(name: str, found: np.ndarray, different: list[str], share: float, examples: tuple[str, ...]) -> Column:
    kept = found[~np.isnan(found)]
    steps = np.diff(kept)
    named = bool(re.search(r"(^|[_\s])(id|uuid|index|row|nr|no)$|^unnamed|^id[_\s]|Id$|ID$", name))
    whole = bool(np.all(kept == np.round(kept)))
    counted = whole and len(kept) >= 50 and len(different) == len(found) and bool(np.all(steps == 1))
    if counted or (named and whole and len(kept) >= 20 and len(different) > 0.95 * len(found)):
        return Column(name, "ignore", role="identifier", note="It counts or names rows, and teaches nothing.", examples=examples)
    note = f"{1 - share:.1%} of the values are no numbers and count as missing." if share < 1 else ""
    return Column(name, "number", note=note, examples=examples)


def date_format(different: Sequence[str]) -> str:
    """The form that at least 95 % of these values have, "" when none fits. Plain numbers are dates only as 20240131."""
    sample = different[:: max(1, len(different) // 300)][:300]
    if not sample:
        return ""
    plain = sum(bool(re.fullmatch(r"[-+]?\d+([.,]\d+)?", value)) for value in sample)
    if plain > (1 - SURE) * len(sample):
        days = all(re.fullmatch(r"(19|20)\d{6}", value) for value in sample) and len(sample) > 1
        return "%Y%m%d" if days and _share(sample, "%Y%m%d") == 1 else ""
    best = max(FORMATS, key=lambda form: _share(sample, form))
    return best if _share(sample, best) >= SURE else ""


def _share(values: Sequence[str], form: str) -> float:
    return sum(features.moment(value, form) is not None for value in values) / len(values)


def _ambiguous(different: Sequence[str], form: str) -> str:
    swap = {"%d/%m/%Y": "%m/%d/%Y", "%m/%d/%Y": "%d/%m/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%Y %H:%M": "%m/%d/%Y %H:%M"}.get(form)
    return (
        "Day and month could be the other way round: the day is taken to stand first."
        if swap and _share(different[:300], swap) >= SURE
        else ""
    )


def _is_prose(different: Sequence[str], rows: int) -> bool:
    sample = different[:500]
    spoken = sum(len(value.split()) for value in sample) / max(1, len(sample))
    return spoken >= 4 and len(different) > 0.3 * rows


def _target(columns: Sequence[Column]) -> tuple[str, str]:
    """A column with a name that people give to targets, else the last one that can be learned."""
    able = [column for column in columns if column.kind in ("number", "category")]
    if not able:
        return "", "No column can be predicted: a target needs two different values, numbers or words."

    def wish(column: Column) -> int:
        parts = re.split(r"[^a-z]+", column.name.lower())
        return min((WANTED.index(part) for part in parts if part in WANTED), default=len(WANTED))

    best = min(able, key=wish)
    if wish(best) < len(WANTED):
        return best.name, f"Its name says that {shown(best.name)} is what one wants to know."
    return able[-1].name, "The target often stands last."


def task_of(values: Sequence[str], decimal: str = ".") -> str:
    """ "classes" for words and for few whole numbers, else "regression"."""
    present = [value for value in values if not features.is_missing(value)]
    found = features.numbers(present, decimal)
    if not len(found) or np.mean(np.isnan(found)) > 1 - SURE:
        return "classes"
    kept = found[~np.isnan(found)]
    different = np.unique(kept)
    whole = bool(np.all(different == np.round(different)))
    return "classes" if whole and len(different) <= min(FEW, max(2, len(kept) // 5)) else "regression"


def _is_series(sample: Mapping[str, Sequence[str]], columns: Sequence[Column], time: str, target: str) -> bool:
    """Few columns, all numbers but the time, and times that are almost all different."""
    others = [column for column in columns if column.name != time and column.kind != "ignore"]
    if len(others) > 6 or any(column.kind != "number" for column in others) or target == time:
        return False
    stamps = sample[time]
    return len(stamps) >= 20 and len(set(stamps)) > 0.95 * len(stamps)


def corrected(found: Guess, choices: Mapping[str, Any]) -> Guess:
    """The guess with what a person said instead: "types" {column: kind}, "target", "task", "time". Raises `Invalid` for what cannot be."""
    types = dict(choices.get("types") or {})
    for name, kind in types.items():
        if name not in found.by_name:
            raise Invalid(f"There is no column {shown(name)}.", _have(found))
        if kind not in KINDS:
            raise Invalid(f"{shown(kind)} is no kind of column: it must be {', '.join(KINDS)}.")
    columns = tuple(
        Column(column.name, types.get(column.name, column.kind), column.form, "" if column.name in types else column.role,
               "" if column.name in types else column.note, column.examples)
        for column in found.columns
    )  # fmt: skip
    target, time = str(choices.get("target") or found.target), choices.get("time", found.time) or ""
    for what, name in (("target", target), ("time column", time), ("group column", choices.get("group") or "")):
        if name and name not in found.by_name:
            raise Invalid(f"There is no column {shown(name)} to be the {what}.", _have(found))
    task = str(choices.get("task") or found.task)
    if task not in TASKS:
        raise Invalid(f"{shown(task)} is no task: it must be {', '.join(TASKS)}.")
    if not target:
        raise Invalid(found.why, "Choose another file, or say which column.")
    return Guess(columns, target, task, str(time), found.why)


def with_an_input(found: Guess, group: str, decimal: str) -> Guess:
    """Where nothing else is left to predict from, numbers that seem to count rows are inputs after all: it may be x against y."""
    outside = (found.target, group, found.time)
    if found.task == "forecast" or any(column.kind != "ignore" and column.name not in outside for column in found.columns):
        return found
    note = "It seems to count or name rows; it is used because nothing else is there."
    counting = [
        column for column in found.columns
        if column.role == "identifier" and column.name not in outside and not np.isnan(features.numbers(column.examples, decimal)).any()
    ]  # fmt: skip
    return _replaced(found, {column.name: replace(column, kind="number", role="", note=note) for column in counting})


def with_text_alone(found: Guess, group: str, chosen: Collection[str]) -> Guess:
    """A text that is the only input is read word by word (letter by letter where no spaces part its words), unless a person `chosen` its
    kind; and where a text is read so, the other columns are no inputs. Raises `Invalid` for two such texts."""
    if found.task == "forecast":
        if any(column.kind in READ for column in found.columns):
            raise Invalid("A forecast cannot read a text word by word.", "Choose the kind text for it, or another task.")
        return found
    inputs = [column for column in found.columns if column.kind != "ignore" and column.name not in (found.target, group, found.time)]
    read = [column.name for column in inputs if column.kind in READ]
    if not read and len(inputs) == 1 and inputs[0].kind == "text" and inputs[0].name not in chosen:
        only = inputs[0]
        return _replaced(found, {only.name: replace(only, kind="words" if _has_spaces(only.examples) else "letters")})
    if len(read) > 1:
        raise Invalid(f"{' and '.join(map(shown, read))} cannot both be read word by word.", "Choose the kind text for all but one.")
    if not read:
        return found
    note = f"{shown(read[0])} is read alone, one word or letter after the other."
    beside = [
        column for column in found.columns if column.kind != "ignore" and column.name not in (read[0], found.target, group, found.time)
    ]
    return _replaced(found, {column.name: replace(column, kind="ignore", role="beside", note=note) for column in beside})


def _has_spaces(examples: Sequence[str]) -> bool:
    text = "".join(examples)
    return text.count(" ") > len(text) / 15


def _replaced(found: Guess, columns: Mapping[str, Column]) -> Guess:
    return replace(found, columns=tuple(columns.get(column.name, column) for column in found.columns))


def _have(found: Guess) -> str:
    names = [shown(column.name) for column in found.columns]
    return f"There is: {', '.join(names[:20])}{' …' if len(names) > 20 else ''}."
