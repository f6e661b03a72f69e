"""What the schedules share.

The learning rate of the optimizer is the highest rate of every schedule. Those that would begin with it can warm up: in the first
epochs the rate climbs in equal steps (Goyal et al. 2017), and the schedule proper begins after them. Cyclical schedules and one-cycle
begin low by themselves. `rates` functions repeat the two lines for this, because exported scripts copy each of them alone.
"""

from __future__ import annotations

from dlcore.fields import Field

WARM_UP = Field(
    "warm_up", "float", 0.0, "Warm-up", "Epochs in which the learning rate climbs to its full value; 0 starts at once.",
    0.0, 1000.0, 0.5, unit="epochs",
)  # fmt: skip
STEP_SIZE = Field(
    "step_size", "float", 2.0, "Step size", "Half a cycle: epochs from the lowest rate to the highest.",
    0.01, 10_000.0, unit="epochs",
)  # fmt: skip
LOWEST = Field(
    "lowest", "float", 0.25, "Lowest rate", "The lowest rate as a share of the learning rate, which is the highest.", 0.0, 1.0, 0.05
)
