"""A net along the tree against a net along the chain."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._recurrent_setups import EXPRESSIONS
from dlcore.specs import Claim

CHAIN = EXPRESSIONS.with_(**{"model": "rnn", "model.cell": "simple"})

CLAIM = Claim(
    name="tree_beats_chain",
    title="Does a tree read expressions better than a chain?",
    summary="A net that composes along an expression's tree is right about new expressions more often than a simple "
    "recurrent net that reads the same symbols one by one.",
    topic="trees",
    reference="Socher, Lin, Ng & Manning 2011; Goodfellow, Bengio & Courville 2016, section 10.6",
    arms={"tree": (EXPRESSIONS,), "chain": (CHAIN,)},
    measure=last("val_accuracy"),
    effect=difference("tree", "chain", 100),
    quantity="validation accuracy, tree minus chain",
    unit=POINTS,
    refuted="An accuracy that is the same or lower with the tree.",
    seeds=3,
    order=320,
)
