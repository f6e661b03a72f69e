"""What the layers of a net make of the data, laid out in the plane by t-SNE."""

from __future__ import annotations

from collections.abc import Sequence

from dlcore.fields import Field
from dlcore.notebooks._parts import FIT, IMPORTS, LOAD, NAMES, NET, SEED, Cell, net, settings_cell
from dlcore.specs import Notebook, Settings

FIELDS = (
    *NET,
    Field("perplexity", "float", 30.0, "Perplexity", "About how many neighbours each point keeps near.", 2.0, 100.0),
    Field("points", "int", 600, "Points", "How many validation rows are laid out.", 30, 5000),
    SEED,
)

LAYER_OUTPUTS = """
model = make_model()
history = fit(model)
print(f"validation accuracy {history['val_accuracy'][-1]:.4f}")

shown = slice(0, POINTS)
layers = {"input": x_val[shown].reshape(len(x_val[shown]), -1)}
signal = x_val[shown]
for layer in model.layers:
    signal = layer(signal)
    if isinstance(layer, keras.layers.Dense):
        layers[layer.name] = np.asarray(signal)
labels = y_val[shown]
"""
EMBED = """
from sklearn.manifold import TSNE, trustworthiness

perplexity = min(PERPLEXITY, (len(labels) - 1) / 3)
figure, places = plt.subplots(1, len(layers), figsize=(5 * len(layers), 4.6))
for place, (name, values) in zip(places, layers.items()):
    plane = TSNE(perplexity=perplexity, random_state=SEED, init="pca").fit_transform(values)
    kept = trustworthiness(values, plane, n_neighbors=5)
    print(f"{name}: trustworthiness {kept:.3f}")
    dots = place.scatter(*plane.T, c=labels, cmap="tab10", s=12)
    place.set(title=f"{name} ({values.shape[1]} numbers)", xticks=[], yticks=[])
figure.legend(dots.legend_elements(num=10)[0], [NAMES[label] for label in np.unique(labels)], loc="center right", fontsize=8)
plt.show()
"""
PERPLEXITIES = """
last = layers[list(layers)[-2]]
tried = [value for value in (2, 10, 30, 100) if value < (len(labels) - 1) / 3]
figure, places = plt.subplots(1, len(tried), figsize=(4.5 * len(tried), 4))
for place, value in zip(np.atleast_1d(places), tried):
    plane = TSNE(perplexity=value, random_state=SEED, init="pca").fit_transform(last)
    place.scatter(*plane.T, c=labels, cmap="tab10", s=12)
    place.set(title=f"perplexity {value}", xticks=[], yticks=[])
plt.show()
"""


def cells(settings: Settings) -> Sequence[Cell]:
    return [
        (
            "markdown",
            "# t-SNE of the layers\n\nt-SNE (van der Maaten & Hinton 2008) places points in the plane so that neighbours stay "
            "neighbours. Here the points are rows as the input, each hidden layer and the output of a trained net see them.",
        ),
        settings_cell(FIELDS, settings),
        ("code", IMPORTS),
        ("code", LOAD + NAMES),
        ("markdown", "## A net to look into"),
        ("code", net() + "\n" + FIT),
        ("code", LAYER_OUTPUTS),
        (
            "markdown",
            "## One picture for each layer\n\nThe trustworthiness (Venna & Kaski 2001), from 0 to 1, says how many of the "
            "neighbours in the picture are neighbours in truth.",
        ),
        ("code", EMBED),
        (
            "markdown",
            "## What not to read into it\n\nThe size of a cluster and the distance between clusters mean nothing; another "
            "perplexity draws another picture of the same layer (Wattenberg, Viégas & Johnson 2016).",
        ),
        ("code", PERPLEXITIES),
    ]


NOTEBOOK = Notebook(
    name="tsne",
    title="Layers laid out by t-SNE",
    summary="The outputs of every layer of a trained net as points in the plane, with their trustworthiness.",
    filename="T-SNE Visualization.ipynb",
    topic="tsne",
    fields=FIELDS,
    cells=cells,
    order=3,
)
