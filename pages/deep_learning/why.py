"""Why deep learning: where it is ahead, and where it is not."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dlcore.charts import facts as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.ui import facts, model_curves
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 1
FACTS = {"Images (ImageNet)": "ilsvrc", "Faces (LFW)": "deepface", "Translation (GNMT)": "gnmt"}
WHAT = Field("facts", "choice", "Images (ImageNet)", "Published results", choices=tuple(FACTS))
SOURCES = {
    "ilsvrc": "Top-5 error: the share of test images whose right label is not among a model's first five guesses. "
    "One trained person: 5.1 % (Russakovsky and others 2015). Point at a bar for its source.",
    "deepface": "Accuracy on Labeled Faces in the Wild: are two photographs of the same person? 13,233 photographs. Point at a dot "
    "for its source.",
    "gnmt": "People compared translations side by side and gave points from 0 to 6 (Wu and others 2016, table 10).",
}
IDEA = r"""
With enough examples, deep nets find features that nobody thought of. Pictures, speech and text are where that pays most: there raw
data is plenty, and good features are hard to write down. The figures above are published results, each with its source.

It is often said that three things must be given: a great amount of data, a great amount of computing, and no wish to understand the
model. Each helps somewhere, and none is a precondition:

- **Much data.** A net trained on 50 digits is often wrong, and gets better with every row (*Run it*, first comparison). Yet all 1,797
  digits are little, and a small net learns them in seconds.
- **Much computing.** The winners of ImageNet trained for days on graphics cards. Everything in this lab runs on two processor cores.
- **No need to interpret.** Where a reason is owed for each answer, a short rule may be the better choice. Yet gradients, saliency and
  probes look inside a net, and a linear model with thousands of features is no easier to read.

And deep learning does not win everywhere. On tables with a few thousand rows, boosted trees are often as good or better (Grinsztajn,
Oyallon & Varoquaux 2022). Measure it: *Nets against other models* trains both kinds with more and more rows, and says who is ahead,
whoever that is.
"""


def answer(values: Values, look: Look) -> Answer:
    name = FACTS[values.word("facts")]
    draw = {"ilsvrc": _images, "deepface": _faces, "gnmt": _translation}[name]
    return draw(look)


def _images(look: Look) -> Answer:
    shallow, deep = look.colour(7), look.colour(0)
    bars = [
        charts.Bar(f"{row['entry']}\n{row['year']}", float(row["top5_error_percent"]), deep if row["kind"] == "deep" else shallow,
                   f"{row['entry']}, {row['year']}: {row['top5_error_percent']} %. {row['source']}")
        for row in facts.table("ilsvrc")
    ]  # fmt: skip
    figure = charts.columns(bars, "top-5 error, %", "ImageNet error by year, from 28.2 % in 2010 to 2.25 % in 2017.",
                            (5.1, "one person, 5.1 %"), [(shallow, "hand-made features"), (deep, "deep nets")])  # fmt: skip
    return Answer(figure, [("2011 to 2012", "25.8 % → 16.4 %"), ("The first deep winner", "AlexNet")], text=SOURCES["ilsvrc"])


def _faces(look: Look) -> Answer:
    colours = {"shallow": look.colour(7), "deep": look.colour(0), "people": look.colour(1)}
    bars = [
        charts.Bar(row["method"], float(row["accuracy_percent"]), colours[row["kind"]],
                   f"{row['method']}: {row['accuracy_percent']} %. {row['source']}")
        for row in facts.table("deepface")
    ]  # fmt: skip
    figure = charts.dots(bars, "accuracy on pairs of faces, %", "DeepFace reaches 97.35 %, people 97.53 %.", 86, 98.5, (97.53, "people"))
    return Answer(figure, [("DeepFace", "97.35 %"), ("People", "97.53 %"), ("Without alignment", "87.9 %")], text=SOURCES["deepface"])


def _translation(look: Look) -> Answer:
    kinds = (
        ("phrase_based", "phrase-based", look.colour(7)),
        ("gnmt", "neural (GNMT)", look.colour(0)),
        ("people", "people", look.colour(1)),
    )
    groups = [
        (row["languages"], [charts.Bar(words, float(row[key]), colour, f"{row['languages']}, {words}: {row[key]}. {row['source']}")
                            for key, words, colour in kinds])
        for row in facts.table("gnmt")
    ]  # fmt: skip
    figure = charts.grouped(groups, "score, 0 to 6", "GNMT lies between phrase-based translation and people for all six pairs.", 6.0,
                            [(colour, words) for _, words, colour in kinds])  # fmt: skip
    return Answer(figure, [("Scale", "0 to 6"), ("Pairs", "6")], text=SOURCES["gnmt"])


def tables() -> None:
    """The numbers behind the figures, to be taken away."""
    for title, name in FACTS.items():
        st.download_button(
            f"{title} as CSV", partial(facts.raw, name), file_name=f"{name}.csv", mime="text/csv", on_click="ignore", key=f"csv_{name}"
        )
        st.dataframe([dict(row) for row in facts.table(name)], hide_index=True)


TOPIC = Topic(
    name="why",
    title="Why deep learning",
    lead="Where deep nets are ahead, in published numbers, and what more data does to a net of your own. Russakovsky and others, 2015.",
    idea=IDEA,
    base=Experiment().with_(**{"model.layers": (64,), "epochs": 40}),
    matter=("dataset", "model", "examples", "layers", "filters", "epochs"),
    parts=(Try("Try it: published results", (WHAT,), answer), model_curves.PART),
    more={"The numbers": tables},
    compare=(
        Comparison("What more data does.", "The same net with growing numbers of rows, a fifth of them for validation.", (
            *(Case(f"{rows} rows" if rows else "all rows", {"examples": str(rows)}) for rows in (50, 100, 200, 500, 1000, 0)),
        )),
        Comparison("A net for images.", "Dense against convolutional layers, on the same digits.", (
            Case("dense", {"model": "mlp"}), Case("convolutional", {"model": "cnn"}),
        )),
        Comparison("On a table.", "The wine data has 178 rows; a net without hidden layer is logistic regression.", (
            Case("logistic regression", {"dataset": "wine", "model.layers": ""}),
            Case("64 units", {"dataset": "wine", "model.layers": "64"}),
            Case("64, 64 units", {"dataset": "wine", "model.layers": "64,64"}),
        )),
    ),
    misprints=(
        "“LFW has 13,323 photographs.” It has 13,233.",
        "“Deep learning needs much data, much computing, and a renunciation of understanding.” Each helps, none is a "
        "precondition: the idea has a case each way.",
    ),
    sources=(
        "Russakovsky, O. and others (2015). ImageNet large scale visual recognition challenge.",
        "Taigman, Y., Yang, M., Ranzato, M. & Wolf, L. (2014). DeepFace. Wu, Y. and others (2016). Google's neural machine "
        "translation system.",
        "Grinsztajn, L., Oyallon, E. & Varoquaux, G. (2022). Why do tree-based models still outperform deep learning on tabular data?",
    ),
    opens={"what": "Next: what deep learning is"},
)  # fmt: skip

show(TOPIC)
