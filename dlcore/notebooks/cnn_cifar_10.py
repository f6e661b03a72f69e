"""A convolutional net on CIFAR-10, from the images to its filters, feature maps, Grad-CAM and worst mistakes."""

from __future__ import annotations

from collections.abc import Sequence

from dlcore.fields import Field
from dlcore.notebooks._parts import BATCH_SIZE, CURVES, EPOCHS, EXAMPLES, FIT, IMPORTS, LEARNING_RATE, OPTIMIZER, SEED, Cell, settings_cell
from dlcore.specs import Notebook, Settings

DATASET = Field(
    "dataset", "choice", "cifar10", "Data set", "Keras downloads CIFAR-10 (170 MB) and Fashion-MNIST (30 MB); scikit-learn brings digits.",
    choices=("cifar10", "fashion_mnist", "digits"),
)  # fmt: skip
FILTERS = Field("filters", "int", (32, 64), "Blocks", "Filters of each block's convolution.", 1, 1024, many=True, unit="filters")
DENSE = Field("dense", "int", (64,), "Dense layers", "Units of each dense layer after the blocks.", 1, 8192, many=True, unit="units")
FLIP = Field("flip", "bool", False, "Flip", "Mirror half of the images while training; for digits leave it off.")
FIELDS = (DATASET, EXAMPLES, FILTERS, DENSE, FLIP, OPTIMIZER, LEARNING_RATE, BATCH_SIZE, EPOCHS, SEED)

LOAD = '''
def load_images():
    """All images with values from 0 to 1, shape (rows, height, width, channels), and their class numbers, in an order drawn by the seed."""
    global DATASET
    if DATASET != "digits":
        try:
            (x, y), (x_more, y_more) = getattr(keras.datasets, DATASET).load_data()
            x, y = np.concatenate([x, x_more]) / 255, np.concatenate([y, y_more]).reshape(-1)
            x = x.reshape(*x.shape[:3], -1)  # grey images get one channel
        except Exception as error:  # Keras raises no other kind where there is no network
            print(f"{DATASET} cannot be fetched, so the digits take its place. ({error})")
            DATASET = "digits"
    if DATASET == "digits":
        from sklearn.datasets import load_digits

        digits = load_digits()
        x, y = digits.images[..., np.newaxis] / 16, digits.target
    order = np.random.default_rng(SEED).permutation(len(x))[: EXAMPLES or None]
    return x[order].astype("float32"), y[order].astype("int64")


x, y = load_images()
# Six tenths to learn from, two to choose settings by, two for the last check.
first, second = int(0.6 * len(x)), int(0.8 * len(x))
x_train, x_val, x_test = np.split(x, [first, second])
y_train, y_val, y_test = np.split(y, [first, second])
print(len(x_train), "rows for training,", len(x_val), "for validation,", len(x_test), "for the test")
'''
NAMES = """
NAMES = {
    "digits": [str(number) for number in range(10)],
    "fashion_mnist": ["T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"],
    "cifar10": ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
}[DATASET]
"""
LOOK = '''
def show(place, image, title):
    """Draws an image, grey or coloured, under a title."""
    place.imshow(image if image.shape[-1] == 3 else image[..., 0], cmap="gray", vmin=0, vmax=1)
    place.set_title(title, fontsize=8)
    place.axis("off")


figure, places = plt.subplots(2, 8, figsize=(12, 3.4))
for place, image, label in zip(places.flat, x_train, y_train):
    show(place, image, NAMES[label])
plt.show()
'''
MODEL = '''
def make_model(learning_rate=LEARNING_RATE, seed=SEED):
    """Blocks of convolution and pooling, then dense layers. What is drawn at random is drawn from the seed."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input(x.shape[1:])])
    if FLIP:
        model.add(keras.layers.RandomFlip("horizontal", seed=seed))
    for filters in FILTERS:
        model.add(keras.layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(keras.layers.MaxPooling2D())
    model.add(keras.layers.Flatten())
    for units in DENSE:
        model.add(keras.layers.Dense(units, activation="relu"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    optimizer = keras.optimizers.get({"class_name": OPTIMIZER, "config": {"learning_rate": learning_rate}})
    # XLA, which Keras would choose, slows convolutions down on a CPU.
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model
'''
TRAIN = """
model = make_model()
model.summary()
convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
untrained = convolutions[0].kernel.numpy()
history = fit(model)
compare({"this net": history}, ("loss", "accuracy", "val_loss", "val_accuracy"))
"""
FILTER_PICTURES = """
figure, places = plt.subplots(2, 8, figsize=(10, 3))
for row, (title, kernel) in enumerate((("before", untrained), ("after", convolutions[0].kernel.numpy()))):
    limit = np.abs(kernel).max()
    for number, place in enumerate(places[row]):
        place.axis("off")
        if number < kernel.shape[-1]:
            place.imshow(kernel[..., number].mean(axis=-1), cmap="PuOr_r", vmin=-limit, vmax=limit)
            place.set_title(f"{title} {number}", fontsize=8)
plt.show()
"""
MAPS = """
see = keras.Model(model.inputs, [layer.output for layer in convolutions])
maps = see.predict(x_test[:1], verbose=0)
maps = maps if isinstance(maps, list) else [maps]  # with one convolution Keras gives the array itself
figure, places = plt.subplots(len(maps), 8, figsize=(10, 1.4 * len(maps)), squeeze=False)
for row, found in zip(places, maps):
    for number, place in enumerate(row):
        place.axis("off")
        if number < found.shape[-1]:
            place.imshow(found[0, ..., number], cmap="Blues", vmin=0, vmax=max(float(found.max()), 1e-6))
plt.show()
"""
GRAD_CAM = '''
import tensorflow as tf

last = convolutions[-1]
to_maps = keras.Model(model.inputs, last.output)
rest = model.layers[model.layers.index(last) + 1 :]


def heat_of(images, classes):
    """Where each class is seen: ReLU of the last feature maps, weighted by how much the class's score rises with each (rows, h, w)."""
    maps = to_maps(images, training=False)
    with tf.GradientTape() as tape:
        tape.watch(maps)
        signal = maps
        for layer in rest[:-1]:
            signal = layer(signal)
        scores = signal @ rest[-1].kernel + rest[-1].bias  # before the softmax
        score = tf.gather(scores, classes, axis=1, batch_dims=1)
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1)).numpy()


images = x_test[:8]
answers = model.predict(images, verbose=0).argmax(axis=1)
figure, places = plt.subplots(2, 8, figsize=(12, 3.4))
for column, heat in enumerate(heat_of(images, answers)):
    show(places[0, column], images[column], NAMES[answers[column]])
    show(places[1, column], images[column], "where")
    places[1, column].imshow(heat, cmap="Oranges", alpha=0.6, extent=(-0.5, x.shape[2] - 0.5, x.shape[1] - 0.5, -0.5))
plt.show()
'''
TEST = """
probabilities = model.predict(x_test, verbose=0)
answers = probabilities.argmax(axis=1)
print(f"right on {np.mean(answers == y_test):.1%} of the test rows")
wrong = np.flatnonzero(answers != y_test)
worst = wrong[np.argsort(-probabilities[wrong, answers[wrong]])][:16]
figure, places = plt.subplots(2, 8, figsize=(13, 4))
for place in places.flat:
    place.axis("off")
for place, row in zip(places.flat, worst):
    show(place, x_test[row], f"{NAMES[y_test[row]]}\\ntaken for {NAMES[answers[row]]}\\n{probabilities[row, answers[row]]:.0%}")
plt.show()
"""


