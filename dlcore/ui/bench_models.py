"""Which model lies on the bench, its name and stage, and .keras files that come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from dlcore import service
from dlcore.errors import LabError
from dlcore.run import State
from dlcore.services import bench, registering
from dlcore.services.bench import Model
from dlcore.services.listing import BACKGROUND
from dlcore.services.registering import STAGES, Version
from dlcore.ui import recent, words
from dlcore.ui.link import RUN
from dlcore.ui.page import tell

CHOSEN = "try.model"
REFUSED, OPENING, SAID = "bench_refused", "bench_opening", "bench_said"
RECENT = 30
TICK_SECONDS = 0.4
WIDGET, NAME = "bench_model", "bench_name"


def chosen() -> str:
    """What the address names: a run's id, or "name@version"; "" where it names nothing."""
    return str(st.query_params.get(CHOSEN) or st.query_params.get(RUN, "").partition(",")[0])


def choose() -> Model | None:
    """A list of models, registered ones first, then the runs of late; the one that is chosen."""
    found = _choices()
    text = chosen()
    if text and text not in found:
        found = {text: text} | found
    if not found:
        return None
    st.session_state[WIDGET] = text if text else next(iter(found))
    st.selectbox("Model", list(found), format_func=found.__getitem__, key=WIDGET, on_change=_put, label_visibility="collapsed")
    try:
        return bench.find(st.session_state[WIDGET])
    except LabError as error:
        tell(error)
        return None


def name_and_stage(model: Model) -> None:
    """Gives the model a name, and its versions their stages."""
    if model.run and "@" not in chosen():
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "Name", key=NAME, placeholder="digit-reader", help="The same name again is its next version.", max_chars=64, width=260
            )
            st.button("Keep under this name", icon=":material/bookmark_add:", on_click=_register, args=(model.run,))
    st.caption("A model that has a name stays when its run is deleted. One version is in production: the one that the bare name means.")
    versions = registering.registered()
    if not versions:
        st.caption("No model has a name yet.")
    for version in versions:
        _version(version)


def bring() -> None:
    """A .keras file from elsewhere."""
    st.markdown(
        "A `.keras` file is looked through before Keras opens it, and opened in Keras's safe mode. Lambda layers, pickles and anything "
        "else that might run its author's code are refused by name. Its losses and metrics are left out: a model needs none to answer."
    )
    file = st.file_uploader(
        "A .keras file", "keras", max_upload_size=200, key=f"bench_file_{st.session_state.setdefault('bench_files', 0)}"
    )
    name = st.text_input("Name", file.name.removesuffix(".keras") if file else "", key="bench_file_name", max_chars=64) if file else ""
    if file and st.button("Open it", type="primary", icon=":material/lock_open:"):
        try:
            st.session_state[OPENING] = (registering.start_import(file.getvalue(), name.strip()), name.strip())
        except LabError as error:
            tell(error)
    if OPENING in st.session_state:
        st.fragment(_opening, run_every=TICK_SECONDS)()


def _opening() -> None:
    if OPENING not in st.session_state:
        return
    job, name = st.session_state[OPENING]
    found = service.job(job)
    if not found.is_finished:
        st.progress(found.progress, text="A worker opens the file.")
        return
    del st.session_state[OPENING]
    try:
        version = registering.finish_import(job, name)
    except LabError as error:
        st.session_state.setdefault(REFUSED, []).append(error)
    else:
        st.session_state[SAID] = f"{version.name}, version {version.version}, is on the bench."
        st.session_state["bench_files"] += 1
        _point_to(f"{version.name}@{version.version}")
    st.rerun()


def refusals() -> None:
    """What could not be done since the page was drawn last. It has a place of its own, so that what lies beneath keeps its tab."""
    with st.container(key="bench_said"):
        for error in st.session_state.pop(REFUSED, []):
            tell(error)
        if said := st.session_state.pop(SAID, ""):
            st.success(said, icon=":material/check:")


def _choices() -> dict[str, str]:
    """What the address says of each model → its words."""
    named = {f"{one.name}@{one.version}": f"{one.name}, version {one.version}{_stage(one)}" for one in registering.registered()}
    runs = service.runs(states=(State.DONE, State.STOPPED, State.PAUSED, State.RUNNING), limit=RECENT)
    own = [run for run in runs if run.kind not in (*BACKGROUND, "imported") and run.epoch]
    return named | {run.id: f"Run: {recent.title(run)}, {_result(recent.result(run))}" for run in own}


def _result(text: str) -> str:
    return text or "not measured yet"


def _stage(version: Version) -> str:
    return f" ({version.stage})" if version.stage else ""


def _put() -> None:
    _point_to(st.session_state[WIDGET])


def _point_to(text: str) -> None:
    st.query_params.from_dict({CHOSEN: text})


def _register(run: str) -> None:
    try:
        version = registering.register(run, st.session_state[NAME].strip())
    except LabError as error:
        st.session_state.setdefault(REFUSED, []).append(error)
    else:
        st.session_state[SAID] = f"Kept as {version.name}, version {version.version}."
        _point_to(f"{version.name}@{version.version}")


def _version(version: Version) -> None:
    """One line: what it is, its stage to choose, and the way to the bench and out."""
    mark, key = f"{version.name}@{version.version}", f"{version.name}.{version.version}"
    with st.container(horizontal=True, vertical_alignment="center", key=f"model_{key}"):
        st.markdown(f"**{version.name}** version {version.version}", width=220)
        st.caption(_about(version), width=240)
        st.session_state[f"stage_{key}"] = version.stage or "none"
        st.selectbox(
            f"Stage of {mark}", STAGES, key=f"stage_{key}", label_visibility="collapsed", width=140, on_change=_promote, args=(version, key)
        )
        st.button("Try", key=f"try_{key}", on_click=_point_to, args=(mark,), disabled=chosen() == mark, help=f"Put {mark} on the bench")
        st.button("Remove", key=f"remove_{key}", icon=":material/delete:", help="Removes it for good", on_click=_do,
                  args=(partial(registering.remove, version.name, version.version), (mark,)))  # fmt: skip


def _about(version: Version) -> str:
    if version.body["kind"] == "keras":
        return f"from a file, {version.body['parameters']:,} parameters"
    scores = version.body.get("scores", {})
    metric = next((name for name in ("val_accuracy", "val_mae", "val_loss", "loss") if name in scores), "")
    return f"{words.metric_name(metric)} {words.number(scores[metric])}" if metric else f"epoch {version.body['epoch']}"


def _promote(version: Version, key: str) -> None:
    _do(partial(registering.promote, version.name, version.version, st.session_state[f"stage_{key}"]), ())


def _do(act: Callable[[], object], gone: Sequence[str]) -> None:
    try:
        act()
    except LabError as error:
        st.session_state.setdefault(REFUSED, []).append(error)
    else:
        if chosen() in gone:
            st.query_params.clear()
