"""Viewers of the app as its server sees them: they speak Streamlit's own protocol over websockets, and tick like a browser's page."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 60.0
EPOCH = re.compile(r">Epoch</dt><dd[^>]*>([\d,]+) of ")
LARGEST = 64 * 2**20


@dataclass
class Viewer:
    """One open page. seen(epoch, now) is called for each number of the epoch that arrives."""

    port: int
    page: str
    query: str = ""
    seen: Callable[[int, float], None] = lambda epoch, now: None
    ticks: int = 0
    _socket: ClientConnection | None = None
    _script: str = ""
    _finished: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def open(self) -> None:
        """Connects and waits until the page is drawn."""
        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        self._socket = await connect(address, subprotocols=["streamlit"], max_size=LARGEST, compression=None)  # type: ignore[list-item]
        self._tasks["reader"] = asyncio.create_task(self._read(self._socket))
        await self.rerun()

    async def rerun(self) -> float:
        """Asks for the whole page again; seconds until it was drawn."""
        began = time.perf_counter()
        self._finished.clear()
        await self._ask("")
        await asyncio.wait_for(self._finished.wait(), PATIENCE)
        return time.perf_counter() - began

    async def close(self) -> None:
        """Leaves as a closed tab does; what the server still says is read meanwhile, or its farewell would be waited for in vain."""
        self._stop_ticking()
        if self._socket is not None:
            await self._socket.close()
        for task in self._tasks.values():
            task.cancel()

    async def _ask(self, fragment: str) -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name, state.page_script_hash = self.query, self.page if not self._script else "", self._script
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        state.context_info.timezone = "UTC"
        assert self._socket is not None
        await self._socket.send(message.SerializeToString())

    async def _read(self, socket: ClientConnection) -> None:
        async for data in socket:
            now = time.time()
            message = ForwardMsg()
            message.ParseFromString(data if isinstance(data, bytes) else data.encode())
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "html":
                for found in EPOCH.findall(message.delta.new_element.html.body):
                    self.seen(int(found.replace(",", "")), now)
            elif kind == "navigation":
                self._script = message.navigation.page_script_hash
            elif kind == "auto_rerun":
                self._tick_every(message.auto_rerun.interval, message.auto_rerun.fragment_id)
            elif kind == "stop_auto_rerun":
                self._stop_ticking()
            elif kind == "script_finished":
                self._finish(message.script_finished)

    def _finish(self, how: int) -> None:
        if how == ForwardMsg.FINISHED_SUCCESSFULLY:
            self._finished.set()
        elif how == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            self.ticks += 1

    def _tick_every(self, seconds: float, fragment: str) -> None:
        if fragment not in self._tasks:
            self._tasks[fragment] = asyncio.create_task(self._tick(seconds, fragment))

    def _stop_ticking(self) -> None:
        """Nothing changes on this page any more."""
        for name in [name for name in self._tasks if name != "reader"]:
            self._tasks.pop(name).cancel()

    async def _tick(self, seconds: float, fragment: str) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await self._ask(fragment)
            except ConnectionClosed:
                return


async def opened(viewers: list[Viewer], at_once: int = 5) -> None:
    """Opens them, a few at a time, as a class arrives."""
    for first in range(0, len(viewers), at_once):
        await asyncio.gather(*(viewer.open() for viewer in viewers[first : first + at_once]))
