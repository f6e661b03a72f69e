"""The command line: `python -m dlcore COMMAND`. One file per group of commands; each adds its parsers with `add(commands)`.

With --json, standard output carries JSON lines and nothing else. Errors are one sentence on standard error. Exit status: 0 done,
1 the run failed or the lab could not do it, 2 bad input, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from dlcore.errors import Invalid, LabError, NotFound, Refused

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{message[:1].upper()}{message[1:]}. See {self.prog} --help.\n")


def parser() -> Parser:
    from dlcore.cli import (
        claims,
        data,
        export,
        imports,
        model,
        moves,
        notebooks,
        range_test,
        registry,
        rooms,
        runs,
        search,
        sweep,
        train,
        trainer,
    )

    top = Parser(prog="python -m dlcore", description="Train, watch and export neural networks.", epilog=_lines(__doc__)[1])
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for group in (train, range_test, sweep, claims, notebooks, runs, moves, export, imports, model, registry, rooms, data, search, trainer):
        group.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    try:
        chosen = parser().parse_args(arguments)
        return int(chosen.perform(chosen) or 0)
    except LabError as error:
        print(f"{error} {error.hint}".strip(), file=sys.stderr)
        return BAD_INPUT if isinstance(error, (Invalid, NotFound, Refused)) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output left, as in `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _lines(text: str | None) -> list[str]:
    return (text or "").split("\n\n")
