"""The worst mistakes of a net, each with what it is, what the net says and how sure it was: as images, lines or rows of a table."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlcore.charts.colours import data_uri
from dlcore.charts.figure import svg

COLUMNS = 6  # features of a table
SPARK = (96, 56)


@dataclass(frozen=True)
class Mistakes:
    """inputs: (n, *shape), raw, worst first. true, said: class numbers (n,). probability: of the class said, NaN where there is none."""

    inputs: np.ndarray
    true: np.ndarray
    said: np.ndarray
    probability: np.ndarray


def mistakes(found: Mistakes, names: Sequence[str], features: Sequence[str] = (), vocabulary: Sequence[str] = ()) -> str:
    """HTML. names: of the classes, their numbers where too few; features: of the columns, for inputs that are vectors; vocabulary: what
    the numbers stand for, where the inputs are texts."""
    if vocabulary and found.inputs.ndim == 3:
        return _texts(found, names, vocabulary)
    if found.inputs.ndim == 2:
        return _table(found, names, features)
    draw = _image if found.inputs.ndim == 4 else _line
    items = []
    for item, true, said, sure in zip(found.inputs, found.true, found.said, found.probability, strict=True):
        is_, taken, sureness = _name(names, true), _name(names, said), _sure(sure)
        words = f"{is_}, taken for {taken}{sureness and f', {sureness}'}"
        caption = f"{html.escape(is_)}, taken for <b>{html.escape(taken)}</b>{sureness and f'<br>{sureness}'}"
        items.append(f"<li>{draw(item, words)}<span>{caption}</span></li>")
    return f'<ol class="mistakes" aria-label="The worst mistakes">{"".join(items)}</ol>'


def misses(true: np.ndarray, said: np.ndarray, unit: str, most: int = 12) -> str:
    """HTML: the predictions of a regression that are furthest off, as a table; true, said: (n, outputs), the first output counts."""
    true, said = np.asarray(true, float).reshape(len(true), -1)[:, 0], np.asarray(said, float).reshape(len(said), -1)[:, 0]
    off = np.abs(said - true)
    order = np.argsort(-np.where(np.isfinite(off), off, np.inf), kind="stable")[:most]
    plain = unit.partition(" (")[0]
    head = [f"true ({plain})" if plain not in ("", "1") else "true", "predicted", "off by"]
    return _rows(head, [[_number(true[place]), _number(said[place]), _number(off[place])] for place in order])


def _name(names: Sequence[str], number: int) -> str:
    return names[int(number)] if int(number) < len(names) else str(int(number))


def _sure(probability: float) -> str:
    if not np.isfinite(probability):
        return ""
    return f"{_share(probability)} sure"


def _share(probability: float) -> str:
    return "over 99 %" if probability > 0.99 else f"{100 * float(probability):.0f} %"


def _image(pixels: np.ndarray, words: str) -> str:
    channels = pixels.shape[-1]
    shown = pixels if channels in (1, 3) else pixels.mean(axis=-1, keepdims=True)
    return f'<img class="pixels" src="{data_uri(_bytes(shown))}" alt="{html.escape(words)}" width="72" height="72">'


def _bytes(pixels: np.ndarray) -> np.ndarray:
    """As uint8: bytes stay, 0 to 1 fills them, anything else is stretched."""
    if pixels.dtype == np.uint8:
        return pixels
    low, high = float(np.min(pixels)), float(np.max(pixels))
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    return np.asarray(255 * (pixels - low) / ((high - low) or 1.0), np.uint8)


def _line(values: np.ndarray, words: str) -> str:
    """The first feature of a sequence (steps, features) over its steps."""
    curve, (width, height) = np.asarray(values[:, 0], float), SPARK
    low, span = float(np.nanmin(curve)), float(np.nanmax(curve) - np.nanmin(curve)) or 1.0
    x = np.linspace(2, width - 2, len(curve))
    y = height - 3 - (height - 6) * (np.nan_to_num(curve) - low) / span
    path = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))
    return svg(f'<path class="curve" d="M{path}"/>', words, width, height)


def _texts(found: Mistakes, names: Sequence[str], vocabulary: Sequence[str]) -> str:
    """Each text as the net was given it: what was cut off or is not in the vocabulary is not there."""
    between = "" if all(len(symbol) <= 1 for symbol in vocabulary[2:]) else " "
    rows = []
    for item, true, said, sure in zip(found.inputs, found.true, found.said, found.probability, strict=True):
        symbols = [vocabulary[int(token)] for token in item[:, 0] if 0 <= int(token) < len(vocabulary)]
        text = between.join(filter(None, symbols))
        rows.append([_name(names, true), _name(names, said), _share(sure) if np.isfinite(sure) else "–", text])
    return _rows(["true", "the net says", "how sure", "what it read"], rows)


def _table(found: Mistakes, names: Sequence[str], features: Sequence[str]) -> str:
    count = min(COLUMNS, found.inputs.shape[1])
    named = [features[place] if place < len(features) else f"feature {place + 1}" for place in range(count)]
    more = found.inputs.shape[1] - count
    head = ["true", "the net says", "how sure", *named, *([f"and {more:,} more"] if more else [])]
    rows = []
    for item, true, said, sure in zip(found.inputs, found.true, found.said, found.probability, strict=True):
        sureness = _share(sure) if np.isfinite(sure) else "–"
        rows.append([_name(names, true), _name(names, said), sureness, *map(_number, item[:count]), *(["…"] if more else [])])
    return _rows(head, rows)


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{html.escape(word)}</th>' for word in head)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(word)}</td>" for word in row) + "</tr>" for row in rows)
    return f'<div class="scrolled" tabindex="0"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _number(value: float) -> str:
    if not np.isfinite(value):
        return "not finite"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 else f"{float(value):.3g}"
