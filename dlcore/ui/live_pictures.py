"""The picture beside the curves: what the net makes of the data, chosen by what the run is. And what is there before a run."""

from __future__ import annotations

import streamlit as st

from dlcore.charts.boundary import boundary
from dlcore.charts.confusion import confusion
from dlcore.charts.figure import Figure
from dlcore.charts.net import net
from dlcore.charts.predicted import predicted
from dlcore.charts.stages import stages
from dlcore.experiment import Experiment
from dlcore.ui.palette import DARK, LIGHT
from dlcore.ui.picture import figure
from dlcore.ui.reader import READER
from dlcore.ui.watched import Watched
from dlcore.views import View

HEIGHT = 366  # of title, picture and note
COMING = {
    "boundary": ("What the net says where", "The plane of the two features, coloured by the class the net gives each point."),
    "confusion": ("What is taken for what", "A table of the classes: the true ones against those the net says."),
    "predicted": ("Predicted against true", "A point for each example: what the net predicts against what is true."),
}


def second(one: Watched) -> None:
    """The newest view of a run as a picture; before there is one, what will appear in its place."""
    view = one.view()
    drawn = _drawn(one, view) if view is not None else None
    figure(drawn or _coming(one.experiment), key="second", height=HEIGHT)


def before(experiment: Experiment, dark: bool) -> None:
    """The net that would be trained, and what will appear once it is."""
    left, right = st.columns([2, 1])
    with left:
        drawn = net(stages(experiment.plan(), experiment.shape.input), {}, dark)
        figure(Figure("The net that will be trained", drawn.svg, drawn.described, drawn.note), key="net_before", height=HEIGHT, wide=True)
    with right, st.container(border=True, height=HEIGHT, horizontal_alignment="center", vertical_alignment="center"):
        st.markdown(":material/show_chart: **Your curves appear here.**", width="content")
        coming = COMING[_kind(experiment)][1]
        st.caption(f"Press Train: loss and accuracy are drawn while the net learns, and beside them:  \n{coming}")
        st.caption("You may close the page meanwhile.")


def _kind(experiment: Experiment) -> str:
    shape = experiment.shape
    if shape.input == (2,):
        return "boundary"
    return "predicted" if shape.task == "regression" else "confusion"


def _coming(experiment: Experiment) -> Figure:
    title, words = COMING[_kind(experiment)]
    return Figure(title, "", words, f"Appears after the first epoch. {words}")


def _drawn(one: Watched, view: View) -> Figure | None:
    version = (view.epoch, view.step, one.colour)
    return READER.made(one.run, f"second/{one.dark}", version, lambda: _draw(one, view))  # type: ignore[no-any-return]


def _draw(one: Watched, view: View) -> Figure | None:
    experiment, spec = one.experiment, one.experiment.dataset_spec
    note = f"{view.rows:,} {'validation' if view.is_validation else 'training'} examples, after epoch {view.epoch:,}."
    if view.grid is not None and view.extent is not None and view.points is not None:
        assert view.point_labels is not None and view.point_is_validation is not None
        features = (*spec.feature_names, "feature 1", "feature 2")[:2] if len(spec.feature_names) == 2 else ("feature 1", "feature 2")
        return boundary(
            view.grid, view.extent.tolist(), view.points, view.point_labels, view.point_is_validation,
            colours=DARK if one.dark else LIGHT, names=(features[0], features[1]), dark=one.dark, threshold=experiment.loss_spec.threshold,
            task=experiment.shape.task, note=f"After epoch {view.epoch:,}. Dots: training, diamonds: validation.",
        )  # fmt: skip
    if view.confusion is not None:
        return confusion(view.confusion, spec.class_names, one.dark, note)
    if view.true is not None and view.predicted is not None:
        return predicted(view.true, view.predicted, one.colour, spec.target_unit, note)
    return None
