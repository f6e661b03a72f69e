"""The curves of the chosen runs on one chart: along what, how smooth, singly or as means over seeds. Its choices lie in the address."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import streamlit as st

from dlcore import statistics
from dlcore.charts import compared
from dlcore.charts.compared import AXES, Along, Compared
from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.forecast import forecast
from dlcore.metrics import METRICS
from dlcore.run import Run
from dlcore.services import exploring
from dlcore.ui import link, palette, words
from dlcore.ui.curves import chart
from dlcore.ui.labels import labels
from dlcore.ui.palette import colour
from dlcore.ui.progress import main_metric, steps_per_epoch

HEIGHT = 340
BOTH = 8  # runs up to which training and validation are drawn together unless asked otherwise
STEPPED = 8  # and up to which the values of single steps are read
NAMED = 16  # runs up to which a legend names each
INK = {False: "#4A5563", True: "#B4BFCB"}
TITLES: dict[Along, str] = {"epoch": "Epoch", "step": "Step", "seconds": "Time", "examples": "Examples seen"}
PARTS = {"both": "Both", "val": "Validation", "train": "Training"}
SINGLE, SEEDS = "", "seeds"
CLOCKS = ("seconds", "examples_per_second")


def draw(runs: Sequence[Run], known: Sequence[tuple[Experiment, int, int]]) -> None:
    """known: for each run its experiment, its steps and its examples of an epoch."""
    experiments = [experiment for experiment, _, _ in known]
    ids = [run.id for run in runs]
    names = _names(ids)
    if not names:
        st.caption("No epoch has ended yet. The curves appear here as the runs train.")
        return
    name, along, part, weight, group, log, log_x = _controls(names, experiments)
    recorded = [full for full, asked in ((name, part != "val"), (f"val_{name}", part != "train")) if asked]
    found = exploring.curves(ids, [*recorded, "seconds"])
    steps = exploring.curves(ids, [name], "steps") if along == "step" and name == "loss" and len(ids) <= STEPPED and not group else {}
    drawn = _compared(runs, known, found, steps)
    if group:
        groups = _groups(drawn, experiments, group)
        lines = compared.group_lines(groups, recorded, along, weight, statistics.half_width, words.metric_name)
        _legend([(hue, f"{label} ({len(some)})") for label, hue, some in groups], "line: mean, band: 95 % interval of the mean")
    else:
        lines = compared.run_lines(drawn, recorded, along, weight, words.metric_name)
        _legend([(run.colour, f"{run.tag + ' ' if run.tag else ''}{run.label}") for run in drawn[:NAMED]], _more(len(drawn)))
    reach = _reach(drawn, along, log_x)
    chart(
        lines, AXES[along], words.quantity(name), key=f"compared_{name}", reach=reach, marks=() if group else compared.marks(drawn, along),
        log=log, log_x=log_x, focus=len(lines) > 4, height=HEIGHT, described=f"{words.quantity(name)} of {len(runs)} runs",
    )  # fmt: skip


def known(run: Run) -> tuple[Experiment, int, int] | None:
    """The run's experiment with its steps and examples of an epoch; None for one that cannot be read."""
    return _known(run.experiment)


@lru_cache(maxsize=4096)
def _known(text: str) -> tuple[Experiment, int, int] | None:
    try:
        experiment = Experiment.from_json(text)
        return experiment, steps_per_epoch(experiment), forecast(experiment).training_rows
    except LabError:
        return None


def tags(runs: Sequence[Run]) -> list[str]:
    """A number for each run whose colour another one has as well, "" for the others: a run keeps its colour wherever it is shown."""
    count: dict[int, int] = {}
    found = []
    shared = {run.colour for run in runs if sum(other.colour == run.colour for other in runs) > 1}
    for run in runs:
        count[run.colour] = count.get(run.colour, 0) + 1
        found.append(str(count[run.colour]) if run.colour in shared else "")
    return found


def _controls(names: Sequence[str], experiments: Sequence[Experiment]) -> tuple[str, Along, str, float, str, bool, bool]:
    recorded = {full for name in names for full in (name, f"val_{name}")}
    first = main_metric(experiments[0], recorded).removeprefix("val_")
    with st.container(horizontal=True, vertical_alignment="bottom", key="compared_controls"):
        name = _select("Curve", "curve", names, first if first in names else names[0], lambda one: words.quantity(one).capitalize(), 190)
        along = _select("Along", "along", list(TITLES), "epoch", TITLES.__getitem__, 150)
        usual = "both" if len(experiments) <= BOTH else "val"
        part = _select("Part", "part", list(PARTS), usual, PARTS.__getitem__, 130)
        group = _select("Mean over", "mean", _groupings(experiments), SINGLE, _grouping, 190)
        weight = st.slider("Smoothing", 0.0, 0.99, 0.0, 0.01, key=link.OWN + "smooth", bind="query-params", width=150,
                           help="Each point is a mean of those before it; 0.9 looks back about ten. Raw values stay behind.")  # fmt: skip
        log = st.toggle("Log axis", key=link.OWN + "log", bind="query-params", help="Equal distances are equal ratios.")
        log_x = st.toggle("Log along", key=link.OWN + "logx", bind="query-params", help="The same for the axis below.")
    return name, along, part, weight, group, log, log_x  # type: ignore[return-value]


