"""Recurrent nets: the adding problem, the gradient through time, reading from both ends, and a net that writes."""

from __future__ import annotations

from collections.abc import Sequence

from dlcore.fields import Field
from dlcore.notebooks._parts import BATCH_SIZE, CURVES, EPOCHS, IMPORTS, SEED, Cell, settings_cell
from dlcore.specs import Notebook, Settings

FIELDS = (
    Field("rows", "int", 6000, "Sequences", "How many sequences are drawn.", 50, 100_000, unit="sequences"),
    Field("steps", "int", 50, "Steps", "Length of each sequence.", 6, 400, unit="steps"),
    Field("units", "int", 32, "Units", "Units of each recurrent layer.", 1, 1024, unit="units"),
    EPOCHS,
    BATCH_SIZE,
    Field("learning_rate", "float", 0.003, "Learning rate", "How far each update moves the weights.", 1e-6, 1.0, log=True),
    Field("temperature", "float", 0.7, "Temperature", "Below 1 the probable letters become more probable, above 1 less.", 0.05, 5.0),
    Field("written", "int", 300, "Letters written", "How many letters the net writes at the end.", 1, 5000, unit="letters"),
    SEED,
)  # fmt: skip

ADDING = '''
def adding(rows, steps, seed):
    """Numbers between 0 and 1 with marks on two of them, x (rows, steps, 2), and the sum of the marked ones, y (rows,)."""
    draw = np.random.default_rng(seed)
    values = draw.uniform(0, 1, (rows, steps))
    marks = np.zeros((rows, steps))
    every = np.arange(rows)
    marks[every, draw.integers(0, steps // 2, rows)] = 1
    marks[every, draw.integers(steps // 2, steps, rows)] = 1
    return np.stack([values, marks], axis=2).astype("float32"), (values * marks).sum(axis=1).astype("float32")


x, y = adding(ROWS, STEPS, SEED)
cut = int(0.8 * ROWS)
x_train, y_train, x_val, y_val = x[:cut], y[:cut], x[cut:], y[cut:]
print(f"always saying 1: squared error {np.square(y_val - 1).mean():.3f}, in theory {1 / 6:.3f}")
'''
NETS = '''
CELLS = {"simple": keras.layers.SimpleRNN, "LSTM": keras.layers.LSTM, "GRU": keras.layers.GRU}


def net(cell):
    """A recurrent layer that reads the whole sequence, and one unit that says the sum."""
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input((STEPS, 2)), CELLS[cell](UNITS), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(LEARNING_RATE, clipnorm=1.0), "mse")
    return model


models = {cell: net(cell) for cell in CELLS}
started = {cell: model.get_weights() for cell, model in models.items()}
histories = {}
for cell, model in models.items():
    histories[cell] = model.fit(
        x_train, y_train, validation_data=(x_val, y_val), batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0
    ).history
    print(f"{cell}: squared error {histories[cell]['val_loss'][-1]:.4f}")
compare(histories, ("loss", "val_loss"))
'''
GRADIENT = '''
import tensorflow as tf


def reach(model, rows=64):
    """Of each step, how large the loss's gradient by the input of that step is: the mean norm over rows, (steps,)."""
    inputs = tf.constant(x_val[:rows])
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        loss = tf.reduce_sum(tf.square(model(inputs)[:, 0] - y_val[:rows]))
    return np.linalg.norm(tape.gradient(loss, inputs), axis=2).mean(axis=0)


figure, places = plt.subplots(1, 2, figsize=(11, 3.6), sharey=True)
for cell, model in models.items():
    learned = model.get_weights()
    places[1].semilogy(np.arange(1, STEPS + 1), reach(model) + 1e-12, label=cell)
    model.set_weights(started[cell])
    places[0].semilogy(np.arange(1, STEPS + 1), reach(model) + 1e-12, label=cell)
    model.set_weights(learned)
for place, title in zip(places, ("before training", "after training")):
    place.set(xlabel="step", title=title)
places[0].set_ylabel("gradient by the input of the step")
places[1].legend()
plt.show()
'''
BOTH = """
draw = np.random.default_rng(SEED)
bits = draw.integers(0, 2, (ROWS, 20)).astype("float32")
later = np.zeros_like(bits)
later[:, :-2] = bits[:, 2:]  # what comes two steps later; zeros after the end
right = {}
for name in ("forwards", "both directions"):
    keras.utils.set_random_seed(SEED)
    layer = keras.layers.SimpleRNN(UNITS, return_sequences=True)
    if name == "both directions":
        layer = keras.layers.Bidirectional(layer)
    reader = keras.Sequential([keras.Input((20, 1)), layer, keras.layers.Dense(1, activation="sigmoid")])
    reader.compile(keras.optimizers.Adam(LEARNING_RATE), "binary_crossentropy")
    reader.fit(bits[:cut, :, None], later[:cut, :, None], batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)
    said = reader.predict(bits[cut:, :, None], verbose=0)[..., 0] > 0.5
    right[name] = np.mean(said[:, :-2] == later[cut:, :-2])
    print(f"{name}: right about the bit two steps later in {right[name]:.1%}")
"""
TEXT = '''
TEXT = """'Twas brillig, and the slithy toves
Did gyre and gimble in the wabe:
All mimsy were the borogoves,
And the mome raths outgrabe.

"Beware the Jabberwock, my son!
The jaws that bite, the claws that catch!
Beware the Jubjub bird, and shun
The frumious Bandersnatch!"

He took his vorpal sword in hand;
Long time the manxome foe he sought-
So rested he by the Tumtum tree
And stood awhile in thought.

And, as in uffish thought he stood,
The Jabberwock, with eyes of flame,
Came whiffling through the tulgey wood,
And burbled as it came!
"""
LETTERS = sorted(set(TEXT))
tokens = np.array([LETTERS.index(letter) for letter in TEXT])
PIECE = 40
pieces = np.stack([tokens[first : first + PIECE + 1] for first in range(len(tokens) - PIECE)])

keras.utils.set_random_seed(SEED)
writer = keras.Sequential([
    keras.Input((None,)),
    keras.layers.Embedding(len(LETTERS), 16),
    keras.layers.GRU(2 * UNITS, return_sequences=True),
    keras.layers.Dense(len(LETTERS), activation="softmax"),
])
writer.compile(keras.optimizers.Adam(3 * LEARNING_RATE), "sparse_categorical_crossentropy", metrics=["accuracy"])
learned = writer.fit(pieces[:, :-1], pieces[:, 1:], batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0).history
print(f"the next letter is right in {learned['accuracy'][-1]:.1%} of the text that it learned from")
'''
WRITE = '''
def write(begin, letters, temperature, seed):
    """The text that follows `begin`: each letter is drawn from p^(1/T) / sum, with the net's probabilities p."""
    draw, text = np.random.default_rng(seed), begin
    for _ in range(letters):
        read = np.array([[LETTERS.index(letter) for letter in text[-PIECE:]]])
        scores = np.log(np.asarray(writer(read))[0, -1].astype("float64") + 1e-12) / temperature
        weights = np.exp(scores - scores.max())
        text += LETTERS[draw.choice(len(LETTERS), p=weights / weights.sum())]
    return text


print(write("And ", WRITTEN, TEMPERATURE, SEED))
'''