def cells(settings: Settings) -> Sequence[Cell]:
    return [
        (
            "markdown",
            "# A convolutional net on CIFAR-10\n\nSmall colour photographs of ten kinds of animals and vehicles (Krizhevsky 2009). A "
            "convolution slides small filters over the image; pooling makes the maps smaller; dense layers decide (LeCun et al. 1998).",
        ),
        settings_cell(FIELDS, settings),
        ("code", IMPORTS),
        ("markdown", "## Data"),
        ("code", LOAD),
        ("code", NAMES + LOOK),
        ("markdown", "## Model\n\nEach block: a convolution of 3×3 filters with ReLU, and the largest of each 2×2 square."),
        ("code", MODEL),
        ("markdown", "## Training\n\nThe curves on validation rows show when the net begins to learn by heart."),
        ("code", FIT + CURVES),
        ("code", TRAIN),
        ("markdown", "## The first filters\n\nBefore and after training: orange is above 0, purple below."),
        ("code", FILTER_PICTURES),
        ("markdown", "## Feature maps\n\nWhat each convolution makes of one test image; a row for each."),
        ("code", MAPS),
        (
            "markdown",
            "## Where it looks\n\nGrad-CAM (Selvaraju et al. 2017): in orange the places that speak for the class that the net gives.",
        ),
        ("code", GRAD_CAM),
        ("markdown", "## Test, and the worst mistakes\n\nThe wrong answers that the net was surest of."),
        ("code", TEST),
        ("code", 'model.save("cnn.keras")'),
    ]


NOTEBOOK = Notebook(
    name="cnn_cifar_10",
    title="Convolutional net on CIFAR-10",
    summary="From the images over filters, feature maps and Grad-CAM to the worst mistakes.",
    filename="CNN_CIFAR_10.ipynb",
    topic="train",
    fields=FIELDS,
    cells=cells,
    order=11,
)
