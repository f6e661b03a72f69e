"""Who is watching a live panel at the moment."""

from __future__ import annotations

import time
from collections.abc import Callable

from streamlit.runtime.scriptrunner import get_script_run_ctx

GONE_SECONDS = 5.0


class Watching:
    """Counts the tabs whose panel has ticked lately. clock: seconds, only going up."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[str, float] = {}

    def here(self, tab: str = "") -> None:
        """This tab is watching. tab: by default the one that the script runs for."""
        context = get_script_run_ctx(suppress_warning=True)
        self._last[tab or (context.session_id if context else "")] = self._clock()

    def count(self) -> int:
        """How many tabs have said so in the last few seconds."""
        now = self._clock()
        for tab, last in list(self._last.items()):
            if now - last > GONE_SECONDS:
                self._last.pop(tab, None)
        return len(self._last)


WATCHING = Watching()
