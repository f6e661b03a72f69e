"""`python -m dlcore.oracle`: one search's oracle. Reads requests as JSON lines from standard input and answers each with one line.

Requests: {"op": "load", "search", "frozen", "state", "rows"}, {"op": "turn", "tell", "add", "count"} and {"op": "respace", "search",
"frozen"}; what they mean is said in dlcore/oracle/desk.py. Answers are what `Desk` returns, or {"error", "trace"}. It ends with its input.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Mapping
from typing import IO, Any

from dlcore.oracle.desk import Desk
from dlcore.oracle.light import oracle_class
from dlcore.studies.search import Search

PR_SET_PDEATHSIG = 1
NICENESS = 3  # before the workers, which wait for it, and after the app


def main() -> int:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # a long fit must not outlive the trainer
    os.nice(NICENESS)
    warnings.simplefilter("ignore")
    answers = _muted()
    oracle_class("random")  # loads keras-tuner before it is needed
    desk: Desk | None = None
    for line in sys.stdin:
        try:
            desk, answer = _answer(desk, json.loads(line))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    return 0


def _muted() -> IO[str]:
    """Where answers go; what keras-tuner prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return answers


def _answer(desk: Desk | None, request: Mapping[str, Any]) -> tuple[Desk, dict[str, Any]]:
    if request["op"] == "load":
        desk = Desk(Search.from_json(request["search"]), request["frozen"], request["state"], request["rows"])
        return desk, {"forgot": desk.forgot}
    assert desk is not None, "load comes first"
    if request["op"] == "respace":
        return desk, {"state": desk.respace(Search.from_json(request["search"]), request["frozen"]), "forgot": desk.forgot}
    return desk, desk.turn(request["tell"], request["add"], request["count"])


if __name__ == "__main__":
    sys.exit(main())
