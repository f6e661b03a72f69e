"""`stop`, `pause`, `resume`, `retry`, `branch`, `change`, `delete`, `restore`: what a person does to a run."""

from __future__ import annotations

import argparse
from typing import Any

from dlcore import service
from dlcore.cli import output, progress
from dlcore.cli.train import add_set, settings
from dlcore.errors import Invalid
from dlcore.experiment import PARTS, Experiment
from dlcore.services import searching

MOVES = {
    "stop": ("end it now; its weights are kept", "will stop and keep its weights"),
    "pause": ("let it rest; resume goes on exactly where it was", "will pause"),
    "resume": ("go on with a paused run", "goes on"),
    "retry": ("go on with a stopped or failed run from its last checkpoint", "goes on from its last checkpoint"),
    "delete": ("put it into the trash; restore takes it out", "is in the trash"),
    "restore": ("take it out of the trash", "is back"),
}
SEARCHED = {"stop": "will stop and keep what it found", "pause": "will pause with its trials", "resume": "goes on"}
"""The same for a search, whose id begins with s."""


def add(commands: Any) -> None:
    for name, (words, _) in MOVES.items():
        command = _command(commands, name, words)
        command.set_defaults(perform=move, move=name)
    change = _command(commands, "change", "change settings while it trains, as in change RUN --set learning_rate=0.01")
    add_set(change)
    change.set_defaults(perform=change_run)
    branch = _command(commands, "branch", "start a new run from a kept checkpoint of this one")
    branch.add_argument("--epoch", type=int, help="the epoch to branch from (default: the newest kept)")
    add_set(branch)
    branch.add_argument("--follow", action="store_true", help="follow the new run to its end")
    branch.set_defaults(perform=branch_run)


def _command(commands: Any, name: str, words: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
    command.add_argument("run", metavar="RUN or SEARCH" if name in SEARCHED else "RUN")
    command.add_argument("--json", action="store_true", help="one JSON object")
    return command


def move(arguments: argparse.Namespace) -> None:
    if arguments.run.startswith("s") and arguments.move in SEARCHED:
        search = searching.study(arguments.run).id
        getattr(searching, arguments.move)(search)
        _tell(arguments, {"search": search, "order": arguments.move}, f"Search {search} {SEARCHED[arguments.move]}.")
        return
    run = service.run(arguments.run).id
    getattr(service, arguments.move)(run)
    _tell(arguments, {"run": run, "order": arguments.move}, f"Run {run} {MOVES[arguments.move][1]}.")


def change_run(arguments: argparse.Namespace) -> None:
    """Checks all settings before the first is sent, so that a bad one changes nothing."""
    run = service.run(arguments.run)
    experiment = Experiment.from_json(run.experiment)
    changes = parsed(experiment, arguments.set)
    if not changes:
        raise Invalid("There is nothing to change.", "Say what, as in --set learning_rate=0.01.")
    for field in sorted(changes, key=lambda key: key not in PARTS and experiment.find_field(key)[1].live):  # what is refused comes first
        service.change(run.id, field, changes[field])
    words = ", ".join(f"{field} = {value}" for field, value in changes.items())
    _tell(arguments, {"run": run.id, "order": "change", "changes": changes}, f"Run {run.id} goes on with {words}.")


def branch_run(arguments: argparse.Namespace) -> int:
    run = service.run(arguments.run)
    changes = parsed(Experiment.from_json(run.experiment), arguments.set)
    new = service.branch(run.id, epoch=arguments.epoch, **changes)
    _tell(arguments, {"run": new, "order": "branch", "parent": run.id}, f"Run {new} branches from {run.id}.")
    return progress.follow(new, arguments.json) if arguments.follow else 0


def parsed(experiment: Experiment, pairs: list[str]) -> dict[str, Any]:
    """KEY=VALUE pairs as checked values by full key; parts ("optimizer=sgd") by name. Raises `Invalid`."""
    typed = settings(pairs)
    changed = experiment.with_text(typed)
    values = {full: value for full, _, value in changed.fields()}
    return {(key if key in PARTS else changed.find_field(key)[0]): (getattr(changed, key).name if key in PARTS
            else values[changed.find_field(key)[0]]) for key in typed}  # fmt: skip


def _tell(arguments: argparse.Namespace, body: dict[str, Any], sentence: str) -> None:
    if arguments.json:
        output.say(body)
    else:
        print(sentence)
