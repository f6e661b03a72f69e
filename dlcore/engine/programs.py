"""Which kind of program an experiment needs, and what two runs must have in common to share one."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from dlcore.engine import build, compiled, split
from dlcore.engine.feed import Feed
from dlcore.engine.live import structure
from dlcore.engine.program import Program, jit_flag
from dlcore.experiment import Experiment


def make_program(experiment: Experiment, feed: Feed) -> Program:
    """A new program for the experiment on rows fed like this."""
    program = _of_its_kind(experiment, feed)
    if not experiment.optimizer_spec.closure:  # which evaluates training rows with the same function, as its script does
        program.evaluation_batch = feed.validation_batch
    return program


def _of_its_kind(experiment: Experiment, feed: Feed) -> Program:
    if experiment.optimizer_spec.closure:
        from dlcore.engine.closure import ClosureProgram

        return ClosureProgram(experiment, feed.batch)
    count = split.parts(experiment, feed.batch)
    return split.SplitProgram(experiment, feed.batch, count) if count > 1 else Program(experiment, feed.batch)


def program_key(experiment: Experiment, feed: Feed) -> str:
    """Equal for runs that can share a program: everything that is traced into it, and nothing that is its input."""
    shape, loss = experiment.shape, experiment.loss_spec
    return json.dumps([
        [structure(call) for call in experiment.plan()], structure(build.optimizer_call(experiment)),
        loss.call(build.loss_settings(experiment), shape.task).to_json(), loss.threshold, experiment.recorded_metrics,
        shape.input, shape.task, shape.outputs, feed.slab_rows, feed.validation_rows, feed.batch, jit_flag(experiment),
    ])  # fmt: skip


def compile_ahead(program: Program, feed: Feed, key: str) -> None:
    """Compile a new program before its first run, together with other workers that need the same one (`compiled.share`).

    What this trains and counts is undone by `Program.begin`. Other kinds of program compile as they go.
    """
    if type(program) is not Program or not feed.resident:
        return
    order = np.arange(feed.rows)
    asked: dict[str, tuple[Any, tuple[Any, ...]]] = {}
    if slab := next(feed.slabs(order, 0), None):
        asked["steps"] = program.steps, (slab.x, slab.y, slab.order, tf.zeros([feed.slab_steps]), tf.constant(0), tf.constant(0))
    if feed.rest:
        asked["tail"] = program.tail, (*feed.tail(order), tf.constant(np.float32(0)))
    if feed.validation_rows:
        asked["evaluate"] = program.evaluate, next(feed.validation())
    for function, arguments in asked.values():  # all are traced before any is compiled, in one order: see compiled.py on names
        function.get_concrete_function(*arguments)
    calls = {name: partial(function, *arguments) for name, (function, arguments) in asked.items()}
    compiled.share(key, calls)
    program.compiled |= set(calls)
