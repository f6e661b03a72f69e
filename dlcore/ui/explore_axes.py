"""Settings of runs as axes of a chart: what SQLite found in them, as numbers or as choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dlcore.charts.parallel import Axis
from dlcore.fields import Field
from dlcore.services import exploring

MOST_CHOICES = 12
FEW = 3  # different numbers up to which each stands at a place of its own


def axis(name: str, values: Sequence[Any]) -> Axis | None:
    """An axis over the values that runs have in this setting; None when there is none, or too many words to tell apart."""
    known = [shown(value) for value in values if value is not None]
    if not known:
        return None
    own = exploring.settings().get(name)
    distinct = list(dict.fromkeys(known))
    numbers = [value for value in distinct if isinstance(value, (int, float))]
    if len(numbers) == len(distinct) and len(distinct) > FEW and not _is_switch(own):
        low, high = min(numbers), max(numbers)
        return Axis(name, exploring.label(name), low, high, bool(own and own.log and low > 0))
    if len(distinct) > MOST_CHOICES:
        return None
    return Axis(name, exploring.label(name), choices=tuple(sorted(distinct, key=lambda one: (isinstance(one, str), one))))


def shown(value: Any) -> Any:
    """A stored value as an axis has it: numbers as they are, a list as its items with commas."""
    if isinstance(value, str) and value.startswith("["):
        return value.strip("[]") or "none"
    return value


def stored(choice: Any) -> Any:
    """The other way round, for a condition."""
    if choice == "none":
        return "[]"
    if isinstance(choice, str) and choice.replace(",", "").replace(".", "").replace("-", "").isdigit():
        return f"[{choice}]"
    return choice


def _is_switch(own: Field | None) -> bool:
    return own is not None and own.kind == "bool"
