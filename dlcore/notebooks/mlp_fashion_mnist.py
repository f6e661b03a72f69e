"""A multilayer perceptron on images of clothes, from the rows to the mistakes."""

from __future__ import annotations

from collections.abc import Sequence

from dlcore.notebooks._parts import CURVES, FIT, IMPORTS, LOAD, NAMES, NET, SEED, Cell, net, settings_cell
from dlcore.specs import Notebook, Settings

FIELDS = (*NET, SEED)

LOOK = """
figure, places = plt.subplots(2, 8, figsize=(12, 3.4))
for place, image, label in zip(places.flat, x_train, y_train):
    place.imshow(image, cmap="gray_r")
    place.set_title(NAMES[label], fontsize=9)
    place.axis("off")
plt.show()
"""
TRAIN = """
model = make_model()
model.summary()
history = fit(model)
compare({"this net": history}, ("loss", "accuracy", "val_loss", "val_accuracy"))
"""
TEST = """
probabilities = model.predict(x_test, verbose=0)
answers = probabilities.argmax(axis=1)
print(f"right on {np.mean(answers == y_test):.1%} of the test rows")
confusion = np.zeros((10, 10), int)
np.add.at(confusion, (y_test, answers), 1)

figure, place = plt.subplots(figsize=(6.5, 5.5))
shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
place.imshow(shares, cmap="Blues")
for row in range(10):
    for column in range(10):
        ink = "white" if shares[row, column] > 0.5 else "black"
        place.text(column, row, confusion[row, column], ha="center", va="center", fontsize=8, color=ink)
place.set(xticks=range(10), yticks=range(10), xlabel="given", ylabel="true")
place.set_xticklabels(NAMES, rotation=45, ha="right")
place.set_yticklabels(NAMES)
plt.show()
"""
WORST = """
wrong = np.flatnonzero(answers != y_test)
worst = wrong[np.argsort(-probabilities[wrong, answers[wrong]])][:16]
figure, places = plt.subplots(2, 8, figsize=(13, 4))
for place in places.flat:
    place.axis("off")
for place, row in zip(places.flat, worst):
    place.imshow(x_test[row], cmap="gray_r")
    place.set_title(f"{NAMES[y_test[row]]}\\ntaken for {NAMES[answers[row]]}\\n{probabilities[row, answers[row]]:.0%}", fontsize=8)
plt.show()
"""


def cells(settings: Settings) -> Sequence[Cell]:
    return [
        (
            "markdown",
            "# A multilayer perceptron\n\nDense layers, one after the other: each unit sums all outputs of the layer before, "
            "weighted, and applies an activation. Here it learns to name pictures of clothes (Fashion-MNIST, Xiao, Rasul & "
            "Vollgraf 2017).",
        ),
        settings_cell(FIELDS, settings),
        ("code", IMPORTS),
        ("markdown", "## Data"),
        ("code", LOAD),
        ("code", NAMES + LOOK),
        (
            "markdown",
            "## Model\n\nThe images are flattened into vectors. The last layer has ten outputs; softmax makes them "
            "probabilities. The loss is the cross-entropy: minus the logarithm of the probability that the true class got.",
        ),
        ("code", net()),
        (
            "markdown",
            "## Training\n\nThe curves on validation rows, which the net never learns from, show when it begins to learn by heart.",
        ),
        ("code", FIT + CURVES),
        ("code", TRAIN),
        ("markdown", "## Test\n\nEach row of the matrix is a true class, each column what the net said."),
        ("code", TEST),
        ("markdown", "## The worst mistakes\n\nThe wrong answers that the net was surest of."),
        ("code", WORST),
        ("code", 'model.save("mlp.keras")'),
    ]


NOTEBOOK = Notebook(
    name="mlp_fashion_mnist",
    title="Multilayer perceptron on Fashion-MNIST",
    summary="From the rows over model and training to the confusion matrix and the worst mistakes.",
    filename="MLP_classification_keras_fashion_mnist.ipynb",
    topic="mlp",
    fields=FIELDS,
    cells=cells,
    order=2,
)
