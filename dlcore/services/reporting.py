"""A selection of runs taken away together: as a report, or as a table for other tools."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any, Literal

from dlcore.errors import Invalid
from dlcore.exports import _report
from dlcore.service import open_store
from dlcore.services import exploring, listing, taking_away
from dlcore.store import Store

Form = Literal["csv", "json", "parquet"]
MIME: dict[Form, str] = {"csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet"}
MOST_RUNS = 100


def report(runs: Sequence[str], title: str = "", *, store: Store | None = None) -> bytes:
    """One HTML file with live charts of these runs, which opens without a network. `Invalid` for none, or more than `MOST_RUNS`."""
    place = store or open_store()
    return _report.write([taking_away.bundle(place, run) for run in _checked(runs)], title)


def table(runs: Sequence[str], form: Form, *, epochs: bool = False, store: Store | None = None) -> bytes:
    """The runs as a table: a row for each with its settings and the last and best values of what it recorded; or, with `epochs`, a row for
    each epoch of each run. In JSON a number that is none is null, in CSV and Parquet it is empty."""
    place = store or open_store()
    rows = [row for run in _checked(runs) for row in (_epochs(place, run) if epochs else [_row(place, run)])]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if form == "json":
        return json.dumps([{name: _finite(value) for name, value in row.items()} for row in rows], indent=1).encode()
    if form == "csv":
        text = io.StringIO()
        writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([{name: "" if _finite(value) is None else value for name, value in row.items()} for row in rows])
        return text.getvalue().encode()
    if form == "parquet":
        import pandas as pd

        file = io.BytesIO()
        pd.DataFrame([[_finite(row.get(name)) for name in names] for row in rows], columns=names).to_parquet(file, index=False)
        return file.getvalue()
    raise Invalid(f"form = {form!r} is not allowed: it must be csv, json or parquet.")


def _row(store: Store, number: str) -> dict[str, Any]:
    run = store.run(number)
    settings = {name: _plain(value) for name, value in exploring.flat(run.experiment).items()}
    recorded = {
        f"{name}.{kind}": value for name, values in listing.metrics([run], store=store)[number].items() for kind, value in values.items()
    }
    return {
        "run": run.id, "title": run.title, "state": str(run.state), "owner": run.owner, "created": run.created, "seconds": run.seconds,
        "epochs_trained": run.epoch, "tags": ",".join(run.tags), "note": run.note, **settings, **recorded,
    }  # fmt: skip


def _epochs(store: Store, number: str) -> list[dict[str, Any]]:
    run = store.run(number)
    return [{"run": run.id, "title": run.title, **row} for row in store.history(number)]


def _plain(value: Any) -> Any:
    """A list as text: a cell holds one value, and the same kind of it in each row."""
    return ",".join(map(str, value)) if isinstance(value, list) else value


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _checked(runs: Sequence[str]) -> list[str]:
    chosen = list(dict.fromkeys(runs))
    if not 1 <= len(chosen) <= MOST_RUNS:
        raise Invalid(f"{len(chosen)} runs are not allowed here: it must be 1 to {MOST_RUNS}.", "Choose fewer runs.")
    return chosen
