"""What it is: a definition, and how it came about."""

from __future__ import annotations

import io

import pandas as pd
import streamlit as st

from dlcore.charts import facts as charts
from dlcore.fields import Field
from dlcore.ui import facts
from dlcore.ui.topic import Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 2
FIRST, LAST = 1940, 2025
YEAR = Field("year", "int", LAST, "Year", "What was known by then.", FIRST, LAST, 1)
IDEA = r"""
**Deep learning** is learning with models of several layers. Each layer turns what it gets into a somewhat more abstract description:
edges into shapes, shapes into parts, parts into objects. Nobody designs these descriptions; they are learnt from data, by following
the gradient of an error back through all layers (after LeCun, Bengio and Hinton 2015).

*Deep* means nothing more mysterious than *several layers behind each other*. What is old about it is the arithmetic: threshold units
are of 1943, learning rules of 1958, and the backward pass of 1970. New were data in the millions, processors that multiply matrices
by the billion, and a few tricks that keep gradients alive in deep nets.

The course goes on from here: a single neuron, nets of them, how they learn, what there is to set, and then images and sequences.
"""


def answer(values: Values, look: Look) -> Answer:
    events = [charts.Event(int(row["year"]), row["milestone"], f"{row['what']} {row['people']}.") for row in facts.table("milestones")]
    year = values.whole("year")
    known = [row for row in facts.table("milestones") if int(row["year"]) <= year]
    latest = known[-1] if known else None
    said = f"**{latest['year']}, {latest['milestone']}** ({latest['people']}). {latest['what']} *{latest['source']}.*" if latest else ""
    return Answer(
        charts.timeline(events, year, FIRST, LAST, look.colours), [("Milestones by then", f"{len(known)} of {len(events)}")], text=said
    )


def trends() -> None:
    """Whatever Google Trends exported, drawn; nothing is shown that somebody did not bring."""
    st.markdown("Google Trends shows how often a word was searched for. Export a series there as CSV and drop it here.")
    brought = st.file_uploader("The CSV that Google Trends exports", type="csv", key="trends")
    if brought is None:
        st.caption("The export has a line with the category, a blank line, and then dates with numbers from 0 to 100.")
        return
    table = _read(brought.getvalue())
    if table is None:
        st.error("This file has no column of dates with numbers beside it.  \nExport 'Interest over time' from Google Trends as CSV.")
        return
    st.line_chart(table, x_label="date", y_label="interest, 100 at its highest", height=300)


def _read(data: bytes) -> pd.DataFrame | None:
    """Dates against numbers; None for a file that does not hold them. A value '<1' counts as 0."""
    lines = data.decode("utf-8", errors="replace").splitlines()
    begin = next(
        (
            place
            for place, line in enumerate(lines)
            if line.count(",") >= 1 and ":" in line or line.startswith(("Time", "Day", "Week", "Month"))
        ),
        0,
    )
    try:
        table = pd.read_csv(io.StringIO("\n".join(lines[begin:])))
        table.index = pd.to_datetime(table.iloc[:, 0])
        numbers = table.iloc[:, 1:].replace("<1", 0).apply(pd.to_numeric)
    except (ValueError, IndexError, pd.errors.ParserError):
        return None
    return numbers if len(numbers.columns) and len(numbers) else None


TOPIC = Topic(
    name="what",
    title="What deep learning is",
    lead="Models of several layers that learn their own descriptions of data. After LeCun, Bengio and Hinton, Nature, 2015.",
    idea=IDEA,
    parts=(Try("Try it: move through time", (YEAR,), answer),),
    more={"Google Trends": trends},
    misprints=("“McCulloch–Pitts and the perceptron are of the 1960s.” They are of 1943 and 1957–58.",),
    sources=(
        "LeCun, Y., Bengio, Y. & Hinton, G. (2015). Deep learning. Nature 521.",
        "Schmidhuber, J. (2015). Deep learning in neural networks: an overview. Neural Networks 61.",
        "Each milestone names its own source; the table is data/milestones.csv.",
    ),
    opens={"biological_neuron": "Next: a single neuron"},
)

show(TOPIC)
