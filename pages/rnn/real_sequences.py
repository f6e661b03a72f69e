"""Real sequences: a series, reviews and text."""

from __future__ import annotations

from functools import cache

import numpy as np

from dlcore import registry
from dlcore.charts import series as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import letters, series
from dlcore.ui import sequence_nets
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 8
REAL = {"sea off Peru": "sea", "air passengers": "airline"}
SERIES = (*REAL, "a wave with noise", "a random walk")
WAYS = ("naive", "seasonal", "mean", "linear")
FORECAST = (
    Field("series", "choice", SERIES[0], "Series", choices=SERIES),
    Field("ways", "choice", ("naive", "seasonal", "linear"), "Forecasts", "Any of the four.", choices=WAYS, many=True),
    Field("ahead", "int", 1, "Months ahead", "How much later the value comes that is forecast.", 1, 24),
    Field("season", "int", 12, "Season", "After how many the pattern comes again.", 2, 24, unit="months"),
    Field("lags", "int", 13, "Values read", "By the linear forecast.", 1, 24),
    Field("test", "int", 72, "Months to test on", "The last ones. The linear forecast is fitted to those before.", 12, 72, 12),
)
LETTER = (
    Field("start", "text", "the ", "Begins with", "What was written so far.", maximum=60),
    Field("context", "int", 3, "Letters looked back at", "How often each letter follows is counted after so many.", 0, 6),
    Field("temperature", "float", 1.0, "Temperature", "Below 1 the likely gets likelier, above 1 all become alike.", 0.1, 3.0, 0.1),
    Field("draw", "int", 0, "Draw", "Another text.", 0, 20),
)
MADE_UP = {"dataset": "reviews", "learning_rate": "0.003", "epochs": "12"}
IMDB = {"dataset": "imdb", "learning_rate": "0.003", "epochs": "3"}
SUNSPOTS = {"dataset.series": "sunspots"}
POEMS = {"dataset": "characters", "model.units": "128", "learning_rate": "0.003", "epochs": "40"}
OPINION = "critics called the plot dull but the film was not boring"
REVIEW = Field("review", "text", OPINION, "Your review", "Words that its data know.", maximum=200)
PERIOD = Field("period", "int", 12, "Steps of a season", "After how many the pattern comes again: 12 for months of a year.", 2, 400)
WRITING = (
    Field("prompt", "text", "The ", "Begins with", "What the net reads first; letters that its text has.", maximum=60),
    Field("heat", "float", 0.7, "Temperature", "0: always the likeliest letter. 1: as it learned.", 0.0, 2.0, 0.1),
    Field("again", "int", 0, "Draw", "Another text.", 0, 20),
)
IDEA = r"""
**Forecasting.** From the last values of a series say the one $k$ steps later. A net's error means nothing until it stands beside what
costs nothing: the **naive** forecast says the last value again; the **seasonal** one says the value of a round ago. On a random walk
nothing beats the naive one, and a net that seems to has seen the future: a random split of the rows puts tomorrow into the training
data. So this lab splits series by *time*. Errors are the mean absolute error (MAE), and the root of the mean squared error (RMSE), which
counts large misses more.

**Sentiment.** From the words of a film review say whether its author liked it. Words become **tokens**, numbers in a list of the
most frequent ones; an **embedding** gives each token a vector that is learned. The data set IMDB has 50,000 reviews, half of them good;
it is fetched. *Made-up reviews*, by a small grammar, are always there: to judge them, a net has to see that “not dull” is praise.

**Letters.** From a text's letters so far say the next one, at every place. The net's output is a probability for each letter. To
*write*, draw one letter with these probabilities, feed it back, and go on. The **temperature** $T$ divides the inputs of the softmax:

$$p_i \propto \exp(z_i / T)$$

$z_i$ is the net's score for letter $i$, $p_i$ its probability. As $T \to 0$ it always writes the likeliest letter and soon goes in
circles; at 1 it writes as it learned; far above, any letter is as likely as any other. The pictures do the same with counted letters
in place of a net, after Shannon (1951): the more letters it looks back at, the better it copies, until it only recites.
"""


def forecast(values: Values, look: Look) -> Answer:
    name, ahead, season = values.word("series"), values.whole("ahead"), values.whole("season")
    line, unit = whole(REAL[name]) if name in REAL else (series.drawn(name), "value")
    first = len(line) - values.whole("test")
    said = {
        "naive": lambda: series.naive(line, ahead), "seasonal": lambda: series.seasonal(line, ahead, season),
        "mean": lambda: series.mean(line, ahead), "linear": lambda: series.linear(line, ahead, values.whole("lags"), first),
    }  # fmt: skip
    found = {way: said[way]() for way in values.words("ways")}
    missed = {way: series.errors(one, line, first) for way, one in found.items()}
    numbers = [(f"MAE, {way}", f"{mae:.3g}") for way, (mae, _) in missed.items()] + [
        (f"RMSE, {way}", f"{rmse:.3g}") for way, (_, rmse) in missed.items()
    ]
    return Answer(charts.forecasts(line, found, first, unit, [look.colour(WAYS.index(way)) for way in found]), numbers)