def cells(settings: Settings) -> Sequence[Cell]:
    return [
        (
            "markdown",
            "# Recurrent nets on sequences\n\nA recurrent net reads one step after the other and carries a state along: "
            "$h_t = f(h_{t-1}, x_t)$, with the same weights at every step.",
        ),
        settings_cell(FIELDS, settings),
        ("code", IMPORTS),
        (
            "markdown",
            "## The adding problem\n\nTwo of many numbers are marked; at the end the net says their sum (Hochreiter & Schmidhuber 1997). "
            "The first mark lies in the first half, so it must be remembered long. Who always says 1 has a squared error of 1/6.",
        ),
        ("code", ADDING),
        ("code", CURVES),
        (
            "markdown",
            "## Three kinds of cell\n\nA simple cell, an LSTM and a GRU (Cho et al. 2014), with gradients clipped at a norm of 1.",
        ),
        ("code", NETS),
        (
            "markdown",
            "## The gradient through time\n\nHow strongly the error at the end depends on each input. Where a curve falls towards the "
            "first step, the gradient vanishes on its way back: what lies there is hardly learned.",
        ),
        ("code", GRADIENT),
        (
            "markdown",
            "## Reading from both ends\n\nRandom bits; at each step the net must say the bit that comes two steps later. Who reads "
            "forwards cannot know it. A second layer that reads backwards has seen it (Schuster & Paliwal 1997).",
        ),
        ("code", BOTH),
        (
            "markdown",
            "## A net that writes\n\nAt each letter the net says how probable each next letter is. Fed with what it drew, it writes. "
            "The text is the beginning of *Jabberwocky* (Carroll 1871).",
        ),
        ("code", TEXT),
        ("markdown", "The temperature $T$ sharpens ($T < 1$) or flattens ($T > 1$) the probabilities before a letter is drawn."),
        ("code", WRITE),
    ]


NOTEBOOK = Notebook(
    name="rnn_sequences",
    title="Recurrent nets on sequences",
    summary="The adding problem with three kinds of cell, the gradient through time, reading from both ends, a net that writes.",
    filename="RNN_sequences.ipynb",
    topic="sequences",
    fields=FIELDS,
    cells=cells,
    order=30,
)
