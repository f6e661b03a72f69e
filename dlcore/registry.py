"""Finds what is in the rooms: every module in a room's folder holds one spec, and being there registers it."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache
from typing import Any

from dlcore.errors import Invalid
from dlcore.owndata import shelf
from dlcore.specs import ROOMS


def members(room: str) -> dict[str, Any]:
    """All specs of a room by name, in the order in which they are shown; among the data sets also those that people brought."""
    return {**built_in(room), **shelf.members()} if room == "datasets" else built_in(room)


@cache
def built_in(room: str) -> dict[str, Any]:
    """The specs of a room's files. A malformed file fails loudly, by name."""
    package = importlib.import_module(f"dlcore.{room}")
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("_"):
            continue
        spec = _spec_in(f"dlcore.{room}.{module.name}", ROOMS[room])
        if spec.name in found:
            raise TypeError(f"dlcore/{room}/{module.name}.py: the name {spec.name!r} is taken by another file of this room")
        found[spec.name] = spec
    return dict(sorted(found.items(), key=lambda item: (item[1].order if hasattr(item[1], "order") else 0, item[0])))


def find(room: str, name: Any) -> Any:
    """The spec of that name, or `Invalid` with what there is."""
    known = built_in(room)
    if isinstance(name, str) and name in known:
        return known[name]
    if room == "datasets":
        if own := shelf.find(name):
            return own
        known = members(room)
    near = difflib.get_close_matches(str(name), known, n=1)
    guess = f" Did you mean {near[0]}?" if near else ""
    raise Invalid(f"There is no {_one(room)} called {name!r}.{guess}", f"There is: {', '.join(known)}.")


def _spec_in(module: str, kind: type) -> Any:
    specs = [value for value in vars(importlib.import_module(module)).values() if isinstance(value, kind)]
    if len(specs) != 1:
        raise TypeError(f"{module.replace('.', '/')}.py must hold exactly one {kind.__name__}, found {len(specs)}")
    return specs[0]


def _one(room: str) -> str:
    return {"losses": "loss", "datasets": "data set", "searches": "preset of a search"}.get(room, room.removesuffix("s"))
