"""Visits to a shop, as Google Analytics exports them, added up to one row for each visitor."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from dlcore.errors import Invalid

NESTED = ("totals", "device", "geoNetwork", "trafficSource")
NAMES = (
    "first_visit", "visits", "pageviews", "hits", "bounces", "channel", "country", "device", "system", "medium", "revenue",
)  # fmt: skip
WORDS = {
    "channel": "channelGrouping", "country": "geoNetwork.country", "device": "device.deviceCategory",
    "system": "device.operatingSystem", "medium": "trafficSource.medium",
}  # fmt: skip
MICRO = 1e6  # revenue is written in millionths of a dollar


def visitors(source: Path, made: Path) -> None:
    """Writes a table with the columns `NAMES` to `made`, a row for each fullVisitorId: sums of its visits, the words of its first one, its
    revenue in dollars. Raises `Invalid` for a file that is none of visits."""
    found: dict[str, dict[str, float | str]] = {}
    try:
        for visit in _visits(source):
            _add(found.setdefault(visit["fullVisitorId"], {}), visit)
    except (OSError, csv.Error, UnicodeError, ValueError) as error:
        raise Invalid(
            f"{source.name} cannot be read as visits: {error}.", "Give train.csv, unpacked, and without the column hits."
        ) from None
    if not found:
        raise Invalid(f"{source.name} has no visits.", "Give train.csv, unpacked.")
    with made.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(NAMES)
        writer.writerows([row[name] for name in NAMES] for row in found.values())


def _visits(source: Path) -> Iterator[dict[str, str]]:
    """Visits with nested columns opened: {"totals": '{"hits": "1"}'} becomes {"totals.hits": "1"}."""
    with source.open(newline="", encoding="utf-8", errors="replace") as file:
        reader = csv.DictReader(file)
        names = set(reader.fieldnames or ())
        if not {"fullVisitorId", "date"} <= names:
            raise Invalid(f"{source.name} lacks the columns fullVisitorId and date.", "Give train.csv as Kaggle offers it.")
        for row in reader:
            flat = {name: value or "" for name, value in row.items() if name is not None}
            for name in NESTED:
                if flat.get(name, "").startswith("{"):
                    inner = json.loads(flat.pop(name))
                    flat |= {f"{name}.{key}": str(value) for key, value in inner.items()}
            yield flat


def _add(visitor: dict[str, float | str], visit: dict[str, str]) -> None:
    day = f"{visit['date'][:4]}-{visit['date'][4:6]}-{visit['date'][6:8]}"
    if not visitor or day < str(visitor["first_visit"]):
        visitor |= {"first_visit": day} | {name: visit.get(column, "") for name, column in WORDS.items()}
    own = {"visits": 1.0, "revenue": _number(visit, "transactionRevenue") / MICRO}
    own |= {name: _number(visit, name) for name in ("pageviews", "hits", "bounces")}
    for name, value in own.items():
        visitor[name] = float(visitor.get(name, 0.0)) + value


def _number(visit: dict[str, str], name: str) -> float:
    return float(visit.get(f"totals.{name}") or 0)
