"""Letters of Shakespeare's plays, the "tiny Shakespeare" of Karpathy's char-rnn (2015): at each letter, say the next one."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.datasets._fields import pieces
from dlcore.specs import Baseline, Dataset, RemoteFile, Settings, Shape

LENGTH, LETTERS, SPACES = 1_115_394, "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 169_892


def load(*, seed: int, steps: int, stride: int) -> dict[str, Any]:
    """Each row is a piece of the text and the same piece one letter later; token k is the k-th letter in the order of their codes."""
    import os
    from pathlib import Path

    name = "tinyshakespeare.txt"
    homes = [Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras"), Path("/tmp/.keras")]  # Keras's own folders
    own = [Path(os.environ["DLCORE_DATA"]).expanduser()] if os.environ.get("DLCORE_DATA") else []
    folders = [*own, *(folder / "text" for folder in own), *(home.expanduser() / "datasets" / "text" for home in homes)]
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if path is None:
        raise FileNotFoundError(f"{name} is missing. Put it into {folders[0]}.")
    text = path.read_text(encoding="utf-8")
    place = {letter: number for number, letter in enumerate(sorted(set(text)))}
    tokens = np.array([place[letter] for letter in text])
    first = np.arange(0, len(tokens) - steps, stride)
    pieces = tokens[first[:, np.newaxis] + np.arange(steps + 1)]
    return {"x": pieces[:, :-1, np.newaxis].astype("float32"), "y": pieces[:, 1:].astype("int64")}


def shape(settings: Settings) -> Shape:
    steps, stride = int(settings["steps"]), int(settings["stride"])  # type: ignore[arg-type]
    rows = -(-(LENGTH - steps) // stride)
    return Shape("sequence", (steps, 1), "classes", len(LETTERS), rows, tokens=len(LETTERS), per_step=True)


DATASET = Dataset(
    name="shakespeare",
    title="Letters of Shakespeare",
    summary="A million letters of Shakespeare's plays; the target at each letter is the next one.",
    fields=pieces(steps=64, stride=64),
    shape=shape,
    load=load,
    scaling="none",
    origin="download",
    megabytes=1.1,
    alternative="characters",
    files=(
        RemoteFile(
            "text/tinyshakespeare.txt",
            "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
            "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
            LENGTH,
            own_folder=True,
        ),
    ),
    in_order=True,
    feature_names=("letter",),
    vocabulary=lambda settings: tuple(LETTERS),
    baseline=lambda settings: Baseline("accuracy", SPACES / LENGTH, "always saying a space"),
    order=32,
)