def _select(label: str, key: str, options: Sequence[str], usual: str, said: Any, width: int) -> str:
    """A choice that the address holds; one that is not offered any more falls back to the usual one."""
    held = link.OWN + key
    if held in st.session_state and st.session_state[held] not in options:
        del st.session_state[held]
    place = list(options).index(usual)
    return st.selectbox(label, options, index=place, key=held, format_func=said, bind="query-params", width=width) or usual


def _groupings(experiments: Sequence[Experiment]) -> list[str]:
    """By what runs can be put together: all settings but the seed, or one setting that differs."""
    if len(experiments) < 2:
        return [SINGLE]
    flat = [exploring.flat(experiment.to_json()) for experiment in experiments]
    keys = dict.fromkeys(key for one in flat for key in one)
    differing = [key for key in keys if len({str(one.get(key)) for one in flat}) > 1 and key != "seed"]
    return [SINGLE, SEEDS, *differing]


def _grouping(name: str) -> str:
    return {SINGLE: "Nothing: single runs", SEEDS: "Seeds"}.get(name) or f"All of one {exploring.label(name).lower()}"


def _compared(
    runs: Sequence[Run], known: Sequence[tuple[Experiment, int, int]], found: Mapping[str, Any], steps: Mapping[str, Any]
) -> list[Compared]:
    names, dark = labels(runs, [experiment for experiment, _, _ in known]), palette.is_dark()
    changes = exploring.changes([run.id for run in runs])
    return [
        Compared(
            run.id, label, colour(run.colour, dark), found.get(run.id, {}), steps.get(run.id, {}), per_epoch, rows, tag,
            [(change["step"] / per_epoch, _change(change)) for change in changes.get(run.id, ())],
        )
        for run, (_, per_epoch, rows), label, tag in zip(runs, known, names, tags(runs), strict=True)
    ]  # fmt: skip


def _groups(drawn: Sequence[Compared], experiments: Sequence[Experiment], group: str) -> list[tuple[str, str, list[Compared]]]:
    """(label, colour, runs), in the order in which their first runs were chosen."""
    found: dict[str, list[int]] = {}
    flat = [exploring.flat(experiment.to_json()) for experiment in experiments]
    for number, one in enumerate(flat):
        kept = {key: value for key, value in one.items() if key != "seed"}
        found.setdefault(str(sorted(kept.items(), key=str)) if group == SEEDS else str(one.get(group)), []).append(number)
    dark = palette.is_dark()
    if group == SEEDS:
        firsts = [experiments[places[0]].with_(seed=0) for places in found.values()]
        named = labels([Run(f"group {number + 1}", 0.0) for number in range(len(firsts))], firsts)
    else:
        named = [f"{exploring.label(group).lower()} {value}" for value in found]
    return [
        (label, colour(number, dark), [drawn[place] for place in places])
        for number, (label, places) in enumerate(zip(named, found.values(), strict=True))
    ]


def _names(runs: Sequence[str]) -> list[str]:
    """What these runs have recorded, without "val_": the loss and the well-known metrics first."""
    recorded = {name.removeprefix("val_") for name in exploring.recorded_by(runs) if name not in CLOCKS}
    return list(dict.fromkeys(name for name in ("loss", *METRICS, *sorted(recorded)) if name in recorded))


def _reach(drawn: Sequence[Compared], along: Along, log: bool) -> tuple[float, float]:
    lengths = [max((len(curve) for curve in run.epochs.values()), default=0) for run in drawn]
    ends = [float(run.places(length, along)[-1]) for run, length in zip(drawn, lengths, strict=True) if length]
    firsts = [float(run.places(1, along)[0]) for run, length in zip(drawn, lengths, strict=True) if length]
    end = max((end for end in ends if end == end), default=1.0)
    return (min((first for first in firsts if first == first and first > 0), default=end / 100) if log else 0.0, end)


def _change(change: Mapping[str, Any]) -> str:
    return f"{change['field'].rpartition('.')[2].replace('_', ' ')} {change['value']}"


def _more(count: int) -> str:
    return f"and {count - NAMED:,} more; point at a line to see which it is" if count > NAMED else ""


def _legend(items: Sequence[tuple[str, str]], more: str) -> None:
    """Colour is the run, the dash says training or validation."""
    ink = INK[palette.is_dark()]
    marks = [_mark(f"background:{hue};height:10px;width:10px;border-radius:5px", words) for hue, words in items]
    line = f"border-top:2px {{}} {ink};width:24px;height:0"
    marks += [_mark(line.format("solid"), "training"), _mark(line.format("dashed"), "validation")]
    marks += [f"<span>{html.escape(more)}</span>"] if more else []
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:4px 18px;font-size:14px;min-height:22px">{"".join(marks)}</div>')


def _mark(style: str, text: str) -> str:
    swatch = f'<span style="display:inline-block;{style}"></span>'
    return f'<span style="display:inline-flex;align-items:center;gap:6px">{swatch}{html.escape(text)}</span>'
