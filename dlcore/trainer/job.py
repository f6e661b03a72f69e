"""One job on one worker: inputs in, result and artefact out."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from dlcore.errors import LabError
from dlcore.run import Event
from dlcore.store import Job, Store
from dlcore.trainer.attempt import SMALLER
from dlcore.trainer.conversation import Conversation, Ending
from dlcore.trainer.crew import Crew, Worker
from dlcore.trainer.parcel import parcel

log = logging.getLogger("dlcore.trainer")

TRIES = 3


class JobAttempt:
    """Carries one attempt of a job. A job starts from the beginning each time; after `TRIES` lost workers it has failed."""

    def __init__(self, store: Store, crew: Crew, worker: Worker, job: Job, number: int) -> None:
        self.store, self.crew, self.worker, self.job, self.number = store, crew, worker, job, number
        self.cancelled = False
        self._artefact = ""
        self._conversation = Conversation(crew, worker, "perform_job", job.id, number, self._deliver)

    def cancel(self) -> None:
        self.cancelled = True
        self._conversation.order({"order": "stop"})

    def abandon(self) -> None:
        """The trainer leaves now: the job waits for the next one."""
        self.store.update_job(self.job.id, state="queued", progress=0.0)

    async def carry_out(self) -> None:
        try:
            ending = await self._conversation.carry_out(await asyncio.to_thread(self._begin))
        except (LabError, OSError) as error:
            await self._leave_worker("its job could not be written down")
            self._end("failed", cause=str(error), hint=getattr(error, "hint", ""))
        else:
            if ending.cause != "finished":
                log.warning("Job %s (%s) on %s: %s (%s)", self.job.id, self.job.name, self.worker.name, ending.detail, ending.cause)
                await self._leave_worker(ending.detail)
                self._settle(ending)

    def _begin(self) -> dict[str, Any]:
        self.store.update_job(self.job.id, state="running", progress=0.0)
        files = {name: self.store.get_file(artefact) for name, artefact in self.job.files.items()}
        return {
            "job": self.job.id, "attempt": self.number, "name": self.job.name, "inputs": dict(self.job.inputs), "files": files,
            "data": parcel(self.job.inputs, self.store.home, self.worker.found.owned or self.worker.is_here),
        }  # fmt: skip

    async def _deliver(self, events: list[Event], files: dict[str, bytes]) -> bool:
        return await asyncio.to_thread(self._record, events, files)

    def _record(self, events: list[Event], files: dict[str, bytes]) -> bool:
        ended = False
        for event in events:
            body = event.body
            match event.kind:
                case "progress":
                    self.store.update_job(self.job.id, progress=float(body["fraction"]))
                case "artefact":
                    name = f"{self.job.name}-{self.job.id}"
                    self._artefact = self.store.put_file(self.job.run, name, files[body["artefact"]], role="result")
                case "result":
                    self._end("done", progress=1.0, result=body["result"], artefact=self._artefact)
                    ended = True
                case "failed" if not self.cancelled:
                    self._end("failed", cause=body["cause"], hint=body.get("hint", ""))
                    ended = True
                case "failed" | "stopped":
                    self._end("cancelled")
                    ended = True
        return ended

    def _settle(self, ending: Ending) -> None:
        if self.cancelled:
            self._end("cancelled")
        elif ending.cause == "memory":
            self._end("failed", cause=f"The job ran out of memory. {ending.detail}", hint=SMALLER)
        elif ending.cause == "error" or self.number >= TRIES:
            self._end("failed", cause=ending.detail, hint="Try it again.")
        else:
            self.store.update_job(self.job.id, state="queued", progress=0.0)

    def _end(self, state: str, **changes: Any) -> None:
        self.store.update_job(self.job.id, state=state, **changes)

    async def _leave_worker(self, reason: str) -> None:
        if not self.worker.gone.is_set():
            await self.crew.replace(self.worker, reason)
