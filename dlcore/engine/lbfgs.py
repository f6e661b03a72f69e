"""L-BFGS: limited-memory BFGS (Liu & Nocedal 1989; Nocedal & Wright 2006, algorithms 7.4 and 7.5).

NumPy only, and the line search is SciPy's (strong Wolfe conditions, Nocedal & Wright algorithms 3.5 and 3.6).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


class LBFGS:
    """Minimises a smooth function of a flat vector, one iteration a call.

    learning_rate: the multiple of the quasi-Newton step that each line search tries first; history: pairs kept; line_search: tries.
    """

    def __init__(self, learning_rate: float = 1.0, history: int = 10, line_search: int = 20) -> None:
        self.learning_rate, self.history, self.line_search = learning_rate, history, line_search
        self.moves: list[np.ndarray] = []
        self.bends: list[np.ndarray] = []

    def direction(self, gradient: np.ndarray) -> np.ndarray:
        """−H·gradient for the inverse Hessian H that the last moves suggest (the two-loop recursion); shape (n,) to (n,)."""
        q = gradient.copy()
        pairs = [(s, y, 1.0 / float(y @ s)) for s, y in zip(self.moves, self.bends, strict=True)]
        weights = []
        for s, y, rho in reversed(pairs):
            weights.append(rho * float(s @ q))
            q -= weights[-1] * y
        if pairs:
            s, y, _ = pairs[-1]
            q *= float(s @ y) / float(y @ y)
        for (s, y, rho), weight in zip(pairs, reversed(weights), strict=True):
            q += s * (weight - rho * float(y @ q))
        return -q

    def step(self, function: Callable[[np.ndarray], tuple[float, np.ndarray]], x: np.ndarray) -> tuple[np.ndarray, float]:
        """One iteration from `x` (n,): the new point, and the function's value at the old one.

        function(x) returns (value, gradient). Where no step satisfies the Wolfe conditions the point stays and the memory is cleared.
        """
        from scipy.optimize import line_search

        seen: dict[bytes, tuple[float, np.ndarray]] = {}

        def at(point: np.ndarray) -> tuple[float, np.ndarray]:
            key = point.tobytes()
            if key not in seen:
                value, gradient = function(point)
                seen[key] = (float(value), np.asarray(gradient, np.float64))
            return seen[key]

        value, gradient = at(x)
        if not np.isfinite(value) or not gradient.any():
            return x, value
        along = self.learning_rate * self.direction(gradient)
        if not self.moves:
            along /= max(1.0, float(np.linalg.norm(gradient)))  # Without curvature the gradient's length means nothing.
        length = line_search(lambda p: at(p)[0], lambda p: at(p)[1], x, along, gradient, value, maxiter=self.line_search)[0]
        if length is None:
            self.moves, self.bends = [], []
            return x, value
        new = x + length * along
        self._remember(new - x, at(new)[1] - gradient)
        return new, value

    def _remember(self, move: np.ndarray, bend: np.ndarray) -> None:
        if float(move @ bend) <= 1e-10 * float(bend @ bend):  # Keeps H positive definite.
            return
        self.moves = [*self.moves, move][-self.history :]
        self.bends = [*self.bends, bend][-self.history :]
