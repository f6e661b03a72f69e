"""What runs can be found, sorted, grouped and drawn by: their settings and what they recorded. A sibling of `listing`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal

import numpy as np

from dlcore import registry
from dlcore.errors import Invalid
from dlcore.experiment import PARTS
from dlcore.fields import Field
from dlcore.metrics import METRICS
from dlcore.procedure import FIELDS
from dlcore.service import open_store
from dlcore.services import listing
from dlcore.store import Store, tables
from dlcore.store.columns import RECORDED, Column, Comparison, Condition
from dlcore.store.queries import Wanted
from dlcore.store.tables import Group, Row

LOOKED_AT = 1000
"""How many runs a picture or a comparison of settings takes in, the newest or the first in the order that is asked for."""
PART_TITLES = {"dataset": "Data set", "model": "Model", "optimizer": "Optimizer", "schedule": "Schedule", "loss": "Loss"}
_TERM = re.compile(r"([A-Za-z0-9_.]+)(<=|>=|!=|=|<|>|~)(.+)")

__all__ = ["Column", "Condition", "Group", "Row", "Wanted"]


@cache
def settings() -> Mapping[str, Field | None]:
    """All settings that a run of this lab can have, by full name; a part's ("optimizer") is None."""
    found: dict[str, Field | None] = {}
    for part, room in PARTS.items():
        found[part] = None
        for spec in registry.built_in(room).values():
            for own in spec.fields:
                found.setdefault(f"{part}.{own.name}", own)
    return found | {own.name: own for own in FIELDS}


def label(name: str) -> str:
    """What a person calls a setting: "Learning rate"; its name where it is none of this lab's."""
    own = settings().get(name)
    return own.label if own is not None else PART_TITLES.get(name, name)


def column(text: str, *, epoch: int = 1, store: Store | None = None) -> Column:
    """What a person or an address means: a setting by its full or short name ("optimizer.learning_rate", "learning_rate"), or something
    recorded ("val_accuracy", "val_accuracy.last", ".best_epoch", ".at": after epoch `epoch`). Raises `Invalid`."""
    known = settings()
    if text in known:
        return Column("setting", text)
    short = [name for name in known if name.rpartition(".")[2] == text]
    if len(short) == 1:
        return Column("setting", short[0])
    name, _, kind = text.rpartition(".") if text.rpartition(".")[2] in RECORDED else (text, "", "best")
    plain = name.removeprefix("val_")
    if plain in METRICS or plain == "loss" or name in listing.metric_names(store=store):
        return Column(kind, name, epoch)  # type: ignore[arg-type]
    if short:
        raise Invalid(f"{text} can be any of {', '.join(short)}.", "Write the whole name.")
    raise Invalid(f"No setting and no result is called {text!r}.", "Write for instance learning_rate<0.01 or val_accuracy>0.9.")


def text_of(column: Column) -> str:
    """What `column` reads back, but for the epoch."""
    return column.name if column.kind in ("setting", "row") else f"{column.name}.{column.kind}"


def conditions(text: str, *, store: Store | None = None) -> tuple[str, tuple[Condition, ...]]:
    """The plain words in what was typed into a search box, and its conditions: "wine learning_rate<0.01" → ("wine", (…,)).

    A condition is a name, one of = != < <= > >= or ~ (contains), and a value, without spaces. Raises `Invalid`.
    """
    words, found = [], []
    for part in text.split():
        match = _TERM.fullmatch(part)
        if match is None:
            words.append(part)
        else:
            found.append(condition(*match.groups(), store=store))
    return " ".join(words), tuple(found)


def condition(name: str, comparison: str, value: str, *, store: Store | None = None) -> Condition:
    """One condition from its words; `Invalid` for a comparison by size with what is no number."""
    own = column(name, store=store)
    asked: Comparison = "contains" if comparison == "~" else comparison  # type: ignore[assignment]
    given = value if asked == "contains" else _value(own, value)
    if asked in ("<", "<=", ">", ">=") and isinstance(given, str):
        raise Invalid(f"{name} {comparison} {value} is not allowed: {value!r} is no number.", "Compare words with = or != instead.")
    return Condition(own, asked, given)


