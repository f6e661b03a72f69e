"""Which kind of program an experiment needs, and what two runs must have in common to share one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf
from keras.src.utils import naming

from dlcore.engine import build, compiled, split
from dlcore.engine.feed import Feed
from dlcore.engine.program import Program, jit_flag
from dlcore.experiment import Experiment
from dlcore.structure import structure, structures

_made: Counter[str] = Counter()  # programs of a key in this process: one that was let go and made anew must not take the same names


def make_program(experiment: Experiment, feed: Feed, key: str, switched: Sequence[str] = ()) -> Program:
    """A new program for the experiment on rows fed like this; key: its `program_key`, for the same `switched`."""
    naming.reset_uids()  # "adam_3" would tell what was made before, and does not belong into a program that others read
    program = _of_its_kind(experiment, feed, switched)
    _made[key] += 1
    program.name = f"{key}/{_made[key]}"
    if not experiment.optimizer_spec.closure:  # which evaluates training rows with the same function, as its script does
        program.evaluation_batch = feed.validation_batch
    return program


def _of_its_kind(experiment: Experiment, feed: Feed, switched: Sequence[str]) -> Program:
    if experiment.optimizer_spec.closure:
        from dlcore.engine.closure import ClosureProgram

        return ClosureProgram(experiment, feed.batch, switched)
    count = split.parts(experiment, feed.batch)
    return split.SplitProgram(experiment, feed.batch, count, switched) if count > 1 else Program(experiment, feed.batch, switched)


def program_key(experiment: Experiment, feed: Feed, switched: Sequence[str] = ()) -> str:
    """Equal for runs that can share a program: everything that is traced into it, and nothing that is its input."""
    shape, loss = experiment.shape, experiment.loss_spec
    return json.dumps([
        structures(experiment, switched), structure(build.optimizer_call(experiment)),
        loss.call(build.loss_settings(experiment), shape.task).to_json(), loss.threshold, experiment.recorded_metrics,
        shape.input, shape.task, shape.outputs, feed.slab_rows, feed.validation_rows, feed.batch, jit_flag(experiment),
    ])  # fmt: skip


def compile_ahead(program: Program, feed: Feed, key: str, look: Callable[[], None]) -> None:
    """Compile a new program before its first run, together with other workers that need the same one (`compiled.share`).

    look: called now and then; when it raises, another call goes on from there. What this trains and counts is undone by `Program.begin`.
    Other kinds of program compile as they go.
    """
    program.is_ahead = type(program) is not Program or not feed.resident
    if program.is_ahead:
        return
    asked = {name: call for name, call in _first_calls(program, feed).items() if name not in program.compiled}
    for name, (function, arguments) in asked.items():
        look()
        with program.naming(name):
            function.get_concrete_function(*arguments)

    def compiling(name: str) -> None:
        look()
        function, arguments = asked[name]
        function(*arguments)
        program.compiled.add(name)

    compiled.share(key, {name: partial(compiling, name) for name in asked})
    program.is_ahead = True


def _first_calls(program: Program, feed: Feed) -> dict[str, tuple[Any, tuple[Any, ...]]]:
    """The functions that a run calls, each with arguments of its kind."""
    order = np.arange(feed.rows)
    found: dict[str, tuple[Any, tuple[Any, ...]]] = {}
    if slab := next(feed.slabs(order, 0), None):
        found["steps"] = program.steps, (slab.x, slab.y, slab.order, tf.zeros([feed.slab_steps]), tf.constant(0), tf.constant(0))
    if feed.rest:
        found["tail"] = program.tail, (*feed.tail(order), tf.constant(np.float32(0)))
    if feed.validation_rows:
        found["evaluate"] = program.evaluate, next(feed.validation())
    return found
