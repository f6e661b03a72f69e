"""End of a sequence: three ways to know when to stop."""

from __future__ import annotations

from dlcore.charts import lengths as charts
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.theory import sequence_end as ends
from dlcore.ui import sequence_nets
from dlcore.ui.topic import Case, Comparison, Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 4
WAYS = ("end symbol", "halting output", "predicted length")
FIELDS = (
    Field("data", "choice", ends.DATA[0], "Lengths in the data", choices=ends.DATA),
    Field("ways", "choice", WAYS, "Generators", "Any of the three.", choices=WAYS, many=True),
    Field("memory", "int", 8, "Steps it can count", "Later steps are all alike to a net that counts no further.", 0, 30, unit="steps"),
    Field("temperature", "float", 1.0, "Temperature", "Above 1 the symbols are drawn more boldly, below 1 more carefully.", 0.3, 3.0, 0.1),
    Field("says", "choice", "a probability for each length", "The predicted length is drawn from", "What its output says.",
          choices=("a probability for each length", "one number")),
)  # fmt: skip
HINT = "Off: the share of sequences whose length would have to change."
AGAIN = Field("again", "int", 0, "Draw", "Other words.", 0, 20)
IDEA = r"""
A net that *writes* a sequence gives out one symbol, is fed it back, and gives out the next. Something has to tell it when to stop.
Three ways are in use; $\tau$ (tau) is the length, $t$ the step.

**An end symbol.** The alphabet gets one more symbol, which means "the end". The net learns when to write it like any other. It serves
only where there are symbols.

**A halting output.** One extra output gives the probability of stopping after this step, a **Bernoulli** variable: a coin that falls
either way, with a probability of its own at each step. It serves sequences of numbers or pictures as well.

**A predicted length.** An extra output says $\tau$ before the first step. Then $\tau - t$, what is left, is fed to the net at each step,
so that it knows how near the end is. Without that input it would run into the end as if into a wall.

**What comes of it.** The first two must *count* in their state. A net that cannot count further than some steps treats all later ones
alike and stops there at random: its lengths get a long tail that falls geometrically. The third need not count, yet everything hangs on
one draw: an output that says a single number, trained on the squared error, says the *mean*, a length which may not occur at all.

The **temperature** makes the draw of symbols bolder (above 1) or more careful. The end symbol is drawn with the others, so its
probability moves too; a halting output has a probability of its own and stays.
"""


def lengths(values: Values, look: Look) -> Answer:
    odds = ends.lengths(values.word("data"))
    memory = values.whole("memory")
    every = {
        "end symbol": lambda: ends.end_symbol(odds, memory, values.number("temperature")),
        "halting output": lambda: ends.halt_output(odds, memory),
        "predicted length": lambda: ends.predicted_length(odds, values.word("says") == "a probability for each length"),
    }
    made = {name: every[name]() for name in values.words("ways")}
    colours = [look.colour(WAYS.index(name)) for name in made]
    numbers = [(f"Off, {name}", f"{100 * ends.distance(share, odds):.0f} %") for name, share in made.items()]
    return Answer(charts.lengths(odds, made, colours, 30), numbers)


def hides(values: Values) -> tuple[str, ...]:
    chosen = set(values.words("ways"))
    counting = ("memory",) if not chosen & set(WAYS[:2]) else ()
    return counting + ("temperature",) * (WAYS[0] not in chosen) + ("says",) * (WAYS[2] not in chosen)


TOPIC = Topic(
    name="sequence_end",
    title="End of a sequence",
    lead="A symbol for the end, a coin at each step, or the length said first. Goodfellow, Bengio and Courville, 2016, section 10.2.4.",
    idea=IDEA,
    base=Experiment().with_(dataset="words", model="generator", epochs=20),
    matter=("dataset", "ending", "cell", "units", "learning_rate", "epochs"),
    parts=(Try("Try it: lengths that come out", FIELDS, lengths, hides=hides, hint=HINT),
        Try("Lengths your nets write", (AGAIN,), sequence_nets.word_lengths, live=sequence_nets.working,
            hint=f"A thousand words of each opened run, beside those of the data. Press Compare for all three ways. {HINT}"),
    ),
    compare=(
        Comparison("Three ways to stop.", "The same words and net. The losses count different things: compare the lengths.", (
            *(Case(way, {"dataset.ending": name}) for way, name in zip(WAYS, ("symbol", "halt", "length"), strict=True)),
        )),
    ),
    curves=("loss", "accuracy"),
    misprints=(
        "“Add an extra output that predicts τ.” Half of it: the net must then be fed τ − t at each step, or it does not know how near the "
        "end is.",
    ),
    sources=(
        "Goodfellow, I., Bengio, Y. & Courville, A. (2016). Deep learning, section 10.2.4.",
        "Schmidhuber, J. (2012). Self-delimiting neural networks (the halting output). arXiv:1210.0118.",
        "Graves, A. (2016). Adaptive computation time for recurrent neural networks. arXiv:1603.08983.",
    ),
    opens={"vanishing": "Next: what many steps do to a gradient"},
)  # fmt: skip

show(TOPIC)
