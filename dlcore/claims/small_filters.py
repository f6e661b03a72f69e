"""Two small filters behind each other against one large one."""

from __future__ import annotations

from dlcore.claims._images import SHIFTED
from dlcore.claims._measures import POINTS, difference, last
from dlcore.specs import Claim

CLAIM = Claim(
    name="small_filters",
    title="Are two layers of 3×3 better than one of 5×5?",
    summary="Two convolutions of 3×3 see as much as one of 5×5, and read shifted digits more often right.",
    topic="layers",
    reference="Simonyan & Zisserman 2015",
    arms={
        "two of 3×3": (SHIFTED.with_(**{"model.filters": (16, 16, 32, 32), "model.pooling": ("none", "max", "none", "max")}),),
        "one of 5×5": (SHIFTED.with_(kernel=5),),
    },
    measure=last("val_accuracy"),
    effect=difference("two of 3×3", "one of 5×5", 100),
    quantity="validation accuracy, two of 3×3 minus one of 5×5",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with the small filters.",
    order=205,
)
