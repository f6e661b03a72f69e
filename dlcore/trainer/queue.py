"""Whose turn it is: fair between owners, interactive runs before search trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dlcore.run import Run


class Turns:
    """Remembers who was served when. Owners take turns, whatever the number of runs each of them queues."""

    def __init__(self) -> None:
        self._served: dict[str, int] = {}
        self._count = 0

    def order(self, queued: Sequence[Run], running: Iterable[Run]) -> list[Run]:
        """The queued runs (given in the order they were queued), next first.

        Interactive ones come first; then owners with fewer runs under way, then those served longest ago; of one owner's runs those
        that had begun before (lost their worker, or were paused), then the order in which they were queued.
        """
        under_way = Counter(run.owner for run in running)
        places = {run.id: place for place, run in enumerate(queued)}

        def rank(run: Run) -> tuple[bool, int, int, bool, int]:
            return run.kind != "interactive", under_way[run.owner], self._served.get(run.owner, 0), run.attempt == 0, places[run.id]

        return sorted(queued, key=rank)

    def serve(self, run: Run) -> None:
        self._count += 1
        self._served[run.owner] = self._count
