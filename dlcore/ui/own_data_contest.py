"""A network beside simple models on a person's own data: same rows, several seeds, and whether the difference is more than chance."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.services import learning_curves
from dlcore.services.learning_curves import Answer, Question
from dlcore.training_rows import most_rows
from dlcore.ui.page import tell

SEEDS, TICK_SECONDS = 5, 1.0
OTHERS = ("constant", "linear", "boosting")
TITLES = {
    "mlp": "Network (multilayer perceptron)",
    "rnn": "Network (recurrent)",
    "constant": "Always the same answer",
    "linear": "Linear model",
    "boosting": "Gradient boosting",
}


def contest(experiment: Experiment) -> None:
    """The press that starts it, then a table that fills."""
    always = "the mean" if experiment.shape.task == "regression" else "the commonest class"
    st.markdown(
        "A network is one answer among several. These models learn from the same training rows and are scored on the same validation rows, "
        f"{SEEDS} times with other splits and starts: {always} every time, a linear model, gradient boosting, a network."
    )
    net = "rnn" if experiment.shape.tokens else "mlp"
    if net == "rnn":
        st.markdown(
            "The other models are given how often each of the commonest words or letters is in a text; the network reads it in order."
        )
    question = Question(experiment.with_(model=net), (net, *OTHERS), (most_rows(experiment),), SEEDS)
    st.fragment(_table, run_every=TICK_SECONDS if learning_curves.read(question).active else None)(question)


def _table(question: Question) -> None:
    found = learning_curves.read(question)
    if not found.active and found.done < found.total:
        st.button(
            f"Train all {found.total}",
            type="primary",
            icon=":material/compare_arrows:",
            on_click=_start,
            args=(question,),
            key="own_contest",
        )
    elif found.active:
        st.progress(found.done / found.total, text=f"{found.done} of {found.total} trained.")
    elif st.session_state.pop("own_contest_running", False):
        st.rerun()  # the last one has come: no more looking
    if found.cause:
        st.error(found.cause, icon=":material/error:")
    if found.points:
        st.dataframe(_frame(found, question), hide_index=True, key="own_contest_table")
        words = {
            "mae": f"Mean absolute error, in units of {question.experiment.dataset_spec.target_unit}, less is better",
            "accuracy": "Accuracy",
        }
        st.caption(f"{words[question.metric]}, on validation rows: mean over {SEEDS} seeds with its 95 % interval (Student's t).")
    if verdict := _verdict(question, found):
        st.markdown(f"**{verdict}**")


def _start(question: Question) -> None:
    try:
        learning_curves.start(question)
        st.session_state["own_contest_running"] = True
    except LabError as error:
        tell(error)


def _frame(found: Answer, question: Question) -> pd.DataFrame:
    points = sorted(found.points, key=lambda point: question.models.index(point.model))
    return pd.DataFrame(
        [
            {"model": TITLES[point.model], question.metric: f"{point.mean:.4g}", "95 % interval": f"{point.low:.4g} to {point.high:.4g}",
             "seeds": len(point.scores)} for point in points
        ]
    )  # fmt: skip


def _verdict(question: Question, found: Answer) -> str:
    ahead = learning_curves.lead(question, [point for point in found.points if len(point.scores) == question.seeds])
    if ahead is None:
        return ""
    net, other, estimate = ahead
    near, far = sorted((abs(estimate.low), abs(estimate.high)))
    rival = TITLES[other.model].lower()
    if estimate.low > 0 or estimate.high < 0:
        told = f"{rival}, by {abs(estimate.effect):.3g} (95 % interval {near:.3g} to {far:.3g})"
        if estimate.low > 0:
            return f"The network is better than {told}."
        return f"The network is worse than {told}: use that model, or search for better settings."
    return f"Too close to tell: the 95 % interval of the network's lead over {rival} goes from {estimate.low:.3g} to {estimate.high:.3g}."
