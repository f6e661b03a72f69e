"""Runs as one HTML file that opens without a network: what was trained, results, live charts, settings. Everything it needs is inside."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dlcore.experiment import PARTS, Experiment
from dlcore.exports._bundle import Bundle
from dlcore.metrics import higher_is_better

HERE = Path(__file__).parent
ASSETS = HERE.parent / "ui" / "assets"
CLOCKS = ("seconds", "examples_per_second")
TITLES = {"dataset": "Data set", "model": "Model", "optimizer": "Optimizer", "schedule": "Schedule", "loss": "Loss"}
# Nothing may be fetched, whatever a browser or an extension puts in.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"


def write(bundles: Sequence[Bundle], title: str = "") -> bytes:
    """UTF-8 HTML. title: of the page, that of the only run or how many there are when empty. Words of people are escaped."""
    names = labels(bundles)
    title = title or (names[0] if len(bundles) == 1 else f"{len(bundles)} runs")
    made = max((bundle.run.ended or bundle.run.created for bundle in bundles), default=0.0)
    body = [
        f"<h1>{html.escape(title)}</h1>",
        f'<p class="lead">From dlcore, a deep-learning lab. The newest of these runs is of {_day(made)}.</p>',
        "<h2>Results</h2>",
        _results(bundles, names),
        "<h2>Curves</h2>",
        '<p class="hint">Drag over a part to see it larger, double-click to see all again. Solid: training, dashed: validation.</p>',
        '<div id="legend"></div><div id="charts"><noscript>Curves need JavaScript; the numbers are in the tables.</noscript></div>',
        *([f"<h2>Settings that differ</h2>{_differences(bundles, names)}"] if len(bundles) > 1 else []),
        "<h2>Runs</h2>",
        *(_run(bundle, name, len(bundles) == 1) for bundle, name in zip(bundles, names, strict=True)),
    ]
    return _page(title, "".join(body), _data(bundles, names)).encode()


def labels(bundles: Sequence[Bundle]) -> list[str]:
    """The title a person gave, else the first settings that differ, else data and model; with its id where several are called the same."""
    settings = [_settings(bundle.experiment) for bundle in bundles]
    differ = _differing(settings)
    names = [
        bundle.run.title
        or ", ".join(f"{key.lower()} {own[key]}" for key in differ if key in own and key != "Seed")[:60]
        or f"{bundle.experiment.dataset_spec.title}, {bundle.experiment.model_spec.title.lower()}"
        for bundle, own in zip(bundles, settings, strict=True)
    ]
    return [f"{name} ({bundle.run.id})" if names.count(name) > 1 else name for name, bundle in zip(names, bundles, strict=True)]


@cache
def _asset(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        text = text.replace("export default uPlot;", "")
        text = "\n".join(line.removeprefix("export ") for line in text.splitlines())
    return text.replace("</script", "<\\/script")


def _page(title: str, body: str, data: Mapping[str, Any]) -> str:
    scripts = "\n".join(_asset(path) for path in (ASSETS / "uplot.min.js", ASSETS / "print.js", HERE / "_report.js"))
    values = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{html.escape(title)}</title>'
        f"<style>{_asset(ASSETS / 'curves.css').partition('.curves ')[0]}{_asset(HERE / '_report.css')}</style></head>"
        f'<body><main>{body}</main><script id="data" type="application/json">{values}</script><script>{scripts}</script></body></html>'
    )


def _data(bundles: Sequence[Bundle], names: Sequence[str]) -> dict[str, Any]:
    """What the charts draw: for each run its curves by epoch, NaN as null."""
    recorded = dict.fromkeys(name for bundle in bundles for row in bundle.history for name in row if name not in ("epoch", *CLOCKS))
    quantities = list(dict.fromkeys(name.removeprefix("val_") for name in recorded))
    runs = [_curves(bundle, name, list(recorded)) for bundle, name in zip(bundles, names, strict=True)]
    return {"quantities": quantities, "runs": runs}


def _curves(bundle: Bundle, name: str, recorded: Sequence[str]) -> dict[str, Any]:
    known = [key for key in recorded if any(key in row for row in bundle.history)]
    marks = [[change["epoch"], f"{change['field'].rpartition('.')[2].replace('_', ' ')} {change['value']}"] for change in bundle.changes]
    return {
        "name": name,
        "colour": bundle.run.colour % 8,
        "epochs": [row["epoch"] for row in bundle.history],
        "curves": {key: [_number(row.get(key)) for row in bundle.history] for key in known},
        "marks": marks,
    }


def _results(bundles: Sequence[Bundle], names: Sequence[str]) -> str:
    recorded = list(dict.fromkeys(key for bundle in bundles for row in bundle.history for key in row if key not in ("epoch", *CLOCKS)))
    shown = [key for key in recorded if key.startswith("val_")] or recorded
    head = ["Run", "State", "Epochs", *(f"Best {key.replace('val_', 'validation ').replace('_', ' ')}" for key in shown)]
    rows = [
        [name, str(bundle.run.state), f"{bundle.run.epoch:,} of {bundle.run.epochs:,}", *(_best(bundle, key) for key in shown)]
        for bundle, name in zip(bundles, names, strict=True)
    ]
    return table(head, rows)


def _best(bundle: Bundle, key: str) -> str:
    known = [(row[key], row["epoch"]) for row in bundle.history if key in row and math.isfinite(row[key])]
    if not known:
        return "–"
    value, epoch = (max if higher_is_better(key) else min)(known, key=lambda one: one[0])
    return f"{value:.4g} (epoch {epoch:,})"


def _differing(settings: Sequence[Mapping[str, str]]) -> list[str]:
    keys = dict.fromkeys(key for one in settings for key in one)
    return [key for key in keys if len({one.get(key, "") for one in settings}) > 1]


def _differences(bundles: Sequence[Bundle], names: Sequence[str]) -> str:
    settings = [_settings(bundle.experiment) for bundle in bundles]
    differ = _differing(settings)
    if not differ:
        return "<p>All settings are the same.</p>"
    return table(["Run", *differ], [[name, *(one.get(key, "") for key in differ)] for name, one in zip(names, settings, strict=True)])


def _run(bundle: Bundle, name: str, opened: bool) -> str:
    run = bundle.run
    facts = [["Id", run.id], ["State", str(run.state)], ["Started by", run.owner or "command line"], ["Tags", ", ".join(run.tags)],
             ["Note", run.note], ["Branched from", f"{run.parent} after epoch {run.parent_epoch:,}" if run.parent else ""],
             ["Trained for", f"{run.seconds:,.1f} s"], ["Failed because", run.cause]]  # fmt: skip
    around = [[key.replace("_", " "), str(value)] for key, value in bundle.environment.items()]
    parts = [
        table(["", ""], [fact for fact in facts if fact[1]]),
        f"<h4>Settings</h4>{table(['', ''], [list(item) for item in _settings(bundle.experiment).items()])}",
        f"<h4>Environment</h4>{table(['', ''], around)}" if around else "",
    ]
    inside = f'<summary>{html.escape(name)}</summary><div class="columns">{"".join(map(_box, parts))}</div>'
    return f"<details{' open' if opened else ''}>{inside}</details>"


def _box(text: str) -> str:
    return f"<div>{text}</div>" if text else ""


def _settings(experiment: Experiment) -> dict[str, str]:
    titles = {TITLES[part]: getattr(experiment, f"{part}_spec").title for part in PARTS}
    return titles | {own.label: own.format(value) or "none" for _, own, value in experiment.fields()}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """An HTML table of words, all escaped; without a heading row where all headings are empty."""
    top = "".join(f'<th scope="col">{html.escape(word)}</th>' for word in head)
    lines = "".join(
        f'<tr><th scope="row">{html.escape(row[0])}</th>{"".join(f"<td>{html.escape(word)}</td>" for word in row[1:])}</tr>' for row in rows
    )
    heading = f"<thead><tr>{top}</tr></thead>" if any(head) else ""
    return f'<div class="scrolled"><table>{heading}<tbody>{lines}</tbody></table></div>'


def _number(value: Any) -> float | None:
    return float(f"{value:.7g}") if value is not None and math.isfinite(value) else None


def _day(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%-d %B %Y}"
