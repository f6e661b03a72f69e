"""`train` and `follow`: start a run and watch it to its end."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dlcore import registry, service
from dlcore.cli import output, progress
from dlcore.datasets._files import default_dataset
from dlcore.errors import Invalid
from dlcore.experiment import PARTS, Experiment
from dlcore.plural import count

CTRL_C = (
    "Ctrl-C stops the run, which keeps its weights; `retry RUN` goes on from there. A second Ctrl-C leaves at once. "
    "Closing the terminal leaves the run training: `follow RUN` watches it again. "
    "Exit status: 0 done or stopped elsewhere, 1 failed, 2 bad input, 130 Ctrl-C."
)


def add(commands: Any) -> None:
    command = commands.add_parser(
        "train", help="train a network and follow it to its end",
        description="Trains a network and writes one line per epoch. Starts the trainer when none runs, and goes on following when "
        "it is killed. " + CTRL_C,
        epilog=_settings(), formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("--experiment", metavar="FILE", help="start from this experiment's JSON (- reads standard input)")
    add_set(command)
    command.add_argument("--title", default="", help="a name for the run")
    command.add_argument("--owner", default="", help="whose turn in the queue it takes (default: your user name)")
    command.add_argument("--detach", action="store_true", help="start the run and leave it training")
    command.add_argument("--json", action="store_true", help="JSON lines: an epoch each, the last one done, stopped or failed")
    command.set_defaults(perform=train)
    again = commands.add_parser(
        "follow", help="watch a run to its end", description="Writes a run's epochs from the first to its end. " + CTRL_C
    )
    again.add_argument("run", metavar="RUN")
    again.add_argument("--json", action="store_true", help="JSON lines")
    again.set_defaults(perform=lambda arguments: progress.follow(service.run(arguments.run).id, arguments.json))


def add_set(command: argparse.ArgumentParser) -> None:
    command.add_argument("--set", metavar="KEY=VALUE", nargs="+", action="extend", default=[], help="settings, as in layers=256,128")


def train(arguments: argparse.Namespace) -> int:
    experiment = read_experiment(arguments.experiment, settings(arguments.set))
    run = service.start(experiment, owner=arguments.owner or _user(), title=arguments.title)
    if arguments.json:
        output.say({"event": "submitted", "run": run})
    else:
        epochs = count(experiment.epochs, "epoch")
        print(f"Run {run}: {experiment.model.name} on {experiment.dataset.name}, {experiment.optimizer.name}, {epochs}.", flush=True)
    return 0 if arguments.detach else progress.follow(run, arguments.json)


def read_experiment(file: str | None, changes: dict[str, str]) -> Experiment:
    """The experiment of a file, or the default one on the data set that is there, with changes; raises `Invalid`."""
    if file is None:
        return Experiment().with_text({"dataset": default_dataset()} | changes)
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise Invalid(f"The experiment {file} cannot be read: {reason}.") from None
    return Experiment.from_json(text).with_text(changes)


def settings(pairs: Sequence[str]) -> dict[str, str]:
    """KEY=VALUE pairs as a dict; a later one wins. Raises `Invalid` for one without "="."""
    found = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise Invalid(f"--set {pair} is not allowed: it must look like KEY=VALUE.", "For example --set epochs=3 layers=256,128.")
        found[key.strip()] = value
    return found


def _settings() -> str:
    """What --set knows, made from the default experiment's fields."""
    parts = [
        f"  {part}={getattr(Experiment(), part).name}\n      one of {', '.join(registry.members(room))}" for part, room in PARTS.items()
    ]
    fields = output.field_lines((key, field) for key, field, _ in Experiment().fields())
    rooms = ", ".join(f"`{room}`" for room in PARTS.values())
    return (
        "settings (KEY=VALUE, with their defaults; a setting's part may be left out, as in learning_rate=0.01):\n"
        + "\n".join(parts) + "\n" + fields + f"\n\nOther choices have other settings: the commands {rooms} list them.\n"
    )  # fmt: skip


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in some containers
        return ""
