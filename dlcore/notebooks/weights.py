"""How weights begin: the signal through a deep net, and what it learns."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from dlcore.fields import Field
from dlcore.notebooks._parts import CURVES, FIT, IMPORTS, LOAD, NET, SEED, TRIALS, Cell, net, search, settings_cell
from dlcore.specs import Notebook, Settings

DEEP = (32,) * 8
FIELDS = (
    *(dataclasses.replace(own, default=DEEP) if own.name == "layers" else own for own in NET),
    Field("deviation", "float", 0.05, "Deviation", "Of the plain normal initialiser.", 0.0001, 10.0),
    TRIALS,
    SEED,
)

STARTS = """
def starts(seed=SEED):
    from keras import initializers as start

    return {
        "zeros": start.Zeros(),
        "constant": start.Constant(0.05),
        "normal": start.RandomNormal(stddev=DEVIATION, seed=seed),
        "uniform": start.RandomUniform(-DEVIATION, DEVIATION, seed=seed),
        "Glorot uniform": start.GlorotUniform(seed=seed),
        "Glorot normal": start.GlorotNormal(seed=seed),
        "He": start.HeNormal(seed=seed),
        "LeCun": start.LecunNormal(seed=seed),
        "orthogonal": start.Orthogonal(gain=2**0.5, seed=seed),
    }


# An initialiser with a seed draws the same numbers each time it is asked: every layer needs one of its own.
def fresh(name, layer):
    return starts(SEED + 100 * layer)[name]
"""
SIGNAL = """
for name in starts():
    signal, sizes = x_train[:500], []
    model = make_model(start=name)
    for layer in model.layers[:-1]:
        signal = layer(signal)
        if isinstance(layer, keras.layers.Dense):
            sizes.append(float(np.sqrt(np.mean(np.square(signal)))))
    plt.semilogy(range(1, len(sizes) + 1), np.maximum(sizes, 1e-12), marker="o", label=name)
plt.xlabel("hidden layer")
plt.ylabel("root mean square of its outputs, before training")
plt.legend(fontsize=8)
plt.show()
"""
TRAIN = """
def different_units(model):
    \"\"\"The fewest different columns of any hidden layer's weights.\"\"\"
    kernels = [np.asarray(layer.kernel) for layer in model.layers[:-1] if isinstance(layer, keras.layers.Dense)]
    return min(len(np.unique(np.round(kernel, 4), axis=1).T) for kernel in kernels)


histories = {}
for name in starts():
    model = make_model(start=name)
    histories[name] = fit(model)
    print(f"{name:>15}: {different_units(model)} different units, val_accuracy {histories[name]['val_accuracy'][-1]:.4f}")
compare(histories)
"""
SPACE = """
        start = hp.Choice("start", list(starts()))
"""


def cells(settings: Settings) -> Sequence[Cell]:
    return [
        (
            "markdown",
            "# Weights\n\nUnits of a layer that begin equal stay equal: any constant beginning makes one unit out of many. "
            "Random weights must have the right size: too small, and the signal dies on its way through the layers; too large, "
            "and it explodes. Glorot's sizes (Glorot & Bengio 2010) suit tanh, He's (He et al. 2015) ReLU; both shrink with "
            "the width of a layer.",
        ),
        settings_cell(FIELDS, settings),
        ("code", IMPORTS),
        ("code", LOAD),
        ("code", STARTS),
        ("code", net(', start="He"', dense=", kernel_initializer=fresh(start, len(model.layers))") + FIT + CURVES),
        ("markdown", "## The signal before training"),
        ("code", SIGNAL),
        ("markdown", "## Training"),
        ("code", TRAIN),
        ("markdown", "## Search"),
        ("code", search(SPACE, "start=start")),
    ]


NOTEBOOK = Notebook(
    name="weights",
    title="Weights",
    summary="Nine ways to begin: the signal through a deep net, its different units, and what it learns.",
    filename="HP_optimization_MLP_weights.ipynb",
    topic="weights",
    fields=FIELDS,
    cells=cells,
    order=7,
)
