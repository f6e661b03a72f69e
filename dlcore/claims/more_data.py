"""More rows to learn from, and the digits that were never seen."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._setups import DIGITS
from dlcore.specs import Claim

CLAIM = Claim(
    name="more_data",
    title="Does a net keep improving when it is given more data?",
    summary="A net trained on all rows is right more often than one trained on a tenth of them.",
    topic="why",
    reference="Goodfellow, Bengio & Courville 2016, section 1.2.2",
    # Both keep three tenths of their rows for validation, so the small one is measured on few.
    arms={"all rows": (DIGITS.with_(epochs=40),), "180 rows": (DIGITS.with_(epochs=40, examples=180),)},
    measure=last("val_accuracy"),
    effect=difference("all rows", "180 rows", 100),
    quantity="validation accuracy with all rows minus with 180",
    unit=POINTS,
    refuted="An accuracy that stays the same or falls with more rows.",
    order=1,
)
