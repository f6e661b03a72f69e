"""Input of one's own for the model on the bench: drawn, uploaded, typed, or an example of its data to begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import streamlit as st
from PIL import Image, ImageOps
from streamlit.delta_generator import DeltaGenerator

from dlcore.charts.colours import data_uri
from dlcore.charts.samples import as_bytes
from dlcore.datasets._files import is_available
from dlcore.errors import Invalid, LabError
from dlcore.owndata.names import plain
from dlcore.services import bench_rows, describing, own_rows
from dlcore.services.bench import Model
from dlcore.services.describing import Description
from dlcore.ui import bench_jobs, own_image
from dlcore.ui.page import tell
from dlcore.ui.sketch import sketch

DRAW, UPLOAD, TYPE, EXAMPLE = "Draw", "Upload", "Type", "An example"
WAYS = {"image": (DRAW, UPLOAD, EXAMPLE), "vector": (TYPE, UPLOAD, EXAMPLE), "sequence": (TYPE, UPLOAD, EXAMPLE)}
MEGABYTES = 10
MOST_FIELDS = 40
SHOWN = 120
Known = Description | None


def described(model: Model) -> tuple[Known, bool]:
    """What the model's data look like, and whether that is still being found out. None where it is not known to the lab."""
    if model.experiment is None or not is_available(model.experiment.dataset_spec):
        return None, False
    try:
        job = bench_jobs.asked("describe", model.artefact, None, partial(describing.ask, model.experiment))
        return (describing.read(job.id), False) if job.state == "done" else (None, not job.is_finished)
    except LabError:
        return None, False


def rows(model: Model, known: Known, reading: bool) -> np.ndarray | None:
    """The rows (n, *input) that a person gives, raw; None as long as there are none. What cannot be used is said.

    reading: what the data look like is being found out, and is worth waiting for: values to begin with, their ranges, the size of signs.
    """
    if reading:
        st.caption("The model's data are being read, for an example to begin with.")
        return None
    ways = [way for way in WAYS[model.kind] if way != EXAMPLE or known is not None]
    if model.kind == "image" and model.input[-1] not in (1, 3):
        ways.remove(DRAW)
    way = st.segmented_control("Input", ways, default=ways[0], key=f"bench_way_{model.kind}", label_visibility="collapsed") or ways[0]
    taken: Mapping[str, Callable[[Model, Known], np.ndarray | None]] = {DRAW: _drawn, UPLOAD: _uploaded, TYPE: _typed, EXAMPLE: _example}
    try:
        return taken[str(way)](model, known)
    except LabError as error:
        tell(error)
        return None


def brightest(model: Model, known: Known) -> float:
    """The raw value that the model's data have where a picture is brightest."""
    if known is not None and known.facts.get("features"):
        return float(max(feature["most"] for feature in known.facts["features"]))
    if model.experiment is not None:
        return 255.0 if model.experiment.dataset_spec.scaling == "bytes" else 1.0
    sizes = {"0 to 1": 1.0, "0 to 255": 255.0}
    return sizes[st.selectbox("Pixels of this model go from", list(sizes), help="Its author's choice: many models take 0 to 1.")]


def _drawn(model: Model, known: Known) -> np.ndarray | None:
    most = brightest(model, known)
    ink = sketch("A sheet to draw on", "Draw one sign, as large as you like.", key="bench_sketch")
    if ink is None:
        return None
    share = bench_rows.INK_SHARE if known is None else bench_rows.ink_share(known.samples["x"])
    image = bench_rows.from_drawing(ink, model.input, most, share)
    _seen(image, most, "What the model gets: cut, scaled as its data are, and centred (as MNIST's digits: LeCun et al. 1998).")
    return image[np.newaxis]


def _uploaded(model: Model, known: Known) -> np.ndarray | None:
    return _picture(model, known) if model.kind == "image" else _table(model)


def _picture(model: Model, known: Known) -> np.ndarray | None:
    most = brightest(model, known)
    file = st.file_uploader("A PNG or JPEG picture", ["png", "jpg", "jpeg"], max_upload_size=MEGABYTES, key="bench_picture")
    if file is None:
        return None
    height, width, channels = model.input
    found = own_image.read(file.getvalue()).convert("L" if channels == 1 else "RGB")
    values = np.asarray(ImageOps.fit(found, (width, height), Image.Resampling.BOX), float).reshape(height, width, -1) / 255
    if channels not in (1, 3):
        raise Invalid(f"This model takes images of {channels} channels, and a picture has 1 or 3.", "Give its rows as a file of numbers.")
    bright = channels == 1 and float(np.median(values)) > 0.5
    if channels == 1 and st.toggle("Turn dark into light", bright, help="Data sets of writing have light strokes on a dark ground."):
        values = 1 - values
    _seen(values * most, most, f"What the model gets: the middle of the picture at {width}×{height} pixels.")
    return (values * most)[np.newaxis]


