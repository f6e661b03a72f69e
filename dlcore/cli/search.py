"""`search`, `searches` and `search-export`: vary settings, watch the trials end, see what was searched, take it away."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dlcore import registry
from dlcore.cli import FAILED, INTERRUPTED, output
from dlcore.cli.train import _user, add_set, read_experiment, settings
from dlcore.errors import Invalid, Refused
from dlcore.run import State
from dlcore.services import search_export, searching
from dlcore.studies.search import ORACLES, PRUNING, Search, Study, Trial
from dlcore.studies.space import Space, show_value
from dlcore.studies.space_check import proposed

CTRL_C = "Ctrl-C stops the search and keeps what it found; `resume SEARCH` goes on. A second Ctrl-C leaves at once."
GIVEN = ("trials", "epochs", "seconds", "seeds", "parallel", "seed", "objective", "direction", "oracle", "pruning")


def add(commands: Any) -> None:
    command = commands.add_parser(
        "search", help="try many values of some settings and find the best",
        description="Searches settings of an experiment: keras-tuner decides what to try, and each trial is a run. Writes one line for "
        f"each trial that ends. {CTRL_C} Exit status: 0 done, 1 failed, 2 bad input, 130 Ctrl-C.",
        epilog=_presets(), formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    command.add_argument("--preset", help="one of the searches below")
    command.add_argument("--space", metavar="FILE", help='what varies, as JSON: {"learning_rate": {"low": 1e-4, "high": 0.1, "log": true}}')
    command.add_argument("--vary", metavar="KEY", nargs="+", default=[], help="settings that vary over ranges proposed from their specs")
    command.add_argument("--experiment", metavar="FILE", help="start from this experiment's JSON (- reads standard input)")
    add_set(command)
    command.add_argument("--oracle", choices=ORACLES, help="who decides what to try (default: the preset's, else random)")
    command.add_argument("--trials", type=int, help="how many (default: 20; the whole grid; one sweep of Hyperband)")
    command.add_argument("--parallel", type=int, help="trials at a time (default: one for each core)")
    command.add_argument("--epochs", type=int, help="epochs of each trial")
    command.add_argument("--seconds", type=float, help="time budget")
    command.add_argument("--seeds", type=int, help="runs of each trial, whose scores are averaged")
    command.add_argument("--seed", type=int, help="decides what is tried, and each trial's own seed")
    command.add_argument("--objective", help="the recorded number that counts (default: val_loss)")
    command.add_argument("--direction", choices=("min", "max"), help="whether less or more of it is better (default: by its kind)")
    command.add_argument("--pruning", choices=PRUNING, help="median: end trials early that are worse than half of the others")
    command.add_argument("--in-order", action="store_true", default=None, help="tell the oracle in trial order: the search can be repeated")
    command.add_argument("--title", default="", help="a name for the search")
    command.add_argument("--owner", default="", help="whose turn in the queue it takes (default: your user name)")
    command.add_argument("--detach", action="store_true", help="start the search and leave it")
    command.add_argument("--json", action="store_true", help="JSON lines: a trial each, the last one done, stopped, paused or failed")
    command.set_defaults(perform=search)
    listing = commands.add_parser("searches", help="list the searches, newest first", description="Lists the searches, newest first.")
    listing.add_argument("--limit", type=int, default=100, help="at most so many (default: 100)")
    listing.add_argument("--json", action="store_true", help="one JSON line for each")
    listing.set_defaults(perform=list_searches)
    export = commands.add_parser("search-export", help="take a search away as CSV, JSON or a keras-tuner script")
    export.add_argument("search", metavar="SEARCH")
    export.add_argument("--format", choices=search_export.FORMATS, default="csv")
    export.add_argument("--out", metavar="FILE", help="where to (default: standard output)")
    export.set_defaults(perform=export_search)


def search(arguments: argparse.Namespace) -> int:
    asked = _search(arguments)
    number = searching.start(asked, owner=arguments.owner or _user(), title=arguments.title)
    if arguments.json:
        output.say({"event": "submitted", "search": number, "trials": asked.planned, "oracle": asked.oracle, "objective": asked.objective})
    else:
        print(f"Search {number}: {asked.planned} trials, {asked.oracle}, {asked.objective}.", flush=True)
    return 0 if arguments.detach else follow(number, arguments.json)


def follow(number: str, as_json: bool) -> int:
    """Writes each trial as it ends, and at the end the best; the exit status."""
    try:
        _write(number, as_json)
        return _end(number, as_json)
    except KeyboardInterrupt:
        print("Stopping the search; what it found is kept. Ctrl-C again leaves at once.", file=sys.stderr)
        try:
            searching.stop(number)
            _end(number, as_json)
        except (KeyboardInterrupt, Refused):
            pass
        print(f"To go on: python -m dlcore resume {number}", file=sys.stderr)
        return INTERRUPTED


def list_searches(arguments: argparse.Namespace) -> None:
    if arguments.limit < 1:
        raise Invalid(f"--limit {arguments.limit} is not allowed: it must be a whole number of at least 1.")
    found = searching.studies(limit=arguments.limit)
    if arguments.json:
        for study in found:
            output.say(study_json(study))
    elif found:
        titles = ("search", "state", "trials", "oracle", "objective", "best", "begun", "title")
        output.table(titles, list(_rows(found)))
    else:
        print("No searches yet. Start one: python -m dlcore search --preset learning-rate")


def export_search(arguments: argparse.Namespace) -> None:
    data = searching.export(arguments.search, arguments.format)
    if arguments.out is None:
        sys.stdout.write(data.decode())
        return
    try:
        Path(arguments.out).write_bytes(data)
    except OSError as error:
        raise Invalid(f"The file {arguments.out} cannot be written: {error.strerror}.") from None


def study_json(study: Study) -> dict[str, Any]:
    """A search for programs."""
    progress = searching.progress(study.id)
    return {
        "search": study.id, "state": str(study.state), "title": study.title, "owner": study.owner, "oracle": study.search.oracle,
        "objective": study.search.objective, "direction": study.search.direction, "planned": progress.planned, "trials": progress.ended,
        "running": progress.running, "failed": progress.failed, "best": trial_json(progress.best) if progress.best else None,
        "seconds": study.seconds, "cause": study.cause, "hint": study.hint, "created": study.created, "ended": study.ended,
    }  # fmt: skip


def trial_json(trial: Trial) -> dict[str, Any]:
    return {
        "trial": trial.number, "values": dict(trial.values), "score": trial.score, "state": str(trial.state), "epochs": trial.epochs,
        "best_epoch": trial.best_epoch, "runs": list(trial.runs), "pruned": trial.pruned, "cause": trial.cause,
    }  # fmt: skip


def _search(arguments: argparse.Namespace) -> Search:
    if sum(bool(given) for given in (arguments.preset, arguments.space, arguments.vary)) != 1:
        raise Invalid("Say what to search: one of --preset, --space and --vary.", "For example --preset learning-rate.")
    experiment = read_experiment(arguments.experiment, settings(arguments.set))
    given = {name: value for name in GIVEN if (value := getattr(arguments, name)) is not None}
    given |= {"in_order": True} if arguments.in_order else {}
    if arguments.preset:
        return searching.preset(arguments.preset, experiment, **given)
    space = proposed(experiment, arguments.vary) if arguments.vary else _read_space(arguments.space)
    default = {"objective": "val_loss" if experiment.validation > 0 else "loss"}
    return Search(experiment, space, **default | given)


def _read_space(file: str) -> Space:
    try:
        return Space.from_json(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise Invalid(f"The space {file} cannot be read: {reason}.") from None


def _write(number: str, as_json: bool) -> None:
    planned = searching.study(number).search.planned
    for trial in searching.follow(number):
        if as_json:
            output.say({"event": "trial", "search": number, **trial_json(trial)})
        else:
            print(_line(trial, planned), flush=True)


def _line(trial: Trial, planned: int) -> str:
    values = "  ".join(f"{name.rpartition('.')[2]} {show_value(value)}" for name, value in trial.values.items())
    score = f"{trial.score:.4f}" if trial.score is not None else str(trial.state)
    return f"trial {trial.number:{len(str(planned))}}/{planned}  {score}  {values}  {trial.cause}".rstrip()


def _end(number: str, as_json: bool) -> int:
    study = searching.study(number)
    body = study_json(study)
    if as_json:
        output.say({"event": str(study.state), "best": body["best"], "trials": body["trials"], "search": number, "cause": study.cause})
    elif body["best"]:
        best = body["best"]
        values = "  ".join(f"{name} {show_value(value)}" for name, value in best["values"].items())
        print(f"Search {number} is {study.state}. Best: trial {best['trial']}, {study.search.objective} {best['score']:.4f}: {values}")
    if study.state is State.FAILED:
        print(f"Search {number} failed: {study.cause} {study.hint}".strip(), file=sys.stderr)
    return FAILED if study.state is State.FAILED else 0


def _rows(found: list[Study]) -> Iterator[tuple[Any, ...]]:
    for study in found:
        body = study_json(study)
        best = body["best"]["score"] if body["best"] else ""
        trials = f"{body['trials']}/{body['planned']}"
        yield study.id, body["state"], trials, body["oracle"], body["objective"], best, output.moment(study.created), study.title


def _presets() -> str:
    lines = [f"  {name.replace('_', '-')}\n      {spec.title}: {spec.summary}" for name, spec in registry.members("searches").items()]
    return "presets:\n" + "\n".join(lines) + "\n"
