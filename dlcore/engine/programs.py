"""Which kind of program an experiment needs, and what two runs must have in common to share one."""

from __future__ import annotations

import json

from dlcore.engine import build, split
from dlcore.engine.feed import Feed
from dlcore.engine.live import structure
from dlcore.engine.program import Program, jit_flag
from dlcore.experiment import Experiment


def make_program(experiment: Experiment, feed: Feed) -> Program:
    """A new program for the experiment on rows fed like this."""
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
