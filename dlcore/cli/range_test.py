"""`range-test`: climb through the learning rates once, and say at which to train."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from dlcore import service
from dlcore.cli import FAILED, INTERRUPTED, output
from dlcore.cli.train import _user, add_set, read_experiment, settings
from dlcore.run import State
from dlcore.services import range_testing

MEANING = {
    "steepest": "where the loss falls fastest",
    "tenth": "a tenth of the rate at the lowest loss",
    "begins": "where the accuracy begins to rise",
    "stops": "where the accuracy has stopped to rise",
}


def add(commands: Any) -> None:
    command = commands.add_parser(
        "range-test", help="find a learning rate by climbing through all of them in one run",
        description="Trains once while the learning rate climbs, ends when the loss blows up, and names rates to train at: from the loss "
        "of an exponential climb (fastai), or from the accuracy of a straight one (Smith 2017).",
    )  # fmt: skip
    command.add_argument("--experiment", metavar="FILE", help="the experiment's JSON (- reads standard input)")
    add_set(command)
    command.add_argument("--ramp", choices=("exponential", "linear"), default="exponential", help="equal ratios, or equal steps")
    command.add_argument("--first", type=float, metavar="RATE", help="where the climb begins (1e-7; linear: a tenth of the learning rate)")
    command.add_argument("--last", type=float, metavar="RATE", help="where the climb ends (10; linear: a hundred times the learning rate)")
    command.add_argument("--epochs", type=int, metavar="N", help="how long the climb takes (at least 400 steps; linear: 20 epochs)")
    command.add_argument("--stop-factor", type=float, default=4.0, metavar="X", help="ends at X times the least smoothed loss; 0 never (4)")
    command.add_argument("--smoothing", type=float, default=0.9, metavar="WEIGHT", help="weight of the past in the smoothed loss (0.9)")
    command.add_argument("--json", action="store_true", help="one JSON object")
    command.set_defaults(perform=perform)


def perform(asked: argparse.Namespace) -> int:
    base = read_experiment(asked.experiment, settings(asked.set))
    smoothing = range_testing.check_smoothing(asked.smoothing)
    run = range_testing.start(
        base, ramp=asked.ramp, first=asked.first, last=asked.last, stop_factor=asked.stop_factor, epochs=asked.epochs, owner=_user()
    )  # fmt: skip
    try:
        for _ in service.follow(run):
            pass
    except KeyboardInterrupt:
        service.stop(run)
        return INTERRUPTED
    ended = service.run(run)
    if ended.state is State.FAILED:
        print(f"Run {run} failed: {ended.cause} {ended.hint}".strip(), file=sys.stderr)
        return FAILED
    _tell(run, smoothing, asked.json)
    return 0


def _tell(run: str, smoothing: float, as_json: bool) -> None:
    curve = range_testing.curve(run)
    picks = curve.picks(smoothing)
    if as_json:
        loss = {"ramp": curve.ramp, "rates": curve.rates.tolist(), "losses": curve.losses.tolist()}
        points = {"metric": curve.metric, "epoch_rates": curve.epoch_rates.tolist(), "values": curve.values.tolist()}
        output.say({"event": str(service.run(run).state), "run": run, "picks": picks, **loss, **points})
        return
    print(f"Range test {run}: {len(curve.rates)} steps from {curve.rates[0]:.3g} to {curve.rates[-1]:.3g}.")
    for name, rate in picks.items():
        print(f"  {rate:.3g}  {MEANING[name]}")
    if not picks:
        print("  Nothing improved at any rate: try a wider range, more epochs or less smoothing.")
