"""A run as a report: one HTML file with live charts that opens without a network."""

from __future__ import annotations

from dlcore.exports import _report
from dlcore.exports._bundle import Bundle
from dlcore.specs import Export


def write(bundle: Bundle) -> bytes:
    """UTF-8 HTML; several runs in one file: `dlcore.services.reporting`."""
    return _report.write([bundle])


EXPORT = Export(
    "report", "Report", "Results, live curves, settings and environment in one HTML file that opens offline.", ".html", "text/html", write,
    order=6,
)  # fmt: skip
