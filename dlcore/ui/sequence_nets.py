"""What the opened runs of recurrent nets do, as pictures of a topic page: gates, gradients, writing, reading, lengths, forecasts.

Each is an `answer` of a `Try` whose `live` is `working`: a worker is asked the first time it is drawn, and its answer appears when it is
there. The same question about the same weights is the same job, so drawing again costs nothing.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from dlcore import registry, service
from dlcore.charts import gates as gate_charts
from dlcore.charts import lengths as length_charts
from dlcore.charts import series as series_charts
from dlcore.charts import through_time
from dlcore.charts.figure import Figure, short, svg, text
from dlcore.charts.reading import reading
from dlcore.errors import LabError
from dlcore.run import Run, State
from dlcore.services import sequences
from dlcore.services.listing import Job
from dlcore.ui.tries import Answer, Look, Values

GATES = {"forget": "f", "input": "i", "output": "o", "candidate": "g", "update": "z", "reset": "r"}
WRITTEN, SHOWN_VALUES, LINE = 240, 120, 66
Start = Callable[..., str]


@dataclass(frozen=True)
class Asked:
    """done: the finished jobs, each with the run it is about. said: what keeps the others from it, in words."""

    done: list[tuple[Run, Job]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def working(values: Values, look: Look) -> bool:
    """Whether a picture of the opened runs may still change: one of them trains, or a worker is busy with a question about it."""
    numbers = {run.id for run in look.opened.runs}
    asked = [job for run in numbers for job in service.open_store().jobs(states=("queued", "running"), run=run)]
    return bool(asked) or any(run.state.is_active for run in look.opened.runs)


def gates(values: Values, look: Look) -> Answer:
    """The gates of the first opened LSTM or GRU while it reads a row of its test data. Fields: row, layer."""
    row, layer = values.whole("row"), values.whole("layer")
    found = _ask(look, sequences.start_gates, first=True, row=row, layer=layer)
    if not found.done:
        return _nothing(found, "Train an LSTM or a GRU, or open one, and its gates appear here.")
    run, job = found.done[0]
    arrays = sequences.arrays(job.id)
    shown = {GATES[name]: arrays[name] for name in job.result["gates"] if name != "candidate"}
    shown["c" if job.result["cell"] == "lstm" else "h"] = arrays["state"]
    x, tokens = arrays["x"], tuple(job.result["tokens"])
    if not tokens and x.shape[1] == 2:
        tokens = tuple("▲" if mark > 0 else "" for mark in x[:, 1])
    numbers = [("Run", _name(run)), ("Steps", f"{len(x)}"), ("Units", f"{job.result['units']}")]
    return Answer(gate_charts.over_time(x[:, 0], shown, look.dark, look.colour(0), tokens), numbers)


def gradients(values: Values, look: Look) -> Answer:
    """The gradient of the opened nets' losses at each step back. Field: layer."""
    found = _ask(look, sequences.start_gradient, layer=values.whole("layer"))
    if not found.done:
        return _nothing(found, "Train nets side by side, and the gradient through each of them appears here.")
    lines = {}
    for run, job in found.done:
        norms = np.array(job.result["state"])[::-1]
        lines[_name(run)] = norms / (norms[0] or 1.0)
    numbers = [(f"Left, {name}", f"{norms[-1]:.2g}") for name, norms in lines.items()]
    note = "∂loss/∂state after each step, mean over 64 sequences, of the nets as trained."
    return Answer(through_time.norms(lines, _colours(found, look), note=note), numbers, text=_said(found))