def _table(model: Model) -> np.ndarray | None:
    is_own = model.experiment is not None and bool(own_rows.target_name(model.experiment))
    what = "with the columns of your data" if is_own else f"of {' × '.join(map(str, model.input))} numbers"
    file = st.file_uploader(f"Rows {what}: .csv or .npy", ["csv", "tsv", "npy", "json"], max_upload_size=MEGABYTES, key="bench_rows")
    if file is None:
        st.caption("Raw values, as the data set has them: they are scaled as the training rows were. A first line may name the columns.")
        return None
    return bench_rows.from_table(model, file.name, file.getvalue(), st.warning)


def _typed(model: Model, known: Known) -> np.ndarray | None:
    first = known.samples["x"][0] if known is not None else np.zeros(model.input)
    if model.kind == "vector" and model.input[0] <= MOST_FIELDS:
        return _fields(model, known, first)
    key = f"bench_text_{model.artefact}"
    if key not in st.session_state:
        st.session_state[key] = bench_rows.as_text(model, np.asarray(first))
    text = st.text_area("A sequence" if model.kind == "sequence" else "Values", key=key, height=220, help=_how(model))
    return bench_rows.from_text(model, text)


def _how(model: Model) -> str:
    if model.experiment is not None and model.experiment.shape.tokens:
        return "Symbols of the data's vocabulary. A longer text keeps its end, a shorter one is filled with the first symbol before it."
    return "One line for each step, its numbers separated by commas."


def _fields(model: Model, known: Known, first: np.ndarray) -> np.ndarray:
    """A field for each feature, and one choice for a column of words, beginning at the values of an example."""
    names = (model.experiment.dataset_spec.feature_names if model.experiment is not None else ()) or tuple(
        f"feature {number}" for number in range(1, model.input[0] + 1)
    )
    chosen = own_rows.categories(model.experiment) if model.experiment is not None else {}
    values: list[float] = []
    columns: list[DeltaGenerator] = []
    shown = 0
    while len(values) < len(names):
        columns = list(st.columns(2)) if shown % 2 == 0 else columns  # pairs, so that a narrow screen keeps their order
        column, place, key = columns[shown % 2], len(values), f"bench_{model.artefact}_{len(values)}"
        if place in chosen:
            title, options = chosen[place]
            values += _one_of(column, plain(title), options, first[place : place + len(options)], key)
        else:
            values.append(_number(column, names[place], first[place], known.facts.get("features", [])[place:] if known else [], key))
        shown += 1
    return np.array([values])


def _number(column: DeltaGenerator, name: str, first: float, features: Sequence[Mapping[str, float]], key: str) -> float:
    """features: what is known of this one and those after it."""
    help = None
    if features:
        least, most, mean = (features[0][part] for part in ("least", "most", "mean"))
        help = f"Training rows have {least:.4g} to {most:.4g}, {mean:.4g} on average."
    if key not in st.session_state:
        st.session_state[key] = float(first)
    return float(column.number_input(name, key=key, help=help, format="%.5g", step=None))


def _one_of(column: DeltaGenerator, title: str, options: Sequence[str], first: np.ndarray, key: str) -> list[float]:
    """A one for the word that is chosen, zeros for the others."""
    if key not in st.session_state:
        st.session_state[key] = int(first.argmax())
    chosen = column.selectbox(title, range(len(options)), format_func=lambda number: options[number], key=key)
    return [float(number == chosen) for number in range(len(options))]


def _example(model: Model, known: Known) -> np.ndarray | None:
    assert known is not None
    x, truth = known.samples["x"][:SHOWN], known.samples["true"][:SHOWN]
    names = known.classes

    def words(number: int) -> str:
        true = names[int(truth[number])] if names else f"{float(truth[number]):.4g}"
        part = ("training", "validation", "test")[int(known.samples["part"][number])]
        return f"{number + 1}: {true} ({part} row)"

    number = int(st.selectbox("A row of the data", range(len(x)), format_func=words, key="bench_example") or 0)
    if model.kind == "image":
        _seen(np.asarray(x[number], float), brightest(model, known), "The row as the data set has it.")
    return np.asarray(x[number : number + 1], "float64")


def _seen(image: np.ndarray, most: float, words: str) -> None:
    uri = data_uri(as_bytes(np.clip(image / most, 0, 1)[None])[0])
    drawn = f'<img src="{uri}" alt="What the model gets" width="84" height="84" style="image-rendering:pixelated;border-radius:4px">'
    caption = f'<figcaption style="font-size:13px;line-height:1.35">{words}</figcaption>'
    st.html(f'<figure style="margin:0;display:flex;gap:12px;align-items:center">{drawn}{caption}</figure>')
