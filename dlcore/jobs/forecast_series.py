"""A net's forecast of a series beside two that cost nothing: the last value again, and the value of a season before."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.jobs._model import experiment_of, trained_model
from dlcore.specs import Job


def perform(
    inputs: Mapping[str, Any], files: Mapping[str, bytes], progress: Callable[[float], None]
) -> tuple[dict[str, Any], bytes | None]:
    """inputs: "experiment", on a series in the order of time; "season": steps after which it repeats itself (12 for months of a year).
    files: "checkpoint"; none for the net as it starts.

    Measured on the last part of the series, the test rows, which the net has not seen (those for validation where there are none).
    The result has "part", "rows", "unit" and "errors": "net", "naive", "seasonal" → {"mae", "rmse"} in that unit. "naive" says the last
    value read, "seasonal" the value a whole number of seasons before the one to be said (Hyndman & Athanasopoulos 2021, section 5.2).
    The artefact is an .npz, in the same unit: "time" (rows,) as an index into "series" (n,), "true", "net", "naive", "seasonal" (rows,).
    """
    from dlcore.engine import build
    from dlcore.engine.data import prepare

    experiment = experiment_of(inputs)
    _check(experiment)
    season = int(inputs.get("season", 12))
    model = trained_model(experiment, files) if "checkpoint" in files else build.model_of(experiment)
    progress(0.3)
    part = next((name for name in ("test", "val") if len(prepare(experiment).arrays[f"x_{name}"])), "")
    if not part:
        raise Invalid("This run kept no rows that the net has not seen.", "Give the data a test share above 0 and train again.")
    said = model.predict(prepare(experiment).arrays[f"x_{part}"], batch_size=256, verbose=0)[::-1, 0]
    progress(0.8)
    found, unit = _compared(experiment, part, said, season)
    errors = {name: _errors(found[name], found["true"]) for name in ("net", "naive", "seasonal")}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **found)
    return {"part": part, "rows": len(said), "unit": unit, "errors": errors}, buffer.getvalue()


def _check(experiment: Experiment) -> None:
    shape, spec = experiment.shape, experiment.dataset_spec
    if shape.kind != "sequence" or shape.task != "regression" or shape.per_step or not spec.in_order:
        raise Invalid(f"{spec.title} is no series in the order of time.", "Choose a run on a time series.")


def _compared(experiment: Experiment, part: str, said: np.ndarray, season: int) -> tuple[dict[str, np.ndarray], str]:
    """The arrays of the artefact, in the order of time, and their unit. said (rows,): what the net said, as it was trained."""
    from dlcore.engine.data import prepare, raw_arrays

    settings = experiment.dataset.settings
    plain = experiment.with_(**{"dataset.relative": False}) if settings.get("relative") else experiment
    arrays, raw = prepare(plain).arrays, raw_arrays(plain)
    constants = prepare(plain).constants
    x = arrays[f"x_{part}"][::-1, :, 0] * constants["scale"][0] + constants["mean"][0]  # the split has the newest first
    true, last, ahead = arrays[f"y_{part}"][::-1, 0], x[:, -1], int(settings.get("ahead", 1))  # type: ignore[arg-type]
    scale, unit = _unit(experiment)
    series = np.concatenate([raw["x"][0, :, 0], raw["x"][1:, -1, 0], raw["y"][-ahead:].reshape(-1)])
    rows, steps = len(raw["x"]), x.shape[1]
    after = 0 if part == "test" else len(arrays["x_test"])
    time = rows - after - len(true) + np.arange(len(true)) + steps + ahead - 1
    found = {
        "true": true, "net": said + last if settings.get("relative") else said, "naive": last,
        "seasonal": series[_season_before(time, ahead, season)], "series": series,
    }  # fmt: skip
    return {**{name: (values * scale).astype("float32") for name, values in found.items()}, "time": time}, unit


def _season_before(time: np.ndarray, ahead: int, season: int) -> np.ndarray:
    """The index of the value that lies the fewest whole seasons before `time`, and is known `ahead` steps before it."""
    place = time - season * -(-ahead // season) if season >= 1 else time - time - 1
    if place.min() < 0:
        raise Invalid(
            f"season = {season} is not allowed: the series does not reach back as far.", f"Choose a season from 1 to {int(time.min())}."
        )
    return place


def _unit(experiment: Experiment) -> tuple[float, str]:
    """What 1 is in the series' own unit."""
    spec = experiment.dataset_spec
    return spec.own_unit(experiment.dataset.settings) if spec.own_unit else (1.0, spec.target_unit)


def _errors(said: np.ndarray, true: np.ndarray) -> dict[str, float]:
    apart = said.astype("float64") - true
    return {"mae": float(np.abs(apart).mean()), "rmse": float(np.sqrt(np.square(apart).mean()))}


JOB = Job("forecast_series", "Forecast a series", perform)
