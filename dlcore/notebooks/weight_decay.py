"""Penalties on weights: L1, L2, both, and decay apart from the loss."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from dlcore.fields import Field
from dlcore.notebooks._parts import CURVES, FIT, IMPORTS, LOAD, NET, SEED, TRIALS, Cell, net, search, settings_cell
from dlcore.specs import Notebook, Settings

FIELDS = (
    *(dataclasses.replace(own, default=1000) if own.name == "examples" else own for own in NET),
    Field("l1", "float", 0.001, "L1 penalty", "Times the sum of all |w|, added to the loss.", 0.0, 10.0),
    Field("l2", "float", 0.001, "L2 penalty", "Times the sum of all w², added to the loss.", 0.0, 10.0),
    Field("decay", "float", 0.1, "Decoupled decay", "AdamW shrinks weights by this times the learning rate in each step.", 0.0, 100.0),
    TRIALS,
    SEED,
)

TRAIN = """
histories, kernels = {}, {}
cases = {"none": {}, "L1": {"l1": L1}, "L2": {"l2": L2}, "elastic net": {"l1": L1 / 2, "l2": L2 / 2}, "AdamW": {"decay": DECAY}}
for name, settings in cases.items():
    model = make_model(**settings)
    histories[name] = fit(model)
    kernels[name] = np.concatenate([np.asarray(layer.kernel).ravel() for layer in model.layers if isinstance(layer, keras.layers.Dense)])
compare(histories, ("accuracy", "val_accuracy", "val_loss"))
for name, history in histories.items():
    gap = history["accuracy"][-1] - history["val_accuracy"][-1]
    zero = np.mean(np.abs(kernels[name]) < 1e-3)
    print(f"{name:>12}: val_accuracy {history['val_accuracy'][-1]:.4f}  gap {gap:.4f}  weights below 0.001 {zero:.0%}")
"""
WEIGHTS = """
for name, kernel in kernels.items():
    plt.hist(kernel, bins=np.linspace(-0.5, 0.5, 101), histtype="step", label=name)
plt.yscale("log")
plt.xlabel("weight")
plt.ylabel("how many")
plt.legend()
plt.show()
"""
SPACE = """
        l1 = hp.Float("l1", 1e-6, 1e-1, sampling="log")
        l2 = hp.Float("l2", 1e-6, 1e-1, sampling="log")
"""
CHOSEN = (
    "keras.optimizers.AdamW(learning_rate, weight_decay=decay) if decay else "
    'keras.optimizers.get({"class_name": OPTIMIZER, "config": {"learning_rate": learning_rate}})'
)


def cells(settings: Settings) -> Sequence[Cell]:
    return [
        (
            "markdown",
            "# Weight decay\n\nA penalty on large weights keeps a net from bending itself to every single row. L2 (ridge) "
            "shrinks all weights, L1 (lasso, Tibshirani 1996) sets many to zero, the elastic net does both. Under Adam a "
            "penalty in the loss is not the same as decay apart from it (Loshchilov & Hutter 2019).",
        ),
        settings_cell(FIELDS, settings),
        ("code", IMPORTS),
        ("code", LOAD),
        (
            "code",
            net(", l1=0.0, l2=0.0, decay=0.0", dense=", kernel_regularizer=keras.regularizers.L1L2(l1, l2)", optimizer=CHOSEN)
            + FIT
            + CURVES,
        ),
        ("markdown", "## Training\n\nThe gap is the accuracy on training rows minus that on validation rows."),
        ("code", TRAIN),
        ("markdown", "## The weights"),
        ("code", WEIGHTS),
        ("markdown", "## Search"),
        ("code", search(SPACE, "l1=l1, l2=l2")),
    ]


NOTEBOOK = Notebook(
    name="weight_decay",
    title="Weight decay",
    summary="L1, L2, elastic net and decoupled decay: the gap between training and validation, and weights at zero.",
    filename="HP_optimization_MLP_regularization.ipynb",
    topic="weight_decay",
    fields=FIELDS,
    cells=cells,
    order=8,
)
