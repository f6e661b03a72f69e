"""The tabs beneath the live panel: mistakes, the net with its weights, what happens inside, speed, health. Only the open one is drawn."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dlcore.charts import gradients, resources
from dlcore.charts.lines import Line
from dlcore.charts.mistakes import Mistakes, misses, mistakes
from dlcore.charts.net import filters, net
from dlcore.charts.rates import planned, rate_lines
from dlcore.ui.curves import chart
from dlcore.ui.health import Finding
from dlcore.ui.palette import DARK, LIGHT, colour
from dlcore.ui.picture import figure, picture
from dlcore.ui.reader import READER
from dlcore.ui.watched import Watched
from dlcore.views import View

SMALL = 190
INK = "#888888"
LIST_HEIGHT = 250
COLOURED_LAYERS = 8
KINDS = ("gradient_norm", "update_ratio", "weight_norm", "near_zero", "dead_units", "activation_rms")
HEALTH_ICONS = {"trouble": ":material/warning:", "hint": ":material/lightbulb:", "fine": ":material/check:"}


def tabs(one: Watched) -> None:
    """All details of one run; each tab fetches and draws only while it is open."""
    drawers: dict[str, Callable[[Watched], None]] = {
        "Mistakes": _mistakes, "The net": _net, "Inside": _inside, "Speed": _speed, "Health": _health,
    }  # fmt: skip
    for tab, draw in zip(st.tabs(list(drawers), key="details", on_change="rerun"), drawers.values(), strict=True):
        if tab.open:
            with tab:
                draw(one)


def _mistakes(one: Watched) -> None:
    view = one.view()
    if view is None:
        markup = "<p>The examples that the net gets most wrong appear here after the first epoch.</p>"
    else:
        version = (view.epoch, view.step)
        markup = READER.made(one.run, "mistakes", version, lambda: _mistakes_of(one, view))
    picture(markup, key="mistakes", height=LIST_HEIGHT)


def _mistakes_of(one: Watched, view: View) -> str:
    spec = one.experiment.dataset_spec
    rows = f"{view.rows:,} {'validation' if view.is_validation else 'training'} examples"
    if view.true is not None and view.predicted is not None:
        lead = f'<p class="title">The worst of {rows}, after epoch {view.epoch:,}</p>'
        return lead + misses(view.true, view.predicted, spec.target_unit)
    if view.mistakes is None and view.confusion is not None:
        steps = int(view.confusion.sum())
        wrong = steps - int(view.confusion.trace())
        return f"<p>Each step of a sequence has an answer of its own: {wrong:,} of {steps:,} steps wrong after epoch {view.epoch:,}.</p>"
    if view.mistakes is None or not len(view.mistakes):
        return f"<p>No mistake among {rows} after epoch {view.epoch:,}.</p>"
    assert view.confusion is not None and view.mistake_inputs is not None and view.mistake_probability is not None
    assert view.mistake_true is not None and view.mistake_predicted is not None
    wrong = int(view.confusion.sum() - view.confusion.trace())
    found = Mistakes(view.mistake_inputs, view.mistake_true, view.mistake_predicted, view.mistake_probability)
    lead = f'<p class="title">{wrong:,} of {rows} wrong after epoch {view.epoch:,}; those it was surest of come first</p>'
    return lead + mistakes(found, spec.class_names, spec.feature_names, spec.symbols(one.experiment.dataset.settings))


def _net(one: Watched) -> None:
    view = one.view()
    version = (view.epoch, view.step) if view else ()
    kernels = view.kernels if view else {}
    figure(READER.made(one.run, f"net/{one.dark}", version, lambda: net(one.stages, kernels, one.dark)), key="net", wide=True)
    if view is not None and (first := view.filters) is not None:
        figure(READER.made(one.run, "filters", version, lambda: filters(first)), key="filters", wide=True)


def _inside(one: Watched) -> None:
    probes, named = one.probes, gradients.measured(one.probes, one.layers)
    hues = dict(zip(_spread(named), DARK if one.dark else LIGHT, strict=False))
    _legend(hues)
    kinds = {kind: gradients.layer_lines(probes, kind, hues, one.per_epoch) for kind in KINDS}
    updates = gradients.with_reference(kinds["update_ratio"], gradients.HEALTHY_UPDATE, "usual", INK)
    _grid(
        ("Learning rate", "rate", _rates(one), False, "The size of a step, as the schedule plans it and as it was changed."),
        ("Gradient norm", "norm", kinds["gradient_norm"], True, "How steep the loss is, seen from each layer."),
        ("Update ratio", "ratio", updates, True, "How far a step moves the weights, relative to their size; about 0.001 is usual."),
        ("Weights", "norm", kinds["weight_norm"], False, "The root of a layer's sum of squared weights: penalties keep it small."),
        ("Weights near zero", "share", kinds["near_zero"], False, "Weights below 0.001 in size: an L1 penalty makes more of them."),
        ("Dead units", "share", kinds["dead_units"], False, "ReLU units that are 0 for every example of a batch: they no longer learn."),
        ("Output", "root mean square", kinds["activation_rms"], True, "How large the outputs are: a signal may fade or swell by layer."),
    )


def _rates(one: Watched) -> list[Line]:
    epochs = one.epochs
    if "learning_rate" not in epochs:
        return []
    return rate_lines(*planned(one.experiment, one.seen.changes, one.per_epoch), epochs["learning_rate"], one.done, one.colour)


def _speed(one: Watched) -> None:
    probes, hues = one.probes, tuple(colour(place, one.dark) for place in range(2))
    processor = resources.used(probes, resources.PROCESSOR, hues, one.per_epoch)
    memory = resources.used(probes, resources.MEMORY, hues, one.per_epoch)
    _legend(dict(zip(("this run", "whole machine"), hues, strict=True)))
    _grid(
        ("Examples per second", "examples/s", resources.throughput(one.epochs, hues[0]), False, "Training only, without validation."),
        ("Processor", "% of all cores", processor, False, "100 %: every core of the machine is fully used."),
        ("Memory", "MB", memory, False, "Of the worker's process, with Keras."),
    )


def _health(one: Watched) -> None:
    found = one.findings() or [Finding("fine", "Nothing measured yet", "Wait for the first epochs.")]
    for finding in found:
        st.markdown(f"{HEALTH_ICONS[finding.level]} **{finding.name}.** {finding.said}  \n{finding.advice}".rstrip())


def _spread(names: Sequence[str]) -> list[str]:
    """At most as many layers as there are colours, first and last among them."""
    if len(names) <= COLOURED_LAYERS:
        return list(names)
    return [names[round(place * (len(names) - 1) / (COLOURED_LAYERS - 1))] for place in range(COLOURED_LAYERS)]


def _legend(colours: Mapping[str, str]) -> None:
    swatch = '<span style="display:inline-block;width:18px;border-top:3px solid {};margin-right:6px;vertical-align:middle"></span>'
    items = "".join(f"<span>{swatch.format(hue)}{html.escape(name)}</span>" for name, hue in colours.items())
    words = items or "<span>The layers appear here once the net was looked at.</span>"
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:2px 18px;font-size:14px;min-height:22px">{words}</div>')


def _grid(*charts: tuple[str, str, Sequence[Line], bool, str]) -> None:
    """Charts two in a row: title, unit, lines, logarithmic, what it means."""
    for begin in range(0, len(charts), 2):
        for place, (title, unit, lines, log, meaning) in zip(st.columns(2), charts[begin : begin + 2], strict=False):
            with place:
                st.markdown(f"**{title}**", help=meaning)
                if lines:
                    chart(lines, "epoch", unit, key=f"small_{title}".replace(" ", "_").lower(), log=log, height=SMALL, described=title)
                else:
                    with st.container(height=SMALL, border=True, vertical_alignment="center", horizontal_alignment="center"):
                        st.caption("Nothing measured yet.", width="content")
