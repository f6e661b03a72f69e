"""The engine trains as Keras does, goes on bitwise after a break, and obeys while it trains."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcore import Experiment
from dlcore.engine import checkpoint, data
from dlcore.engine.rows import Rows
from dlcore.errors import Diverged
from dlcore.jobs import evaluate
from dlcore.owndata.keeping import Draft

pytestmark = pytest.mark.keras

SMALL = Experiment().with_text({"examples": "400", "layers": "16", "epochs": "4", "monitors": "", "batch_size": "32"})


class Desk:
    """Keeps what a session says; gives each order once `when(step)` of the reports so far allows it."""

    def __init__(self, orders: Sequence[tuple[int, Mapping[str, Any]]] = ()) -> None:
        self.said: list[tuple[str, Mapping[str, Any], bytes]] = []
        self.files: list[tuple[str, bytes]] = []
        self._orders = list(orders)
        self.looks = 0

    def report(self, kind: str, body: Mapping[str, Any], data: bytes = b"", file: Any = None) -> None:
        self.said.append((kind, body, data))
        if file is not None:
            self.files.append((body["role"], file()))

    def orders(self) -> list[Mapping[str, Any]]:
        self.looks += 1
        due = [order for look, order in self._orders if look == self.looks]
        return due

    def is_filing(self) -> bool:
        return False

    def table(self, kind: str) -> dict[int, dict[str, np.float32]]:
        """Rows of all events of a kind by number; later events win."""
        found = {}
        for said, body, packed in self.said:
            if said == kind:
                rows = np.frombuffer(packed, "<f4").reshape(-1, len(body["names"]))
                found |= {body["first"] + i: dict(zip(body["names"], row, strict=True)) for i, row in enumerate(rows)}
        return found

    @property
    def last(self) -> tuple[str, Mapping[str, Any]]:
        return self.said[-1][:2]


def session_of(experiment: Experiment, desk: Desk, changes: Sequence[Any] = (), budget: int = 2**40, **settings: Any) -> Any:
    from dlcore.engine.changes import Changes
    from dlcore.engine.feed import Feed
    from dlcore.engine.session import Session
    from dlcore.engine.worker import program_for

    rows = data.prepare(experiment)
    batch = len(rows.x_train) if experiment.optimizer_spec.closure else experiment.batch_size or len(rows.x_train)
    feed = Feed((rows.x_train, rows.y_train), (rows.x_val, rows.y_val), batch, budget)
    return Session(experiment, program_for(experiment, feed)[0], feed, desk, Changes(changes), **settings)


def train(
    experiment: Experiment, desk: Desk | None = None, saved: bytes | None = None, changes: Sequence[Any] = (), budget: int = 2**40
) -> Desk:
    desk = desk or Desk()
    session = session_of(experiment, desk, changes, budget)
    session.begin(saved)
    session.pace.steps = 4  # small chunks: many places to break off
    session.run()
    return desk


def losses(desk: Desk) -> list[float]:
    return [float(row["loss"]) for _, row in sorted(desk.table("steps").items())]


def final(desk: Desk) -> dict[str, np.ndarray]:
    arrays, _ = checkpoint.unpack(next(file for role, file in desk.files if role == "final"))
    return {path: array for path, array in arrays.items() if path.startswith("model/")}


def same(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[path], other[path]) for path in one)


FAMILIES = {
    "dense, batch norm, dropout, penalty": {"layers": "16,8", "dropout": "0.3", "batch_norm": "true", "l2": "0.001"},
    "sgd with momentum and clipping": {"optimizer": "sgd", "momentum": "0.9", "clipnorm": "1"},
    "convolution": {"model": "cnn", "filters": "4", "dense": "8"},
    "recurrent": {"model": "rnn", "units": "8"},
}


@pytest.mark.parametrize("name", FAMILIES)
def test_weights_after_training_are_bitwise_those_of_fit(name: str) -> None:
    from dlcore.engine import build
    from dlcore.engine.feed import evaluation_batch
    from dlcore.engine.program import jit_flag

    base = SMALL.with_text({"model": FAMILIES[name].get("model", "mlp")} | {"epochs": "2"})
    experiment = base.with_text({key: value for key, value in FAMILIES[name].items() if key != "model"})
    desk = train(experiment)
    rows = data.prepare(experiment)
    model = build.model_of(experiment)
    model.jit_compile = jit_flag(experiment)
    logged = []
    for epoch in range(2):
        order = np.random.default_rng([experiment.seed, epoch]).permutation(len(rows.x_train))
        history = model.fit(
            rows.x_train[order], rows.y_train[order], batch_size=experiment.batch_size, shuffle=False, verbose=0,
            validation_data=(rows.x_val, rows.y_val), validation_batch_size=evaluation_batch(len(rows.x_val)),
        ).history  # fmt: skip
        logged.append({key: values[0] for key, values in history.items()})
    epochs = desk.table("epochs")
    for epoch, row in enumerate(logged, start=1):
        assert epochs[epoch]["loss"] == pytest.approx(row["loss"], abs=1e-5)
        assert epochs[epoch]["val_loss"] == pytest.approx(row["val_loss"], abs=1e-5)
    fitted = {path: variable.numpy() for path, variable in build.variables_of(model, optimizer=False).items()}
    for path, array in final(desk).items():
        np.testing.assert_allclose(array, fitted[path], atol=1e-6, err_msg=path)
    if name.startswith("dense"):
        assert same(final(desk), fitted)


@pytest.mark.parametrize("counter", [(7, 0), (2**64 - 3, 1)], ids=["low", "about to carry"])
@pytest.mark.parametrize("shape", [[64, 256], [5, 7], [1], [32, 3, 5]], ids=str)
def test_masks_numbers_are_those_of_tensorflow_under_xla(shape: list[int], counter: tuple[int, int]) -> None:
    import tensorflow as tf

    from dlcore.engine import philox
    from dlcore.engine.program import traced

    def theirs(key: Any, counter: Any) -> Any:
        return tf.raw_ops.StatelessRandomUniformV2(shape=shape, key=key, counter=counter, alg=3, dtype=tf.float32)  # 3: AUTO_SELECT

    given = tf.constant([5], tf.uint64), tf.constant(counter, tf.uint64)
    ours = traced(lambda key, counter: philox.uniform(shape, key, counter), jit_compile=True)(*given)
    assert np.array_equal(ours, traced(theirs, jit_compile=True)(*given))


def test_compiled_dropout_draws_the_mask_of_keras_and_finds_its_key_once() -> None:
    """Once: XLA would find it anew for each number of the mask, which made nets with dropout four times as slow."""
    import keras
    import tensorflow as tf

    from dlcore.engine.live import LiveDropout, traced_for_xla
    from dlcore.engine.program import traced

    def masked(layer: Any, for_xla: bool) -> Any:
        layer.build((8, 16))

        def mask(x: Any) -> Any:
            with traced_for_xla(for_xla):
                return layer(x, training=True)

        return traced(mask, jit_compile=True)

    x = tf.ones((8, 16))
    ours, stock = masked(LiveDropout(0.3, seed=4), True), masked(keras.layers.Dropout(0.3, seed=4), False)
    for _ in range(3):
        assert np.array_equal(ours(x), stock(x))
    kinds = [operation.type for operation in ours.get_concrete_function(x).graph.get_operations()]
    assert kinds.count("XlaOptimizationBarrier") == 2


def test_same_seed_gives_the_same_run_bitwise_on_a_program_used_before() -> None:
    train(SMALL.with_(seed=5, learning_rate=0.1))
    first, second = train(SMALL), train(SMALL)
    assert losses(first) == losses(second)
    assert same(final(first), final(second))


def test_learning_rate_seed_and_dropout_rate_share_one_program() -> None:
    from dlcore.engine.feed import Feed
    from dlcore.engine.worker import program_for

    rows = data.prepare(SMALL)
    feed = Feed((rows.x_train, rows.y_train), (rows.x_val, rows.y_val), 32, 2**40)
    base = SMALL.with_(dropout=0.5)
    one, _ = program_for(base, feed)
    two, reused = program_for(base.with_(dropout=0.1, learning_rate=0.5, seed=3), feed)
    assert reused and one is two
    three, _ = program_for(SMALL.with_(layers=(17,)), feed)
    assert three is not one


def test_each_run_of_a_program_begins_with_the_weights_of_its_own_seed_and_initialisers() -> None:
    from dlcore.engine.program import Program

    program = Program(SMALL, 32)

    def begun(**settings: Any) -> dict[str, np.ndarray]:
        program.begin(SMALL.with_(**settings))
        return {path: value.numpy() for path, value in program.weights().items()}

    first = begun()
    for variable in program.variables.values():
        variable.assign(variable + np.ones((), variable.dtype))  # as training would
    assert same(first, begun(learning_rate=0.5))
    assert not same(first, begun(seed=3)) and not same(first, begun(initializer="he_normal"))
    assert same(first, begun())


@pytest.mark.parametrize("budget", [2**40, 20_000], ids=["resident", "streamed"])
def test_a_paused_run_goes_on_bitwise_from_its_checkpoint(budget: int) -> None:
    experiment = SMALL.with_(dropout=0.3)
    whole = train(experiment, budget=budget)
    part = train(experiment, Desk([(4, {"order": "pause"})]), budget=budget)
    assert part.last[0] == "paused"
    assert 0 < part.last[1]["step"] < len(losses(whole))
    rest = train(experiment, saved=part.files[-1][1], budget=budget)
    assert losses(part) + losses(rest) == losses(whole)
    for epoch, row in rest.table("epochs").items():
        recorded = whole.table("epochs")[epoch]
        assert {k: v for k, v in row.items() if "second" not in k} == {k: v for k, v in recorded.items() if "second" not in k}
    assert same(final(rest), final(whole))


def test_pictures_that_stay_on_the_disk_train_and_are_tested_bitwise_as_those_in_memory(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("DLCORE_HOME", str(tmp_path))
    draw, shape = (
        np.random.default_rng(0),
        {"task": "binary", "outputs": 1, "kind": "image", "input": [8, 8, 1], "rows": 240, "test_rows": 0},
    )
    with Draft() as draft:
        draft.put("x", draw.integers(0, 256, (240, 8, 8, 1), "uint8"))
        draft.put("y", np.arange(240) % 2)
        words = {"title": "Specks", "summary": "", "class_names": ["a", "b"], "feature_names": [], "target_unit": "", "scaling": "bytes"}
        draft.keep("specks", {**words, "kind": "images", "shape": shape, "splits": ["random"], "split": "random", "preparation": None})
    experiment = SMALL.with_(dataset="specks", examples=0, layers=(8,), epochs=2)
    held = train(experiment, budget=20_000)
    inputs = {"experiment": json.loads(experiment.to_json())}
    told = evaluate.perform(inputs, {"checkpoint": held.files[-1][1]}, lambda fraction: None)[0]
    monkeypatch.setenv("DLCORE_HELD_BYTES", "1000")
    data._cache.clear()
    assert isinstance(data.prepare(experiment).x_train, Rows)
    assert same(final(train(experiment, budget=20_000)), final(held))
    assert evaluate.perform(inputs, {"checkpoint": held.files[-1][1]}, lambda fraction: None)[0] == told
    data._cache.clear()


def test_streamed_rows_train_to_the_same_numbers_as_rows_on_the_device() -> None:
    # Not the same bits: XLA merges the gathering of rows with the first layer, and the slab has another shape.
    np.testing.assert_allclose(losses(train(SMALL, budget=20_000)), losses(train(SMALL)), rtol=1e-4)


def test_stop_keeps_the_best_weights() -> None:
    desk = train(SMALL.with_(epochs=50), Desk([(30, {"order": "stop"})]))
    kind, body = desk.last
    assert kind == "stopped"
    arrays, note = checkpoint.unpack(desk.files[-1][1])
    assert note["weights"] == "best"
    epochs = desk.table("epochs")
    assert note["best"]["epoch"] == min(epochs, key=lambda epoch: epochs[epoch]["val_loss"]) and note["best"]["is_here"]
    whole = train(SMALL.with_(epochs=50), Desk([(30, {"order": "pause"})]))
    paused, _ = checkpoint.unpack(whole.files[-1][1])
    best = {path.removeprefix("best/"): array for path, array in paused.items() if path.startswith("best/model/")} or paused
    assert same(final(desk), {path: best[path] for path in final(desk)})


def test_the_best_weights_come_back_from_a_checkpoint_whether_or_not_they_are_its_own() -> None:
    from dlcore.engine.stopping import Best

    note = {"value": 0.5, "epoch": 3, "waited": 0}
    best = Best("val_loss")
    best.restore(note, {"model/a": np.zeros(2), "best/model/a": np.ones(2), "optimizer/0/m": np.ones(1)})
    assert same(best.weights, {"model/a": np.ones(2)})
    best.restore(note | {"is_here": True}, {"model/a": np.zeros(2), "optimizer/0/m": np.ones(1)})
    assert same(best.weights, {"model/a": np.zeros(2)})


def test_a_live_change_acts_at_once_and_is_repeated_by_a_later_attempt() -> None:
    order = {"order": "change", "field": "optimizer.learning_rate", "value": 0.05}
    changed = train(SMALL, Desk([(3, order)]))
    made = [body for kind, body, _ in changed.said if kind == "changed"]
    assert [(c["field"], c["value"]) for c in made] == [("optimizer.learning_rate", 0.05)]
    plain, at = train(SMALL), made[0]["step"]
    assert losses(changed)[: at + 1] == losses(plain)[: at + 1]
    assert losses(changed)[at + 1 :] != losses(plain)[at + 1 :]
    assert losses(train(SMALL, changes=made)) == losses(changed)


@pytest.mark.parametrize(
    ("field", "value", "base"),
    [
        ("optimizer.momentum", 0.1, {"optimizer": "sgd", "momentum": "0.9"}),
        ("model.dropout", 0.0, {"dropout": "0.5"}),
        ("model.l2", 1.0, {"l2": "0.01"}),
        ("optimizer.weight_decay", 0.5, {"optimizer": "adamw"}),
        ("optimizer.clipnorm", 0.001, {"optimizer": "sgd", "clipnorm": "10"}),
    ],
)
def test_every_live_field_changes_what_is_learnt_from_its_step_on(field: str, value: float, base: dict[str, str]) -> None:
    experiment = SMALL.with_text(base)
    made = [{"field": field, "value": value, "step": 10}]
    plain, changed = losses(train(experiment)), losses(train(experiment, changes=made))
    assert plain[:10] == changed[:10]
    assert plain[12:] != changed[12:]


def test_switching_on_what_the_net_was_made_without_is_refused_in_a_sentence_and_training_goes_on() -> None:
    desk = train(SMALL, Desk([(3, {"order": "change", "field": "model.dropout", "value": 0.5})]))
    assert desk.last[0] == "done"
    assert any("Branch the run" in body["text"] for kind, body, _ in desk.said if kind == "log")
    assert losses(desk) == losses(train(SMALL))


def test_nan_is_explained_with_step_and_rate_and_keeps_what_came_before() -> None:
    desk = Desk()
    with pytest.raises(Diverged, match=r"at step \d+, in epoch \d+, with learning rate 100"):
        train(Experiment().with_text({"dataset": "diabetes", "optimizer": "sgd", "learning_rate": "100", "monitors": ""}), desk)
    assert all(np.isfinite(losses(desk)))


def test_the_probe_leaves_the_run_as_it_was() -> None:
    from dlcore.engine.feed import Feed
    from dlcore.engine.probe import Probe
    from dlcore.engine.worker import program_for

    experiment = SMALL.with_(layers=(16, 8), dropout=0.3, batch_norm=True, monitors=("gradients", "updates", "activations", "weights"))
    rows = data.prepare(experiment)
    feed = Feed((rows.x_train, rows.y_train), (rows.x_val, rows.y_val), 32, 2**40)
    program, _ = program_for(experiment, feed)
    program.begin(experiment)
    before = program.state()
    measured = Probe(program, feed, experiment.monitors).measure(0.01)
    assert same(before, program.state())
    assert measured["gradient_norm"] > 0
    assert 0 <= measured["dead_units/activation"] <= 1
    assert measured["update_ratio/dense"] > 0
    assert measured["near_zero/dense"] < 0.5


@pytest.mark.parametrize("name", ["dense, batch norm, dropout, penalty", "convolution"])
def test_what_is_kept_stays_as_it_was_while_training_goes_on(name: str) -> None:
    import tensorflow as tf

    base = SMALL.with_text({"model": FAMILIES[name].get("model", "mlp")})
    session = session_of(base.with_text({key: value for key, value in FAMILIES[name].items() if key != "model"}), Desk())
    program = session.program
    session.begin()

    def train_on() -> None:
        slab = next(session.feed.slabs(session.order(0), 0))
        program.steps(slab.x, slab.y, slab.order, session.rates.of_slab(0, slab), tf.constant(0), tf.constant(2))

    train_on()
    kept, copied = program.state(), {path: np.array(variable.numpy()) for path, variable in program.variables.items()}
    kept = {path: kept[path] for path in copied}
    train_on()
    assert same(kept, copied) and not same(program.weights(), {path: copied[path] for path in program.weights()})
    program.load(kept)  # the variables may now share memory with what is kept
    train_on()
    program.load(copied)
    assert same(kept, copied) and same(kept, {path: program.state()[path] for path in kept})


def test_early_stopping_waits_and_restores_the_best_weights() -> None:
    desk = train(SMALL.with_(epochs=60, learning_rate=0.05, patience=3, restore_best=True))
    epochs = desk.table("epochs")
    best = min(epochs, key=lambda epoch: epochs[epoch]["val_loss"])
    assert len(epochs) == best + 3
    assert desk.last[1]["metrics"]["best_epoch"] == best


def test_schedule_gives_each_step_its_rate() -> None:
    experiment = SMALL.with_text({"schedule": "exponential"})
    rates = [float(row["learning_rate"]) for _, row in sorted(train(experiment).table("epochs").items())]
    assert all(later < earlier for earlier, later in zip(rates, rates[1:], strict=False))


def test_lbfgs_agrees_with_scipy_on_a_quadratic_and_beats_gradient_descent_on_a_net() -> None:
    from scipy.optimize import minimize

    from dlcore.engine.lbfgs import LBFGS

    curvature = np.diag([1.0, 10.0, 100.0])

    def bowl(x: np.ndarray) -> tuple[float, np.ndarray]:
        return float(x @ curvature @ x) / 2, curvature @ x

    x, minimiser = np.array([1.0, -2.0, 3.0]), LBFGS()
    for _ in range(25):
        x, _ = minimiser.step(bowl, x)
    reference = minimize(bowl, [1.0, -2.0, 3.0], jac=True, method="L-BFGS-B").x
    np.testing.assert_allclose(x, reference, atol=1e-4)
    base = SMALL.with_(epochs=15)
    second = losses(train(base.with_text({"optimizer": "lbfgs"})))
    first = losses(train(base.with_text({"optimizer": "sgd", "batch_size": "0", "learning_rate": "0.1"})))
    assert second[-1] < first[-1] / 2
    paused = train(base.with_text({"optimizer": "lbfgs"}), Desk([(8, {"order": "pause"})]))
    rest = train(base.with_text({"optimizer": "lbfgs"}), saved=paused.files[-1][1])
    assert losses(paused) + losses(rest) == second


def test_a_cut_checkpoint_is_damaged_not_half_read() -> None:
    from dlcore.errors import Damaged

    arrays = {"model/a": np.arange(1000.0), "b": np.zeros((0, 3), "int8"), "c": np.float32(2.5), "d": np.arange(6).reshape(2, 3).T}
    packed = checkpoint.pack(arrays, {"at": 1})
    assert checkpoint.unpack(packed)[1] == {"at": 1} and same(checkpoint.unpack(packed)[0], arrays)
    with pytest.raises(Damaged):
        checkpoint.unpack(packed[: len(packed) // 2])


def test_the_worker_says_nothing_after_its_lease_has_run_out() -> None:
    from dlcore.engine.mailbox import Abandoned, Mailbox

    desk = Mailbox("r", 1, lease=0.0)
    with pytest.raises(Abandoned):
        time.sleep(0.001)
        desk.orders()


def test_the_mailbox_repeats_until_acknowledged_and_sends_one_file_at_a_time() -> None:
    from dlcore.engine.mailbox import Mailbox

    desk = Mailbox("r", 2, lease=60)
    desk.report("log", {"text": "a"})
    for role in ("kept", "final"):
        desk.report("checkpoint", {"role": role}, file=lambda: b"12345")
    desk.report("done", {"metrics": {}})
    desk.close()
    news, files, ended = desk.exchange(0, [])
    assert [event.kind for event in news] == ["log", "checkpoint"] and len(files) == 1 and not ended
    assert desk.exchange(0, [])[0] == news
    news, files, ended = desk.exchange(2, [])
    assert [event.kind for event in news] == ["checkpoint", "done"] and list(files.values()) == [b"12345"]
    assert desk.exchange(4, []) == ([], {}, True)


@pytest.mark.parametrize("settings", [{}, {"dataset": "reviews", "rows": "600"}], ids=["numbers", "words"])
def test_a_recurrent_net_split_between_cores_learns_the_same_numbers(settings: dict[str, str]) -> None:
    import tensorflow as tf

    from dlcore.engine import split
    from dlcore.engine.feed import Feed
    from dlcore.engine.program import Program

    experiment = SMALL.with_text(settings | {"model": "rnn", "units": "8"})
    rows = data.prepare(experiment)
    feed = Feed((rows.x_train, rows.y_train), (rows.x_val, rows.y_val), 32, 2**40)
    assert split.parts(experiment.with_(dropout=0.5), 32) == 1
    assert split.parts(SMALL, 32) == split.parts(experiment.with_text({"model.cell": "simple"}), 32) == 1
    order, rates = np.arange(feed.rows), tf.fill([feed.steps], 0.01)
    found = []
    for program in (Program(experiment, 32), split.SplitProgram(experiment, 32, 2)):
        program.begin(experiment)
        for slab in feed.slabs(order, 0):
            losses = program.steps(slab.x, slab.y, slab.order, rates, tf.constant(0), tf.constant(feed.steps)).numpy()
        found.append((losses, program.results(), program.weights()))
    (whole, results, weights), (parts, split_results, split_weights) = found
    np.testing.assert_allclose(parts, whole, atol=1e-5)
    assert split_results["accuracy"] == results["accuracy"]
    for path, array in weights.items():
        np.testing.assert_allclose(split_weights[path], array, atol=1e-5, err_msg=path)


def test_compiling_does_not_count_as_training(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, now = Desk(), [0.0]
    session = session_of(SMALL.with_(layers=(13,)), desk, clock=lambda: now[0])
    steps = session.program.steps

    def slow_at_first(*arguments: Any) -> Any:
        now[0] += 1.0 if session.program.compiled else 1000.0
        return steps(*arguments)

    monkeypatch.setattr(session.program, "steps", slow_at_first)
    session.begin()
    session.run()
    assert float(desk.table("epochs")[1]["seconds"]) < 100


def test_the_newest_checkpoint_is_at_most_two_seconds_of_work_old(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, now, made = Desk(), [0.0], [0.0]
    session = session_of(SMALL.with_(epochs=20), desk, clock=lambda: now[0])
    steps, pack = session.program.steps, checkpoint.pack

    def for_a_while(*arguments: Any) -> Any:
        now[0] += 0.2  # as long as `pace` makes a call
        return steps(*arguments)

    def packed(arrays: Any, note: Any) -> bytes:
        made.append(now[0])
        now[0] += 0.012  # as long as four megabytes take
        return pack(arrays, note)

    monkeypatch.setattr(session.program, "steps", for_a_while)
    monkeypatch.setattr(checkpoint, "pack", packed)
    session.begin()
    session.run()
    assert len(made) > 3 and max(np.diff([*made, now[0]])) <= 2.0


def test_a_run_stopped_after_a_pause_in_its_first_epoch_keeps_the_weights_it_has() -> None:
    """Before the first epoch has ended nothing is best, whatever the checkpoint holds."""
    paused = train(SMALL, Desk([(2, {"order": "pause"})]))
    assert paused.last[1]["epoch"] == 0
    stopped = train(SMALL, Desk([(2, {"order": "stop"})]), saved=paused.files[-1][1])
    assert stopped.last[0] == "stopped" and stopped.last[1]["step"] > paused.last[1]["step"]
    arrays, _ = checkpoint.unpack(paused.files[-1][1])
    assert not same(final(stopped), {path: arrays[path] for path in final(stopped)})


@pytest.mark.parametrize(("rows", "batch"), [(270, 270), (512, 512), (4000, 500), (9000, 500), (514, 257), (1009, 256), (0, 1)])
def test_validation_goes_in_batches_of_one_size_where_it_can(rows: int, batch: int) -> None:
    from dlcore.engine.feed import evaluation_batch

    assert evaluation_batch(rows) == batch
