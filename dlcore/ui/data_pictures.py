"""What a described data set looks like: samples, classes, features, splits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from dlcore.charts.balance import balance
from dlcore.charts.distributions import distribution
from dlcore.charts.points import points
from dlcore.charts.samples import images
from dlcore.charts.sequences import sequences
from dlcore.experiment import Experiment
from dlcore.forecast import show_bytes
from dlcore.services.describing import PARTS, Description
from dlcore.specs import Shape
from dlcore.ui import altair_chart
from dlcore.ui.number_row import numbers
from dlcore.ui.palette import LIGHT, colour

HEIGHT = 440
IMAGES = 60
LINES = 8
ALL = "all"
STATISTICS = (
    ("mean", "Mean", ""), ("std", "Std", "Standard deviation: how far values lie from the mean, typically"), ("least", "Least", ""),
    ("most", "Most", ""),
)  # fmt: skip


def facts(experiment: Experiment, found: Description) -> None:
    """The numbers that matter, in a row that wraps."""
    rows = found.facts["rows"]
    said = {
        "Rows": f"{sum(rows.values()):,}",
        "Each row": _row_words(experiment.shape),
        "To predict": f"one of {len(found.classes)} classes" if found.classes else "a number",
        "Training, validation, test": " / ".join(f"{rows[part]:,}" for part in PARTS),
    }
    if found.facts["wrong"]:
        said["Wrong labels"] = f"{found.facts['wrong']:,}"
    numbers(said)


def _row_words(shape: Shape) -> str:
    if shape.kind == "vector":
        return f"{shape.input[0]:,} numbers"
    if shape.kind == "sequence":
        return f"{shape.input[0]:,} steps" + (f" of {shape.input[1]:,} numbers" if shape.input[1] > 1 else "")
    height, width, channels = shape.input
    return f"{height} × {width} pixels, {'grey' if channels == 1 else 'colour'}"


def is_table(experiment: Experiment) -> bool:
    """Whether a table shows these data best."""
    return experiment.shape.kind == "vector" and experiment.shape.input != (2,)


def samples(experiment: Experiment, found: Description) -> None:
    """Images, points, lines or a table: whatever shows these data best."""
    chosen = _chosen(found)
    kind = experiment.shape.kind
    with st.container(height=HEIGHT, border=False, key="samples"):
        if not len(chosen):
            st.caption("No sample is like that.")
        elif kind == "image":
            _images(found, chosen[:IMAGES])
        elif kind == "sequence":
            _lines(experiment, found, chosen[:LINES])
        elif is_table(experiment):
            table(experiment, found, chosen, key="sample_rows")
        else:
            _points(experiment, found, chosen)


def classes(experiment: Experiment, found: Description) -> None:
    """Rows of each class, or how a regression's targets are spread."""
    if not found.classes:
        unit = experiment.dataset_spec.unit
        altair_chart.draw(distribution(found.facts["target"], f"target ({unit})" if unit else "target", (), _colours(), 300), key="target")
        return
    counts = {PARTS[part]: found.facts["balance"][part] for part in PARTS if sum(found.facts["balance"][part])}
    altair_chart.draw(balance(counts, found.classes, _dark()), key="balance")
    all_rows = np.sum(list(counts.values()), axis=0)
    if all_rows.min() and all_rows.max() > 1.5 * all_rows.min():
        most, least = found.classes[int(all_rows.argmax())], found.classes[int(all_rows.argmin())]
        share = all_rows.max() / all_rows.sum()
        st.caption(f"Not balanced: always saying {most} would be right for {100 * share:.0f} % of the rows, and {least} is rare.")


def features(experiment: Experiment, found: Description) -> None:
    """A table of all features with a small picture of each, and the chosen one large."""
    histograms = found.facts["histograms"]
    unit = "count of pixels" if experiment.shape.kind == "image" else "rows"
    st.caption(f"Raw values, of {found.facts['counted']:,} training rows. Tick a row to see the feature large.")
    left, right = st.columns([3, 2])
    with left:
        frame = pd.DataFrame(found.facts["features"])
        frame.insert(1, "spread", [np.sum(histogram["counts"], axis=0).tolist() for histogram in histograms])
        picked = st.dataframe(
            frame, key=f"features_{experiment.dataset.name}", hide_index=True, on_select="rerun", selection_mode="single-row",
            height="content" if len(frame) <= 9 else 360, alt="Features of the data", column_config={
                "name": st.column_config.TextColumn("Feature", width=118),
                "spread": st.column_config.BarChartColumn("Distribution", width=110, y_min=0, help=f"{unit} in equally wide bins"),
                **{name: st.column_config.NumberColumn(label, format="%.3g", width=66, help=said) for name, label, said in STATISTICS},
            },
        )  # fmt: skip
    place = (picked["selection"]["rows"] or [0])[0]
    with right:
        histogram = histograms[min(place, len(histograms) - 1)]
        altair_chart.draw(distribution(histogram, histogram["name"], found.classes, _colours()), key="feature")
    if "means" in found.samples:
        st.caption("The mean image of each class: what all its training images have in common.")
        st.html(images(found.samples["means"], found.classes))


