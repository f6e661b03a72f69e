"""The sections of an exported script, each a piece of Python source: head, data, model, training, main."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dlcore.calls import Call
from dlcore.experiment import Experiment
from dlcore.exports._bundle import Bundle
from dlcore.exports._closure import training_loop
from dlcore.exports._listings import BATCHES, MAIN, RATES
from dlcore.exports._own_data import is_own, loader
from dlcore.exports._requirements import inline
from dlcore.exports._source import module_source, own_modules, source_of
from dlcore.exports._stages import Stage, rate_changes, replays
from dlcore.metrics import higher_is_better, metric_call
from dlcore.run import State

WIDTH = 120
EVALUATION_BATCH = 256  # of runs that did not record theirs: the batches of a validation decide how its float32 sums are rounded


def head(bundle: Bundle) -> str:
    """What the script is, its imports, its settings."""
    lines = [
        f'"""{title(bundle)}: run {bundle.run.id} of dlcore as plain Keras.',
        "",
        "Run it with --out history.json to keep the numbers, with --save model.keras to keep the model.",
        *same_numbers(bundle),
        '"""', "", *inline(bundle), "", "from __future__ import annotations", "", "import argparse", "import json", *preamble(bundle),
    ]  # fmt: skip
    return "\n".join(lines)


def title(bundle: Bundle) -> str:
    return f"{bundle.experiment.model_spec.title} on {bundle.experiment.dataset_spec.title}"


def same_numbers(bundle: Bundle) -> tuple[str, str]:
    """What the run used, and under which conditions its numbers come again; two lines."""
    environment = bundle.environment
    versions = ", ".join(f"{name} {environment[name]}" for name in ("python", "keras", "tensorflow", "numpy") if environment.get(name))
    return (
        f"The run used {versions or 'versions that it did not record'}{_device(bundle)}. With the same ones, and the threads and",
        "jit_compile below, the losses are those of the run; with others they differ in the last digits, and then more.",
    )


def preamble(bundle: Bundle) -> list[str]:
    """Imports, from `os` on, and the settings that everything else reads."""
    experiment = bundle.experiment
    imports = [line for module in own_modules(calls_of(experiment)) for line in module_source(module)[0]]
    return [
        "import os", "from typing import Any", "",
        'os.environ.setdefault("KERAS_BACKEND", "tensorflow")', 'os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")', "",
        "import keras", "import numpy as np", "import tensorflow as tf", *imports, "",
        f"SEED = {experiment.seed}", f"EPOCHS = {experiment.epochs}",
        f"BATCH_SIZE = {experiment.batch_size}" + ("" if experiment.batch_size else "  # all training rows at once"),
        f"JIT = {jit_flag(bundle)}  # whether XLA compiles the training step",
        *_threads(bundle),
    ]  # fmt: skip


def data(bundle: Bundle) -> str:
    """The data set's own loader and the functions that split and scale, with one function that calls them."""
    from dlcore.engine.data import SOURCES, preparation

    experiment = bundle.experiment
    spec = experiment.dataset_spec
    settings = "".join(f", {name}={value!r}" for name, value in experiment.dataset.settings.items())
    kept = {name: value for name, value in preparation(experiment).items() if name != "seed"}
    arguments = ", ".join(f"{name}={value!r}" for name, value in kept.items())
    seed = "SEED" if experiment.data_seed == experiment.seed else str(experiment.data_seed)
    own = loader(experiment) if is_own(experiment) else source_of(spec.load, "load")
    call = (
        "def load_data() -> dict:\n"
        f'    """{spec.title}: rows for training, validation and test, split by the seed and scaled by the training rows."""\n'
        f"    raw = load(seed={seed}{settings})\n"
        f"    return prepared_arrays(\n        raw, {arguments},\n        seed={seed},\n    )"
    )
    return "\n\n\n".join([_title("Data"), own, *map(source_of, [*spec.sources, *SOURCES]), call])


def model(bundle: Bundle) -> str:
    """The lab's own Keras classes, where the plan has any, and the net layer by layer."""
    experiment = bundle.experiment
    own = [module_source(module)[1] for module in own_modules(calls_of(experiment))]
    layers = [f"keras.Input({experiment.shape.input!r})", *(wrapped(call, 12) for call in experiment.plan())]
    lines = [
        "def make_model() -> keras.Sequential:",
        f'    """{experiment.model_spec.title}, first layer to last. What is drawn at random has a seed of its own."""',
        "    return keras.Sequential(",
        "        [",
        *(f"            {layer}," for layer in layers),
        "        ]",
        "    )",
    ]
    return "\n\n\n".join([_title("Model"), *own, "\n".join(lines)])


