"""Where biases begin: units that are dead from the start, and the first epochs."""

from __future__ import annotations

from collections.abc import Sequence

from dlcore.fields import Field
from dlcore.notebooks._parts import CURVES, FIT, IMPORTS, LOAD, NET, SEED, TRIALS, Cell, net, search, settings_cell
from dlcore.specs import Notebook, Settings

FIELDS = (
    *NET,
    Field("bias", "float", 0.1, "Bias at start", "What each hidden unit's bias begins with, beside 0, 0.01, 0.1 and −1.", -10.0, 10.0),
    Field("seeds", "int", 3, "Seeds", "How often each is trained.", 1, 100),
    TRIALS,
    SEED,
)

DEAD = """
def dead_units(model):
    \"\"\"The share of hidden units that put out 0 or less for every training row: under ReLU they get no gradient.\"\"\"
    signal, silent = x_train, []
    for layer in model.layers[:-1]:
        signal = layer(signal)
        if isinstance(layer, keras.layers.Dense):
            silent.append(np.asarray(signal).max(axis=0) <= 0)
    return np.concatenate(silent).mean()


for bias in sorted({-1.0, 0.0, 0.01, 0.1, BIAS}):
    print(f"bias {bias:5g}: {dead_units(make_model(bias=bias)):.0%} of the units dead before training")
"""
COMPARE = """
results, drawn = {}, {}
for bias in sorted({-1.0, 0.0, 0.01, 0.1, BIAS}):
    histories = [fit(make_model(bias=bias, seed=SEED + number)) for number in range(SEEDS)]
    drawn[f"bias {bias:g}"] = histories[0]
    results[bias] = np.array([[history["val_accuracy"][0], history["val_accuracy"][-1]] for history in histories])
compare(drawn)
for bias, found in results.items():
    spread = found.std(axis=0, ddof=1) if SEEDS > 1 else np.zeros(2)
    early, late = (f"{mean:.3f} ± {deviation:.3f}" for mean, deviation in zip(found.mean(axis=0), spread))
    print(f"bias {bias:5g}: after one epoch {early}, at the end {late}")
"""
SPACE = """
        bias = hp.Float("bias", -1.0, 1.0)
"""


def cells(settings: Settings) -> Sequence[Cell]:
    return [
        (
            "markdown",
            "# Biases\n\nA bias shifts a unit's sum before the activation. Zero is a fine beginning, because the weights are "
            "random and so break the symmetry between units. A small positive bias keeps more ReLU units switched on at first "
            "(Goodfellow, Bengio & Courville 2016, section 8.4).",
        ),
        settings_cell(FIELDS, settings),
        ("code", IMPORTS),
        ("code", LOAD),
        ("code", net(", bias=BIAS", dense=", bias_initializer=keras.initializers.Constant(bias)") + FIT + CURVES),
        ("markdown", "## Before training"),
        ("code", DEAD),
        (
            "markdown",
            "## Does it matter?\n\nThe number after ± is the standard deviation over seeds: a difference smaller than that says little.",
        ),
        ("code", COMPARE),
        ("markdown", "## Search"),
        ("code", search(SPACE, "bias=bias")),
    ]


NOTEBOOK = Notebook(
    name="biases",
    title="Biases",
    summary="Biases from −1 to 1 at the start: dead units and the first epochs, over several seeds.",
    filename="HP_optimization_MLP_biases.ipynb",
    topic="biases",
    fields=FIELDS,
    cells=cells,
    order=6,
)
