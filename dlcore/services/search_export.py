"""A whole search as a file: a table, everything as JSON, or a keras-tuner script that runs without the lab."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any

from dlcore.errors import Invalid
from dlcore.services import search_script
from dlcore.studies.search import SearchEvent, Study, Trial, best_of
from dlcore.studies.space import show_value

FORMATS = ("csv", "json", "script")
COLUMNS = ("trial", "score", "state", "epochs", "best_epoch", "bracket", "rung", "parent", "pruned", "origin", "runs", "cause")


def write(study: Study, trials: Sequence[Trial], events: Sequence[tuple[int, SearchEvent]], format: str) -> bytes:
    """The bytes of one of `FORMATS`."""
    if format not in FORMATS:
        raise Invalid(f"There is no form of a search called {format!r}.", f"There is: {', '.join(FORMATS)}.")
    if format == "script":
        return search_script.write(study.search, study.id).encode()
    return (_csv(study, trials) if format == "csv" else _json(study, trials, events)).encode()


def name(study: Study, format: str) -> str:
    """A file name that says where it comes from."""
    suffix = "py" if format == "script" else format
    return f"{study.search.experiment.dataset.name}-{study.search.experiment.model.name}-search-{study.id}.{suffix}"


def _csv(study: Study, trials: Sequence[Trial]) -> str:
    """One row for each trial, a column for each setting; lists as text."""
    names = [own.name for own in study.search.space.dimensions]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*names, *COLUMNS])
    for own in trials:
        values = [_cell(own.values[name]) if name in own.values else "" for name in names]
        score = "" if own.score is None else repr(own.score)
        table.writerow([
            *values, own.number, score, own.state, own.epochs, own.best_epoch, own.bracket, own.rung, own.parent or "", own.pruned,
            own.origin, " ".join(own.runs), own.cause,
        ])  # fmt: skip
    return text.getvalue()


def _json(study: Study, trials: Sequence[Trial], events: Sequence[tuple[int, SearchEvent]]) -> str:
    best = best_of(study.search, list(trials))
    body = {
        "search": study.id, "title": study.title, "owner": study.owner, "state": str(study.state), "cause": study.cause,
        "created": study.created, "started": study.started, "ended": study.ended, "seconds": study.seconds,
        "asked": json.loads(study.search.to_json()), "best": best.number if best else None,
        "trials": [{**dict(zip(COLUMNS, _facts(own), strict=True)), "values": dict(own.values)} for own in trials],
        "events": [{"kind": event.kind, "time": event.time, **event.body} for _, event in events],
    }  # fmt: skip
    return json.dumps(_plain(body), indent=2, ensure_ascii=False) + "\n"


def _facts(own: Trial) -> tuple[Any, ...]:
    return (
        own.number, own.score, str(own.state), own.epochs, own.best_epoch, own.bracket, own.rung, own.parent, own.pruned, own.origin,
        list(own.runs), own.cause,
    )  # fmt: skip


def _cell(value: Any) -> Any:
    return show_value(value) if isinstance(value, tuple) else value


def _plain(value: Any) -> Any:
    """JSON has no word for NaN and infinity: they become null."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
