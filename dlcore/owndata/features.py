"""From raw rows to features: text cells become numbers by constants that were fitted once and are kept as JSON.

The functions in `SOURCES` are copied into predict.py beside an exported model, so that raw rows give predictions there: they use NumPy
as `np`, the modules `datetime`, `math` and `re`, each other, and nothing else.

A preparation: {"decimal", "names" (all columns of a file without a row of names, else null), "delimiter", "quotes"
(false where quotation marks are signs like others), "encoding" (where it is not UTF-8), "columns": [{"name", "kind", …}],
"target": {"name", "kind", …}, "window"}. Kinds of columns and their constants:
number {fill, flag, center, scale}, category {values, other, missing}, date {format, fill, flag, clock}, text {words}; and what is read one
by one, words or letters {vocabulary, rare, steps}: then it is the only column.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

MISSING = ("", "na", "n/a", "nan", "null", "none", "nil", "?", "-", "--", "#n/a", "nat", "missing")
LARGEST = 1e30
ORIGIN = datetime.datetime(2000, 1, 1)
DAY = 86400.0


def is_missing(text: Any) -> bool:
    """Whether a cell says that there is no value."""
    return text is None or str(text).strip().lower() in MISSING


def label(text: Any) -> str:
    """A cell as the word that it stands for; more than 200 letters are no word."""
    return str(text).strip()[:200]


def number(text: Any, decimal: str = ".") -> float | None:
    """The number that a cell holds, also as "1,234.5", "$12", "15 %" or "(3)"; None for any other text, NaN, infinities and beyond 1e30."""
    text = str(text).strip()
    if decimal == ".":
        try:
            found = float(text)
            return found if math.isfinite(found) and abs(found) <= LARGEST else None
        except ValueError:
            pass
    text = re.sub(r"^\((.*)\)$", r"-\1", text)
    text = re.sub(r"[\s'$€£¥%_]", "", text)
    group = "," if decimal == "." else "."
    if not re.fullmatch(rf"[-+]?(\d{{1,3}}({re.escape(group)}\d{{3}})+|\d+)?({re.escape(decimal)}\d*)?([eE][-+]?\d{{1,3}})?", text):
        return None
    try:
        found = float(text.replace(group, "").replace(decimal, "."))
    except ValueError:
        return None
    return found if math.isfinite(found) and abs(found) <= LARGEST else None


def numbers(values: Any, decimal: str = ".") -> np.ndarray:
    """float64 (rows,) of a column's cells, NaN for what is missing or no number."""
    if decimal == ".":
        try:  # at once, where all cells are plain numbers
            found = np.fromiter(map(float, values), "float64", len(values))
            found[~(np.abs(found) <= LARGEST)] = np.nan
            return found
        except (ValueError, TypeError):
            pass
    read = (None if is_missing(value) else number(value, decimal) for value in values)
    return np.array([np.nan if value is None else value for value in read], dtype="float64")


def decimal_of(rows: Any, usual: str = ".") -> str:
    """ "," where more cells look like 3,14 than like 3.14, "." where fewer do, `usual` where as many; 1,234 may be either."""
    commas = points = 0
    for row in rows:
        for cell in row:
            commas += bool(re.fullmatch(r"\s*[-+]?[\d.]*\d,\d{1,12}\s*", cell)) and not re.fullmatch(r"\d{1,3},\d{3}", cell)
            points += bool(re.fullmatch(r"\s*[-+]?[\d,]*\d?\.\d{1,12}\s*", cell)) and not re.fullmatch(r"\d{1,3}\.\d{3}", cell)
    return usual if commas == points else "," if commas > points else "."


def told_decimal(columns: dict, preparation: dict) -> str:
    """The decimal sign of the cells that are to be numbers, in rows of another file; the data set's own where they do not tell."""
    numeric = (column["name"] for column in preparation["columns"] if column["kind"] == "number")
    return decimal_of((columns.get(name, [])[:200] for name in numeric), preparation["decimal"])


def moment(text: Any, form: str) -> float | None:
    """Days since the beginning of 2000 (UTC where a zone is told), or None for no date of this form ("iso", or strptime's)."""
    text = str(text).strip()
    try:
        if form == "iso":
            found = datetime.datetime.fromisoformat(text + "-01" if re.fullmatch(r"\d{4}-\d\d", text) else text)
        else:
            found = datetime.datetime.strptime(text, form)
        if found.tzinfo is not None:
            found = found.astimezone(datetime.UTC).replace(tzinfo=None)
        return (found - ORIGIN).total_seconds() / DAY
    except (ValueError, OverflowError):
        return None


def moments(values: Any, form: str) -> np.ndarray:
    """float64 (rows,) of days, NaN for what is missing or no date; the same text is read once."""
    known = {value: moment(value, form) for value in set(values)}
    return np.array([np.nan if known[value] is None else known[value] for value in values], dtype="float64")


def words(text: Any) -> list[str]:
    """The words of a text, in small letters."""
    return re.findall(r"[^\W_]+(?:'[^\W_]+)?", str(text).lower())


def encode(columns: dict, preparation: dict) -> np.ndarray:
    """float32 (rows, features) from the raw cells of each column, {name: texts}. A column that is missing counts as empty."""
    rows = len(next(iter(columns.values()), ()))
    parts = []
    for column in preparation["columns"]:
        values = columns.get(column["name"], [""] * rows)
        if column["kind"] == "number":
            parts.append(encode_number(numbers(values, preparation["decimal"]), column))
        elif column["kind"] == "category":
            parts.append(encode_category(values, column))
        elif column["kind"] == "date":
            parts.append(encode_date(moments(values, column["format"]), column))
        elif column["kind"] in ("words", "letters"):
            parts.append(encode_tokens(values, column))
        else:
            parts.append(encode_text(values, column))
    return np.concatenate(parts, axis=1).astype("float32") if parts else np.zeros((rows, 0), "float32")


