"""Martens' sparse weights against He's in ten ReLU layers."""

from __future__ import annotations

from dlcore.claims._measures import POINTS, difference, last
from dlcore.claims._setups import DEEP
from dlcore.specs import Claim

NET = DEEP.with_(optimizer="sgd", learning_rate=0.03, epochs=20)

CLAIM = Claim(
    name="sparse_weights",
    title="Are Martens' sparse weights as good as He's?",
    summary="With 15 connections for each unit sparse weights end no more than two percentage points below He's in ten ReLU layers.",
    topic="weights",
    reference="Martens 2010",
    arms={"sparse": (NET.with_(initializer="martens_sparse"),), "He": (NET.with_(initializer="he_normal"),)},
    measure=last("val_accuracy", diverged=0.1),
    effect=difference("sparse", "He", 100),
    quantity="validation accuracy, sparse minus He",
    unit=POINTS,
    region=(-2.0, float("inf")),
    refuted="Two percentage points or more below He's.",
    order=54,
)
