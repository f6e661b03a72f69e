"""The queue as the trainer looks at it: cheap to ask whether it has changed, cheap to read its head."""

from __future__ import annotations

from dlcore.run import Run
from dlcore.store import rows
from dlcore.store.store import Store, mended

EACH = 64
# Who waits in one line: runs of one owner, kind, class of worker and search, apart from those that had begun before.
_LINE = "owner, kind = 'interactive', worker_class, search, attempt = 0"
_HEAD = f"""WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY {_LINE} ORDER BY queued) AS place FROM run WHERE state = 'queued' AND trashed = 0)
    WHERE place <= ?) ORDER BY queued"""


@mended
def mark(store: Store) -> tuple[int, int]:
    """Changes when a run joins the queue, and when one leaves it; not when one leaves while another comes back to its former place,
    which only the trainer brings about. Reads an index only.
    """
    with store._database.read() as db:
        count, newest = db.execute("SELECT count(*), coalesce(max(queued), 0) FROM run WHERE state = 'queued'").fetchone()
    return int(count), int(newest)


@mended
def head(store: Store, each: int = EACH) -> list[Run]:
    """The first `each` queued runs of each line, in the order in which they were queued: enough to hand out work fairly."""
    with store._database.read() as db:
        found = rows.select(db, _HEAD, (each,))
    return store._intact(found)
