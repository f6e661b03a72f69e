"""Experiments on sequences that several claims begin from, small enough for minutes; three tenths of the rows validate."""

from __future__ import annotations

from dlcore.experiment import Experiment

# Guessing the mean of the adding problem costs 1/6.
ADDING = Experiment().with_(**{
    "dataset": "adding", "dataset.rows": 6000, "dataset.steps": 50, "model": "rnn", "model.units": (32,), "validation": 0.2, "test": 0.0,
    "monitors": (), "learning_rate": 0.01, "optimizer.clipnorm": 1.0, "batch_size": 64, "epochs": 20,
})  # fmt: skip
EXPRESSIONS = Experiment().with_(**{
    "dataset": "expressions", "dataset.rows": 4000, "dataset.leaves": 8, "model": "tree", "validation": 0.3, "test": 0.0, "monitors": (),
    "epochs": 20,
})  # fmt: skip
AHEAD = Experiment().with_(**{
    "dataset": "look_ahead", "dataset.rows": 2000, "dataset.steps": 20, "model": "rnn", "model.cell": "simple", "model.units": (16,),
    "validation": 0.3, "test": 0.0, "monitors": (), "learning_rate": 0.01, "epochs": 10,
})  # fmt: skip
