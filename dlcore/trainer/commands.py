"""What a person asked for, carried out: passed on to the worker where a run is under way, else written down."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from dlcore.errors import NotFound
from dlcore.run import NEXT, State
from dlcore.store import Command

if TYPE_CHECKING:
    from dlcore.trainer.daemon import Daemon

log = logging.getLogger("dlcore.trainer")

# What an order does to a run that is not under way.
EVENTS = {
    "stop": ("stopped", State.STOPPED),
    "pause": ("paused", State.PAUSED),
    "resume": ("resumed", State.QUEUED),
    "retry": ("retried", State.QUEUED),
}


class Commands:
    """Carries out one command after the other. One that its target's state does not allow any more is dropped, and the log says so."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon

    def carry_out(self, command: Command) -> None:
        try:
            if command.target == "trainer" and command.order == "restart":
                self.daemon.restart(command.body["worker"])
            elif command.target == "trainer":
                self.daemon.leave.set()
            elif command.order == "cancel":
                self._cancel(command.target)
            elif command.target in self.daemon.attempts and self.daemon.store.run(command.target).state.is_active:
                self._pass_on(command)
            else:  # also at the end of an attempt, whose worker may still be taking leave
                self._write_down(command)
        except NotFound as error:
            log.info("%s: %s", command.order, error)

    def _pass_on(self, command: Command) -> None:
        attempt = self.daemon.attempts[command.target]
        if command.order == "resume":
            attempt.resume_after = True
        elif command.order == "change":
            attempt.order({"order": "change", "field": command.body["field"], "value": command.body["value"]})
        elif command.order in ("stop", "pause"):
            attempt.order({"order": command.order})

    def _write_down(self, command: Command) -> None:
        run = self.daemon.store.run(command.target)
        body: dict[str, Any] = {"step": run.step, "epoch": run.epoch}
        if command.order == "change" and not run.state.is_finished:
            self.daemon.append(run, "changed", field=command.body["field"], value=command.body["value"], **body)
        elif command.order in EVENTS:
            kind, state = EVENTS[command.order]
            if state in NEXT[run.state] and (command.order != "resume" or run.state is State.PAUSED):
                self.daemon.append(run, kind, **body)
            else:
                log.info("Run %s is %s: %s comes too late.", run.id, run.state, command.order)

    def _cancel(self, job: str) -> None:
        if job in self.daemon.jobs:
            self.daemon.jobs[job].cancel()
        elif not self.daemon.store.job(job).is_finished:
            self.daemon.store.update_job(job, state="cancelled")
