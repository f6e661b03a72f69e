"""Small pictures of the pages on hyper-parameters: signals through layers, penalties, masks, a curve with its stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlcore.charts.figure import Figure, svg, text
from dlcore.charts.plot import WIDE, Axes, Series, plot

NARROW = (330.0, 250.0)
SQUARE = (330.0, 300.0)


def signal(forward: np.ndarray, backward: np.ndarray, colours: Sequence[str]) -> Figure:
    """Root mean squares: of outputs (depth + 1,), the inputs first, and of gradients (depth,)."""
    low, high = 1e-12, 1e12
    lines = [
        Series("signal", np.arange(len(forward)), _within(forward, low, high), colours[0]),
        Series("gradient", np.arange(1, len(backward) + 1), _within(backward, low, high), colours[1], dash=True),
    ]
    values = np.concatenate([line.y for line in lines])
    known = values[np.isfinite(values)]
    reach = (min(0.01, float(known.min()) / 2), max(100.0, float(known.max()) * 2)) if len(known) else (0.01, 100.0)
    described = f"The signal goes from {forward[0]:.2g} to {forward[-1]:.2g}; the gradient that comes back to layer 1 is {backward[0]:.2g}."
    note = "Solid: size of the signal going forward. Dashed: size of the gradient coming back. Level is good."
    return plot(lines, Axes("layer", "root mean square", up=reach, log=True), described, size=NARROW, note=note)


def penalty(
    ellipses: Sequence[np.ndarray], ball: np.ndarray, trail: np.ndarray, best: np.ndarray, now: np.ndarray, colours: Sequence[str]
) -> Figure:
    """Curves of equal loss around the best weights, of equal penalty through the present ones, and the way there as λ grows."""
    lines = [Series("", one[:, 0], one[:, 1], faint=True, width=1.2) for one in ellipses]
    lines += [
        Series("", ball[:, 0], ball[:, 1], colours[1], dash=True), Series("", trail[:, 0], trail[:, 1], colours[0], width=3),
        Series("", best[:1], best[1:], dots=True), Series("", now[:1], now[1:], colours[1], dots=True),
    ]  # fmt: skip
    described = f"The weights go from ({best[0]:.2g}, {best[1]:.2g}) to ({now[0]:.2g}, {now[1]:.2g}) under the penalty."
    note = "Grey: equal loss around the best weights. Dashed: equal penalty. Blue: where the weights go as λ grows."
    return plot(lines, Axes("weight w₁", "weight w₂", (-1.2, 2.4), (-1.4, 2.0)), described, size=SQUARE, note=note)


def shrinking(curves: Mapping[str, np.ndarray], colours: Sequence[str]) -> Figure:
    """A weight over steps, for each way of decay."""
    lines = [Series(name, np.arange(len(values)), values, colour) for (name, values), colour in zip(curves.items(), colours, strict=False)]
    described = "; ".join(f"{name} ends at {values[-1]:.2g}" for name, values in curves.items())
    return plot(lines, Axes("step", "weight", up=(-0.3, 1.2)), described)


def histogram(weights: Mapping[str, np.ndarray], colours: Sequence[str]) -> Figure:
    """The share of weights (n,) in each of 41 bins, for each run."""
    everything = np.concatenate(list(weights.values())) if weights else np.zeros(1)
    limit = float(np.percentile(np.abs(everything), 99.5)) or 1.0
    edges = np.linspace(-limit, limit, 42)
    lines = []
    for (name, values), colour in zip(weights.items(), colours, strict=False):
        counts = np.histogram(np.clip(values, -limit, limit), edges)[0] / max(1, len(values))
        lines.append(Series(name, (edges[:-1] + edges[1:]) / 2, counts, colour))
    empty = "Train a net, and its weights appear here."
    described = "How the weights are spread: " + ", ".join(weights) if weights else empty
    return plot(lines, Axes("weight", "share of weights"), described, over="" if weights else text(WIDE[0] / 2, WIDE[1] / 2, empty))


def mask(kept: np.ndarray, colour: str, across: int = 16) -> Figure:
    """Units as dots, (n,) of True and False: those that are dropped are pale."""
    pitch = 320 / across
    dots = [
        f'<circle cx="{pitch * (number % across + 0.5):.1f}" cy="{pitch * (number // across + 0.5):.1f}" r="{pitch * 0.34:.1f}" '
        f'fill="{colour}" class="{"" if on else "off"}"/>'
        for number, on in enumerate(kept)
    ]
    described = f"{int(kept.sum())} of {len(kept)} units are kept in this step."
    rows = -(-len(kept) // across)
    return Figure("", svg("".join(dots), described, 320, pitch * rows), described, "Pale units are switched off for this one step.")


def band(x: np.ndarray, truth: np.ndarray, whole: np.ndarray, mean: np.ndarray, deviation: np.ndarray, each: np.ndarray,
         points: tuple[np.ndarray, np.ndarray], colours: Sequence[str]) -> Figure:  # fmt: skip
    """Predictions of dropped nets (samples, m) faintly, their mean with two deviations around it, and the whole net."""
    lines = [Series("", x, one, colours[0], faint=True, width=0.8) for one in each[:12]]
    lines += [
        Series("", x, mean + 2 * deviation, colours[0], width=0.0, down_to=mean - 2 * deviation),
        Series("truth", x, truth, dash=True, width=1.3), Series("mean", x, mean, colours[0], width=2.5),
        Series("whole net", x, whole, colours[1], dash=True), Series("", *points, colours[1], dots=True),
    ]  # fmt: skip
    described = f"The band of two deviations is widest where there are no points: up to ±{2 * deviation.max():.2g}."
    note = "Dots: the data. Band: the mean of the dropped nets, two standard deviations either way. Where no data are, it widens."
    return plot(lines, Axes("x", "prediction", up=(-2.2, 2.2)), described, note=note)


def ensemble(errors: np.ndarray, colour: str) -> Figure:
    """How far the mean of the first k dropped nets is from the whole net, (samples,)."""
    line = Series("", np.arange(1, len(errors) + 1), np.maximum(errors, 1e-6), colour)
    described = f"The mean of {len(errors)} dropped nets is {errors[-1]:.2g} from the whole one."
    note = "How far the mean of so many dropped nets is from the whole net; both axes are logarithmic."
    return plot([line], Axes("nets averaged", "distance", log=True, log_x=True), described, size=(620, 200), note=note)


def stopping(curve: np.ndarray, best: int, stopped: int, y: str, colour: str) -> Figure:
    """A curve per epoch, from epoch 1, with the epochs of the best value and of the stop; what would not have been trained is faint."""
    epochs = np.arange(1, len(curve) + 1)
    lines = [
        Series("", epochs[:stopped], curve[:stopped], colour),
        Series("", epochs[stopped - 1 :], curve[stopped - 1 :], colour, faint=True),
    ]
    described = f"Best at epoch {best}, stopped after epoch {stopped} of {len(curve)}."
    marks = [(float(best), "best")] + ([(float(stopped), "stop")] if stopped != best else [])
    return plot(lines, Axes("epoch", y), described, size=NARROW, marks=marks, note="Faint: epochs that would not have been trained.")


def dead(biases: np.ndarray, shares: Mapping[str, np.ndarray], now: float, colours: Sequence[str]) -> Figure:
    """Share of silent units against the bias, for each layer that is named."""
    lines = [Series(name, biases, share, colour) for (name, share), colour in zip(shares.items(), colours, strict=False)]
    described = "Share of silent units by bias: " + "; ".join(f"{name}" for name in shares)
    return plot(lines, Axes("bias at start", "share of silent units", up=(0, 1)), described, size=NARROW, marks=[(now, "b")])


def valley(x: np.ndarray, f: np.ndarray, path_x: np.ndarray, path_f: np.ndarray, colours: Sequence[str]) -> Figure:
    """A parabola with the steps of descent on it."""
    lines = [
        Series("", x, f, faint=True),
        Series("", path_x, path_f, colours[1], width=1.3),
        Series("", path_x, path_f, colours[1], dots=True),
    ]
    described = f"After {len(path_x) - 1} steps descent is at {path_x[-1]:.3g}."
    return plot(lines, Axes("weight w", "loss L(w)", (-3, 3), (0, 5)), described, size=NARROW)


def schedule(epochs: np.ndarray, rates: np.ndarray, colour: str) -> Figure:
    """The learning rate over a run."""
    reach = (0.0, float(rates.max()) * 1.1 or 1.0)
    described = f"The rate begins at {rates[0]:.3g}, is at most {rates.max():.3g}, and ends at {rates[-1]:.3g}."
    return plot([Series("", epochs, rates, colour)], Axes("epoch", "learning rate", up=reach), described, size=(WIDE[0], 260))


def _within(values: np.ndarray, low: float, high: float) -> np.ndarray:
    return np.where(np.isfinite(values), np.clip(values, low, high), np.nan)
