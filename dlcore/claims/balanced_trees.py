"""Balanced trees against leaning ones."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._recurrent_setups import EXPRESSIONS
from dlcore.specs import Claim

CLAIM = Claim(
    name="balanced_trees",
    title="Are balanced trees easier than leaning ones?",
    summary="The same net is right more often about expressions whose trees are balanced, of depth 3, than about those whose "
    "trees lean all to one side, of depth 7.",
    topic="trees",
    reference="The course: depth O(log τ)",
    arms={shape: (EXPRESSIONS.with_(**{"dataset.tree": shape}),) for shape in ("balanced", "chain")},
    measure=last("val_accuracy"),
    effect=difference("balanced", "chain", 100),
    quantity="validation accuracy, balanced minus leaning trees",
    unit=POINTS,
    refuted="An accuracy that is the same or lower on balanced trees.",
    seeds=3,
    order=321,
)
