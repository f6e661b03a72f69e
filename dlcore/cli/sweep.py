"""`sweep`: train one setting over its whole range with several seeds."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from dlcore.cli import FAILED, INTERRUPTED, output
from dlcore.cli.train import _user, add_set, read_experiment, settings
from dlcore.run import State
from dlcore.services import searching, sweeping
from dlcore.studies.space import show_value


def add(commands: Any) -> None:
    command = commands.add_parser(
        "sweep", help="train one setting over its whole range, with several seeds",
        description="Trains an experiment at several values of one setting, each with several seeds, and writes what became of each. "
        "Ctrl-C stops it; what has ended is kept.",
    )  # fmt: skip
    command.add_argument("field", metavar="FIELD", help="the setting, as in learning_rate")
    command.add_argument("--experiment", metavar="FILE", help="the experiment's JSON (- reads standard input)")
    add_set(command)
    command.add_argument("--from", dest="low", type=float, metavar="VALUE", help="the lowest value (default: proposed)")
    command.add_argument("--to", dest="high", type=float, metavar="VALUE", help="the highest value (default: proposed)")
    command.add_argument("--values", type=int, default=sweeping.VALUES, metavar="N", help="how many values (9)")
    command.add_argument("--seeds", type=int, default=sweeping.SEEDS, metavar="N", help="runs at each value (3)")
    command.add_argument("--epochs", type=int, default=0, metavar="N", help="epochs of each run (default: the experiment's)")
    command.add_argument("--objective", default="val_loss", metavar="NAME", help="what is compared (val_loss)")
    command.add_argument("--json", action="store_true", help="JSON lines: a value each as it ends, the last line done, stopped or failed")
    command.set_defaults(perform=perform)


def perform(asked: argparse.Namespace) -> int:
    experiment = read_experiment(asked.experiment, settings(asked.set))
    study = sweeping.start(
        experiment, asked.field, low=asked.low, high=asked.high, values=asked.values, seeds=asked.seeds, epochs=asked.epochs,
        objective=asked.objective, owner=_user(),
    )  # fmt: skip
    if asked.json:
        output.say({"event": "submitted", "search": study})
    try:
        for trial in searching.follow(study):
            _ended(trial, asked.json)
    except KeyboardInterrupt:
        searching.stop(study)
        return INTERRUPTED
    return _tell(study, asked.json)


def _ended(trial: Any, as_json: bool) -> None:
    (value,) = trial.values.values()
    if as_json:
        output.say(
            {"event": "value", "value": value, "state": str(trial.state), "score": trial.score, "runs": trial.runs, "cause": trial.cause}
        )
    else:
        score = "" if trial.score is None else output.number(trial.score)
        print(f"{show_value(value):>12}  {trial.state}  {score}  {trial.cause}".rstrip(), flush=True)


def _tell(study: str, as_json: bool) -> int:
    found, ended = sweeping.points(study), searching.study(study)
    best = sweeping.best(found, ended.search.direction)
    if as_json:
        points = [{"value": one.value, "mean": one.mean, "low": one.low, "high": one.high, "results": one.results} for one in found]
        output.say(
            {"event": str(ended.state), "search": study, "best": best.value if best else None, "points": points, "cause": ended.cause}
        )
    elif found:
        print()
        rows = [(show_value(one.value), one.mean, one.low, one.high, len(one.results)) for one in found]
        output.table(("value", ended.search.objective, "95 % from", "to", "runs"), rows)
        print(f"Best: {show_value(best.value) if best else '–'}")
    if ended.state is State.FAILED:
        print(f"The sweep failed: {ended.cause} {ended.hint}".strip(), file=sys.stderr)
        return FAILED
    return 0
