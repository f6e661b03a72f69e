"""Looks into a run's convolutional net: its feature maps with a slider through time, where it sees a class, what its filters want."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from dlcore import forecast, service
from dlcore.charts import feature_maps as pictures
from dlcore.charts.figure import Figure
from dlcore.charts.net import filters
from dlcore.experiment import Experiment
from dlcore.fields import Field
from dlcore.image_layers import image_layers
from dlcore.run import Run
from dlcore.services import looking_inside, viewing
from dlcore.services.looking_inside import Look
from dlcore.ui import held, link, palette, tries
from dlcore.ui.page import tell
from dlcore.ui.picture import figure, picture

TICK_SECONDS = 0.5
LAST = -1
IMAGES = 12
EPOCH = Field("look_epoch", "int", LAST, "Epoch", "The net as it was after this epoch; 0 is before training.", LAST, 1_000_000)
LAYER = Field("look_layer", "int", LAST, "Layer", "Whose output is shown.", LAST, 1000)
IMAGE = Field("look_image", "int", 0, "Image", "Its number among the images that the net does not learn from.", 0, 10_000_000)
OF = Field("look_of", "choice", "worst", "Images", "The surest mistakes, or the first ones.", choices=("worst", "first"))
FIELDS = (EPOCH, LAYER, IMAGE, OF)
OF_TITLES = {"worst": "worst mistakes", "first": "first images"}


def through_time(base: Experiment) -> None:
    """One image in every layer, at every kept epoch."""
    _for_run(base, _through_time, "What each layer makes of an image appears here, for every epoch that was kept.")


def where_it_looks(base: Experiment) -> None:
    """Grad-CAM over the images that are most wrong, or the first ones."""
    _for_run(base, _where_it_looks, "Where in an image the net sees its answer appears here.")


def what_filters_want(base: Experiment) -> None:
    """Images that excite the filters of a layer most."""
    _for_run(base, _what_filters_want, "The images that each filter answers to most appear here.")


def _for_run(base: Experiment, draw: Callable[[Run], None], coming: str) -> None:
    run = link.opened(base).run
    if run is None:
        st.caption(f"{coming} Train a net first.")
    elif not image_layers(service.experiment(run.id)):
        st.caption("This net has no layer that puts out images. Choose a convolutional net on the left, and train it.")
    elif run.state.is_active:
        st.caption(f"{coming} The net is still training: it is looked into when the run ends.")
        st.fragment(_wait, run_every=TICK_SECONDS)(run.id)
    elif not looking_inside.kept(run.id):
        st.caption(f"{coming} This run ended before its first checkpoint.")
    else:
        st.fragment(draw)(run)


def _wait(run: str) -> None:
    if not service.run(run).state.is_active:
        st.rerun()


def _through_time(run: Run) -> None:
    experiment, values = service.experiment(run.id), _values()
    epochs, part = [0, *looking_inside.kept(run.id)], _part(experiment)
    rows = forecast.rows(experiment)[1 if part == "val" else 0]
    names = [layer.title(number) for number, layer in enumerate(image_layers(experiment), start=1)]
    epoch = values.whole("look_epoch") if values.whole("look_epoch") in epochs else epochs[-1]
    layer = values.whole("look_layer") if 0 <= values.whole("look_layer") < len(names) else 0
    row = min(values.whole("look_image"), rows - 1)
    with st.container(horizontal=True, vertical_alignment="bottom", key="look_controls"):
        _choice(LAYER, list(range(len(names))), layer, names.__getitem__, 300)
        key = "look.image"
        held.hold(key, row, rows)
        st.number_input(IMAGE.label, 0, rows - 1, key=key, help=IMAGE.help, width=130, on_change=_take, args=(IMAGE, key))
    key = "look.epoch"
    held.hold(key, epoch, tuple(epochs))
    st.select_slider("Epoch", epochs, key=key, help=EPOCH.help, on_change=_take, args=(EPOCH, key))
    found = _answer("maps", run.id, looking_inside.feature_maps, row, part)
    if found is not None and epoch in found.facts["epochs"] and layer < len(found.facts["layers"]):
        _maps(found, found.facts["epochs"].index(epoch), layer, experiment)


def _maps(found: Look, place: int, layer: int, experiment: Experiment) -> None:
    left, right = st.columns([1, 3], gap="medium")
    with left:
        picture(
            pictures.gallery([[(found.arrays["image"], "the image")]], [_said(found, place, experiment)], "The image"), key="look_image"
        )
        if "filters" in found.arrays:
            drawn = filters(found.arrays["filters"][place])
            figure(Figure("Filters of the first convolution", drawn.svg, drawn.described, drawn.note), key="look_filters")
    with right:
        maps, facts = found.arrays[f"maps/{layer}"], found.facts["layers"][layer]
        more = facts["shape"][2] - len(facts["shown"])
        drawn = pictures.tiles(maps[place], pictures.strongest(maps), facts["title"], facts["shown"], palette.is_dark())
        note = f"{drawn.note} One scale for all epochs.{f' {more} more maps are not drawn.' if more else ''}"
        figure(Figure(drawn.title, drawn.svg, drawn.described, note), key="look_maps")


def _said(found: Look, place: int, experiment: Experiment) -> str:
    names, outputs = found.facts["names"], np.asarray(found.arrays["outputs"][place], float)
    if not names:
        return f"The net says {outputs[0]:.3g}."
    number = int(outputs.argmax()) if len(outputs) > 1 else int(outputs[0] > experiment.loss_spec.threshold)
    sure = ""
    if experiment.head.activation in ("softmax", "sigmoid"):
        share = outputs[number] if len(outputs) > 1 else max(outputs[0], 1 - outputs[0])
        sure = f", {100 * share:.0f} % sure"
    return f"{names[found.facts['true']]}. The net says {names[number]}{sure}."


def _where_it_looks(run: Run) -> None:
    experiment, values, view = service.experiment(run.id), _values(), viewing.view(run.id)
    if experiment.shape.task == "regression":
        st.caption("Grad-CAM asks where a class is seen, and these data have no classes.")
        return
    layers = image_layers(experiment)
    layer = values.whole("look_layer") if 0 <= values.whole("look_layer") < len(layers) else len(layers) - 1
    worst = [] if view is None or view.mistakes is None else [int(number) for number in view.mistakes[:IMAGES]]
    part = "train" if view is not None and not view.is_validation else _part(experiment)
    with st.container(horizontal=True, vertical_alignment="bottom", key="cam_controls"):
        _choice(LAYER, list(range(len(layers))), layer, lambda number: layers[number].title(number + 1), 300)
        _choice(OF, list(OF_TITLES), values.word("look_of"), OF_TITLES.__getitem__, 180)
    rows = worst if values.word("look_of") == "worst" and worst else list(range(min(IMAGES, forecast.rows(experiment)[1] or IMAGES)))
    found = _answer("cam", run.id, looking_inside.grad_cam, rows, layer, part)
    if found is None:
        return
    st.caption(
        "Each image, and in orange the places that speak for the class the net gives it; where it is wrong, also for the true class."
    )
    entries, words = [], []
    for image, given, true, says, is_ in zip(
        found.arrays["images"], found.arrays["given"], found.arrays["true"], found.facts["given"], found.facts["true"], strict=True
    ):
        said, real = found.facts["names"][says], found.facts["names"][is_]
        shown = [(image, real), (pictures.heated(image, given), f"where it sees {said}")]
        entries.append([*shown, (pictures.heated(image, true), f"where it sees {real}")] if says != is_ else shown)
        words.append(f"{real}, taken for {said}: {said} in the middle, {real} on the right" if says != is_ else f"{real}, as the net says")
    picture(pictures.gallery(entries, words, "Where the net sees its classes"), key="cam_pictures")


def _what_filters_want(run: Run) -> None:
    layers, values = image_layers(service.experiment(run.id)), _values()
    layer = values.whole("look_layer") if 0 <= values.whole("look_layer") < len(layers) else len(layers) - 1
    _choice(LAYER, list(range(len(layers))), layer, lambda number: layers[number].title(number + 1), 300)
    found = _answer("wanted", run.id, looking_inside.feature_visualisation, layer)
    if found is None:
        return
    st.caption("Found by changing the pixels of a grey, noisy image step by step so that the filter answers more. No photograph is used.")
    words = [
        f"Filter {unit}: from {before:.2g} to {after:.2g}"
        for unit, before, after in zip(found.facts["units"], found.facts["before"], found.facts["after"], strict=True)
    ]
    picture(pictures.gallery([[(image, "")] for image in found.arrays["images"]], words, "What the filters want"), key="wanted_pictures")


def _answer(name: str, run: str, ask: Callable[..., str], *question: Any) -> Look | None:
    """What the job that `ask(run, *question)` starts has found. Until then a line says how far it is, and what was shown of this run before
    stays. One that failed is not asked for again until a person says so."""
    key, asked_key = f"look_{name}", f"look_{name}_asked"
    if st.session_state.get(asked_key, ("",))[0] != (run, question):
        st.session_state[asked_key] = (run, question), ask(run, *question)
    number = st.session_state[asked_key][1]
    job = service.job(number)
    if job.state == "done":
        st.session_state[key] = run, number
    else:
        st.fragment(_progress, run_every=None if job.is_finished else TICK_SECONDS)(number, job.is_finished, asked_key)
    of, shown = st.session_state.get(key, ("", ""))
    return looking_inside.read(shown) if of == run else None


def _progress(number: str, was_finished: bool, asked_key: str) -> None:
    job = service.job(number)
    if not job.is_finished:
        st.progress(job.progress, text="A worker looks into the net.")
    elif not was_finished:
        st.rerun()
    else:
        st.error(f"{job.cause or 'Looking into the net was cancelled.'} {job.hint}".strip(), icon=":material/error:")
        if st.button("Try again", key=f"{asked_key}_again", icon=":material/replay:"):
            del st.session_state[asked_key]
            st.rerun()


def _part(experiment: Experiment) -> str:
    return "val" if experiment.validation > 0 else "train"


def _values() -> tries.Values:
    values, errors = tries.here(FIELDS)
    for error in errors:
        tell(error)
    return values


def _choice(field: Field, options: Sequence[Any], now: Any, said: Callable[[Any], str], width: int) -> None:
    key = f"look.{field.name}"
    held.hold(key, now, tuple(options))
    st.selectbox(field.label, options, key=key, format_func=said, help=field.help, width=width, on_change=_take, args=(field, key))


def _take(field: Field, key: str) -> None:
    tries.write(field, st.session_state[key])