def hides(values: Values) -> tuple[str, ...]:
    ways = values.words("ways")
    return ("season",) * ("seasonal" not in ways) + ("lags",) * ("linear" not in ways)


def write(values: Values, look: Look) -> Answer:
    text, context, heat = poems(), values.whole("context"), values.number("temperature")
    start = values.word("start") or " "
    odds = letters.next_letter(text, start, context, heat)
    written = letters.written(text, start, context, heat, 300, values.whole("draw"))
    numbers = [("Letters that may come", f"{len(odds)}"), ("Undecided", f"{letters.entropy(odds):.2f} bits")]
    return Answer(charts.letters(odds, look.colour(0)), numbers, text=f"```\n{sequence_nets.wrapped(written)}\n```")


@cache
def whole(name: str) -> tuple[np.ndarray, str]:
    """A series of the data set that comes with the lab, and its unit."""
    data = registry.find("datasets", "time_series")
    settings = {"series": name, "steps": 1, "ahead": 1, "relative": False}
    arrays, (scale, unit) = data.load(seed=0, **settings), data.own_unit(settings)
    return np.concatenate([arrays["x"][:, 0, 0], arrays["y"][-1:]]) * scale, unit


@cache
def poems() -> str:
    data = registry.find("datasets", "characters")
    settings = {"steps": 5, "stride": 5}
    tokens = data.load(seed=0, **settings)["x"].astype(int).ravel()
    return "".join(np.array(data.vocabulary(settings))[tokens])


TOPIC = Topic(
    name="real_sequences",
    title="Real sequences",
    lead="A series, reviews and text, each beside what can be had without a net. Shannon, 1951; Maas and others, 2011; Karpathy, 2015.",
    idea=IDEA,
    base=Experiment().with_(**{
        "dataset": "time_series", "model": "rnn", "model.cell": "gru", "model.units": (32,), "learning_rate": 0.01, "epochs": 40,
    }),
    matter=("dataset", "dataset.series", "dataset.steps", "cell", "units", "learning_rate", "epochs"),
    parts=(
        Try("Try it: forecasts without a net", FORECAST, forecast, hides=hides),
        Try("Next letter and temperature", LETTER, write),
        Try("Forecast of your run", (PERIOD,), sequence_nets.forecast, live=sequence_nets.working,
            hint="A run on a time series, on the part of it that the net has not seen."),
        Try("Reads your review", (REVIEW,), sequence_nets.reviewed, live=sequence_nets.working,
            hint="A run on reviews. What it makes of the text after each word, before it has read the next."),
        Try("Writes while it learns", WRITING, sequence_nets.written, live=sequence_nets.working,
            hint="A run on letters. It writes anew at every kept checkpoint."),
    ),
    compare=(
        Comparison("Which cell forecasts best?", "The sea's temperature a month ahead, in multiples of its mean of 23 °C.", (
            Case("simple RNN", {"model.cell": "simple"}), Case("LSTM", {"model.cell": "lstm"}), Case("GRU", {"model.cell": "gru"}),
        )),
        Comparison("Liked it or not?", "Made-up reviews; half of the answers are right by guessing.", (
            Case("simple RNN", {"model.cell": "simple", **MADE_UP}), Case("LSTM", {"model.cell": "lstm", **MADE_UP}),
            Case("GRU", {"model.cell": "gru", **MADE_UP}),
        )),
        Comparison("Letters.", "The next letter of poems. Open *Writes while it learns* as they train.", (
            Case("LSTM 128", {"model.cell": "lstm", **POEMS}),
            Case("GRU 128", {"model.cell": "gru", **POEMS}),
        )),
        Comparison("Larger data, which are fetched.", "Sunspots and film reviews, 0.1 and 17.5 MB. Without a network a run says so.", (
            Case("sunspots", SUNSPOTS), Case("IMDB", IMDB),
        )),
    ),
    curves=("loss", "mae", "accuracy"),
    misprints=(
        "“A small error shows that a net can forecast.” It shows it beside the naive and the seasonal forecast of the same months only.",
        "“RNNs scale to sequences that other nets cannot.” Convolutions and attention read long sequences too, and train in parallel.",
    ),
    sources=(
        "Box, G. & Jenkins, G. (1976). Time series analysis: forecasting and control (series G: air passengers).",
        "Sea off Peru: NOAA Climate Prediction Center, ERSST.V3B, region Niño 1+2 (public domain).",
        "Hyndman, R. & Athanasopoulos, G. (2021). Forecasting: principles and practice, third edition.",
        "Maas, A. and others (2011). Learning word vectors for sentiment analysis. ACL.",
        "Shannon, C. (1951). Prediction and entropy of printed English. Bell System Technical Journal 30.",
        "Karpathy, A. (2015). The unreasonable effectiveness of recurrent neural networks.",
    ),
)  # fmt: skip

show(TOPIC)
