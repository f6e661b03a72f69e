"""Dropout: units switched off at random, and what that is good for."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from dlcore.fields import Field
from dlcore.notebooks._parts import CURVES, FIT, IMPORTS, LOAD, NET, SEED, TRIALS, Cell, net, search, settings_cell
from dlcore.specs import Notebook, Settings

FIELDS = (
    *(dataclasses.replace(own, default=1000) if own.name == "examples" else own for own in NET),
    Field("dropout", "float", 0.5, "Dropout", "Share of hidden units switched off in each training step.", 0.0, 0.95),
    Field("input_dropout", "float", 0.0, "Input dropout", "The same for the inputs.", 0.0, 0.95),
    Field("label_noise", "float", 0.2, "Wrong labels", "Share of training labels replaced by a random class.", 0.0, 1.0),
    TRIALS,
    SEED,
)

NOISE = """
draw = np.random.default_rng(SEED + 1)
wrong = draw.random(len(y_train)) < LABEL_NOISE
y_train = np.where(wrong, draw.integers(0, 10, len(y_train)), y_train)
"""
TRAIN = """
histories = {f"dropout {rate:g}": fit(make_model(dropout=rate)) for rate in sorted({0.0, 0.2, 0.5, 0.8, DROPOUT})}
compare(histories, ("accuracy", "val_accuracy", "val_loss"))
table(histories)
"""
MANY = """
model = make_model(dropout=DROPOUT)
fit(model)
once = model.predict(x_test, verbose=0)
# With `training=True` units are switched off here as well: each call asks another of the many nets that share these weights.
answers = np.stack([np.asarray(model(x_test, training=True)) for _ in range(30)])
together, spread = answers.mean(axis=0), answers.std(axis=0)
print(f"all units on: {np.mean(once.argmax(axis=1) == y_test):.4f}")
print(f"mean of thirty nets: {np.mean(together.argmax(axis=1) == y_test):.4f}")
print(f"one net alone: {np.mean(answers[0].argmax(axis=1) == y_test):.4f}")
right = together.argmax(axis=1) == y_test
surest = spread[np.arange(len(spread)), together.argmax(axis=1)]
plt.hist([surest[right], surest[~right]], bins=20, density=True, label=["right", "wrong"])
plt.xlabel("how much the thirty nets disagree about their answer")
plt.ylabel("density")
plt.legend()
plt.show()
"""
SPACE = """
        dropout = hp.Float("dropout", 0.0, 0.9, step=0.1)
        input_dropout = hp.Float("input_dropout", 0.0, 0.5, step=0.1)
"""
FLAT = "    model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Flatten()])\n"
INPUT = "    model.add(keras.layers.Dropout(input_dropout))\n"
AFTER = "        model.add(keras.layers.Dropout(dropout))\n"


def cells(settings: Settings) -> Sequence[Cell]:
    return [
        (
            "markdown",
            "# Dropout\n\nIn each training step every unit is switched off with some probability, and those left are scaled up "
            "to make good for it (Srivastava et al. 2014). So no unit can rely on another. It is as if very many nets that "
            "share their weights were trained.",
        ),
        settings_cell(FIELDS, settings),
        ("code", IMPORTS),
        ("code", LOAD),
        ("markdown", "Some labels are made wrong, on training rows only: what is learnt by heart then hurts."),
        ("code", NOISE),
        ("code", net(", dropout=DROPOUT, input_dropout=INPUT_DROPOUT", after=AFTER).replace(FLAT, FLAT + INPUT, 1) + FIT + CURVES),
        ("markdown", "## Training"),
        ("code", TRAIN),
        (
            "markdown",
            "## Many nets in one\n\nDropout left on while the net is asked: the answers scatter, and they scatter more where "
            "it is wrong (Gal & Ghahramani 2016).",
        ),
        ("code", MANY),
        ("markdown", "## Search"),
        ("code", search(SPACE, "dropout=dropout, input_dropout=input_dropout")),
    ]


NOTEBOOK = Notebook(
    name="dropout",
    title="Dropout",
    summary="Rates of dropout on few rows with wrong labels, and the same net asked many times with dropout on.",
    filename="HP_optimization_MLP_dropout_regularization.ipynb",
    topic="dropout",
    fields=FIELDS,
    cells=cells,
    order=9,
)
