"""Try it, with training: optimizers race on a real net, each at the best of several learning rates, over several seeds."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from dlcore.charts import optimizer_race as charts
from dlcore.fields import Field
from dlcore.metrics import higher_is_better
from dlcore.service import ensure_trainer
from dlcore.services import optimizer_race as service
from dlcore.services.optimizer_race import RACERS, Race, Result, Standing
from dlcore.statistics import half_width
from dlcore.ui import words
from dlcore.ui.browser import owner
from dlcore.ui.tries import Answer, Look, Try, Values
from dlcore.ui.verbs import attempt

BY_TITLE = {racer.title: name for name, racer in RACERS.items()}
FIELDS = (
    Field("racers", "choice", ("Gradient descent", "Momentum", "Adadelta", "Adam"), "Who races", "Any of the ten.",
          choices=tuple(BY_TITLE), many=True),
    Field("tried", "int", 5, "Learning rates for each", "Half a tenfold apart, around one that usually suits. With 1 nobody is tuned.",
          1, service.MOST_RATES),
    Field("seeds", "int", 3, "Seeds", "Each draws other first weights and another order of the rows.", 1, service.MOST_SEEDS),
)  # fmt: skip


def race(values: Values, look: Look) -> Race:
    """What the controls ask for, with the page's data, net and epochs."""
    racers = tuple(BY_TITLE[title] for title in values.words("racers"))
    return Race(look.opened.experiment, racers, values.whole("tried"), values.whole("seeds"))


def answer(values: Values, look: Look) -> Answer:
    asked = race(values, look)
    found = service.read(asked)
    colours = dict(zip(RACERS, (*look.colours, *look.colours), strict=False))
    racing = [_racing(result, colours[result.racer]) for result in found.results]
    note = f"{asked.experiment.dataset_spec.title}. Each optimizer at the best of its learning rates, mean of {asked.seeds} seeds."
    return Answer(
        charts.at_best(racing, note), [("Trainings", f"{found.done:,} of {found.total:,}")],
        below=charts.by_rate(racing, words.metric_name(asked.metric)), text=table(asked, found),
    )  # fmt: skip


def _racing(result: Result, colour: str) -> charts.Racing:
    seeds = result.scores.shape[1]
    spread = [half_width(float(own.std(ddof=1)), seeds) if seeds > 1 and np.isfinite(own).all() else math.nan for own in result.scores]
    return charts.Racing(RACERS[result.racer].title, colour, result.epochs, result.rates, result.scores.mean(axis=1), np.array(spread))


def table(asked: Race, found: Standing) -> str:
    """Best rate and score of each, the best first; and what to make of it."""
    ended = [result for result in found.results if result.best is not None]
    if not ended:
        return "Press *Race*. Nobody is ahead beforehand."
    sign = -1 if higher_is_better(asked.metric) else 1
    lines = [f"| optimizer | best rate | {words.metric_name(asked.metric)} |", "|---|---|---|"]
    for result in sorted(ended, key=lambda one: sign * one.score[0]):
        assert result.best is not None
        mean, half = result.score
        rate = result.rates[result.best]
        edge = " (at the edge: try more rates)" if len(result.rates) > 1 and result.best in (0, len(result.rates) - 1) else ""
        said = f"{words.number(mean)} ± {half:.2g}" if math.isfinite(half) else words.number(mean)
        lines.append(f"| {RACERS[result.racer].title} | {'its own step' if math.isnan(rate) else f'{rate:.2g}{edge}'} | {said} |")
    return "\n".join(lines)


def verbs(values: Values, look: Look) -> None:
    """One press for all that is not trained yet, one to stop it."""
    asked = race(values, look)
    found = service.read(asked)
    if found.active:
        if st.button("Stop the race", key="race_stop", icon=":material/stop:", width="stretch"):
            attempt(lambda: service.stop(asked))
            st.rerun()
        return
    pressed = st.button(
        f"Race: {found.total - found.done:,} trainings" if found.done < found.total else "All trained", key="race_start", type="primary",
        icon=":material/flag:", width="stretch", disabled=found.done >= found.total,
        help="Trains each optimizer at each of its rates with each seed. What was trained before is taken as it is.",
    )  # fmt: skip
    if pressed:
        attempt(lambda: service.start(asked, owner=owner()))
        st.rerun()


def racing(values: Values, look: Look) -> bool:
    active = service.read(race(values, look)).active
    if active:
        ensure_trainer()  # one that was stopped meanwhile would leave the rest waiting
    return active


PART = Try(
    "Race on a real net", FIELDS, answer, live=racing, verbs=verbs,
    hint="Data, net, batch size and epochs are those on the left. Who is ahead at its own best rate, and who only where the rate is right?",
)  # fmt: skip
