"""The tables of facts under data/: small CSVs with a source column."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "data"


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of data/<name>.csv, column → text."""
    with open(FOLDER / f"{name}.csv", encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def raw(name: str) -> bytes:
    """The file itself, for taking away."""
    return (FOLDER / f"{name}.csv").read_bytes()