def training(bundle: Bundle, stages: Sequence[Stage]) -> str:
    """The order of batches, the learning rates, what was changed by hand."""
    pieces = [_title("Training")] + [BATCHES] * (not bundle.experiment.optimizer_spec.closure)
    if has_rates(stages):
        experiment = bundle.experiment
        names = {stage.experiment.schedule.name: stage.experiment.schedule_spec for stage in stages}
        pieces += [source_of(spec.rates, f"{name}_rates") for name, spec in names.items()]
        pieces += [_learning_rates(experiment, stages), RATES]
    if (turns := list(replays(stages))) and not bundle.experiment.optimizer_spec.closure:
        pieces.append(_changes(turns))
    return "\n\n\n".join(pieces)


def main(bundle: Bundle, stages: Sequence[Stage]) -> str:
    """Load, compile, fit, write."""
    return training_function(bundle, stages) + "\n\n\n" + MAIN


def training_function(bundle: Bundle, stages: Sequence[Stage]) -> str:
    """`train()`: the trained model and its history."""
    experiment = bundle.experiment
    loss, task = experiment.loss_spec, experiment.shape.task
    metrics = ", ".join(metric_call(name, task, loss.threshold).source() for name in experiment.recorded_metrics)
    stopper = _stopper(bundle, stages)
    if experiment.optimizer_spec.closure:
        rates = "learning_rates(1)" if has_rates(stages) else f"np.full(EPOCHS, {experiment.optimizer.settings['learning_rate']!r})"
        return training_loop(bundle, stages, loss_call(experiment), metrics, stopper, f'{rates}.astype("float32")')
    stopped = bundle.run.state is State.STOPPED and bundle.run.epoch > 0
    callbacks = ["order", "report"] + ["stopper"] * bool(stopper)
    if list(replays(stages)):
        callbacks.append(f"Changes({'stopper' if stopper else 'None'})")
    first = stages[0].experiment
    rate = "Rates(learning_rates(batches.steps))" if has_rates(stages) else repr(first.optimizer.settings["learning_rate"])
    lines = [
        "def train() -> tuple[keras.Model, list[dict]]:",
        '    """The trained model and its history, one dict per epoch."""',
        "    data = load_data()",
        '    batches = Batches(data["x_train"], data["y_train"])',
        "    keras.utils.set_random_seed(SEED)",
        "    model = make_model()",
        "    model.compile(",
        f"        optimizer={_optimizer(first, rate)},",
        f"        loss={loss_call(experiment).source()},",
        f"        metrics=[{metrics}],",
        "        jit_compile=JIT,",
        "    )",
        "    history: list[dict] = []",
        "",
        "    def note(epoch: int, logs: dict) -> None:",
        '        history.append({"epoch": epoch + 1, **logs})',
        '        print(f"epoch {epoch + 1}/{EPOCHS}  " + "  ".join(f"{name} {value:.4f}" for name, value in logs.items()), flush=True)',
        "",
        "    order = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: batches.shuffle(epoch))",
        "    report = keras.callbacks.LambdaCallback(on_epoch_end=note)",
        *stopper,
        f"    callbacks = [{', '.join(callbacks)}]",
        *(["    # stopped by hand after this epoch"] if stopped else []),
        f"    epochs = {bundle.run.epoch if stopped else 'EPOCHS'}",
        *_fit(bundle),
        "    return model, history",
    ]
    return "\n".join(lines)


def calls_of(experiment: Experiment) -> list[Call]:
    """All Keras objects of the experiment: layers, loss, optimizer."""
    return [*experiment.plan(), loss_call(experiment), experiment.optimizer_spec.call(experiment.optimizer.settings)]


def loss_call(experiment: Experiment) -> Call:
    """The loss that is used; an automatic one takes its defaults."""
    spec = experiment.loss_spec
    settings = {field.name: field.default for field in spec.fields} if experiment.loss.name == "auto" else experiment.loss.settings
    return spec.call(settings, experiment.shape.task)


def jit_flag(bundle: Bundle) -> bool:
    """The run's flag, as recorded; before there is one, what the model family asks of a CPU."""
    return bool(bundle.program.get("jit", bundle.experiment.model_spec.xla))


def has_rates(stages: Sequence[Stage]) -> bool:
    """Whether the learning rate is another at some step."""
    first = stages[0].experiment
    steady = first.schedule.name == "constant" and not first.schedule.settings.get("warm_up")
    return not steady or len(list(rate_changes(stages))) > 1


def wrapped(call: Call, indent: int) -> str:
    """The call as source, with one argument on each line where it is too long for one."""
    line = call.source()
    if len(line) + indent <= WIDTH:
        return line
    pad = " " * (indent + 4)
    inside = ((name, _inside(value, indent + 4)) for name, value in call.arguments.items())
    name = line.partition("(")[0]
    return f"{name}(\n" + "".join(f"{pad}{key}={value},\n" for key, value in inside) + " " * indent + ")"


