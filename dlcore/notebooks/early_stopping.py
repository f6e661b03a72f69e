"""Early stopping: when to end, and which weights to keep."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from dlcore.fields import Field
from dlcore.notebooks._parts import CURVES, FIT, IMPORTS, LOAD, NET, SEED, TRIALS, Cell, net, search, settings_cell
from dlcore.specs import Notebook, Settings

FIELDS = (
    *(
        dataclasses.replace(own, default={"examples": 1000, "epochs": 60}[own.name]) if own.name in ("examples", "epochs") else own
        for own in NET
    ),
    Field("patience", "int", 5, "Patience", "Epochs without improvement before training stops.", 1, 1000, unit="epochs"),
    Field("min_delta", "float", 0.0, "Least improvement", "A smaller improvement counts as none.", 0.0, 10.0),
    TRIALS,
    SEED,
)

LONG = """
history = fit(make_model())
loss = np.array(history["val_loss"])
compare({"to the end": history})


def stop(values, patience, min_delta=MIN_DELTA):
    \"\"\"The best epoch and the epoch after which training stops, counted from 1.\"\"\"
    best, at = np.inf, 0
    for epoch, value in enumerate(values, start=1):
        if value < best - min_delta:
            best, at = value, epoch
        elif epoch - at >= patience:
            return at, epoch
    return at, len(values)


for patience in sorted({1, 2, 5, 10, 20, PATIENCE}):
    at, end = stop(loss, patience)
    kept = f"val_loss {loss[at - 1]:.4f}, val_accuracy {history['val_accuracy'][at - 1]:.4f}"
    print(f"patience {patience:2}: best epoch {at}, stopped after {end} of {len(loss)}, {kept}")
"""
REAL = """
runs = {}
for restore in (False, True):
    stopper = keras.callbacks.EarlyStopping("val_loss", patience=PATIENCE, min_delta=MIN_DELTA, restore_best_weights=restore)
    model = make_model()
    label = "best weights" if restore else "last weights"
    runs[label] = fit(model, callbacks=[stopper])
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"{label}: {len(runs[label]['loss'])} epochs, test loss {loss:.4f}, test accuracy {accuracy:.4f}")
compare(runs)
"""
SPACE = """
        patience = hp.Int("patience", 1, 20)
        min_delta = hp.Float("min_delta", 1e-5, 1e-1, sampling="log")
        stopper = keras.callbacks.EarlyStopping("val_loss", patience=patience, min_delta=min_delta, restore_best_weights=True)
"""


def cells(settings: Settings) -> Sequence[Cell]:
    return [
        (
            "markdown",
            "# Early stopping\n\nThe loss on validation rows falls and may rise again while that on training rows goes on "
            "falling: the net learns by heart. Early stopping ends training when the validation loss has not improved for a "
            "number of epochs, the patience (Prechelt 1998).",
        ),
        settings_cell(FIELDS, settings),
        ("code", IMPORTS),
        ("code", LOAD),
        ("code", net() + FIT + CURVES),
        ("markdown", "## What would each patience have done?\n\nOne run to the end answers for all of them."),
        ("code", LONG),
        ("markdown", "## For real\n\nKeras keeps the last weights unless `restore_best_weights` is set."),
        ("code", REAL),
        ("markdown", "## Search"),
        ("code", search(SPACE, "").replace("fit(make_model())", "fit(make_model(), callbacks=[stopper])")),
    ]


NOTEBOOK = Notebook(
    name="early_stopping",
    title="Early stopping",
    summary="Where different patiences would have stopped, and the weights that Keras keeps unless told otherwise.",
    filename="HP_optimization_MLP_early_stopping.ipynb",
    topic="early_stopping",
    fields=FIELDS,
    cells=cells,
    order=10,
)
