"""Of the runs found, those that the relations look at: there may be more than a picture can tell apart, or a server should hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dlcore.run import Run
from dlcore.services import exploring, listing
from dlcore.services.exploring import Column, Row, Wanted
from dlcore.ui import link

MANY = 5 * exploring.LOOKED_AT
KINDS = {
    "newest": f"The newest {exploring.LOOKED_AT:,}", "chance": f"{exploring.LOOKED_AT:,} by chance", "many": f"The newest {MANY:,}",
    "ticked": "The ticked runs",
}  # fmt: skip
HELP = (
    "Filters and the search box say which runs are found. Where they are more than the page can look at, take the newest, or some by "
    "chance out of all of them; those by chance are the same each time."
)


def choose(wanted: Wanted, chosen: Sequence[Run]) -> tuple[Wanted, int]:
    """What a person wants to look at: the runs, in the order in which they count, and at most how many of them."""
    kind = st.selectbox("Runs", list(KINDS), key=link.OWN + "of", bind="query-params", format_func=KINDS.__getitem__, width=200, help=HELP)
    # Never the best ones: what is drawn must not depend on how it came out.
    plain = replace(wanted, by=None, order="created", descending=True)
    if kind == "ticked":
        return replace(plain, among=tuple(run.id for run in chosen) or ("",)), exploring.LOOKED_AT
    if kind == "chance":
        return replace(plain, order="chance"), exploring.LOOKED_AT
    return plain, MANY if kind == "many" else exploring.LOOKED_AT


def rows(wanted: Wanted, limit: int, names: Sequence[str], result: Column) -> tuple[list[Row], str]:
    """Those of the runs that have the result, with their settings and it, and a sentence that says which runs they are of how many."""
    looked = exploring.rows(wanted, [*(Column("setting", name) for name in names), result], limit)
    found = [row for row in looked if row.values[-1] is not None]
    total = len(looked) if len(looked) < limit else listing.find(wanted, 1).total
    without = len(looked) - len(found)
    told = f"All {total:,} runs found" if len(looked) == total else _some(wanted, len(looked), total)
    return found, told + (f"; {without:,} of them {'has' if without == 1 else 'have'} no such result." if without else ".")


def _some(wanted: Wanted, looked: int, total: int) -> str:
    how = f"{looked:,} by chance" if wanted.order == "chance" else f"The newest {looked:,}"
    return f"{how} of the {total:,} runs found"
