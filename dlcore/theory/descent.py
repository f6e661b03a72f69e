"""Optimizers on a surface of two parameters, step by step, with the formulas and defaults of Keras 3.

Gradient descent (Cauchy 1847), momentum (Polyak 1964) and Nesterov's form of it (Sutskever et al. 2013), Adagrad (Duchi, Hazan & Singer
2011), Adadelta (Zeiler 2012), RMSprop (Tieleman & Hinton 2012), Adam (Kingma & Ba 2015), AdamW (Loshchilov & Hutter 2019), Nadam (Dozat
2016), Newton's method, and L-BFGS (Liu & Nocedal 1989). All but the last two see gradients only, one at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

Gradient = Callable[[np.ndarray], np.ndarray]
State = dict[str, np.ndarray]
EPSILON = 1e-7
FAR = 1e6
RATES = np.geomspace(1e-4, 10, 21)  # four in each tenfold


@dataclass(frozen=True)
class Settings:
    """What the rules share. rate: the learning rate. momentum: of momentum and Nesterov. beta_1, beta_2: memory of Adam and its kin.

    rho: memory of RMSprop (Adadelta's is the same number). decay: AdamW's weight decay. correction: whether Adam divides its running
    means by 1 − β^t, against their beginning at 0. initial: what Adagrad's sum of squares begins with.
    """

    rate: float = 0.1
    momentum: float = 0.9
    beta_1: float = 0.9
    beta_2: float = 0.999
    rho: float = 0.9
    decay: float = 0.004
    correction: bool = True
    initial: float = 0.1


@dataclass(frozen=True)
class Rule:
    """An optimizer. step(gradient, state, settings, t) is the move that it makes at step t = 1, 2, …; it keeps what it remembers in state.

    rate: a learning rate that suits it on surfaces of order one. keras: its name in an experiment.
    """

    title: str
    step: Callable[[np.ndarray, State, Settings, int], np.ndarray]
    rate: float
    keras: str
    settings: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Descent:
    """points (steps + 1, 2); moves (steps, 2), the step taken; sizes (steps, 2), each parameter's effective learning rate |move / gradient|
    (NaN where the gradient is 0). A path that leaves the range of ±10⁶ stays where it left (`diverged`)."""

    points: np.ndarray
    moves: np.ndarray
    sizes: np.ndarray
    diverged: bool


def descend(
    rule: str, gradient: Gradient, start: tuple[float, float], settings: Settings, steps: int, *, noise: float = 0.0, seed: int = 0,
    hessian: Callable[[np.ndarray], np.ndarray] | None = None, f: Callable[[np.ndarray], float] | None = None,
) -> Descent:  # fmt: skip
    """The path of a rule of `RULES`, of "newton" (needs hessian) or of "lbfgs" (needs f, for its line search).

    gradient(point) is of shape (2,), as the point. noise: deviation of what is added to each gradient component, as if of mini-batches.
    """
    draw = np.random.default_rng(seed)
    state: State = {}
    points, moves, sizes = [np.asarray(start, float)], [], []
    diverged = False
    for t in range(1, steps + 1):
        here = points[-1]
        g = gradient(here) + noise * draw.standard_normal(2)
        if rule == "newton":
            assert hessian is not None
            move = _newton(g, hessian(here))
        elif rule == "lbfgs":
            assert f is not None
            move = _lbfgs(here, g, state, f)
        else:
            move = RULES[rule].step(g, state, settings, t)
            if rule == "adamw":
                move = move - settings.rate * settings.decay * here
        if diverged or not np.isfinite(move).all() or np.abs(here + move).max() > FAR:
            diverged, move = True, np.zeros(2)
        points.append(here + move)
        moves.append(move)
        sizes.append(np.abs(np.divide(move, g, out=np.full(2, np.nan), where=g != 0)))
    return Descent(np.array(points), np.reshape(moves, (-1, 2)), np.reshape(sizes, (-1, 2)), diverged)


def _mean(state: State, name: str, value: np.ndarray, memory: float) -> np.ndarray:
    """The running mean m ← memory · m + (1 − memory) · value, from 0."""
    state[name] = memory * state.get(name, np.zeros_like(value)) + (1 - memory) * value
    return state[name]


def _plain(g: np.ndarray, state: State, s: Settings, t: int) -> np.ndarray:
    return -s.rate * g


def _momentum(g: np.ndarray, state: State, s: Settings, t: int) -> np.ndarray:
    state["v"] = s.momentum * state.get("v", np.zeros_like(g)) - s.rate * g
    return state["v"]


def _nesterov(g: np.ndarray, state: State, s: Settings, t: int) -> np.ndarray:
    return s.momentum * _momentum(g, state, s, t) - s.rate * g


def _adagrad(g: np.ndarray, state: State, s: Settings, t: int) -> np.ndarray:
    state["sum"] = state.get("sum", np.full_like(g, s.initial)) + g * g
    return -s.rate * g / np.sqrt(state["sum"] + EPSILON)


def _adadelta(g: np.ndarray, state: State, s: Settings, t: int) -> np.ndarray:
    squares = _mean(state, "squares", g * g, s.rho)
    move = -np.sqrt(state.get("moves", np.zeros_like(g)) + EPSILON) / np.sqrt(squares + EPSILON) * g
    _mean(state, "moves", move * move, s.rho)
    return s.rate * move


def _rmsprop(g: np.ndarray, state: State, s: Settings, t: int) -> np.ndarray:
    return -s.rate * g / np.sqrt(_mean(state, "squares", g * g, s.rho) + EPSILON)


def _adam(g: np.ndarray, state: State, s: Settings, t: int) -> np.ndarray:
    m, v = _mean(state, "m", g, s.beta_1), _mean(state, "v", g * g, s.beta_2)
    scale = np.sqrt(1 - s.beta_2**t) / (1 - s.beta_1**t) if s.correction else 1.0
    return -s.rate * scale * m / (np.sqrt(v) + EPSILON)


def _nadam(g: np.ndarray, state: State, s: Settings, t: int) -> np.ndarray:
    now, then = (s.beta_1 * (1 - 0.5 * 0.96**k) for k in (t, t + 1))
    product = state.get("product", np.ones(1)) * now
    state["product"] = product
    m, v = _mean(state, "m", g, s.beta_1), _mean(state, "v", g * g, s.beta_2)
    ahead = then * m / (1 - product * then) + (1 - now) * g / (1 - product)
    return -s.rate * ahead / (np.sqrt(v / (1 - s.beta_2**t)) + EPSILON)


def _newton(g: np.ndarray, h: np.ndarray) -> np.ndarray:
    """−H⁻¹g: to the level point of the quadratic that touches here, be it a minimum, a maximum or a saddle."""
    return -np.linalg.lstsq(h, g, rcond=1e-10)[0]


def _lbfgs(here: np.ndarray, g: np.ndarray, state: State, f: Callable[[np.ndarray], float], memory: int = 10) -> np.ndarray:
    """The two-loop recursion (Nocedal & Wright 2006, algorithm 7.4) and a step halved until it descends enough (Armijo)."""
    pairs: list[tuple[np.ndarray, np.ndarray]] = state.setdefault("pairs", [])  # type: ignore[arg-type, assignment]
    if "here" in state:
        s, y = here - state["here"], g - state["g"]
        if s @ y > 1e-12:
            pairs.append((s, y))
            del pairs[:-memory]
    state["here"], state["g"] = here, g
    q, kept = g.copy(), []
    for s, y in reversed(pairs):
        share = s @ q / (s @ y)
        kept.append(share)
        q -= share * y
    if pairs:
        s, y = pairs[-1]
        q *= s @ y / (y @ y)
    for (s, y), share in zip(pairs, reversed(kept), strict=True):
        q += s * (share - y @ q / (s @ y))
    return _halved(here, -q, g, f)


def _halved(here: np.ndarray, way: np.ndarray, g: np.ndarray, f: Callable[[np.ndarray], float]) -> np.ndarray:
    if way @ g >= 0:
        way = -g
    height, step = f(here), min(1.0, 1 / max(float(np.abs(way).max()), 1e-12))
    for _ in range(40):
        if f(here + step * way) <= height + 1e-4 * step * (way @ g):
            return step * way
        step /= 2
    return np.zeros(2)


RULES = {
    "sgd": Rule("Gradient descent", _plain, 0.05, "sgd"),
    "momentum": Rule("Momentum", _momentum, 0.02, "sgd", {"momentum": 0.9}),
    "nesterov": Rule("Nesterov", _nesterov, 0.02, "sgd", {"momentum": 0.9, "nesterov": True}),
    "adagrad": Rule("Adagrad", _adagrad, 0.3, "adagrad"),
    "adadelta": Rule("Adadelta", _adadelta, 1.0, "adadelta"),
    "rmsprop": Rule("RMSprop", _rmsprop, 0.02, "rmsprop"),
    "adam": Rule("Adam", _adam, 0.1, "adam"),
    "adamw": Rule("AdamW", _adam, 0.1, "adamw"),
    "nadam": Rule("Nadam", _nadam, 0.1, "nadam"),
}
SECOND_ORDER = {"newton": "Newton", "lbfgs": "L-BFGS"}
NAMES = (*RULES, *SECOND_ORDER)


def usual_rate(rule: str, surface_rate: float) -> float:
    """A learning rate to begin with, on a surface where `surface_rate` suits plain gradient descent.

    Momentum of 0.9 adds up to ten steps, so it gets a third; the adaptive rules move by their rate whatever the slope, and keep their own.
    """
    if rule in ("sgd", "momentum", "nesterov"):
        return surface_rate if rule == "sgd" else surface_rate / 3
    return RULES[rule].rate if rule in RULES else 1.0


def title(rule: str) -> str:
    """What to call it: "Adam"."""
    return RULES[rule].title if rule in RULES else SECOND_ORDER[rule]


def steps_to(points: np.ndarray, target: tuple[float, float], within: float) -> int | None:
    """The first step at which a path (steps + 1, 2) is within that distance of the target, and stays; None when it never does."""
    far = np.linalg.norm(points - np.asarray(target), axis=1) > within
    if far[-1]:
        return None
    return int(np.flatnonzero(far)[-1]) + 1 if far.any() else 0


@dataclass(frozen=True)
class Tuned:
    """The best of several learning rates. rate: that one, NaN for a rule that has none; descent: its path. heights: f at the end for each
    (inf where the path left)."""

    rate: float
    heights: np.ndarray
    descent: Descent


def tuned(
    rule: str, gradient: Gradient, f: Callable[[np.ndarray], np.ndarray], start: tuple[float, float], settings: Settings, steps: int,
    rates: np.ndarray = RATES,
) -> Tuned:  # fmt: skip
    """A rule of `RULES` with the rate among `rates` (n,) that ends lowest, or "lbfgs", which searches for its own steps. gradient and f
    take points (n, 2): all walk side by side."""

    def one(point: np.ndarray) -> np.ndarray:
        return gradient(point[None])[0]

    if rule == "lbfgs":
        walked = descend(rule, one, start, settings, steps, f=lambda point: float(f(point[None])[0]))
        return Tuned(float("nan"), f(walked.points[-1:]), walked)
    side_by_side = replace(settings, rate=rates[:, None])  # type: ignore[arg-type]
    points = [np.tile(np.asarray(start, float), (len(rates), 1))]
    moves: list[np.ndarray] = []
    state: State = {}
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(1, steps + 1):
            move = RULES[rule].step(gradient(points[-1]), state, side_by_side, t)
            if rule == "adamw":
                move = move - side_by_side.rate * settings.decay * points[-1]
            moves.append(move)
            points.append(points[-1] + move)
        heights = f(points[-1])
    heights = np.where(np.isfinite(heights) & (np.abs(points[-1]).max(axis=1) < FAR), heights, np.inf)
    best = int(np.argmin(heights))
    rate = float(rates[best])
    path, moved = np.array([each[best] for each in points]), np.reshape([each[best] for each in moves], (-1, 2))
    if not np.abs(path).max() < FAR:  # it went far, if only for a while
        return Tuned(rate, heights, descend(rule, one, start, replace(settings, rate=rate), steps))
    slopes = gradient(path[:-1])
    sizes = np.abs(np.divide(moved, slopes, out=np.full_like(moved, np.nan), where=slopes != 0))
    return Tuned(rate, heights, Descent(path, moved, sizes, False))
