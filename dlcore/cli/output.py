"""How answers are written: JSON lines for programs, aligned tables for people."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dlcore.fields import Field


def say(body: Any) -> None:
    """One line of JSON on standard output, at once. NaN and infinity, for which JSON has no word, become null."""
    print(json.dumps(plain(body), ensure_ascii=False, allow_nan=False), flush=True)


def plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def table(titles: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Columns as wide as their widest cell; numbers to the right."""
    kept = [list(row) for row in rows]
    cells = [[number(value) for value in row] for row in kept]
    widths = [max(len(title), *(len(row[at]) for row in cells), 0) for at, title in enumerate(titles)]
    right = [bool(kept) and all(isinstance(row[at], (int, float)) or row[at] == "" for row in kept) for at in range(len(titles))]
    for row in (list(titles), *cells):
        line = (cell.rjust(width) if to_right else cell.ljust(width) for cell, width, to_right in zip(row, widths, right, strict=True))
        print("  ".join(line).rstrip())


def card(rows: Mapping[str, Any]) -> None:
    """Names and values, one below the other; empty values are left out."""
    width = max(map(len, rows))
    for name, value in rows.items():
        if value not in ("", None):
            print(f"{name.ljust(width)}  {number(value)}")


def number(value: Any) -> str:
    """A value as a person reads it: four figures of a fraction, 12,345 for large whole numbers."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}" if abs(value) < 0.001 and value else f"{value:.4f}"


def duration(seconds: float) -> str:
    """Hours, minutes and seconds: "1:02:03", "2:03"."""
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds)) if seconds else ""


def field_json(field: Field) -> dict[str, Any]:
    """A field's spec for programs; what does not apply is left out."""
    body = {
        "name": field.name, "kind": field.kind, "default": field.default, "label": field.label, "help": field.help,
        "minimum": field.minimum, "maximum": field.maximum, "choices": field.choices, "unit": field.unit,
        "list": field.many, "per_layer": field.per_layer, "live": field.live, "advanced": field.advanced, "allowed": field.allowed(),
    }  # fmt: skip
    return {key: value for key, value in body.items() if key == "default" or not (value is None or value is False or value in ("", ()))}


def field_lines(fields: Iterable[tuple[str, Field]]) -> str:
    """One line per setting: its name, default, what is allowed and what it is for."""
    lines = []
    for key, field in fields:
        live = " Can be changed while it trains." if field.live else ""
        lines.append(f"  {key}={field.format(field.default)}\n      {field.label}: {field.allowed()}. {field.help}{live}")
    return "\n".join(lines)


def json_object(text: str) -> dict[str, Any]:
    """A JSON object, or an empty one where the text is damaged."""
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
