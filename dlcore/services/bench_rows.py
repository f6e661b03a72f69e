"""Rows that a person types, uploads or draws, as the arrays that a model takes."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

import numpy as np

from dlcore.errors import Invalid
from dlcore.services import own_rows
from dlcore.services.bench import Model

INK_SHARE = 20 / 28  # how much of the picture's side a digit of MNIST takes (LeCun et al. 1998): size-normalised into 20 of 28 pixels
LEAST_INK = 0.02


def from_table(model: Model, name: str, data: bytes, note: own_rows.Note = lambda sentence: None) -> np.ndarray:
    """The rows of an uploaded file of numbers, (rows, *input), as `numbers` reads it; `Invalid`: what is wrong. Raw rows of a data set of
    one's own are prepared as its rows were; note: see `own_rows.raw_inputs`."""
    if model.experiment is not None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"rows{next((end for end in ('.json', '.txt') if name.lower().endswith(end)), '.csv')}"
            path.write_bytes(data)
            own = own_rows.raw_inputs(model.experiment, path, note)
        if own is not None:
            return own
    return numbers(name, data, model.input)


def from_file(model: Model, path: Path, note: own_rows.Note = lambda sentence: None) -> np.ndarray:
    """The same of a file on this computer, which may also be a .txt with a text for each line; `Invalid` names what is wrong with it."""
    if model.experiment is not None and (own := own_rows.raw_inputs(model.experiment, path, note)) is not None:
        return own
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Invalid(f"There is no file {path}.") from None
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None
    if path.suffix.lower() != ".txt" or not reads_text(model):
        return numbers(path.name, data, model.input)
    try:
        lines = [line for line in data.decode("utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError:
        raise Invalid(f"{path.name} is no text in UTF-8.", "Save it as UTF-8.") from None
    if not lines:
        raise Invalid(f"{path.name} has no text.", "Give one text a line.")
    return np.concatenate([from_text(model, line) for line in lines])


def numbers(name: str, data: bytes, shape: tuple[int, ...]) -> np.ndarray:
    """Rows of that shape, (rows, *shape), from a .npy, a .json (a list of rows) or a .csv with one row a line, whose first line may name
    the columns. `Invalid` says what is wrong."""
    try:
        match name.lower().rpartition(".")[2]:
            case "npy":
                found = np.load(io.BytesIO(data), allow_pickle=False)
            case "json":
                found = np.asarray(json.loads(data), "float64")
            case _:
                found = _table(data.decode("utf-8-sig"))
    except (ValueError, TypeError, EOFError, OSError, RecursionError) as error:
        said = str(error)[:160].rstrip(".")
        raise Invalid(f"{name} cannot be read as rows of numbers: {said}.", "Give .npy, .json or .csv, one row a line.") from None
    size = int(np.prod(shape))
    if found.dtype.kind not in "biuf" or not found.size or found.size % size or not np.isfinite(found).all():
        raise Invalid(f"{name} holds {found.size:,} numbers: each row must be {size} finite ones, of shape {shape}.")
    return np.asarray(found.reshape(-1, *shape), "float64")


def reads_text(model: Model) -> bool:
    """Whether the model's inputs are symbols of a vocabulary that is known."""
    experiment = model.experiment
    return experiment is not None and bool(experiment.shape.tokens) and experiment.dataset_spec.vocabulary is not None


def _table(text: str) -> np.ndarray:
    """The numbers of a table of text; `ValueError` for what is none."""
    if not text.strip():
        raise ValueError("it is empty")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    named = not _is_numbers(first, separator)
    if named and len(text.strip().splitlines()) < 2:
        raise ValueError("it has no row beneath the names")
    return np.loadtxt(io.StringIO(text), delimiter=separator, ndmin=2, skiprows=int(named))


def from_text(model: Model, text: str) -> np.ndarray:
    """A typed sequence, (1, *input): symbols of the data set's vocabulary, or one line of numbers for each step.

    A longer text keeps its end, a shorter one is filled with the first symbol before it. `Invalid` names a symbol that is unknown.
    """
    experiment = model.experiment
    spec = experiment.dataset_spec if experiment is not None and reads_text(model) else None
    if spec is not None and experiment is not None and spec.vocabulary is not None:
        own = own_rows.raw_text(experiment, text)
        if own is not None and own.any():
            return np.asarray(own, "float64")
        tokens = [] if own is not None else _tokens(text, spec.vocabulary(experiment.dataset.settings))
        row = np.zeros(model.input)
        last = tokens[-len(row) :]
        if not last:
            raise Invalid("There is nothing to read yet.", "Type something first.")
        row[len(row) - len(last) :, 0] = last
        return row[np.newaxis]
    lines = [line for line in text.replace(";", ",").splitlines() if line.strip()]
    try:
        values = np.array([float(value) for line in lines for value in line.replace(",", " ").split()])
    except ValueError as error:
        raise Invalid(f"This is not a row of numbers: {str(error)[:100]}.", "Separate them by commas, one step a line.") from None
    if values.size != int(np.prod(model.input)) or not np.isfinite(values).all():
        steps = " × ".join(map(str, model.input))
        raise Invalid(f"{values.size:,} numbers are there, and the model takes {int(np.prod(model.input)):,} finite ones ({steps}).")
    return values.reshape(1, *model.input)


def as_text(model: Model, row: np.ndarray) -> str:
    """A row as `from_text` reads it."""
    experiment = model.experiment
    if experiment is not None and experiment.shape.tokens and experiment.dataset_spec.vocabulary is not None:
        names = experiment.dataset_spec.vocabulary(experiment.dataset.settings)
        symbols = [names[int(token)] for token in row[:, 0]]
        return ("" if _by_letter(names[2:]) else " ").join(filter(None, symbols))
    return "\n".join(", ".join(f"{value:.6g}" for value in np.atleast_1d(step)) for step in row)


def ink_share(images: np.ndarray) -> float:
    """How much of a picture's side its ink takes, in the middle one of these images (rows, height, width, channels), light on dark."""
    values = np.asarray(images, float).max(axis=-1)
    inked = values > 0.1 * values.max(axis=(1, 2), keepdims=True)
    spans = [
        np.array([np.ptp(np.flatnonzero(row)) + 1 if row.any() else 0 for row in inked.any(axis=axis)]) / values.shape[3 - axis]
        for axis in (1, 2)
    ]
    return float(np.clip(np.median(np.maximum(*spans)), 0.3, 1.0))


def from_drawing(ink: np.ndarray, shape: tuple[int, ...], most: float, share: float = INK_SHARE) -> np.ndarray:
    """A drawing as an image of a data set of handwriting, (height, width, channels) from 0 (ground) to `most` (ink).

    ink: (side, side) from 0 to 1. It is cut to what is drawn, scaled into that share of the picture's side, and its centre of mass is put
    into the middle as far as there is room, as the digits of MNIST were made (LeCun et al. 1998). `Invalid` for an empty drawing.
    """
    height, width, channels = shape
    rows, columns = np.flatnonzero(ink.max(axis=1) > LEAST_INK), np.flatnonzero(ink.max(axis=0) > LEAST_INK)
    if not len(rows) or not len(columns):
        raise Invalid("Nothing is drawn yet.", "Draw with the mouse or a finger.")
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = share * min(height, width) / max(cut.shape)
    small = shrunk(cut, max(1, round(cut.shape[0] * scale)), max(1, round(cut.shape[1] * scale)))
    centre = [float((small.sum(axis=1 - axis) * np.arange(small.shape[axis])).sum() / small.sum()) for axis in (0, 1)]
    top, left = (
        int(np.clip(round((size - 1) / 2 - middle), 0, size - part))
        for size, middle, part in zip((height, width), centre, small.shape, strict=True)
    )
    picture = np.zeros((height, width))
    picture[top : top + small.shape[0], left : left + small.shape[1]] = small
    return np.repeat(picture[..., np.newaxis] * most, channels, axis=2)


def shrunk(values: np.ndarray, height: int, width: int) -> np.ndarray:
    """The mean over each of height × width equal areas of a picture; a pixel that lies in two counts by its share in each."""
    return _areas(values.shape[0], height) @ values @ _areas(values.shape[1], width).T


def _areas(size: int, parts: int) -> np.ndarray:
    """(parts, size): how much of each part each pixel makes up; rows sum to 1."""
    edges = np.linspace(0, size, parts + 1)
    pixel = np.arange(size)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    return np.clip(overlap, 0, None) * parts / size


def _tokens(text: str, names: tuple[str, ...]) -> list[int]:
    numbers = {name: number for number, name in reversed(list(enumerate(names)))}
    letters = _by_letter(names)
    found = []
    for symbol in text if letters else text.split():
        number = numbers.get(symbol, numbers.get(symbol.lower(), numbers.get("(rare)")))
        if number is None:
            some = " ".join(name for name in names[:30] if name.strip())
            raise Invalid(
                f"{symbol[:40]!r} is not among the symbols that the model knows.", f"It knows: {some}{' …' if len(names) > 30 else ''}"
            )
        found.append(number)
    return found


def _by_letter(names: tuple[str, ...]) -> bool:
    return all(len(name) == 1 for name in names)


def _is_numbers(line: str, separator: str) -> bool:
    try:
        return bool([float(value) for value in line.split(separator)])
    except ValueError:
        return False
