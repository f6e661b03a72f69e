"""Movie reviews (Maas et al. 2011): is the writer for the film or against it?"""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.fields import Field
from dlcore.specs import Baseline, Dataset, RemoteFile, Settings, Shape

STAND_IN = "imdb_acl_10k.npz"


def load(*, seed: int, words: int, steps: int) -> dict[str, Any]:
    """The last `steps` words of each review, zeros before shorter ones. Token 1 begins a review, 2 is any rarer word, 4 "the".

    From Keras's loader, or from imdb_acl_10k.npz in the folder that DLCORE_DATA names: the same reviews, numbered a little otherwise.
    """
    import os
    from pathlib import Path

    def cut(reviews: Any, count: int) -> np.ndarray:
        x = np.zeros((count, steps, 1), "float32")
        for row, review in enumerate(reviews):
            last = np.asarray(review[-steps:])
            x[row, steps - len(last) :, 0] = np.where(last < words, last, 2)
        return x

    folder = Path(os.environ.get("DLCORE_DATA") or os.devnull).expanduser()
    places = [folder / "imdb_acl_10k.npz", folder / "text" / "imdb_acl_10k.npz"]
    own = next((place for place in places if place.is_file()), None)
    arrays: dict[str, Any] = {}
    if own is None:
        import keras

        for end, (reviews, labels) in zip(("", "_test"), keras.datasets.imdb.load_data(num_words=words), strict=True):
            arrays["x" + end], arrays["y" + end] = cut(reviews, len(reviews)), np.asarray(labels, "int64")
        return arrays
    with np.load(own, allow_pickle=False) as content:
        for end, part in (("", "train"), ("_test", "test")):
            offsets, tokens = content[f"{part}_offsets"].astype("int64"), content[f"{part}_tokens"]
            reviews = (tokens[first:last] for first, last in zip(offsets, offsets[1:], strict=False))
            arrays["x" + end] = cut(reviews, len(offsets) - 1)
            arrays["y" + end] = content[f"{part}_labels"].astype("int64")
    return arrays


def shape(settings: Settings) -> Shape:
    steps, words = int(settings["steps"]), int(settings["words"])  # type: ignore[arg-type]
    return Shape("sequence", (steps, 1), "binary", 1, 25_000, 25_000, tokens=words)


def vocabulary(settings: Settings) -> tuple[str, ...]:
    """The words where a file on this computer says them, else their numbers."""
    words = int(settings["words"])  # type: ignore[arg-type]
    known = _known_words()[: words - 4]
    named = ("", "(begin)", "(rare)", "(unused)", *known)
    return (*named, *(f"word {number}" for number in range(len(named), words)))


def _known_words() -> tuple[str, ...]:
    """The most frequent words first, without the four tokens before them; nothing where neither file is there."""
    import json

    from dlcore.datasets._files import keras_home, stand_in

    if own := stand_in(FILE):
        with np.load(own, allow_pickle=False) as content:
            return tuple(bytes(content["vocab"]).decode().split("\n"))
    try:
        numbers = json.loads((keras_home() / "datasets" / "imdb_word_index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    return tuple(sorted(numbers, key=numbers.__getitem__))


FILE = RemoteFile(
    "imdb.npz",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/imdb.npz",
    "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
    17_464_789,
    stand_in=STAND_IN,
)
DATASET = Dataset(
    name="imdb",
    title="Movie reviews (IMDB)",
    summary="50,000 reviews of films as words, each clearly for or against the film.",
    fields=(
        Field("words", "int", 5000, "Words", "How many words are told apart; rarer ones become one and the same.", 100, 9999, log=True),
        Field("steps", "int", 100, "Steps", "How many words of a review's end are read.", 10, 500, 10, unit="words"),
    ),
    shape=shape,
    load=load,
    scaling="none",
    origin="download",
    megabytes=17.5,
    alternative="reviews",
    files=(FILE,),
    class_names=("against", "for"),
    feature_names=("word",),
    vocabulary=vocabulary,
    baseline=lambda settings: Baseline("accuracy", 0.5, "tossing a coin"),
    order=35,
)
