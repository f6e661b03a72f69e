"""`runs` and `show`: what was trained, and one run as a card."""

from __future__ import annotations

import argparse
import time
from typing import Any

from dlcore import service
from dlcore.cli import output
from dlcore.cli.progress import final_metrics
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.run import Run, State


def add(commands: Any) -> None:
    command = commands.add_parser("runs", help="list the runs, newest first", description="Lists the runs, newest first.")
    command.add_argument("--state", choices=[str(state) for state in State], help="only runs in this state")
    command.add_argument("--owner", help="only this owner's runs")
    command.add_argument("--trash", action="store_true", help="deleted runs instead")
    command.add_argument("--limit", type=int, default=100, help="at most so many (default: 100)")
    command.add_argument("--json", action="store_true", help="one JSON line for each")
    command.set_defaults(perform=list_runs)
    show = commands.add_parser("show", help="one run: settings, state, history", description="Shows one run: settings, state, history.")
    show.add_argument("run", metavar="RUN")
    show.add_argument("--json", action="store_true", help="one JSON object")
    show.set_defaults(perform=show_run)


def list_runs(arguments: argparse.Namespace) -> None:
    if arguments.limit < 1:
        raise Invalid(f"--limit {arguments.limit} is not allowed: it must be a whole number of at least 1.")
    states = [State(arguments.state)] if arguments.state else None
    found = service.runs(states=states, owner=arguments.owner, trashed=arguments.trash, limit=arguments.limit)
    if arguments.json:
        for run in found:
            output.say(run_json(run))
    elif found:
        rows = [(run.id, str(run.state), f"{run.epoch}/{run.epochs}", *_what(run), output.moment(run.created), run.title) for run in found]
        output.table(("run", "state", "epochs", "data set", "model", "begun", "title"), rows)
    else:
        print("No runs yet. Start one: python -m dlcore train")


def show_run(arguments: argparse.Namespace) -> None:
    run = service.run(arguments.run)
    history = service.history(run.id)
    if arguments.json:
        output.say({**run_json(run), "environment": run.environment, "history": history})
        return
    output.card(_facts(run))
    if not history:
        return
    print()
    shown = history if len(history) <= 12 else [*history[:3], *history[-8:]]
    names = list(dict.fromkeys(name for row in shown for name in row))
    output.table(names, [[row.get(name, "") for name in names] for row in shown])
    if len(shown) < len(history):
        print(f"({len(history) - len(shown)} epochs in between are left out; --json has all.)")


def run_json(run: Run) -> dict[str, Any]:
    """A run for programs; `attempts` counts how often it was begun."""
    return {
        "run": run.id, "state": str(run.state), "title": run.title, "owner": run.owner, "attempts": run.attempt, "epoch": run.epoch,
        "epochs": run.epochs, "step": run.step, "exact": run.exact, "cause": run.cause, "hint": run.hint, "worker_class": run.worker_class,
        "parent": run.parent, "parent_epoch": run.parent_epoch, "created": run.created, "started": run.started, "ended": run.ended,
        "trashed": run.trashed, "metrics": final_metrics(run), "experiment": output.json_object(run.experiment),
    }  # fmt: skip


def _what(run: Run) -> tuple[str, str]:
    if run.kind == "imported":  # what it was trained on is not known, and its experiment is the lab's default
        return "imported", ""
    body = output.json_object(run.experiment)
    names = [part.get("name", "?") if isinstance(part := body.get(key), dict) else "?" for key in ("dataset", "model")]
    return names[0], names[1]


def _facts(run: Run) -> dict[str, Any]:
    taken = (run.ended or time.time()) - run.started if run.started else 0.0
    facts = {
        "run": run.id, "title": run.title, "state": f"{run.state}, epoch {run.epoch} of {run.epochs}",
        "cause": run.cause, "next": run.hint, "begun": output.moment(run.created), "time": output.duration(taken) if taken else "",
        "attempts": run.attempt, "branch of": f"{run.parent}, epoch {run.parent_epoch}" if run.parent else "",
        "exact": "" if run.exact else "no: epochs that were computed again came out differently",
    }  # fmt: skip
    settings = Experiment.from_json(run.experiment).to_text()
    facts["settings"] = "  ".join(f"{key}={value}" for key, value in settings.items()) or "the defaults"
    return facts | {name: int(value) if name == "best_epoch" else value for name, value in final_metrics(run).items()}