def differing(wanted: Wanted, *, store: Store | None = None) -> list[str]:
    """Full names of the settings that are not the same in all of the first `LOOKED_AT` wanted runs, in the order of a form."""
    seen: dict[str, Any] = {}
    differ: set[str] = set()
    for text in tables.experiments(store or open_store(), wanted, LOOKED_AT):
        # One that only some have, like momentum, goes with its part, which differs then.
        differ.update(name for name, value in flat(text).items() if seen.setdefault(name, value) != value)
    order = list(settings())
    return sorted(differ, key=lambda name: order.index(name) if name in order else len(order))


def flat(experiment: str) -> dict[str, Any]:
    """An experiment's JSON as full name → value; a part is its name. Empty for what is not one."""
    try:
        body = json.loads(experiment)
    except ValueError:
        return {}
    found: dict[str, Any] = {}
    for key, value in body.items() if isinstance(body, dict) else ():
        if isinstance(value, dict):
            found[key] = value.get("name")
            found |= {f"{key}.{name}": own for name, own in value.items() if name != "name"}
        elif key != "version":
            found[key] = value
    return found


def rows(wanted: Wanted, columns: Sequence[Column], limit: int = LOOKED_AT, *, store: Store | None = None) -> list[Row]:
    """The wanted runs' values in some columns, in the order that is wanted."""
    return tables.values(store or open_store(), wanted, columns, limit)


def rows_of(runs: Sequence[str], columns: Sequence[Column], *, store: Store | None = None) -> dict[str, Row]:
    """The same for named runs, by id."""
    return tables.values_of(store or open_store(), runs, columns)


def groups(
    wanted: Wanted, by: Column, of: Column, limit: int = 100, offset: int = 0, *, store: Store | None = None
) -> tuple[list[Group], int]:
    """The wanted runs by their value in `by`, with what they have in `of`; and how many groups there are in all."""
    return tables.groups(store or open_store(), wanted, by, of, limit, offset)


def curves(
    runs: Sequence[str], names: Sequence[str], kind: Literal["epochs", "steps"] = "epochs", *, store: Store | None = None
) -> dict[str, dict[str, np.ndarray]]:
    """run → name → float32 curve, for many runs at once."""
    return tables.curves_of(store or open_store(), runs, names, kind)


def recorded_by(runs: Sequence[str], *, store: Store | None = None) -> list[str]:
    """What these runs have recorded per epoch, sorted."""
    return tables.recorded_by(store or open_store(), runs)


def changes(runs: Sequence[str], *, store: Store | None = None) -> dict[str, list[dict[str, Any]]]:
    """run → what was changed while it trained."""
    return tables.changes_of(store or open_store(), runs)


def layout(owner: str, page: str, *, store: Store | None = None) -> dict[str, Any]:
    """How that person likes the page to look, as it was kept; empty for nothing, or what cannot be read."""
    try:
        found = json.loads(tables.layout(store or open_store(), owner, page) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def keep_layout(owner: str, page: str, body: Mapping[str, Any], *, store: Store | None = None) -> None:
    """Remembers it, in place of what was remembered before."""
    tables.keep_layout(store or open_store(), owner, page, json.dumps(dict(body)))


def _value(column: Column, text: str) -> Any:
    """A number where it reads as one, 1 and 0 for true and false; a list as the JSON that SQLite compares."""
    own = settings().get(column.name) if column.kind == "setting" else None
    if text.lower() in ("true", "false"):
        return int(text.lower() == "true")
    parts = [_number(part) for part in text.split(",")]
    if own is not None and (own.many or len(parts) > 1):
        return json.dumps(parts, separators=(",", ":"))
    return parts[0] if len(parts) == 1 else text


def _number(text: str) -> Any:
    try:
        value = float(text)
    except ValueError:
        return text
    if value != value or value in (float("inf"), float("-inf")):
        return text
    return int(value) if text.lstrip("+-").isdigit() else value
