"""The table `model`: trained models under names, in versions, each with its stage."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dlcore.errors import NotFound
from dlcore.store.store import Store, mended

ALONE = ("staging", "production")
"""Stages that one version of a name has at a time."""


@dataclass(frozen=True, slots=True)
class Version:
    """A registered model. artefact: its file in the store; run: where it came from, "" for an imported one; body: plain JSON."""

    name: str
    version: int
    stage: str
    run: str
    artefact: str
    body: Mapping[str, Any]
    created: float


@mended
def add(store: Store, name: str, run: str, artefact: str, body: Mapping[str, Any]) -> int:
    """A new version of that name, without a stage; its number, from 1."""
    with store._database.write(full=True) as db:
        newest = db.execute("SELECT max(version) FROM model WHERE name = ?", (name,)).fetchone()[0] or 0
        values = (name, newest + 1, "", run, artefact, json.dumps(dict(body)), store._clock())
        db.execute("INSERT INTO model VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    return int(newest) + 1


@mended
def versions(store: Store, name: str | None = None) -> list[Version]:
    """Names in alphabetical order, the newest version of each first. A row that cannot be read is left out."""
    where, given = ("WHERE name = ?", (name,)) if name is not None else ("", ())
    with store._database.read() as db:
        found = db.execute(f"SELECT * FROM model {where} ORDER BY name, version DESC", given).fetchall()
    return [one for row in found if (one := _version(row)) is not None]


@mended
def promote(store: Store, name: str, version: int, stage: str) -> None:
    """Gives the version that stage; the one that had it before, where only one may have it, is archived. `NotFound`."""
    with store._database.write(full=True) as db:
        if stage in ALONE:
            db.execute("UPDATE model SET stage = 'archived' WHERE name = ? AND stage = ? AND version != ?", (name, stage, version))
        if not db.execute("UPDATE model SET stage = ? WHERE name = ? AND version = ?", (stage, name, version)).rowcount:
            raise NotFound(f"There is no version {version} of a model called {name!r}.")


@mended
def remove(store: Store, name: str, version: int) -> None:
    """Takes the version out; its file is the caller's to drop."""
    with store._database.write(full=True) as db:
        if not db.execute("DELETE FROM model WHERE name = ? AND version = ?", (name, version)).rowcount:
            raise NotFound(f"There is no version {version} of a model called {name!r}.")


def _version(row: sqlite3.Row) -> Version | None:
    try:
        body = json.loads(row["body"])
    except ValueError:
        return None
    return Version(row["name"], row["version"], row["stage"], row["run"], row["artefact"], body, row["created"])
