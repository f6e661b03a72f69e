"""What the notebooks share: settings as a cell of constants, loading of images, a net, curves laid over each other, a search.

The texts are Python for a reader: they stand alone, import nothing of the lab, and read the constants of the settings cell.
"""

from __future__ import annotations

from collections.abc import Iterable

from dlcore.fields import Field, Value
from dlcore.specs import Settings

Cell = tuple[str, str]
ACTIVATIONS = ("relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "sigmoid", "tanh", "linear")
OPTIMIZERS = ("sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "nadam")

DATASET = Field(
    "dataset", "choice", "fashion_mnist", "Data set", "digits come with scikit-learn; fashion_mnist is downloaded by Keras, 30 MB.",
    choices=("fashion_mnist", "digits"),
)  # fmt: skip
EXAMPLES = Field("examples", "int", 6000, "Rows used", "Fewer rows train faster; 0 uses all.", 0, 100_000, unit="rows")
EPOCHS = Field("epochs", "int", 15, "Epochs", "Passes over the training rows.", 1, 1000, unit="epochs")
BATCH_SIZE = Field("batch_size", "int", 32, "Batch size", "Examples per weight update.", 1, 4096, unit="examples")
LEARNING_RATE = Field("learning_rate", "float", 0.001, "Learning rate", "How far each update moves the weights.", 1e-8, 100.0, log=True)
LAYERS = Field("layers", "int", (64, 64), "Hidden layers", "Units of each hidden layer.", 1, 4096, many=True, unit="units")
ACTIVATION = Field("activation", "choice", "relu", "Activation", "What each hidden unit applies to its sum.", choices=ACTIVATIONS)
OPTIMIZER = Field("optimizer", "choice", "adam", "Optimizer", "How the gradient becomes a step.", choices=OPTIMIZERS)
TRIALS = Field("trials", "int", 6, "Trials", "How many settings the search tries.", 1, 1000)
SEED = Field("seed", "int", 0, "Seed", "The same seed gives the same split, weights and batches.", 0, 2**31 - 1)
NET = (DATASET, EXAMPLES, LAYERS, ACTIVATION, OPTIMIZER, LEARNING_RATE, BATCH_SIZE, EPOCHS)

IMPORTS = """
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import matplotlib.pyplot as plt
import numpy as np
"""

LOAD = '''
def load_images():
    """All images with values from 0 to 1, shape (rows, height, width), and their class numbers, in an order drawn by the seed."""
    global DATASET
    if DATASET != "digits":
        try:
            (x, y), (x_more, y_more) = keras.datasets.fashion_mnist.load_data()
            x, y = np.concatenate([x, x_more]).astype("float32") / 255, np.concatenate([y, y_more])
        except Exception as error:  # Keras raises no other kind where there is no network
            print(f"{DATASET} cannot be fetched, so the digits take its place. ({error})")
            DATASET = "digits"
    if DATASET == "digits":
        from sklearn.datasets import load_digits

        digits = load_digits()
        x, y = digits.images.astype("float32") / 16, digits.target
    order = np.random.default_rng(SEED).permutation(len(x))[: EXAMPLES or None]
    return x[order], y[order].astype("int64")


x, y = load_images()
# Six tenths to learn from, two to choose settings by, two for the last check.
first, second = int(0.6 * len(x)), int(0.8 * len(x))
x_train, x_val, x_test = np.split(x, [first, second])
y_train, y_val, y_test = np.split(y, [first, second])
print(len(x_train), "rows for training,", len(x_val), "for validation,", len(x_test), "for the test")
'''

NAMES = """
NAMES = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
if DATASET == "fashion_mnist":
    NAMES = ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
"""

FIT = '''
def fit(model, epochs=EPOCHS, callbacks=()):
    """The history of training: name -> one value per epoch."""
    return model.fit(
        x_train, y_train, validation_data=(x_val, y_val), batch_size=BATCH_SIZE, epochs=epochs, callbacks=list(callbacks), verbose=0
    ).history
'''

CURVES = '''
def compare(histories, names=("loss", "val_loss", "val_accuracy")):
    """Draws the curves of several histories (label -> history) over each other."""
    figure, places = plt.subplots(1, len(names), figsize=(5 * len(names), 3.6))
    for place, name in zip(np.atleast_1d(places), names):
        for label, history in histories.items():
            place.plot(np.arange(1, len(history[name]) + 1), history[name], label=label)
        place.set(xlabel="epoch", ylabel=name)
    np.atleast_1d(places)[0].legend()
    figure.tight_layout()
    plt.show()


def table(histories):
    """Prints the last values of each history."""
    for label, history in histories.items():
        print(f"{label:>24}", *(f"  {name} {history[name][-1]:.4f}" for name in ("loss", "val_loss", "val_accuracy")))
'''


def net(extra: str = "", before: str = "", dense: str = "", after: str = "", optimizer: str = "") -> str:
    """The function `make_model` with settings of a topic.

    extra: further parameters, ", rate=0.0". before, after: lines in the loop over hidden layers, indented by eight. dense: further
    arguments of each Dense. optimizer: an expression in place of the chosen optimizer.
    """
    chosen = optimizer or 'keras.optimizers.get({"class_name": OPTIMIZER, "config": {"learning_rate": learning_rate}})'
    return f'''
def make_model(learning_rate=LEARNING_RATE, seed=SEED{extra}):
    """A multilayer perceptron, ready to be fitted. What is drawn at random is drawn from the seed."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Flatten()])
    for units in LAYERS:
{before}        model.add(keras.layers.Dense(units, activation=ACTIVATION{dense}))
{after}    model.add(keras.layers.Dense(10, activation="softmax"{dense if "regularizer" in dense else ""}))
    optimizer = {chosen}
    # Compiling with XLA takes longer than training a net as small as this.
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model
'''


def search(space: str, build: str) -> str:
    """A random search with Keras Tuner. space: lines that draw `hp` values, indented by eight; build: arguments of `make_model`."""
    return f'''
import tempfile

import keras_tuner


class Search(keras_tuner.RandomSearch):
    """Tries settings drawn at random and remembers the validation accuracy of each."""

    def run_trial(self, trial, verbose=0):
        hp = trial.hyperparameters
{space.strip(chr(10))}
        return {{"val_accuracy": max(fit(make_model({build}))["val_accuracy"])}}


search = Search(
    hypermodel=lambda hp: None, objective=keras_tuner.Objective("val_accuracy", "max"), max_trials=TRIALS, seed=SEED,
    directory=tempfile.mkdtemp(), overwrite=True,
)
search.search(verbose=0)
for trial in search.oracle.get_best_trials(TRIALS):
    print(f"{{trial.score:.4f}}", trial.hyperparameters.values)
'''


def settings_cell(fields: Iterable[Field], settings: Settings) -> Cell:
    """The constants that everything else reads, each with what it is."""
    lines = []
    for field in fields:
        unit = f", in {field.unit}" if field.unit and field.unit not in field.label.lower() else ""
        choices = f": {', '.join(field.choices)}" if field.choices else ""
        lines.append(f"{field.name.upper()} = {_source(settings[field.name])}  # {field.label}{choices or unit}")
    return "code", "\n".join(lines)


def _source(value: Value) -> str:
    """Python for the value, strings in double quotes."""
    if isinstance(value, str):
        return f'"{value}"'
    return repr(list(value)) if isinstance(value, tuple) else repr(value)
