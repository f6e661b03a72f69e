"""L-BFGS: limited-memory BFGS (Liu & Nocedal 1989; Nocedal & Wright 2006, algorithm 7.5).

Not a Keras optimizer: the engine drives it with a closure over all training rows, whatever the batch size; an epoch is one iteration.
The call names the engine's own class, `dlcore.engine.lbfgs:LBFGS`, which only workers import.
"""

from __future__ import annotations

from dlcore.calls import Call
from dlcore.fields import Field
from dlcore.specs import Optimizer

OPTIMIZER = Optimizer(
    name="lbfgs",
    title="L-BFGS",
    summary="Learns the curvature from the last few gradients and searches along the line it points to. Uses all rows in every step.",
    fields=(
        Field("learning_rate", "float", 1.0, "First step", "The step that each line search tries first.", 1e-6, 100.0, log=True, live=True),
        Field("history", "int", 10, "Memory", "How many past steps and gradients approximate the curvature.", 1, 100, unit="steps"),
        Field(
            "line_search",
            "int",
            20,
            "Longest line search",
            "How many steps along a line are tried before it is given up.",
            1,
            100,
            unit="tries",
            advanced=True,
        ),
    ),
    call=lambda settings: Call("dlcore.engine.lbfgs:LBFGS", dict(settings)),
    closure=True,
    # A move and a change of gradient for each remembered step.
    slots=lambda settings: 2 * int(settings["history"]),  # type: ignore[arg-type]
    order=8,
)
