"""The learning rate: a range test, a sweep, cycles and a search."""

from __future__ import annotations

from collections.abc import Sequence

from dlcore.fields import Field
from dlcore.notebooks._parts import CURVES, FIT, IMPORTS, LOAD, NET, SEED, TRIALS, Cell, net, search, settings_cell
from dlcore.specs import Notebook, Settings

FIELDS = (
    *NET,
    Field("first", "float", 1e-6, "First rate", "Where the range test begins.", 1e-10, 1.0, log=True),
    Field("last", "float", 10.0, "Last rate", "Where the range test ends.", 1e-6, 100.0, log=True),
    Field("step_size", "float", 2.0, "Step size", "Epochs from the lowest rate of a cycle to the highest.", 0.1, 1000.0, unit="epochs"),
    TRIALS,
    SEED,
)

OPTIMIZER_AT = '''def optimizer_at(learning_rate):
    """The chosen optimizer; a schedule may stand for the rate."""
    optimizer = keras.optimizers.get(OPTIMIZER)
    return type(optimizer)(learning_rate=learning_rate)


'''
RANGE_TEST = """
class RangeTest(keras.callbacks.Callback):
    \"\"\"Raises the learning rate a little in every step, in equal ratios, and notes the loss of each batch.\"\"\"

    def __init__(self, first, last, steps):
        super().__init__()
        self.rates = first * (last / first) ** (np.arange(steps) / (steps - 1))
        self.losses = []
        self.total = 0.0

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = self.rates[min(len(self.losses), len(self.rates) - 1)]

    def on_train_batch_end(self, batch, logs=None):
        # Keras tells the mean over the epoch so far: the loss of this batch is what is new in it.
        total = logs["loss"] * (batch + 1)
        loss = total - (self.total if batch else 0.0)
        self.total = total
        self.losses.append(loss)
        if len(self.losses) == len(self.rates) or not np.isfinite(loss) or loss > 4 * min(self.losses):
            self.model.stop_training = True


def smooth(values, weight=0.9):
    mean, found = 0.0, []
    for step, value in enumerate(values, start=1):
        mean = weight * mean + (1 - weight) * value
        found.append(mean / (1 - weight**step))
    return np.array(found)


per_epoch = -(-len(x_train) // BATCH_SIZE)
test = RangeTest(FIRST, LAST, max(100, 3 * per_epoch))
fit(make_model(), epochs=-(-len(test.rates) // per_epoch), callbacks=[test])
losses = smooth(test.losses)
rates = test.rates[: len(losses)]
least = int(np.nanargmin(losses))
pick = rates[least] / 10
slope = np.gradient(losses, np.log(rates))[: least + 1]
print(f"least loss at {rates[least]:.2g}; a tenth of it: {pick:.2g}; steepest fall at {rates[int(np.nanargmin(slope))]:.2g}")

plt.semilogx(rates, losses)
plt.axvline(pick, linestyle="--", color="gray", label="a tenth of the rate with the least loss")
plt.ylim(0, 1.2 * losses[0])
plt.xlabel("learning rate")
plt.ylabel("loss, smoothed")
plt.legend()
plt.show()
"""
SWEEP = """
sweep = {f"{rate:.2g}": fit(make_model(learning_rate=rate)) for rate in (pick / 100, pick / 10, pick, 10 * pick, LEARNING_RATE)}
compare(sweep)
table(sweep)
"""
CYCLES = """
@keras.saving.register_keras_serializable()
class Triangular(keras.optimizers.schedules.LearningRateSchedule):
    \"\"\"Up from `lowest` to `highest` in `half` steps and down again, over and over.\"\"\"

    def __init__(self, lowest, highest, half):
        self.lowest, self.highest, self.half = lowest, highest, half

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        cycle = keras.ops.floor(1 + step / (2 * self.half))
        height = keras.ops.maximum(0.0, 1 - keras.ops.abs(step / self.half - 2 * cycle + 1))
        return self.lowest + (self.highest - self.lowest) * height


half = STEP_SIZE * per_epoch
runs = {
    "fixed": fit(make_model(learning_rate=pick)),
    "triangular": fit(make_model(learning_rate=Triangular(pick / 4, 2 * pick, half))),
    "cosine": fit(make_model(learning_rate=keras.optimizers.schedules.CosineDecay(pick, EPOCHS * per_epoch))),
}
compare(runs)
table(runs)
"""
SPACE = """
        rate = hp.Float("learning_rate", 1e-5, 1.0, sampling="log")
"""


def cells(settings: Settings) -> Sequence[Cell]:
    return [
        (
            "markdown",
            "# Learning rate\n\nHow far each update moves the weights. Too small, and training takes for ever; too large, and it diverges.",
        ),
        settings_cell(FIELDS, settings),
        ("code", IMPORTS),
        ("code", LOAD),
        ("code", OPTIMIZER_AT + net(optimizer="optimizer_at(learning_rate)") + FIT + CURVES),
        (
            "markdown",
            "## Range test\n\nOne run in which the rate climbs from step to step. Smith (2017) climbs in a straight line and "
            "looks at the accuracy; this is the exponential climb with the loss that fastai made popular (Gugger 2018).",
        ),
        ("code", RANGE_TEST),
        ("markdown", "## Was the pick good?\n\nRates around the recommended one, trained in full."),
        ("code", SWEEP),
        (
            "markdown",
            "## Up and down\n\nCyclical rates (Smith 2017) at the same number of epochs as a fixed one, and a cosine decay "
            "(Loshchilov & Hutter 2017).",
        ),
        ("code", CYCLES),
        ("markdown", "## Search\n\nRates drawn evenly over their logarithm."),
        ("code", search(SPACE, "learning_rate=rate")),
    ]


NOTEBOOK = Notebook(
    name="learning_rate",
    title="Learning rate",
    summary="A range test, a sweep of rates, cyclical rates against a fixed one, and a search.",
    filename="HP_optimization_MLP_learning rate.ipynb",
    topic="learning_rate",
    fields=FIELDS,
    cells=cells,
    order=5,
)