def written(values: Values, look: Look) -> Answer:
    """What the first opened net on letters writes by each of its kept checkpoints, while it learns. Fields: prompt, heat, again."""
    prompt, heat, seed = values.word("prompt"), values.number("heat"), values.whole("again")
    run = next((one for one in look.opened.runs if service.experiment(one.id).shape.is_written), None)
    texts: list[tuple[int, str]] = []
    found = Asked()
    for epoch in _kept_epochs(run):
        job, said = _answered(run, sequences.start_text, prompt=prompt, length=WRITTEN, temperature=heat, seed=seed, epoch=epoch)
        if job:
            texts.append((epoch, str(job.result["text"])))
        else:
            found.said.append(said)
    if not texts or run is None:
        return _nothing(found, "Train a net on letters, and what it writes appears here while it learns.")
    known = _words_of(service.experiment(run.id).dataset.name)
    shares = np.array([_spelled(text, known) for _, text in texts])
    drawn = series_charts.spelled(np.array([epoch for epoch, _ in texts]), shares, look.colour(0))
    blocks = [f"**After epoch {epoch}**\n```\n{wrapped(prompt + text)}\n```" for epoch, text in reversed(texts)]
    numbers = [("Texts", f"{len(texts)}"), ("Words that exist, last", f"{100 * shares[-1]:.0f} %")]
    return Answer(drawn, numbers, text="\n".join([*blocks, _said(found)]))


def word_lengths(values: Values, look: Look) -> Answer:
    """How long the words are that the opened generators write. Field: again."""
    found = _ask(look, sequences.start_words, count=1000, seed=values.whole("again"))
    if not found.done:
        return _nothing(found, "Train the three generators side by side, and the lengths of what they write appear here.")
    data = np.bincount(np.array(found.done[0][1].result["data_lengths"]), minlength=27)[1:27].astype(float)
    shares = {}
    for run, job in found.done:
        counted = np.bincount(np.array(job.result["lengths"]), minlength=27)[1:27].astype(float)
        shares[_name(run)] = counted / 1000
    data /= data.sum()
    off = {name: 0.5 * (np.abs(share - data).sum() + 1 - share.sum()) for name, share in shares.items()}
    numbers = [(f"Off, {name}", f"{100 * value:.0f} %") for name, value in off.items()]
    some = [f"**{run.title or run.id}**: {', '.join(job.result['texts'][:12])}" for run, job in found.done]
    return Answer(length_charts.lengths(data, shares, _colours(found, look), 20), numbers, text="  \n".join([*some, _said(found)]))


def forecast(values: Values, look: Look) -> Answer:
    """The first opened net's forecast of its test data beside two that cost nothing. Field: period."""
    found = _ask(look, sequences.start_forecast, first=True, season=values.whole("period"))
    if not found.done:
        return _nothing(found, "Train a net on a time series, and its forecast appears here beside those that cost nothing.")
    _, job = found.done[0]
    arrays = sequences.arrays(job.id)
    series, time = arrays["series"], arrays["time"].astype(int)
    said = {}
    for name in ("net", "naive", "seasonal"):
        said[name] = np.full(len(series), np.nan)
        said[name][time] = arrays[name]
    first = max(int(time.min()), len(series) - SHOWN_VALUES)
    errors = job.result["errors"]
    numbers = [(f"{kind.upper()}, {name}", f"{errors[name][kind]:.3g}") for kind in ("mae", "rmse") for name in said]
    drawn = series_charts.forecasts(series, said, first, str(job.result["unit"]), look.colours, mark="")
    told = f"Errors over {job.result['rows']:,} {job.result['part']} rows, in {job.result['unit']}; the picture shows the last of them."
    return Answer(drawn, numbers, text=told)


def reviewed(values: Values, look: Look) -> Answer:
    """What the first opened net says after each word of a typed review. Field: review."""
    typed = values.word("review")
    found = _ask(look, sequences.start_review, first=True, text=typed)
    if not found.done:
        return _nothing(found, "Train a net on reviews, and what it makes of yours appears here.")
    run, job = found.done[0]
    outputs, experiment = np.array(job.result["outputs"])[:, 0], service.experiment(run.id)
    sides, odds = experiment.dataset_spec.class_names, experiment.loss_spec.threshold > 0
    shares = outputs if odds else np.clip((1 + outputs) / 2, 0, 1)  # the hinge asks for scores of at least 1 and at most −1
    sure = ("Sure", f"{100 * max(shares[-1], 1 - shares[-1]):.0f} %") if odds else ("Score", f"{outputs[-1]:.2f}")
    numbers = [("It says", f"{sides[int(shares[-1] >= 0.5)]} the film"), sure]
    return Answer(reading(sequences.split_words(typed), shares, (sides[0], sides[1]), look.colours), numbers, text=_said(found))


