"""The oracle's process of one search (dlcore/oracle), seen from the trainer."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from dlcore.studies.search import Search

LINE = 1 << 28  # bytes; the state of a long search is one line
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS")}  # its matrices are too small for several


class OracleLost(Exception):
    """Its process has ended, by itself or killed; what the store holds of it is enough to go on."""


class OracleBroken(Exception):
    """It could not answer: a mistake in keras-tuner or in how the lab uses it. `trace` has the details."""

    def __init__(self, sentence: str, trace: str) -> None:
        super().__init__(sentence)
        self.trace = trace


class Spare:
    """A process with keras-tuner loaded, ready for the next search: half a second less to wait for its first trial, for 75 MB."""

    def __init__(self) -> None:
        self._process: asyncio.Task[asyncio.subprocess.Process] | None = None

    def prepare(self) -> None:
        """Start one, where none is ready."""
        if self._process is None:
            self._process = asyncio.create_task(_start())

    async def take(self) -> asyncio.subprocess.Process:
        """The one that is ready, else a new one."""
        task, self._process = self._process, None
        process = await task if task else await _start()
        return process if process.returncode is None else await _start()

    async def close(self) -> None:
        if self._process is not None:
            await _end(await self.take())


async def _start() -> asyncio.subprocess.Process:
    root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(dict.fromkeys([root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]))
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dlcore.oracle", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": paths},
    )  # fmt: skip


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


class OracleProcess:
    """One request at a time; every answer carries the state from which another process can go on."""

    def __init__(self, spare: Spare) -> None:
        self._spare = spare
        self._process: asyncio.subprocess.Process | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def load(self, search: Search, frozen: Mapping[str, Any], state: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> bool:
        """Starts it. True when it had to forget its trials, so that they have no ids of its any more."""
        await self.close()
        self._process = await self._spare.take()
        body = {"search": search.to_json(), "frozen": dict(frozen), "state": dict(state), "rows": [dict(row) for row in rows]}
        answer = await self._ask({"op": "load", **body})
        return bool(answer["forgot"])

    async def turn(self, tell: Sequence[Mapping[str, Any]], add: Sequence[Mapping[str, Any]], count: int) -> dict[str, Any]:
        """{asked, added, ended, state}, see dlcore/oracle/desk.py."""
        return await self._ask({"op": "turn", "tell": list(tell), "add": [dict(values) for values in add], "count": max(0, count)})

    async def respace(self, search: Search, frozen: Mapping[str, Any]) -> dict[str, Any]:
        """{state, forgot}: goes on in another space."""
        return await self._ask({"op": "respace", "search": search.to_json(), "frozen": dict(frozen)})

    async def close(self) -> None:
        if self._process is not None:
            await _end(self._process)
            self._process = None

    async def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise OracleLost("it was not started")
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
            line = await process.stdout.readline()
        except (OSError, ValueError) as error:
            raise OracleLost(str(error)) from error
        if not line.endswith(b"\n"):
            raise OracleLost("its process has ended")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise OracleBroken(answer["error"], answer["trace"])
        return answer