def encode_number(found: np.ndarray, column: dict) -> np.ndarray:
    """(rows, 1), or (rows, 2) with a flag for what was missing and was filled."""
    gone = np.isnan(found)
    value = (np.where(gone, column["fill"], found) - column["center"]) / column["scale"]
    return np.stack([value, gone], axis=1) if column["flag"] else value[:, np.newaxis]


def encode_category(values: Any, column: dict) -> np.ndarray:
    """(rows, kept values + other + missing): a one in the column of the row's own value."""
    place = {value: number for number, value in enumerate(column["values"])}
    other, gone = len(place), len(place) + column["other"]
    width = gone + column["missing"]
    found = np.zeros((len(values), width), "float32")
    known = {}
    for value in set(values):  # the same word is looked up once
        known[value] = gone if is_missing(value) else place.get(label(value), other if column["other"] else width)
    own = np.array([known[value] for value in values], dtype="int64")
    rows = np.flatnonzero(own < width)
    found[rows, own[rows]] = 1.0
    return found


def encode_date(days: np.ndarray, column: dict) -> np.ndarray:
    """(rows, 5 …): years since 2000, season and day of the week as points on circles; with a clock also the time of day."""
    gone = np.isnan(days)
    days = np.where(gone, column["fill"], days)
    turns = [days / 365.2425, (np.floor(days) + 5) / 7]  # the year 2000 began on a Saturday, the sixth day of the week
    if column["clock"]:
        turns.append(days)
    circles = [wave(2 * np.pi * (turn % 1.0)) for turn in turns for wave in (np.sin, np.cos)]
    return np.stack([days / 365.2425, *circles, *([gone] if column["flag"] else [])], axis=1)


def encode_text(values: Any, column: dict) -> np.ndarray:
    """(rows, words + 1): log(1 + how often) of each kept word, and of all words together."""
    place = {word: number for number, word in enumerate(column["words"])}
    found = np.zeros((len(values), len(place) + 1), "float32")
    for row, value in enumerate(values):
        own = [] if is_missing(value) else words(value)
        for word in own:
            if word in place:
                found[row, place[word]] += 1
        found[row, -1] = len(own)
    return np.log1p(found)


def symbols(text: Any, kind: str) -> list[str]:
    """The words of a text, or its letters."""
    return [] if is_missing(text) else words(text) if kind == "words" else list(str(text))


def encode_tokens(values: Any, column: dict) -> np.ndarray:
    """(rows, steps): the last `steps` words or letters of each text by their places in the vocabulary, 0 before those of a shorter text.
    What is not in the vocabulary has the number `rare`, or is passed over where that is below 0."""
    place = {symbol: number for number, symbol in reversed(list(enumerate(column["vocabulary"])))}
    found = np.zeros((len(values), column["steps"]), "float32")
    for row, value in enumerate(values):
        own = [place.get(symbol, column["rare"]) for symbol in symbols(value, column["kind"])]
        own = [number for number in own if number >= 0][-column["steps"] :]
        if own:
            found[row, -len(own) :] = own
    return found


def is_tokens(preparation: dict) -> bool:
    """Whether the rows are texts that are read one word or letter after the other."""
    return any(column["kind"] in ("words", "letters") for column in preparation["columns"])


def windows(x: np.ndarray, preparation: dict) -> np.ndarray:
    """Of texts (rows, steps, 1); for a forecast (rows − steps + 1, steps, features), each stretch of `steps` rows that follow each other;
    else x as it is."""
    if is_tokens(preparation):
        return x[:, :, np.newaxis]
    steps = (preparation.get("window") or {}).get("steps", 0)
    if not steps:
        return x
    if len(x) < steps:
        raise ValueError(f"a forecast needs {steps} rows that follow each other, and there are {len(x)}")
    return np.stack([x[step : len(x) - steps + 1 + step] for step in range(steps)], axis=1)


def decode(outputs: np.ndarray, preparation: dict) -> np.ndarray:
    """A regression's outputs in the units of the raw target."""
    target = preparation["target"]
    value = outputs * target.get("unit", 1.0)
    return np.expm1(value) if target.get("log") else value


SOURCES: tuple[Callable[..., Any], ...] = (
    is_missing, label, number, numbers, decimal_of, told_decimal, moment, moments, words, encode, encode_number, encode_category,
    encode_date, encode_text, symbols, encode_tokens, is_tokens, windows, decode,
)  # fmt: skip


def feature_names(preparation: dict) -> list[str]:
    """A name for each column of `encode`'s array, in its order."""
    found: list[str] = []
    for column in preparation["columns"]:
        name = column["name"]
        flag = [f"{name} missing"] if column.get("flag") else []
        if column["kind"] == "number":
            found += [name, *flag]
        elif column["kind"] == "category":
            found += [f"{name} = {value}" for value in column["values"]]
            found += [f"{name} = other"] * column["other"] + [f"{name} missing"] * column["missing"]
        elif column["kind"] == "date":
            circles = ["season", "week day", *(["time of day"] if column["clock"] else [])]
            found += [f"{name} years", *(f"{name} {circle} {wave}" for circle in circles for wave in ("sine", "cosine")), *flag]
        elif column["kind"] in ("words", "letters"):
            found.append(column["kind"][:-1])
        else:
            found += [*(f"{name} has {word}" for word in column["words"]), f"{name} words"]
    return found