def _ask(look: Look, start: Start, first: bool = False, **how: int | str) -> Asked:
    """Ask about each opened run that has ended, or until one has answered."""
    found = Asked()
    for run in look.opened.runs:
        # The newest weights of one that trains change all the time: each look would be another question.
        waits = "waits for its turn to train" if run.state is State.QUEUED else "still trains"
        job, said = (None, f"{_name(run)} {waits}.") if run.state.is_active else _answered(run, start, **how)
        if job:
            found.done.append((run, job))
            if first:
                break
        else:
            found.said.append(said)
    return found


def _colours(found: Asked, look: Look) -> list[str]:
    """Of the runs that have answered, one for each name: a run's colour is the same on all charts."""
    return list({_name(run): look.colour(run.colour) for run, _ in found.done}.values())


def _answered(run: Run | None, start: Start, **how: object) -> tuple[Job | None, str]:
    """The finished job, or why there is none yet."""
    assert run is not None
    try:
        job = service.job(_number(str(service.open_store().home), start, run.id, run.epoch, tuple(sorted(how.items()))))
    except LabError as error:
        return None, f"{_name(run)}: {error} {error.hint}".strip()
    if job.state == "done":
        return job, ""
    return None, f"{_name(run)}: {job.cause} {job.hint}".strip() if job.is_finished else "A worker is busy with it."


@lru_cache(maxsize=1000)
def _number(home: str, start: Start, run: str, epoch: int, how: tuple[tuple[str, Any], ...]) -> str:
    """The job's id. Asked once: a job that failed would be queued again each time that the page is drawn."""
    return start(run, **dict(how))


def _kept_epochs(run: Run | None) -> list[int]:
    """Epochs whose weights stay: a question about them has one answer."""
    return sorted({one.epoch for one in service.checkpoints(run.id) if one.role in ("kept", "final")}) if run else []


@lru_cache(maxsize=4)
def _words_of(dataset: str) -> frozenset[str]:
    """All words of the text that a data set of letters is cut from."""
    spec, settings = registry.find("datasets", dataset), {"steps": 100, "stride": 100}
    tokens = spec.load(seed=0, **settings)["x"].astype(int).ravel()
    return frozenset(re.findall(r"[a-z']+", "".join(np.array(spec.vocabulary(settings))[tokens]).lower()))


def _spelled(text: str, known: frozenset[str]) -> float:
    """The share of the words in `text` that the data have, but for the last one, which may be cut."""
    found = re.findall(r"[a-z']+", text.lower())[:-1]
    return float(np.mean([word in known for word in found])) if found else 0.0


def _name(run: Run) -> str:
    return short(run.title or run.id, 20)


def wrapped(text: str) -> str:
    """Lines of at most 66 letters, for a block of code, which does not break them itself; fences are taken out."""
    lines = [textwrap.fill(line, LINE) if len(line) > LINE else line for line in text.replace("```", "").split("\n")]
    return "\n".join(lines)


def _said(found: Asked) -> str:
    return "  \n".join(dict.fromkeys(found.said))


def _nothing(found: Asked, empty: str) -> Answer:
    lines = list(dict.fromkeys(found.said)) or [empty]
    body = "".join(text(310, 120 + 22 * number, short(line, 92)) for number, line in enumerate(lines[:4]))
    return Answer(Figure("", svg(body, " ".join(lines), 620, 260), " ".join(lines)))
