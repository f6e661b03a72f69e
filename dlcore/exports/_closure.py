"""The main section of a script whose optimizer is no Keras optimizer: L-BFGS, driven by a closure over all rows, as the engine does it."""

from __future__ import annotations

from collections.abc import Sequence

from dlcore.calls import Call
from dlcore.errors import Refused
from dlcore.exports._bundle import Bundle
from dlcore.exports._stages import Stage, replays


def training_loop(bundle: Bundle, stages: Sequence[Stage], loss: Call, metrics: str, stopper: Sequence[str], rates: str) -> str:
    """The function `train`: one iteration of the minimiser an epoch. Raises `Refused` for live changes, which it cannot replay.

    rates: the source of an array with the learning rate of each epoch.
    """
    if list(replays(stages)):
        raise Refused(f"Run {bundle.run.id} was changed by hand under L-BFGS, which a script cannot replay.", "Export its model instead.")
    optimizer = bundle.experiment.optimizer_spec.call(bundle.experiment.optimizer.settings)
    validates = (
        '        logs |= {f"val_{name}": value for name, value in measured("val").items()}\n' if bundle.experiment.validation else ""
    )
    return TRAIN.format(
        loss=loss.source(), metrics=metrics, rates=rates, minimiser=optimizer.source(),
        stopper="".join(f"{line}\n" for line in stopper), callbacks="[stopper]" if stopper else "[]", validates=validates,
    )  # fmt: skip


TRAIN = '''def flat_weights(model: keras.Model) -> np.ndarray:
    return np.concatenate([weight.numpy().ravel() for weight in model.trainable_weights]).astype("float64")


def set_weights(model: keras.Model, point: Any) -> None:
    """Cuts the flat vector `point` into the weights of the model."""
    sizes = [int(np.prod(weight.shape)) for weight in model.trainable_weights]
    for weight, piece in zip(model.trainable_weights, tf.split(point, sizes)):
        weight.assign(tf.reshape(piece, weight.shape))


def make_closure(model: keras.Model, x: Any, y: Any) -> Any:
    """A function from a flat vector of weights to the loss over all rows and its gradient."""
    seeds = [variable for layer in model.layers for variable in layer.variables if "seed" in variable.name]

    @tf.function(jit_compile=JIT)
    def value_and_gradient(x: Any, y: Any, point: Any) -> Any:
        set_weights(model, point)
        with tf.GradientTape() as tape:
            loss = model.compute_loss(x=x, y=y, y_pred=model(x, training=True), training=True)
        gradient = tape.gradient(loss, model.trainable_weights)
        return loss, tf.concat([tf.reshape(part, [-1]) for part in gradient], axis=0)

    def begin() -> Any:
        held = [tf.identity(seed) for seed in seeds]

        def closure(point: np.ndarray) -> tuple:
            for seed, value in zip(seeds, held):  # the same dropout masks for every point of a line search
                seed.assign(value)
            loss, gradient = value_and_gradient(x, y, tf.constant(point, "float32"))
            return float(loss), gradient.numpy().astype("float64")

        return closure

    return begin


def train() -> tuple[keras.Model, list[dict]]:
    """The trained model and its history, one dict per epoch; an epoch is one iteration on all rows."""
    data = load_data()
    keras.utils.set_random_seed(SEED)
    model = make_model()
    model.compile(loss={loss}, metrics=[{metrics}], jit_compile=JIT)
    minimiser = {minimiser}
    rates = {rates}
    begin = make_closure(model, tf.constant(data["x_train"]), tf.constant(data["y_train"]))
{stopper}    callbacks = keras.callbacks.CallbackList({callbacks}, model=model)
    history: list[dict] = []

    def measured(part: str) -> dict:
        return model.evaluate(data[f"x_{{part}}"], data[f"y_{{part}}"], batch_size=256, verbose=0, return_dict=True)

    callbacks.on_train_begin()
    for epoch in range(EPOCHS):
        logs = measured("train")
        minimiser.learning_rate = float(rates[epoch])
        point, _ = minimiser.step(begin(), flat_weights(model))
        set_weights(model, tf.constant(point, "float32"))
{validates}        history.append({{"epoch": epoch + 1, **logs}})
        print(f"epoch {{epoch + 1}}/{{EPOCHS}}  " + "  ".join(f"{{name}} {{value:.4f}}" for name, value in logs.items()), flush=True)
        callbacks.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    callbacks.on_train_end()
    return model, history'''
