"""The run as a Jupyter notebook: the stages of the script in cells with words between them, plain Keras, the same numbers."""

from __future__ import annotations

from collections.abc import Iterator

from dlcore.exports import _sections as sections
from dlcore.exports._bundle import Bundle
from dlcore.exports._ipynb import Cell, ipynb
from dlcore.exports._requirements import requirements
from dlcore.exports._stages import stages
from dlcore.specs import Export

HISTORY = """import matplotlib.pyplot as plt

names = [name for name in history[0] if name != "epoch" and not name.startswith("val_")]
figure, places = plt.subplots(1, len(names), figsize=(5 * len(names), 3.5), squeeze=False)
for place, name in zip(places[0], names):
    for kind, dash in ((name, "-"), (f"val_{name}", "--")):
        if kind in history[0]:
            place.plot([row["epoch"] for row in history], [row[kind] for row in history], dash, label=kind)
    place.set(xlabel="epoch", ylabel=name)
    place.legend()
figure.tight_layout()
plt.show()"""
TEST = """data = load_data()
if len(data["x_test"]):
    measured = model.evaluate(data["x_test"], data["y_test"], batch_size=256, verbose=0, return_dict=True)
    print("  ".join(f"test {name} {value:.4f}" for name, value in measured.items()))"""


def write(bundle: Bundle) -> bytes:
    """An .ipynb file. Raises `Refused` for a run that one call of `fit` cannot replay."""
    return ipynb(cells(bundle))


def cells(bundle: Bundle) -> Iterator[Cell]:
    """What is said and done, from the first cell to the last; nothing of dlcore is imported."""
    found = stages(bundle)
    conditions = " ".join(sections.same_numbers(bundle))
    needed = " ".join(requirements(bundle, ["matplotlib"]))
    yield (
        "markdown",
        f"# {sections.title(bundle)}\n\nRun {bundle.run.id} of dlcore as plain Keras. {conditions}\n\nIt needs `pip install {needed}`.",
    )
    yield "code", "\n".join(sections.preamble(bundle))
    yield "markdown", "## Data\n\nThe rows are loaded, split by the seed and scaled by what the training rows are like."
    yield "code", sections.data(bundle)
    yield "markdown", "## Model\n\nThe layers, first to last. Whatever is drawn at random has a seed of its own."
    yield "code", sections.model(bundle) + "\n\n\nmake_model().summary()"
    yield "markdown", "## Training\n\nThe batches come in the order of the run; what was changed by hand while it trained is changed again."
    yield "code", sections.training(bundle, found) + "\n\n\n" + sections.training_function(bundle, found)
    yield "code", "model, history = train()"
    yield "markdown", "## What came of it"
    yield "code", HISTORY
    yield "code", TEST
    yield "markdown", "## Take the model along\n\n`keras.models.load_model` opens the file again."
    yield "code", f'model.save("{bundle.filename(".keras")}")'


EXPORT = Export(
    "notebook", "Notebook", "The run in cells of plain Keras, for Jupyter.", ".ipynb", "application/x-ipynb+json", write, order=9
)  # fmt: skip
