"""Optimizers on a surface and on a net, each at a learning rate that suits it."""

from __future__ import annotations

from collections.abc import Sequence

from dlcore.fields import Field
from dlcore.notebooks._parts import (
    ACTIVATION,
    BATCH_SIZE,
    CURVES,
    DATASET,
    EPOCHS,
    EXAMPLES,
    FIT,
    IMPORTS,
    LAYERS,
    LOAD,
    SEED,
    Cell,
    settings_cell,
)
from dlcore.specs import Notebook, Settings

FIELDS = (
    Field("condition", "float", 30.0, "Condition number", "How many times steeper one direction is than the other.", 1.0, 10_000.0),
    Field("momentum", "float", 0.9, "Momentum", "Share of the last step that is taken again.", 0.0, 0.999),
    Field("rates", "int", 3, "Rates", "How many learning rates each optimizer tries.", 1, 3),
    DATASET, EXAMPLES, LAYERS, ACTIVATION, BATCH_SIZE, EPOCHS, SEED,
)  # fmt: skip

RULES = """
def sgd(g, s, rate):
    return -rate * g


def momentum(g, s, rate):
    s["v"] = MOMENTUM * s.get("v", 0) - rate * g
    return s["v"]


def nesterov(g, s, rate):
    s["v"] = MOMENTUM * s.get("v", 0) - rate * g
    return MOMENTUM * s["v"] - rate * g


def adagrad(g, s, rate):
    s["sum"] = s.get("sum", 0) + g**2
    return -rate * g / (np.sqrt(s["sum"]) + 1e-7)


def rmsprop(g, s, rate):
    s["mean"] = 0.9 * s.get("mean", 0) + 0.1 * g**2
    return -rate * g / (np.sqrt(s["mean"]) + 1e-7)


def adadelta(g, s, rate):
    s["mean"] = 0.95 * s.get("mean", 0) + 0.05 * g**2
    step = -g * np.sqrt(s.get("steps", 0) + 1e-6) / np.sqrt(s["mean"] + 1e-6)
    s["steps"] = 0.95 * s.get("steps", 0) + 0.05 * step**2
    return rate * step


def adam(g, s, rate):
    s["t"] = s.get("t", 0) + 1
    s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
    s["v"] = 0.999 * s.get("v", 0) + 0.001 * g**2
    return -rate * (s["m"] / (1 - 0.9 ** s["t"])) / (np.sqrt(s["v"] / (1 - 0.999 ** s["t"])) + 1e-7)
"""
BOWL = """
def height(p):
    return (p[0] ** 2 + CONDITION * p[1] ** 2) / 2


def gradient(p):
    return np.array([p[0], CONDITION * p[1]])


def path(rule, rate, steps=200, start=(-2.0, 1.5)):
    points, state = [np.array(start)], {}
    for _ in range(steps):
        points.append(points[-1] + rule(gradient(points[-1]), state, rate))
    return np.array(points)


# Beyond 2 / CONDITION plain gradient descent diverges; the others measure their steps in units of their own.
rates = {sgd: 1.8 / (1 + CONDITION), momentum: 1 / CONDITION, nesterov: 1 / CONDITION, adagrad: 0.5, rmsprop: 0.05}
rates |= {adadelta: 1.0, adam: 0.1}
paths = {rule.__name__: path(rule, rate) for rule, rate in rates.items()}

figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5))
across, up = np.meshgrid(np.linspace(-2.5, 2.5, 200), np.linspace(-2.5, 2.5, 200))
left.contour(across, up, height(np.array([across, up])), levels=20, cmap="Greys", alpha=0.6)
for name, points in paths.items():
    left.plot(*np.clip(points, -5, 5).T, label=name, linewidth=1.3)
    right.semilogy([height(point) + 1e-12 for point in points], label=name)
left.set(xlim=(-2.5, 2.5), ylim=(-2.5, 2.5), xlabel="x", ylabel="y")
right.set(xlabel="step", ylabel="height")
right.legend()
plt.show()
"""
RACE = """
from keras import optimizers


def make_model(optimizer, seed=SEED):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Flatten()])
    for units in LAYERS:
        model.add(keras.layers.Dense(units, activation=ACTIVATION))
    model.add(keras.layers.Dense(10, activation="softmax"))
    # Compiling with XLA takes longer than training a net as small as this.
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model


# Each with rates that are known to suit it, the likeliest first; Keras's default of 0.001 would leave Adagrad and Adadelta behind.
candidates = {
    "sgd": (optimizers.SGD, {}, (0.1, 0.3, 0.03)),
    "momentum": (optimizers.SGD, {"momentum": MOMENTUM}, (0.03, 0.1, 0.01)),
    "nesterov": (optimizers.SGD, {"momentum": MOMENTUM, "nesterov": True}, (0.03, 0.1, 0.01)),
    "adagrad": (optimizers.Adagrad, {}, (0.03, 0.1, 0.01)),
    "adadelta": (optimizers.Adadelta, {}, (1.0, 0.3, 3.0)),
    "rmsprop": (optimizers.RMSprop, {}, (0.001, 0.003, 0.0003)),
    "adam": (optimizers.Adam, {}, (0.001, 0.003, 0.0003)),
    "nadam": (optimizers.Nadam, {}, (0.001, 0.003, 0.0003)),
}
best = {}
for name, (kind, settings, tried) in candidates.items():
    histories = {rate: fit(make_model(kind(learning_rate=rate, **settings))) for rate in tried[:RATES]}
    rate = min(histories, key=lambda rate: np.nan_to_num(histories[rate]["val_loss"][-1], nan=np.inf))
    best[f"{name}, {rate:g}"] = histories[rate]
compare(best)
table(best)
"""
LBFGS = """
from scipy.optimize import minimize

import tensorflow as tf

model = make_model("sgd")
loss_of = keras.losses.SparseCategoricalCrossentropy()
shapes = [tuple(weight.shape) for weight in model.trainable_weights]
sizes = [int(np.prod(shape)) for shape in shapes]
rows, labels = tf.constant(x_train), tf.constant(y_train)


@tf.function
def value_and_gradient():
    with tf.GradientTape() as tape:
        loss = loss_of(labels, model(rows))
    return loss, tape.gradient(loss, [weight.value for weight in model.trainable_weights])


def closure(flat):
    for weight, part, shape in zip(model.trainable_weights, np.split(flat, np.cumsum(sizes)[:-1]), shapes):
        weight.assign(part.reshape(shape).astype("float32"))
    loss, gradients = value_and_gradient()
    return float(loss), np.concatenate([np.asarray(gradient).ravel() for gradient in gradients]).astype("float64")


start = np.concatenate([np.asarray(weight).ravel() for weight in model.trainable_weights]).astype("float64")
losses = []
note = lambda flat: losses.append(closure(flat)[0])
minimize(closure, start, jac=True, method="L-BFGS-B", callback=note, options={"maxiter": 5 * EPOCHS})
plt.semilogy(losses)
plt.xlabel("iteration (all rows)")
plt.ylabel("training loss")
plt.show()
print(f"L-BFGS: training loss {losses[-1]:.5f} after {len(losses)} iterations")
"""


