"""When a run that keeps losing its worker is given up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dlcore.run import Event

KINDS = ("requeued", "resumed", "retried")
# A process that ends by itself at the same place three times will do so again. One killed from outside may have had bad luck.
LIMITS = {"crash": 3, "frozen": 3, "vanished": 10}


def in_vain(events: Iterable[Event], how: str, step: int, checkpoint: int) -> int:
    """How many attempts in a row now ended like this one (`how`) and got no further than (step, checkpoint), this one included.

    events: the run's, of KINDS, oldest first; each "requeued" says how, step and checkpoint. A person's retry starts the count anew, and
    an attempt that the trainer itself ended is not counted.
    """
    count = 1
    for event in reversed(list(events)):
        body: Any = event.body
        if event.kind != "requeued" or (body.get("step", 0), body.get("checkpoint", 0)) < (step, checkpoint):
            break
        count += body.get("how") == how
    return count


def is_hopeless(events: Iterable[Event], how: str, step: int, checkpoint: int) -> bool:
    return how in LIMITS and in_vain(events, how, step, checkpoint) >= LIMITS[how]
