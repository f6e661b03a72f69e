"""Surfaces: plateaus, saddles and local minima."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dlcore.charts import descent as charts
from dlcore.fields import Field
from dlcore.theory import descent, surfaces
from dlcore.ui.topic import Topic, show
from dlcore.ui.tries import Answer, Look, Try, Values

ORDER = 9
SURFACES = {surface.title: name for name, surface in surfaces.SURFACES.items()}
RULES = {descent.title(rule): rule for rule in descent.NAMES}
FIELDS = (
    Field("surface", "choice", "Saddle", "Surface", choices=tuple(SURFACES)),
    Field("rules", "choice", ("Gradient descent", "Momentum", "Newton"), "Optimizers", choices=tuple(RULES), many=True),
    Field("noise", "float", 0.0, "Noise", "Standard deviation of what is added to each gradient, as small batches do.", 0.0, 2.0, 0.05),
    Field("rate", "float", 1.0, "Learning rate × usual", "Each optimizer's usual rate times this.", 0.01, 100.0, log=True),
    Field("steps", "int", 120, "Steps", "", 10, 400, 10),
    Field("turn", "int", 30, "Turn", "Degrees, of the view in space.", 0, 360, 5),
    Field("view", "choice", "from above", "View", choices=("from above", "in space")),
    Field("x", "float", 99.0, "Start x", "99 is the surface's own start.", -5.0, 99.0),
    Field("y", "float", 99.0, "Start y", "99 is the surface's own start.", -5.0, 99.0),
)
IDEA = r"""
The loss of a net is a height above the space of its weights. With two weights one can draw it. Descent follows the slope down, and
the slope is all that it sees. Three places make that hard:

- **Plateau.** The ground is almost level, the **gradient** (the slope in each direction) is tiny, and steps are tiny with it.
- **Saddle.** The gradient is zero in *every* direction, yet it is no minimum: up one way, down another. The **Hessian** tells them apart.
  It is the table of second derivatives, how the slope itself changes. At a saddle it curves up in one direction and down in another.
- **Local minimum.** All ways lead up, and somewhere else it is deeper.

Start exactly on the ridge of the saddle, and gradient descent walks into its middle and stays. **Noise** frees it: any push to the
side grows. Small batches of data bring noise along for free. **Newton's method** uses the Hessian, and jumps to where the gradient
would be zero if the ground were a parabola: to a minimum, or to a saddle just as well. In large nets saddles are thought to be far
more common than bad local minima (Dauphin and others 2014).
"""


def chosen(values: Values) -> surfaces.Surface:
    return surfaces.SURFACES[SURFACES[values.word("surface")]]


def start(values: Values, surface: surfaces.Surface) -> tuple[float, float]:
    """The chosen start; each coordinate is the surface's own where none is chosen or where it lies outside the picture."""
    chosen_ones = zip((values.number("x"), values.number("y")), (surface.across, surface.up), surface.start, strict=True)
    x, y = (value if low <= value <= high else own for value, (low, high), own in chosen_ones)
    return x, y


@lru_cache(maxsize=64)
def descended(name: str, rule: str, begin: tuple[float, float], rate: float, steps: int, noise: float) -> descent.Descent:
    """One path; kept, so that a view turns and a rule comes or goes without the others being walked again."""
    surface = surfaces.SURFACES[name]

    def gradient(p: np.ndarray) -> np.ndarray:
        return np.array(surface.gradient(*p.tolist()), float)

    def hessian(p: np.ndarray) -> np.ndarray:
        xx, xy, yy = surface.hessian(*p.tolist())
        return np.array([[xx, xy], [xy, yy]], float)

    return descent.descend(rule, gradient, begin, descent.Settings(rate=rate), steps, noise=noise, hessian=hessian,
                           f=lambda p: float(surface.f(*p)))  # fmt: skip


def walks(values: Values, look: Look, surface: surfaces.Surface) -> list[charts.Walk]:
    found = []
    for number, title in enumerate(values.words("rules")):
        rule = RULES[title]
        rate = descent.usual_rate(rule, surface.rate) * values.number("rate")
        walked = descended(surface.name, rule, start(values, surface), rate, values.whole("steps"), values.number("noise"))
        said = "left the picture" if walked.diverged else f"ends at {surface.f(*walked.points[-1]):.2g}"
        found.append(charts.Walk(title, walked.points, look.colour(number), said))
    return found


def answer(values: Values, look: Look) -> Answer:
    surface = chosen(values)
    paths = walks(values, look, surface)
    here = start(values, surface)
    slope = float(np.hypot(*surface.gradient(*here)))
    numbers = [("Start", f"({here[0]:.3g}, {here[1]:.3g})"), ("Slope there", f"{slope:.3g}"),
               ("Curvature there", f"as at a {surfaces.kind_of_point(surface, *here)}")]  # fmt: skip
    said = f"${surface.formula}$  \n{surface.says}"
    if values.word("view") == "in space":
        return Answer(charts.in_space(surface.f, surface.across, surface.up, paths, look.dark, values.number("turn")), numbers, text=said)
    figure, frame = charts.from_above(surface.f, surface.across, surface.up, paths, look.dark, surface.lowest)
    return Answer(figure, numbers, frame, text=said)


TOPIC = Topic(
    name="surfaces",
    title="Plateau, saddle, local minimum",
    lead="Where descent slows down or stops: seven surfaces, eleven optimizers, your own start. Dauphin and others, 2014.",
    idea=IDEA,
    parts=(
        Try(
            "Try it: click where to start",
            FIELDS,
            answer,
            spot=("x", "y"),
            spot_at=lambda values: start(values, chosen(values)),
            hides=lambda values: () if values.word("view") == "in space" else ("turn",),
            hint="Click into the picture from above: all paths begin there.",
        ),
    ),
    misprints=(
        "“A saddle is where the derivatives in two orthogonal directions are zero.” The gradient is zero in all directions, as at a "
        "minimum. "
        "What makes it a saddle is an indefinite Hessian: it curves up one way and down another.",
        "“Second-order methods are better at the cost of more computation.” Newton's is drawn to saddles, and L-BFGS, which guesses the "
        "curvature from gradients, suffers from noisy ones.",
    ),
    sources=(
        "Dauphin, Y. and others (2014). Identifying and attacking the saddle point problem in high-dimensional non-convex optimization.",
        "Rosenbrock, H. (1960). Beale, E. (1958). Rastrigin, L. (1974): the test functions.",
        "Nocedal, J. & Wright, S. (2006). Numerical optimization.",
    ),
    opens={"optimizers": "Next: what is done with a gradient"},
)

show(TOPIC)