def cells(settings: Settings) -> Sequence[Cell]:
    return [
        (
            "markdown",
            "# Optimization methods\n\nBackpropagation gives the gradient $g$, the direction in which the loss climbs fastest. "
            "What is made of it is the optimizer's part. First seven rules in a few lines each, then Keras's own on a net.",
        ),
        settings_cell(FIELDS, settings),
        ("code", IMPORTS),
        (
            "markdown",
            "## The rules\n\nEach takes the gradient `g`, what it remembers `s` and a learning rate, and returns the step. "
            "Gradient descent (Cauchy 1847), momentum (Polyak 1964), Nesterov's form (Sutskever et al. 2013), Adagrad (Duchi, "
            "Hazan & Singer 2011), RMSprop (Tieleman & Hinton 2012), Adadelta (Zeiler 2012), Adam (Kingma & Ba 2015).",
        ),
        ("code", RULES),
        (
            "markdown",
            "## On a bowl\n\n$f = \\frac12 (x^2 + \\kappa y^2)$, where the condition number $\\kappa$ says how much steeper "
            "one direction is. Plain gradient descent zigzags or creeps; momentum averages the zigzag away.",
        ),
        ("code", BOWL),
        (
            "markdown",
            "## On a net\n\nA comparison at one learning rate for all would be unfair: each has its own to choose from, and the "
            "best by validation loss is drawn.",
        ),
        ("code", LOAD + FIT + CURVES),
        ("code", RACE),
        (
            "markdown",
            "## A method that uses curvature\n\nL-BFGS (Liu & Nocedal 1989) estimates curvature from the last gradients and "
            "takes all rows in every step. It goes very deep on training rows; whether that helps on others is another "
            "question.",
        ),
        ("code", LBFGS),
    ]


NOTEBOOK = Notebook(
    name="optimizers",
    title="Optimization methods",
    summary="Seven rules on a bowl, eight of Keras's optimizers on a net at their own best rates, and L-BFGS.",
    filename="Various optimization methods.ipynb",
    topic="optimizers",
    fields=FIELDS,
    cells=cells,
    order=4,
)
