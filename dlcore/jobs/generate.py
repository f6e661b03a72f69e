"""A net that says what may come next writes: text from a beginning, or words of their own length."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.jobs._model import experiment_of, trained_model
from dlcore.specs import Job

MOST_LETTERS, MOST_WORDS, MOST_PROMPT = 5000, 5000, 1000
LONGEST = 25  # letters after which a word is cut that did not end
Choose = Callable[[np.ndarray], np.ndarray]
Progress = Callable[[float], None]


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment"; "temperature" (0 to 5, default 1): probabilities are raised to its inverse, 0 always takes the most probable;
    "seed" (0). Of a text: "prompt", which is read first, and "length": letters to write (200). Of words: "count" (500).
    files: "checkpoint"; none for the net as it starts.

    The result of a text has "text", without the prompt, and "tokens"; of words "texts", "lengths" (cut at 25 letters), "cut": how many
    were, and "data_lengths": those of the data. Raises `Invalid` for data that are no text, and for a prompt with letters that the text
    lacks.
    """
    from dlcore.engine import build

    experiment = experiment_of(inputs)
    shape, temperature = experiment.shape, float(inputs.get("temperature", 1.0))
    if not (shape.is_written and experiment.dataset_spec.vocabulary):
        raise Invalid(f"A net trained on {experiment.dataset_spec.title} does not write.", "Choose a run on letters or words.")
    if not 0 <= temperature <= 5:
        raise Invalid(f"temperature = {temperature:g} is not allowed: it must be a number from 0 to 5.")
    model = trained_model(experiment, files) if "checkpoint" in files else build.model_of(experiment)
    draw = np.random.default_rng(int(inputs.get("seed", 0)))
    write = _words if shape.ending else _text
    return write(experiment, model, inputs, lambda outputs: drawn(outputs, temperature, draw), progress), None


def drawn(outputs: np.ndarray, temperature: float, draw: np.random.Generator) -> np.ndarray:
    """One class for each row of probabilities (rows, classes), int64 (rows,), from p^(1/T) / Σ p^(1/T)."""
    if temperature == 0:
        return outputs.argmax(axis=1)
    with np.errstate(divide="ignore"):
        scores = np.log(outputs.astype("float64")) / temperature
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    reached = (weights.cumsum(axis=1) / weights.sum(axis=1, keepdims=True) < draw.random((len(outputs), 1))).sum(axis=1)
    return np.minimum(reached, outputs.shape[1] - 1)


def _text(
    experiment: Experiment, model: Any, inputs: Mapping[str, Any], choose: Choose, progress: Progress
) -> dict[str, Any]:  # fmt: skip
    from dlcore.jobs._stepping import Writer

    names, length = _names(experiment), int(inputs.get("length", 200))
    prompt = str(inputs.get("prompt", "")) or names[0]
    if not 1 <= length <= MOST_LETTERS:
        raise Invalid(f"length = {length} is not allowed: it must be a whole number from 1 to {MOST_LETTERS:,}.")
    place = {letter: number for number, letter in enumerate(names)}
    if lacking := sorted(set(prompt) - set(place)):
        raise Invalid(f"The text that the net learned from has no {', '.join(map(repr, lacking[:5]))}.", "Begin with other letters.")
    writer, tokens = Writer(model, 1), []
    for letter in prompt[-MOST_PROMPT:]:
        outputs = writer.step(np.array([[place[letter]]]))
    for number in range(length):
        tokens.append(int(choose(outputs)[0]))
        outputs = writer.step(np.array([[tokens[-1]]]))
        progress((number + 1) / length)
    return {"text": "".join(names[token] for token in tokens), "tokens": tokens}


def _words(
    experiment: Experiment, model: Any, inputs: Mapping[str, Any], choose: Choose, progress: Progress
) -> dict[str, Any]:  # fmt: skip
    from dlcore.engine.data import raw_arrays
    from dlcore.jobs._stepping import Writer

    count, names, is_length = int(inputs.get("count", 500)), _names(experiment), experiment.shape.ending == "length"
    if not 1 <= count <= MOST_WORDS:
        raise Invalid(f"count = {count} is not allowed: it must be a whole number from 1 to {MOST_WORDS:,}.")
    end, start = len(names) - 2, len(names) - 1
    write = _told_lengths if is_length else _until_the_end
    letters = write(Writer(model, count), count, end, start, choose, progress)
    lengths = (letters < end).cumprod(axis=1).sum(axis=1)
    texts = ["".join(names[token] for token in row[:size]) for row, size in zip(letters, lengths, strict=True)]
    y = raw_arrays(experiment)["y"]
    known = y[:, 0] - end if is_length else (y < end).cumprod(axis=1).sum(axis=1)
    cut = 0 if is_length else int((lengths == LONGEST).sum())
    return {"texts": texts, "lengths": lengths.tolist(), "cut": cut, "data_lengths": known.tolist()}


def _until_the_end(writer: Any, count: int, end: int, start: int, choose: Choose, progress: Progress) -> np.ndarray:
    """Letters (count, LONGEST), with the end after a word's last letter."""
    last, written = np.full(count, start), []
    for number in range(LONGEST):
        last = choose(writer.step(last[:, np.newaxis]))
        written.append(last)
        progress((number + 1) / LONGEST)
    return np.stack(written, axis=1)


def _told_lengths(writer: Any, count: int, end: int, start: int, choose: Choose, progress: Progress) -> np.ndarray:
    """The same from a net that draws the length first, which is then told it with each letter: of its outputs only lengths count at
    first, and then only letters."""
    last = np.full(count, start)
    lengths = 1 + choose(writer.step(np.stack([last, np.zeros(count)], axis=1))[:, end + 1 :])
    written = []
    for number in range(int(lengths.max())):
        letters = choose(writer.step(np.stack([last, np.maximum(lengths - number, 0)], axis=1))[:, :end])
        last = np.where(number < lengths, letters, end)
        written.append(last)
        progress((number + 1) / int(lengths.max()))
    return np.stack(written, axis=1)


def _names(experiment: Experiment) -> Sequence[str]:
    assert experiment.dataset_spec.vocabulary
    return experiment.dataset_spec.vocabulary(experiment.dataset.settings)


JOB = Job("generate", "Write", perform)