def table(experiment: Experiment, found: Description, chosen: np.ndarray | None = None, key: str = "rows") -> None:
    """Samples as numbers: features, then the target."""
    rows = np.arange(len(found.samples["y"])) if chosen is None else chosen
    x = found.samples["x"][rows]
    flat = x.reshape(len(x), -1)
    names = list(experiment.dataset_spec.feature_names) if flat.shape[1] == len(experiment.dataset_spec.feature_names) else []
    frame = pd.DataFrame(flat[:, :200], columns=(names or [f"{place + 1}" for place in range(flat.shape[1])])[:200])
    label = "class" if found.classes else f"target ({experiment.dataset_spec.unit})" if experiment.dataset_spec.unit else "target"
    y, true = found.samples["y"][rows], found.samples["true"][rows]
    frame.insert(0, label, [found.classes[number] for number in y] if found.classes else y)
    if (y != true).any():
        frame.insert(1, "really", [found.classes[number] for number in true] if found.classes else true)
    frame.insert(0, "part", [list(PARTS.values())[place] for place in found.samples["part"][rows]])
    st.dataframe(frame, hide_index=True, height=HEIGHT - 10, key=key, alt="Samples as a table")


def splits(experiment: Experiment, found: Description) -> None:
    """The arrays that a run trains on, and how they were scaled."""
    frame = pd.DataFrame([
        {"Array": array["name"], "Shape": " × ".join(f"{size:,}" for size in array["shape"]) or "1", "Type": array["type"],
         "Memory": show_bytes(array["bytes"])} for array in found.facts["arrays"]
    ])  # fmt: skip
    left, right = st.columns(2)
    with left:
        st.dataframe(frame, hide_index=True, height="content", key="arrays", alt="Arrays of the data")
    with right:
        st.markdown(_split_words(experiment, found))


def _split_words(experiment: Experiment, found: Description) -> str:
    rows, spec = found.facts["rows"], experiment.dataset_spec
    own = bool(experiment.shape.test_rows)
    lines = [
        f"- **Training** ({rows['train']:,} rows): the weights are learnt from these.",
        f"- **Validation** ({rows['val']:,} rows): never learnt from; settings are chosen, and training stopped, by them.",
        f"- **Test** ({rows['test']:,} rows): kept for the last check. "
        + ("They come with the data." if own else "They are taken from the rows by the seed."),
    ]
    if found.classes:
        lines.append("- Each part holds the classes in the same proportions (stratified), as far as whole rows allow.")
    scaling = found.facts["scaling"]
    if spec.scaling == "standardize":
        lines.append(
            "- Scaled to mean 0 and standard deviation 1 per feature, with the numbers of the training rows alone, so that nothing leaks."
        )
    elif scaling["scale"] != [1.0]:
        lines.append(f"- Scaled by dividing by {scaling['scale'][0]:g}.")
    else:
        lines.append("- Not scaled: the values are of order one already.")
    if experiment.label_noise:
        lines.append(_noise_words(experiment, found))
    return "\n".join(lines)


def _noise_words(experiment: Experiment, found: Description) -> str:
    if not found.classes:
        return f"- Training targets are blurred: noise of {experiment.label_noise:g} of their standard deviation is added."
    share = f"{experiment.label_noise:.0%}"
    return f"- {found.facts['wrong']:,} training labels ({share}) are wrong on purpose; validation and test labels are not touched."


def _chosen(found: Description) -> np.ndarray:
    """Numbers of the samples that the controls ask for."""
    y, true = found.samples["y"], found.samples["true"]
    wrong = y != true
    keep = np.ones(len(y), bool)
    if not found.classes:
        return np.flatnonzero(keep)
    with st.container(horizontal=True, vertical_alignment="bottom", key="sample_filters"):
        name = st.selectbox("Class", [ALL, *found.classes], key="sample_class", width=190,
                            format_func=lambda one: "All classes" if one == ALL else one)  # fmt: skip
        part = st.selectbox("Part", [ALL, *PARTS], key="sample_part", width=160,
                            format_func=lambda one: "All parts" if one == ALL else PARTS[one])  # fmt: skip
        if wrong.any() and st.toggle("Wrong labels only", key="sample_wrong"):
            keep &= wrong
    if name in found.classes:
        keep &= y == found.classes.index(name)
    if part in PARTS:
        keep &= found.samples["part"] == list(PARTS).index(part)
    return np.flatnonzero(keep)


def _images(found: Description, chosen: np.ndarray) -> None:
    labels = [found.classes[number] for number in found.samples["y"][chosen]] if found.classes else [""] * len(chosen)
    true = [found.classes[number] for number in found.samples["true"][chosen]] if found.classes else labels
    st.html(images(found.samples["x"][chosen], labels, true))


def _points(experiment: Experiment, found: Description, chosen: np.ndarray) -> None:
    own = experiment.dataset_spec.feature_names or ("x1", "x2")
    chart = points(
        found.samples["x"][chosen], found.samples["y"][chosen], found.samples["true"][chosen], found.samples["part"][chosen],
        axes=(own[0], own[1]), classes=found.classes, colours=_colours(), parts=list(PARTS.values()), height=HEIGHT - 15,
    )  # fmt: skip
    altair_chart.draw(chart, key="points")


def _lines(experiment: Experiment, found: Description, chosen: np.ndarray) -> None:
    y = found.samples["y"][chosen]
    names = [f"{found.classes[number]} {place}" if found.classes else f"no. {place}" for place, number in enumerate(y, start=1)]
    target = "" if found.classes else "to predict"
    altair_chart.draw(
        sequences(found.samples["x"][chosen], y, names=names, colours=_colours(), target=target, height=HEIGHT - 40), key="lines"
    )
    if target:
        st.caption("Lines: what the net gets. Diamonds: the value that it is to predict.")


def _colours() -> list[str]:
    return [colour(place, _dark()) for place in range(len(LIGHT))]


def _dark() -> bool:
    return st.context.theme.type == "dark"
