"""The columns of a table, side by side: how numbers and dates lie, which words are common, how much is missing."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from dlcore.charts.figure import short, svg, text

CARD, TALL = 220, 150
GRID = f"display:grid;grid-template-columns:repeat(auto-fill,{CARD}px);gap:18px 20px"
MOST = 60
BARS = 5
SMALL = 'class="tick"'


def profile(columns: Sequence[Mapping[str, Any]], colour: str) -> str:
    """HTML: a card for each column (as `Fit.profile` and `Target.profile` give them), as many beside each other as there is room for."""
    cards = "".join(svg(_card(column, colour), _words(column), CARD, TALL) for column in columns[:MOST])
    more = f'<p class="note">The first {MOST} of {len(columns)} columns.</p>' if len(columns) > MOST else ""
    return f'<div style="{GRID}">{cards}</div>{more}'


def _words(column: Mapping[str, Any]) -> str:
    if "least" in column:
        return f"{column['name']}, from {_end(column, 'least')} to {_end(column, 'most')}, {_gone(column)}"
    return f"{column['name']}, {len(column.get('classes', column.get('values', ())))} shown values, {_gone(column)}"


def _gone(column: Mapping[str, Any]) -> str:
    gone = column.get("missing", 0) + column.get("odd", 0)
    return f"{gone / max(1, column['rows']):.1%} missing" if gone else "none missing"


def _card(column: Mapping[str, Any], colour: str) -> str:
    head = text(0, 14, short(column["name"], 30), "start", 'class="name"')
    kind = text(0, 30, f"{column.get('kind', 'target')} · {_gone(column)}", "start", SMALL)
    if "edges" in column:
        return head + kind + _histogram(column, colour)
    names = column.get("classes", column.get("values", ()))
    rows, different = max(1, column.get("of", column["rows"])), column.get("different", len(names))
    return head + kind + _bars(names, column.get("counts", ()), rows, different, colour)


def _histogram(column: Mapping[str, Any], colour: str) -> str:
    counts = column["counts"]
    top, bottom, wide = 38, TALL - 20, CARD / max(1, len(counts))
    high = max([*counts, 1])
    body = "".join(
        f'<rect x="{place * wide:.1f}" y="{bottom - (bottom - top) * count / high:.1f}" width="{max(1.0, wide - 1):.1f}" '
        f'height="{(bottom - top) * count / high:.1f}" fill="{colour}"/>'
        for place, count in enumerate(counts)
    )
    ends = text(0, TALL - 6, _end(column, "least"), "start", SMALL) + text(CARD, TALL - 6, _end(column, "most"), "end", SMALL)
    return body + ends


def _bars(names: Sequence[str], counts: Sequence[int], rows: int, different: int, colour: str) -> str:
    """The commonest of `different` values; `names` may hold some of them only."""
    pairs = sorted(zip(names, counts, strict=False), key=lambda pair: -pair[1])
    high, body = max([count for _, count in pairs] + [1]), ""
    for place, (name, count) in enumerate(pairs[:BARS]):
        y = 40 + place * 18
        body += f'<rect x="110" y="{y}" width="{75 * count / high:.1f}" height="12" fill="{colour}"/>'
        body += text(104, y + 10, short(name, 16), "end", 'class="tick"') + text(CARD, y + 10, _share(count, rows), "end", SMALL)
    more = different - min(BARS, len(pairs))
    return body + (text(0, TALL - 6, f"and {more:,} more", "start", SMALL) if more > 0 else "")


def _share(count: int, rows: int) -> str:
    """In per cent; what is there is never said to be 0 %."""
    return "<1%" if 0 < count < 0.005 * rows else f"{count / rows:.0%}"


def _end(column: Mapping[str, Any], which: str) -> str:
    value = column[which]
    if column.get("kind") == "date":
        try:
            return (datetime.datetime(2000, 1, 1) + datetime.timedelta(days=value)).strftime("%Y-%m-%d")
        except OverflowError:
            return "?"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"
