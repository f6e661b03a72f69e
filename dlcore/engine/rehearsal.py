"""Training for nobody, before there is work: what it compiles and loads, the first run finds ready."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dlcore.engine.mailbox import Abandoned


class Nobody:
    """A desk on which nothing is kept, and at which a session gives up as soon as its worker is `wanted`."""

    def __init__(self, wanted: threading.Event) -> None:
        self._wanted = wanted

    def report(self, kind: str, body: Mapping[str, Any], data: bytes = b"", file: Callable[[], bytes] | None = None) -> None:
        self.look()

    def orders(self) -> Sequence[Mapping[str, Any]]:
        self.look()
        return ()

    def is_filing(self) -> bool:
        return False

    def look(self) -> None:
        """Raises `Abandoned` when there is work."""
        if self._wanted.is_set():
            raise Abandoned
