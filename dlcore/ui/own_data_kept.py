"""Data sets of one's own that are kept: the list, and one of them with what can be done with it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dlcore.errors import LabError
from dlcore.experiment import Experiment
from dlcore.forecast import show_bytes
from dlcore.services import own_data
from dlcore.ui import link, own_data_contest, own_data_pictures
from dlcore.ui.navigation import page as page_called
from dlcore.ui.number_row import numbers
from dlcore.ui.page import tell

SET = "try.set"  # address: which data set is open
KINDS = {"table": "table", "forecast": "series to forecast", "images": "pictures", "text": "texts", "letters": "text to write like"}
MODELS = {"vector": "mlp", "sequence": "rnn", "image": "cnn"}


def choose(name: str) -> None:
    """Opens a data set on this page."""
    st.query_params[SET] = name


def listed() -> str:
    """The table of what is kept; the name of the one that is open, "" for none."""
    found = {body["name"]: body for body in reversed(own_data.kept())}
    if not found:
        return ""
    st.subheader("Kept", anchor=False)
    names = sorted(found)
    opened = st.query_params.get(SET, "")
    frame = pd.DataFrame(
        [
            {
                "name": name, "what": what(found[name]),
                "rows": found[name]["shape"]["rows"], "version": found[name]["version"].partition("-")[0],
                "added": _added(found[name]),
                "from": found[name]["source"].get("file", ""),
            }
            for name in names
        ]
    )  # fmt: skip
    rows = st.column_config.NumberColumn("rows", format="localized")
    st.dataframe(frame, hide_index=True, key="own_list", height=min(250, 38 + 35 * len(frame)), column_config={"rows": rows})
    chosen = st.selectbox(
        "Open", names, names.index(opened) if opened in names else None, key=f"own_open_{opened}", placeholder="Choose a data set"
    )
    if chosen and chosen != opened:
        choose(chosen)
    return chosen or ""


def what(body: Mapping[str, Any]) -> str:
    """What the data are and what is predicted of them, for a narrow column."""
    kind, task = KINDS.get(body["kind"], body["kind"]), body["shape"]["task"]
    if body["kind"] in ("forecast", "letters"):
        return kind
    return f"{kind}: a number" if task == "regression" else f"{kind}: {max(2, body['shape']['outputs']):,} classes"


def experiment_of(name: str) -> Experiment:
    """The default experiment on these data, with a model that can read them."""
    shape = own_data.show(name)["shape"]
    model = "generator" if shape.get("per_step") else MODELS[shape["kind"]]
    return Experiment().with_(dataset=name, model=model)


def details(name: str) -> None:
    """Facts, what to do next, warnings, pictures."""
    try:
        body, experiment = own_data.show(name), experiment_of(name)
    except LabError as error:
        tell(error)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(name, anchor=False, width="stretch")
        address = link.query(experiment)
        st.page_link(page_called("workbench"), label="Train in the workbench", icon=":material/model_training:", query_params=address)
        st.page_link(page_called("data"), label="Look at the rows", icon=":material/table_view:", query_params=address)
        st.button("Delete", icon=":material/delete:", on_click=_ask, args=(name,), key="own_delete")
    st.markdown(body["summary"])
    _confirm(name)
    shape = body["shape"]
    size = show_bytes(sum(array["bytes"] for array in body["arrays"].values()))
    numbers({"Rows": f"{shape['rows']:,}", "Input": " × ".join(map(str, shape["input"])), "Outputs": str(shape["outputs"]),
             "Split": body["split"], "On disk": size, "Version": body["version"]})  # fmt: skip
    _versions(name)
    st.caption(f"On the command line: `python -m dlcore train --set dataset={name} model={experiment.model.name}`")
    tabs = ["What you should know", "Profile", *(["Is a network worth it?"] if body["kind"] not in ("images", "letters") else [])]
    known, pictures, *contest = st.tabs(tabs)
    with known:
        own_data_pictures.warnings(body["warnings"])
    with pictures:
        own_data_pictures.profile(own_data.profile(name, body["version"]))
    for tab in contest:
        with tab:
            own_data_contest.contest(experiment)


def _versions(name: str) -> None:
    """Which is which, where a file was brought more than once; runs and links stay with the one they name."""
    if len(found := own_data.versions(name)) < 2:
        return
    st.caption("Kept more than once. New runs take the newest; runs, searches and links stay with the version that they were made with.")
    rows = [
        {"version": body["version"], "added": _added(body), "from": body["source"].get("file", ""), "what": what(body),
         "rows": body["shape"]["rows"], "runs": len(own_data.users(name, body["version"]))} for body in found
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, key=f"own_versions_{name}", height=min(250, 38 + 35 * len(rows)))


def _added(body: Mapping[str, Any]) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(body["created"]))


def _ask(name: str) -> None:
    st.session_state["own_deleting"] = name


def _confirm(name: str) -> None:
    """Says which runs use it before anything is deleted."""
    if st.session_state.get("own_deleting") != name:
        return
    runs = own_data.users(name)
    used = (
        f"Used by {'1 run: it stays and opens' if len(runs) == 1 else f'{len(runs)} runs: they stay and open'}, "
        "but cannot go on, be evaluated or exported."
        if runs
        else "No run uses it."
    )
    with st.container(border=True):
        st.warning(f"Delete {name} with all its versions? {used}", icon=":material/warning:")
        with st.container(horizontal=True):
            st.button("Delete it", type="primary", key="own_delete_yes", on_click=_delete, args=(name,))
            st.button("Leave it", key="own_delete_no", on_click=lambda: st.session_state.pop("own_deleting", None))
    if error := st.session_state.pop("own_delete_error", None):
        tell(error)


def _delete(name: str) -> None:
    try:
        own_data.delete(name, anyway=True)
    except LabError as error:
        st.session_state["own_delete_error"] = error
        return
    st.session_state.pop("own_deleting", None)
    if SET in st.query_params:
        del st.query_params[SET]
