"""History as CSV: one row per epoch."""

from __future__ import annotations

import csv
import io

from dlcore.exports._bundle import Bundle
from dlcore.specs import Export


def write(bundle: Bundle) -> bytes:
    """UTF-8, a header, one line per epoch; a metric that an epoch lacks is empty. Numbers read back to the same float."""
    names = list(dict.fromkeys(["epoch", *(name for row in bundle.history for name in row)]))
    text = io.StringIO()
    table = csv.DictWriter(text, names, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(bundle.history)
    return text.getvalue().encode()


EXPORT = Export("csv", "History as CSV", "Loss and metrics of every epoch, one row each.", ".csv", "text/csv", write, order=4)
