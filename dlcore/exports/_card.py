"""The model card that travels with an exported model (Mitchell et al. 2019): what it is, what it learned from, how well it does, where."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcore.exports._bundle import Bundle
from dlcore.exports._own_data import example_of, preparation_of
from dlcore.metrics import class_numbers
from dlcore.owndata import features
from dlcore.owndata.names import plain

if TYPE_CHECKING:
    from dlcore.exports._portable import Comparison, Runtime

Z = 1.959964  # 95 % of a normal distribution lie within so many standard deviations


def model_card(bundle: Bundle, runtime: Runtime, compared: Comparison, digest: str, score: str) -> str:
    """Markdown. digest: SHA-256 of the model's files. score: a sentence on held-out rows, with its interval."""
    experiment, environment = bundle.experiment, bundle.environment
    settings = "\n".join(f"| {name} | {value} |" for name, value in sorted(experiment.to_text().items()))
    versions = ", ".join(f"{name} {value}" for name, value in sorted(environment.items()) if isinstance(value, (str, int, float, bool)))
    return f"""# {experiment.model_spec.title} on {experiment.dataset_spec.title}

For {runtime.name}. Run `{bundle.run.id}`, epoch {bundle.run.epoch}, seed {experiment.seed}.
SHA-256 of the model's files: `{digest}`.

## Use
`pip install -r requirements.txt`, then {_command(bundle, runtime)}. {_inputs(bundle)}{_outputs(bundle)}

## How well
{score}
{compared.sentence()}

## Data
{experiment.dataset_spec.title}: {experiment.dataset_spec.summary}
Of the rows {experiment.validation:.0%} were kept for validation{_test(bundle)}.

## Settings
Those not named here have their defaults.

| setting | value |
|---|---|
{settings or "| all | default |"}

## Where it was trained
{versions or "Not recorded."}
"""


def score_sentence(bundle: Bundle, outputs: np.ndarray, y: np.ndarray, part: str) -> str:
    """The score on held-out rows with a 95 % interval: Wilson's (1927) for a share, that of the mean for an error."""
    if bundle.experiment.shape.task == "regression":
        errors = np.abs(outputs - y.reshape(outputs.shape)).reshape(len(y), -1).mean(axis=1)
        half = Z * errors.std(ddof=1) / math.sqrt(len(errors)) if len(errors) > 1 else math.nan
        unit = bundle.experiment.dataset_spec.unit
        return (
            f"Mean absolute error {errors.mean():.3g} ± {half:.2g}{f' (in {unit})' if unit else ''} on {len(y):,} rows of the {part} set."
        )
    given = class_numbers(outputs, bundle.experiment.shape.task, bundle.experiment.loss_spec.threshold).reshape(-1)
    right, unit = int((given == y.reshape(-1)).sum()), "steps" if bundle.experiment.shape.per_step else "rows"
    low, high = wilson(right, len(given))
    share = f"{right / len(given):.1%} (95 % interval {low:.1%} to {high:.1%})"
    return f"{right:,} of {len(given):,} {unit} of the {part} set are classified rightly: {share}."


def wilson(right: int, rows: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, right of rows > 0."""
    share = right / rows
    centre = share + Z**2 / (2 * rows)
    half = Z * math.sqrt(share * (1 - share) / rows + Z**2 / (4 * rows**2))
    return max(0.0, (centre - half) / (1 + Z**2 / rows)), min(1.0, (centre + half) / (1 + Z**2 / rows))


def _command(bundle: Bundle, runtime: Runtime) -> str:
    if runtime.keras:  # this card lies in the .keras file itself, which is a zip
        return f"`python {bundle.filename('.keras')} {example_of(bundle.experiment)}`"
    return f"`python predict.py {example_of(bundle.experiment)}`"


def _inputs(bundle: Bundle) -> str:
    """What the script reads, and what the model itself takes."""
    experiment = bundle.experiment
    prepared, shape = preparation_of(experiment), ", ".join(map(str, experiment.shape.input))
    if prepared is None:
        texts = "The script also reads texts, one a line of a .txt file, and turns their symbols into the numbers that the model takes. "
        raw = f"Inputs are raw, as the data set gives them, float32 of shape\n(rows, {shape}): the model scales them itself. "
        return raw + (texts if experiment.shape.tokens and experiment.dataset_spec.vocabulary else "")
    model = f"The model itself takes float32 of shape (rows, {shape})"
    if "image" in prepared:
        return (
            f"Several pictures and whole folders may be named; JPEG, PNG, WebP and BMP are read, turned upright and made as large as\n"
            f"the net's. {model}, 0 to 255, and scales them itself. "
        )
    if features.is_tokens(prepared):
        what = f"a CSV with the column {plain(prepared['columns'][0]['name'])}"
        return f"The script reads one text a line of a .txt file, or {what}. {model}: the places of its symbols in the vocabulary. "
    names = ", ".join(plain(column["name"]) for column in prepared["columns"])
    steps = (prepared.get("window") or {}).get("steps", 0)
    told = (
        f"Each line of its answer is a forecast of the row after {steps} rows in sequence, the last one of what follows the file. "
        if steps
        else ""
    )
    return (
        f"The script reads raw rows, as a CSV or as a list of objects in JSON, with the columns\n{names}; others are passed over. "
        f"{told}{model}: what `rows_of` in the script makes of them. "
    )


def _outputs(bundle: Bundle) -> str:
    experiment: Any = bundle.experiment
    names = bundle.class_names
    match experiment.shape.task:
        case "regression":
            unit = experiment.dataset_spec.unit
            return f"Outputs are the predicted values{f' in {unit}' if unit else ''}."
        case "binary":
            threshold = experiment.loss_spec.threshold
            return f"The one output above {threshold:g} means {names[1] if names else 'class 1'}, else {names[0] if names else 'class 0'}."
    return f"The largest of the {experiment.shape.outputs} outputs is the class{': ' + ', '.join(names) if names else ''}."


def _test(bundle: Bundle) -> str:
    experiment = bundle.experiment
    if experiment.shape.test_rows:
        return f"; the data's own {experiment.shape.test_rows:,} test rows were left alone"
    return f" and {experiment.test:.0%} for the test" if experiment.test else ""
