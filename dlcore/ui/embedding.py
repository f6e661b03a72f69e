"""The panel of the t-SNE page: which layer, after which epoch, with which perplexity; the rows in the plane, and what lies in a box."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dlcore import service
from dlcore.charts.embedding import HEIGHT, inside, scatter
from dlcore.charts.parallel import BRUSH
from dlcore.charts.samples import images
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.plural import count
from dlcore.run import Run
from dlcore.services import embedding
from dlcore.services.embedding import Embedding
from dlcore.services.listing import Job
from dlcore.ui import held, link, palette, search_looks, tries, words
from dlcore.ui.page import tell
from dlcore.ui.picture import picture
from dlcore.ui.verbs import attempt, train

TICK_SECONDS = 0.5
IMAGES = 32
LAST = -1
LAYER = Field(
    "layer",
    "int",
    LAST,
    "Layer",
    "Which numbers are laid out. Logits are the last layer’s sums.",
    LAST,
    200,
)
EPOCH = Field("epoch", "int", LAST, "Epoch", "The net as it was after this epoch.", LAST, 1_000_000)
PERPLEXITY = Field("perplexity", "int", 30, "Perplexity", "About how many neighbours each point keeps near.", 2, 100)
SEED = Field("tsne_seed", "int", 0, "Seed", "Another seed gives another picture of the same numbers.", 0, 99)
FIELDS = (LAYER, EPOCH, PERPLEXITY, SEED)
SHOWN = "embedding_shown"  # session: run and job whose picture is on the page, kept while the next one is made


def panel(opened: link.Opened) -> None:
    with st.container(border=True, key="embedding"):
        kept = embedding.checkpoints(opened.run.id) if opened.run else {}
        if opened.run is None or not kept:
            _nothing_yet(opened)
            return
        st.fragment(_panel)(opened.run, sorted(kept))


def _nothing_yet(opened: link.Opened) -> None:
    with st.container(height=420, border=False, horizontal_alignment="center", vertical_alignment="center"):
        if opened.run is not None and opened.run.state.is_active:
            st.markdown(
                ":material/hourglass_top: **The net is training.** Its layers appear here at its first checkpoint.", width="content"
            )
            st.fragment(_wait_for_checkpoint, run_every=TICK_SECONDS)(opened.run.id)
            return
        st.markdown(":material/scatter_plot: **The layers of a net appear here as points in the plane.**", width="content")
        st.caption("It takes a trained net. Press, or open one of your runs on this page.", width="content")
        st.button("Train a net for this", key="embedding_train", type="primary", icon=":material/model_training:",
                  on_click=attempt, args=(lambda: train(opened),))  # fmt: skip


def _wait_for_checkpoint(run: str) -> None:
    if embedding.checkpoints(run) or not service.run(run).state.is_active:
        st.rerun()


def _panel(run: Run, epochs: list[int]) -> None:
    experiment, kept = service.experiment(run.id), embedding.checkpoints(run.id)
    names = embedding.layers(experiment)
    values, errors = tries.here(FIELDS)
    for error in errors:
        tell(error)
    layer = values.whole("layer") if 0 <= values.whole("layer") < len(names) else len(names) - 1
    epoch = values.whole("epoch") if values.whole("epoch") in kept else epochs[-1]
    _controls(names, layer, epochs, epoch, values)
    job = service.job(
        embedding.ask(run.id, kept[epoch].id, layer=layer, perplexity=values.number("perplexity"), seed=values.whole("tsne_seed"))
    )
    if job.state == "done":
        st.session_state[SHOWN] = run.id, job.id
    _said(job)
    shown_run, shown = st.session_state.get(SHOWN, ("", ""))
    if shown_run != run.id:
        st.container(height=HEIGHT, border=False)  # the place that the picture is going to take
        return
    _picture(experiment, embedding.read(shown), shown)


def _controls(names: list[str], layer: int, epochs: list[int], epoch: int, values: tries.Values) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="embedding_controls"):
        _choice(LAYER, list(range(len(names))), layer, lambda number: names[number], 165, len(names) - 1)
        _choice(EPOCH, epochs, epoch, lambda number: f"after epoch {number}" if number else "before training", 145, epochs[-1])
        for field, width in ((PERPLEXITY, 120), (SEED, 76)):
            key, now = f"try.embedding.{field.name}", values.whole(field.name)
            low, high = int(field.minimum or 0), int(field.maximum or 0)
            held.hold(key, now, (low, high))
            draw: Any = st.slider if field is PERPLEXITY else st.number_input
            draw(field.label, low, high, key=key, help=field.help, width=width, on_change=_take, args=(field, key))


def _choice(field: Field, options: list[int], now: int, said: Any, width: int, default: int) -> None:
    key = f"try.embedding.{field.name}"
    held.hold(key, now, tuple(options))
    st.selectbox(field.label, options, key=key, format_func=said, help=field.help, width=width, on_change=_take, args=(field, key, default))


def _take(field: Field, key: str, default: int | None = None) -> None:
    value = st.session_state[key]
    tries.write(field, field.default if value == default else value)


def _said(job: Job) -> None:
    """A line that is always there: how far the layout is, or how good it is. It ticks by itself and draws the panel anew at the end."""
    with st.container(height=64, border=False):
        if job.state == "done":
            facts = job.result
            st.markdown(
                f"**Trustworthiness {words.number(facts['trustworthiness'])}** of 1. {facts['rows']:,} validation rows, each with "
                f"{facts['values']:,} numbers in this layer; perplexity {words.number(facts['perplexity'])}."
            )
        else:
            st.fragment(_progress, run_every=None if job.is_finished else TICK_SECONDS)(job.id, job.is_finished)


def _progress(number: str, was_finished: bool) -> None:
    job = service.job(number)
    if not job.is_finished:
        with st.container(horizontal=True, vertical_alignment="center", key="embedding_progress"):  # columns would stack when narrow
            st.progress(job.progress, text="A worker lays out the rows.", width="stretch")
            st.button("Cancel", key="embedding_cancel", on_click=service.cancel_job, args=(number,))
    elif not was_finished:
        st.rerun()
    elif job.state == "failed":
        st.error(f"{job.cause} {job.hint}".strip(), icon=":material/error:")
    elif job.state == "cancelled":
        st.caption("Cancelled. Change a setting to lay the rows out anew.")


def _picture(experiment: Experiment, found: Embedding, job: str) -> None:
    classes = _classes(experiment)
    wrong = found.said != found.y if classes else np.zeros(len(found.y), bool)
    y = found.y if classes else found.y.reshape(len(found.y), -1)[:, 0]
    dark = palette.is_dark()
    drawn = scatter(found.plane, y, wrong, classes, palette.DARK if dark else palette.LIGHT, search_looks.ink())
    event = search_looks.picture(drawn, f"embedding_{job}", on_select="rerun", selection_mode=BRUSH)
    chosen = inside(found.plane, (event.get("selection") or {}).get(BRUSH) or {})
    _chosen(experiment, found, classes, chosen)
    table = pd.DataFrame({"x": found.plane[:, 0], "y": found.plane[:, 1], "true": y}).to_csv(index=False).encode()
    st.download_button("Places as CSV", table, "tsne.csv", "text/csv", icon=":material/download:", key="embedding_csv", on_click="ignore")


def _chosen(experiment: Experiment, found: Embedding, classes: tuple[str, ...], chosen: np.ndarray) -> None:
    """What the rows in the box look like; a sentence where there is no box."""
    with st.container(height=150, border=False, key="embedding_chosen"):
        if not len(chosen):
            ring = " A ring is a row that the net gets wrong." if classes else ""
            st.caption(f"Draw a box over some points to see what they are.{ring}")
        elif experiment.shape.kind == "image":
            shown = chosen[:IMAGES]
            true, said = ([classes[int(number)] for number in values[shown]] for values in (found.y, found.said))
            more = f", the first {IMAGES} of them shown" if len(chosen) > IMAGES else ""
            st.caption(f"{count(len(chosen), 'row')} in the box{more}. Marked: what the net says where it is wrong.")
            picture(images(found.x[shown], said, true), key="embedding_images")
        else:
            st.caption(f"{count(len(chosen), 'row')} in the box.")
            names = experiment.dataset_spec.feature_names
            rows = found.x[chosen].reshape(len(chosen), -1)[:, :12]
            heads = [names[place] if place < len(names) else f"feature {place + 1}" for place in range(rows.shape[1])]
            st.dataframe(pd.DataFrame(rows, columns=heads), hide_index=True, key="embedding_rows")


def _classes(experiment: Experiment) -> tuple[str, ...]:
    shape = experiment.shape
    count = {"classes": shape.outputs, "binary": 2, "regression": 0}[shape.task]
    return experiment.dataset_spec.class_names or tuple(str(number) for number in range(count))
