"""Pictures of a person's own, one folder or some files, and what a net trained on ImageNet calls them."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image, ImageOps

from dlcore import service
from dlcore.charts.colours import data_uri
from dlcore.errors import Invalid, LabError
from dlcore.services import pretrained
from dlcore.ui import own_image
from dlcore.ui.page import tell
from dlcore.ui.picture import picture

TICK_SECONDS = 0.5
THUMB = 112
TYPES = ["png", "jpg", "jpeg"]
MOST_ZIPPED = 20_000_000  # bytes of one picture inside a zip, unpacked
ASKED = "pretrained_job"  # session: the job that names the pictures that are on the page, and what they were

_NAME = "font-size:12px;opacity:.7;overflow:hidden;text-overflow:ellipsis;white-space:nowrap"

Named = tuple[str, np.ndarray]


def panel() -> None:
    left, right = st.columns([1, 2], gap="large")
    with left:
        net = st.selectbox(
            "Net", list(pretrained.NETS), format_func=_title, help="Small and quick, or large and a little more often right."
        )
        folder = st.toggle("A whole folder", help="Choose a folder in place of single files.")
        # A folder and files are two widgets: what was chosen with one does not suit the other.
        brought = st.file_uploader(
            "A folder of pictures" if folder else "Pictures, PNG or JPEG, or a zip of them", TYPES if folder else [*TYPES, "zip"],
            accept_multiple_files="directory" if folder else True, key=f"pictures_{folder}",
        )  # fmt: skip
        found, refused = _read(brought)
        st.button("Name them", type="primary", icon=":material/image_search:", disabled=not found, on_click=_ask, args=(found, net))
        _notes(found, refused)
    with right:
        _answers()


def _title(name: str) -> str:
    return f"{name}, {pretrained.MEGABYTES[name]} MB"


def _notes(found: Sequence[Named], refused: Sequence[str]) -> None:
    if len(found) == pretrained.MOST_PICTURES:
        st.caption(f"The first {pretrained.MOST_PICTURES} pictures are taken.")
    for one in refused[:5]:
        st.caption(f":material/error: {one}")
    st.caption(
        "The pictures stay on this lab's machine. The net's weights are fetched once, when they are not there yet. Each picture is cut to "
        "its middle square and shrunk to 224×224 pixels."
    )


def _read(brought: Any) -> tuple[list[Named], list[str]]:
    """Names and pixels of what can be read, and a sentence for each file that cannot."""
    found: list[Named] = []
    refused: list[str] = []
    for name, data in _files(brought or []):
        if len(found) == pretrained.MOST_PICTURES:
            break
        try:
            square = ImageOps.fit(own_image.read(data), (pretrained.SIDE, pretrained.SIDE), Image.Resampling.BILINEAR)
        except Invalid as error:
            refused.append(f"{name}: {error}")
            continue
        found.append((name, np.asarray(square, np.uint8)))
    return found, refused


def _files(brought: Sequence[Any]) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the files, those inside zips in their place."""
    for file in brought:
        if not file.name.lower().endswith(".zip"):
            yield file.name, file.getvalue()
            continue
        try:
            with zipfile.ZipFile(io.BytesIO(file.getvalue())) as archive:
                for entry in archive.infolist():
                    if entry.filename.lower().endswith(tuple(TYPES)) and entry.file_size <= MOST_ZIPPED:
                        yield entry.filename, archive.read(entry)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            tell(Invalid(f"{file.name} is no zip that can be read: {error}.", "Pack the pictures anew."))


def _ask(found: Sequence[Named], net: str) -> None:
    try:
        job = pretrained.ask([pixels for _, pixels in found], net)
    except LabError as error:
        st.toast(f"{error} {error.hint}".strip(), icon=":material/error:")
        return
    shown = [(name, np.asarray(Image.fromarray(pixels).resize((THUMB, THUMB)))) for name, pixels in found]
    st.session_state[ASKED] = job, shown


def _answers() -> None:
    job, shown = st.session_state.get(ASKED, ("", []))
    if not job:
        with st.container(height=320, horizontal_alignment="center", vertical_alignment="center"):
            st.markdown(":material/image_search: **What the net calls your pictures appears here.**", width="content")
            st.caption(
                "Choose some pictures on the left and press Name them. It knows 1,000 kinds of things: 120 breeds of dogs, but no people."
            )
        return
    found = service.job(job)
    if found.state == "done":
        picture(_listed(shown, pretrained.answers(job)), key="pretrained_answers")
    else:
        st.fragment(_progress, run_every=None if found.is_finished else TICK_SECONDS)(job, found.is_finished)


def _progress(number: str, was_finished: bool) -> None:
    job = service.job(number)
    if not job.is_finished:
        st.progress(job.progress, text="A worker loads the net and looks at the pictures. The first time it fetches the weights.")
    elif not was_finished:
        st.rerun()
    else:
        st.error(f"{job.cause or 'Naming the pictures was cancelled.'}  \n{job.hint}".strip(), icon=":material/error:")


def _listed(shown: Sequence[Named], answers: Sequence[Sequence[tuple[str, float]]]) -> str:
    """HTML: each picture with the classes that the net names, the surest first, each with a bar as long as its probability."""
    items = []
    for (name, pixels), classes in zip(shown, answers, strict=True):
        rows = "".join(
            f'<div style="font-size:13px;line-height:1.5;background:linear-gradient(to right,#3A9BD955 {100 * share:.1f}%,transparent 0)">'
            f"{html.escape(words)} <b>{100 * share:.0f} %</b></div>"
            for words, share in classes
        )
        image = f'<img src="{data_uri(pixels)}" alt="{html.escape(name)}" width="{THUMB}" height="{THUMB}" style="border-radius:4px">'
        caption = f'<div style="{_NAME}">{html.escape(name)}</div>'
        inside = f'{image}<div style="flex:1;min-width:0">{caption}{rows}</div>'
        items.append(f'<li style="list-style:none;display:flex;gap:10px;width:340px">{inside}</li>')
    return f'<ul style="display:flex;flex-wrap:wrap;gap:16px;padding:0;margin:0" aria-label="Named pictures">{"".join(items)}</ul>'
