"""A zip of pictures that a person brings: what it is taken for, and what the pictures are to become, before it is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from dlcore.charts.profile import profile
from dlcore.charts.samples import images
from dlcore.owndata.image_set import LEAST_SIDE, MOST_SIDE, ImagePlan
from dlcore.owndata.keeping import name_from
from dlcore.owndata.names import plain
from dlcore.owndata.pictures import FITS
from dlcore.plural import count
from dlcore.services import own_data
from dlcore.ui.palette import colour, is_dark
from dlcore.ui.picture import picture

COLOURS = {0: "as most pictures have them", 1: "grey", 3: "red, green, blue"}
TASKS = {"classes": "tell classes apart", "regression": "predict a number"}


def plan(path: Path, keep: Callable[[Path, str, dict[str, Any]], None]) -> None:
    """Choices on the right, examples on the left. keep(path, name, choices) is called by the press. Raises `Invalid`."""
    key = path.parent.name
    choices: dict[str, Any] = {}
    left, right = st.columns([2, 1], gap="large")
    with right:
        made = _choices(path, choices, key)
        name = st.text_input("Name", name_from(path.name), key=f"name_{key}", max_chars=60, help="Small letters, digits and _.")
        if st.button("Keep and use it", type="primary", icon=":material/inventory_2:", key=f"keep_{key}", width="stretch"):
            keep(path, name, choices)
    with left:
        made, pixels, labels = own_data.look_at_images(path, choices)
        st.markdown(_words(made))
        st.html(images(pixels, labels))
        picture(profile([_counted(made)], colour(0, is_dark())), key="own_image_classes")
        _left_out(made)


def _choices(path: Path, choices: dict[str, Any], key: str) -> ImagePlan:
    table = st.file_uploader("Labels as CSV, where the zip has none", ("csv", "tsv"), key=f"labels_{key}",
                             help="One column with the names of the pictures, one with what they show.")  # fmt: skip
    if table is not None:
        choices["labels"] = str(own_data.stage(table.name, table))
    made, *_ = own_data.look_at_images(path, choices)
    if made.labels.columns:
        names = list(made.labels.columns)
        choices["target"] = st.selectbox("Predict", names, names.index(made.labels.target), format_func=plain, key=f"target_{key}")
        made, *_ = own_data.look_at_images(path, choices)
        tasks = list(TASKS)
        choices["task"] = st.selectbox("Task", tasks, tasks.index(made.labels.task), format_func=TASKS.__getitem__,
                                       key=f"task_{key}_{choices['target']}")  # fmt: skip
    side = max(LEAST_SIDE, min(MOST_SIDE, made.form.height))
    if made.form.height != made.form.width:
        st.caption(f"All pictures have {made.form.width}×{made.form.height} pixels.")
    if made.form.height == made.form.width or not st.checkbox("Leave their size as it is", True, key=f"as_is_{key}"):
        choices["size"] = st.number_input("Pixels of a side", LEAST_SIDE, MOST_SIDE, side, key=f"size_{key}",
                                          help="All become squares of this size. Twice the side takes four times as long.")  # fmt: skip
    choices["fit"] = st.selectbox("Pictures that are not square are", list(FITS), format_func=FITS.__getitem__, key=f"fit_{key}")
    choices["colours"] = st.selectbox("Colours", list(COLOURS), format_func=COLOURS.__getitem__, key=f"colours_{key}")
    return made


def _words(made: ImagePlan) -> str:
    labels, form = made.labels, made.form
    by = f"the column {plain(labels.target)}" if labels.file_column else "the folder that they lie in"
    held = f" {len(labels.held_out):,} of them lie in a folder for the test." if labels.held_out else ""
    widths, heights = zip(*made.sizes, strict=True)
    return (
        f"{len(labels.labels):,} pictures, labelled by {by}.{held} Those looked at are {min(widths)} to {max(widths)} pixels wide and "
        f"{min(heights)} to {max(heights)} high; they become {form.width}×{form.height}, "
        f"{'grey' if form.channels == 1 else 'in colours'}, as below."
    )


def _counted(made: ImagePlan) -> dict[str, Any]:
    """How often each label is there, as a card of a profile; the commonest first."""
    found = Counter(made.labels.labels.values())
    counts = found.most_common(50)
    return {
        "name": plain(made.labels.target), "kind": f"{len(found):,} different", "rows": len(made.labels.labels), "different": len(found),
        "classes": [plain(label) for label, _ in counts], "counts": [count for _, count in counts],
    }  # fmt: skip


def _left_out(made: ImagePlan) -> None:
    left_out = made.labels.left_out
    if left_out:
        with st.expander(f"Left out: {count(len(left_out), 'file')}", icon=":material/info:"):
            st.table([{"file": plain(name), "why": why} for name, why in left_out[:50]])
            st.caption("Damaged pictures are found, and left out too, when all are read.")
