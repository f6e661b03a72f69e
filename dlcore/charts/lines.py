"""Lines that grow: what a chart draws of them, and what of it is new to somebody who has seen an earlier version."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

KNOWN_VERSIONS = 8


@dataclass(frozen=True, eq=False)
class Line:
    """One line of a chart: float32 values y at places x, both of shape (n,); a value that is not finite is a gap.

    dash: for validation, so that colour is not the only sign. faint: drawn behind the others and left out of the tooltip.
    symbols: its single points are shown while they are few. edge: not drawn, one end of a band; band: the id of the other end, from which
    the ground up to this one is shaded. tag: written at its end, to tell it from others of its colour.
    """

    id: str
    name: str
    colour: str
    x: np.ndarray
    y: np.ndarray
    dash: bool = False
    faint: bool = False
    symbols: bool = True
    width: float = 2.0
    edge: bool = False
    band: str = ""
    tag: str = ""

    def look(self) -> dict[str, Any]:
        """All but the values, as JSON."""
        return {
            "id": self.id, "name": self.name, "colour": self.colour,
            "dash": self.dash, "faint": self.faint, "symbols": self.symbols, "width": self.width, "edge": self.edge, "band": self.band,
            "tag": self.tag,
        }  # fmt: skip


class News:
    """What one viewer of one chart has not been sent yet.

    Streamlit may drop a message when the next one follows at once. So each holds all that is new since any of the last few versions;
    a viewer whose version is older asks for everything again, which is a new `News`.
    """

    def __init__(self) -> None:
        self._stream = secrets.token_hex(6)
        self._version = 0
        self._lines: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        # For each version that may be what the viewer has: how much of each line it shares with the newest one.
        self._shared: dict[int, dict[str, int]] = {0: {}}
        self._message: dict[str, Any] = {}

    def message(self, lines: Sequence[Line]) -> dict[str, Any]:
        """The news of these lines, as JSON: `tails` maps a line to its float32 values, in base64, from place `from` on."""
        now = {line.id: (line.x, line.y) for line in lines}
        same = {name: _shared(self._lines.get(name), values) for name, values in now.items()}
        if (
            self._message
            and now.keys() == self._lines.keys()
            and all(same[name] == len(x) == len(self._lines[name][0]) for name, (x, _) in now.items())
        ):
            return self._message
        self._shared = {version: {name: min(before.get(name, 0), same[name]) for name in now} for version, before in self._shared.items()}
        known = sorted(self._shared)[-KNOWN_VERSIONS:]
        self._shared = {version: self._shared[version] for version in known}
        starts = {name: min(shared[name] for shared in self._shared.values()) for name in now}
        self._version += 1
        self._shared[self._version] = {name: len(x) for name, (x, _) in now.items()}
        self._lines = now
        self._message = {
            "stream": self._stream,
            "version": self._version,
            "known": known,
            "tails": {
                name: {"from": starts[name], "x": _packed(x, starts[name]), "y": _packed(y, starts[name])} for name, (x, y) in now.items()
            },
        }
        return self._message


def _shared(before: tuple[np.ndarray, np.ndarray] | None, now: tuple[np.ndarray, np.ndarray]) -> int:
    """How many values two versions of a line have in common from its beginning."""
    if before is None:
        return 0
    length = min(len(before[0]), len(now[0]))
    same = np.ones(length, bool)
    for old, new in zip(before, now, strict=True):
        if old is not new:
            same &= (old[:length] == new[:length]) | (np.isnan(old[:length]) & np.isnan(new[:length]))
    return length if same.all() else int(same.argmin())


def _packed(values: np.ndarray, start: int) -> str:
    return base64.b64encode(np.ascontiguousarray(values[start:], "<f4").tobytes()).decode()