def _inside(value: Any, indent: int) -> str:
    """An argument as source; calls, alone or in a list, are broken where they are too long."""
    if isinstance(value, Call):
        return wrapped(value, indent)
    if isinstance(value, list) and any(isinstance(item, Call) for item in value):
        pad = " " * (indent + 4)
        return "[\n" + "".join(f"{pad}{wrapped(item, indent + 4)},\n" for item in value) + " " * indent + "]"
    return _plain_source(value)


def _plain_source(value: Any) -> str:
    return Call("x", {"_": value}).source().removeprefix("keras.x(_=").removesuffix(")")


def _optimizer(experiment: Experiment, rate: str) -> str:
    call = experiment.optimizer_spec.call(experiment.optimizer.settings)
    others = (f"{name}={_plain_source(value)}" for name, value in call.arguments.items() if name != "learning_rate")
    return f"{Call(call.path).source()[:-2]}({', '.join([f'learning_rate={rate}', *others])})"


def _learning_rates(experiment: Experiment, stages: Sequence[Stage]) -> str:
    lines = ["def learning_rates(steps: int) -> np.ndarray:", '    """The learning rate of every step; `steps` make an epoch."""']
    for stage in rate_changes(stages):
        settings = "".join(f", {name}={value!r}" for name, value in stage.experiment.schedule.settings.items())
        base, epochs = stage.experiment.optimizer.settings["learning_rate"], stage.experiment.epochs
        count = "EPOCHS" if epochs == experiment.epochs else str(epochs)
        call = f"{stage.experiment.schedule.name}_rates({base!r}, {count} * steps, steps{settings})"
        if stage is stages[0]:
            lines.append(f"    rates = {call}")
        else:
            lines.append(f"    rates = np.concatenate([rates[:{stage.step}], {call}[{stage.step}:]])  # changed by hand at this step")
    return "\n".join([*lines, "    return rates"])


def _changes(turns: Iterable[tuple[int, str, list[str], bool]]) -> str:
    lines = [
        "class Changes(keras.callbacks.Callback):",
        '    """What was changed by hand while the run trained, at the same steps."""',
        "",
        "    def __init__(self, stopper: Any) -> None:",
        "        super().__init__()",
        "        self.stopper = stopper",
        "",
        "    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:",
        "        model, stopper, step = self.model, self.stopper, int(self.model.optimizer.iterations)",
    ]
    for where, said, assignments, traced in turns:
        lines += [f"        if step == {where}:  # {said}", *(f"            {line}" for line in assignments)]
        if traced:
            lines.append("            model.make_train_function(force=True)  # the compiled functions hold the old numbers")
            lines.append("            model.make_test_function(force=True)")
    return "\n".join(lines)


def _stopper(bundle: Bundle, stages: Sequence[Stage]) -> list[str]:
    """Lines that make `stopper`, none where nothing stops early and no best weights are restored."""
    first, by_hand = stages[0].experiment, bundle.run.state is State.STOPPED
    restores = bundle.experiment.restore_best or by_hand  # a run that is stopped by hand keeps its best weights
    if not restores and not any(stage.experiment.patience for stage in stages):
        return []
    watched = bundle.experiment.watched
    return [
        "    stopper = keras.callbacks.EarlyStopping(",
        f"        monitor={watched!r}, mode={'max' if higher_is_better(watched) else 'min'!r}, min_delta={first.min_delta!r},",
        f"        patience={first.patience or 'EPOCHS'}, restore_best_weights={restores},",
        "    )",
    ]


def _fit(bundle: Bundle) -> list[str]:
    size, validates = bundle.program.get("validation_batch", EVALUATION_BATCH), bundle.experiment.validation > 0
    validation = f'validation_data=(data["x_val"], data["y_val"]), validation_batch_size={size}, ' if validates else ""
    return [
        "    model.fit(",
        f"        batches, epochs=epochs, {validation}shuffle=False,",
        "        callbacks=callbacks, verbose=0,",
        "    )",
    ]  # fmt: skip


def _threads(bundle: Bundle) -> list[str]:
    """Thread counts as the worker set them: they decide in which order float32 numbers are summed."""
    found = bundle.environment.get("threads")
    counts = {"intra_op": found, "inter_op": found} if isinstance(found, int) else found or {}
    return [f"tf.config.threading.set_{name}_parallelism_threads({count})" for name, count in counts.items()]


def _device(bundle: Bundle) -> str:
    return f", on {bundle.environment['device']}" if bundle.environment.get("device") else ""


def _title(words: str) -> str:
    return f"# {words}"
