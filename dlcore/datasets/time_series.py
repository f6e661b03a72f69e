"""Real series over time: from the last values, say one that comes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from dlcore.datasets._series import passengers, sea
from dlcore.fields import Field
from dlcore.specs import Dataset, RemoteFile, Settings, Shape

LENGTHS = {"sea": 732, "airline": 144, "temperatures": 3650, "sunspots": 2820}
UNITS = {
    "sea": (16_903.8 / 732, "°C"),
    "airline": (40_363 / 144, "thousand passengers"),
    "temperatures": (40_798.8 / 3650, "°C"),
    "sunspots": (144_570 / 2820, "sunspots"),
}
"""What the mean of each whole series is, and in which unit."""


def load(*, seed: int, series: str, steps: int, ahead: int, relative: bool) -> dict[str, Any]:
    """Windows of `steps` values in the order of time, and the value `ahead` steps after each, as multiples of the whole series' mean.

    relative: inputs and target less the window's last value, so that a trend does not lead out of what was learned.
    """
    values = sea() if series == "sea" else passengers() if series == "airline" else from_file(series)
    values = values / values.mean()
    first = np.arange(len(values) - steps - ahead + 1)
    x, y = values[first[:, np.newaxis] + np.arange(steps)], values[first + steps + ahead - 1]
    if relative:
        x, y = x - x[:, -1:], y - x[:, -1]
    return {"x": x[..., np.newaxis].astype("float32"), "y": y.astype("float32")}


def from_file(series: str) -> np.ndarray:
    """The last column of the series' file, which lies in the folder that DLCORE_DATA names or where the lab fetched it."""
    import csv
    import os
    from pathlib import Path

    name = {"temperatures": "daily-min-temperatures", "sunspots": "monthly-sunspots"}[series] + ".csv"
    homes = [Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras"), Path("/tmp/.keras")]  # Keras's own folders
    own = [Path(os.environ["DLCORE_DATA"]).expanduser()] if os.environ.get("DLCORE_DATA") else []
    folders = [*own, *(folder / "timeseries" for folder in own), *(home.expanduser() / "datasets" / "timeseries" for home in homes)]
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if path is None:
        raise FileNotFoundError(f"{name} is missing. Put it into {folders[0]}.")
    with path.open(encoding="utf-8", newline="") as file:
        return np.array([float(line[-1]) for line in list(csv.reader(file))[1:] if line])


def shape(settings: Settings) -> Shape:
    length, steps, ahead = LENGTHS[str(settings["series"])], int(settings["steps"]), int(settings["ahead"])  # type: ignore[arg-type]
    return Shape("sequence", (steps, 1), "regression", 1, length - steps - ahead + 1)


def _file(name: str, sha256: str, size: int) -> RemoteFile:
    url = f"https://raw.githubusercontent.com/jbrownlee/Datasets/master/{name}"
    return RemoteFile(f"timeseries/{name}", url, sha256, size, own_folder=True)


FILES = {
    "temperatures": _file("daily-min-temperatures.csv", "8b9de63ed6789492bf497625e7f9beb96a63d367b4b0a21754006f749fa5e5da", 67_921),
    "sunspots": _file("monthly-sunspots.csv", "c4ec8cc57d9f6fb6ecdb3e1f37f25b6f4badd5124c55931052b0cd2fc3bc71f3", 45_039),
}


def of(settings: Settings) -> Dataset:
    """Two of the series come with the lab, the others are fetched."""
    file = FILES.get(str(settings["series"]))
    return replace(DATASET, origin="download", files=(file,), megabytes=0.1, alternative="sines") if file else DATASET


DATASET = Dataset(
    name="time_series",
    title="Real time series",
    summary="The sea's temperature off Peru and airline passengers by month, which come with the lab; lowest temperatures in Melbourne by "
    "day and sunspots by month, which are fetched. The target is a value to come.",
    fields=(
        Field(
            "series", "choice", "sea", "Series", "The sea's temperature 1950–2010, airline passengers 1949–1960, Melbourne's lowest "
            "temperatures 1981–1990, or sunspots 1749–1983. The last two are small downloads.", choices=tuple(LENGTHS),
        ),
        Field("steps", "int", 24, "Steps", "How many of the last values the net reads.", 1, 100, unit="values"),
        Field("ahead", "int", 1, "Ahead", "How many steps later the value comes that is to be said.", 1, 24, unit="steps"),
        Field("relative", "bool", False, "From the last value", "Measure all from the last value read: helps where there is a trend."),
    ),
    shape=shape,
    load=load,
    scaling="none",
    sources=(sea, passengers, from_file),
    in_order=True,
    feature_names=("value",),
    target_unit="1 (the mean of the whole series)",
    own_unit=lambda settings: UNITS[str(settings["series"])],
    of=of,
    order=36,
)  # fmt: skip
