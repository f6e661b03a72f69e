"""A process that writes to a store until it is killed or done: `store_writer.py HOME RUN NAME COUNT`.

It says "ready" once the store is open and then, for each event that is safely in, its number.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dlcore.run import Event
from dlcore.store import Store
from tests.store_events import epochs, steps


def main(home: str, run: str, name: str, count: int) -> None:
    store = Store(Path(home))
    print("ready", flush=True)
    for number in range(1, count + 1):
        if name:
            store.append([Event(run, 1, 0, "log", 1.0, {"writer": name, "number": number})])
        else:  # the worker's part: steps and an epoch in one transaction
            rows = [[number + step / 8, 0.5] for step in range(8)]
            batch = [steps(run, 2 * number - 1, rows, first=8 * (number - 1)), epochs(run, 2 * number, [[1 / number]], first=number)]
            store.append(batch)
        print(number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
