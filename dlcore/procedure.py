"""How a run is trained, whatever its data, net and optimizer: rows, batches, epochs, stopping, what is recorded.

An experiment's own fields, beside those of its parts.
"""

from __future__ import annotations

from dlcore import metrics, registry
from dlcore.fields import Field

MONITORED = ("val_loss", "loss", "val_accuracy", "accuracy", "val_mae", "mae")

FIELDS: tuple[Field, ...] = (
    Field(
        "examples", "int", 0, "Rows used", "How many rows to use, drawn by the seed; 0 uses all.",
        0, 10_000_000, unit="rows", advanced=True,
    ),
    Field(
        "validation", "float", 0.2, "Validation share", "Share of the rows kept from training to choose settings by.",
        0.0, 0.9, 0.05, advanced=True,
    ),
    Field(
        "test", "float", 0.1, "Test share", "Share kept aside for the last check, where no test set comes with the data.",
        0.0, 0.9, 0.05, advanced=True,
    ),
    Field(
        "label_noise", "float", 0.0, "Wrong labels", "Share of training labels replaced by a random other class (or blurred targets).",
        0.0, 1.0, 0.05, advanced=True,
    ),
    Field(
        "batch_size", "int", 32, "Batch size", "Examples per weight update; 0 uses all training rows at once.",
        0, 65_536, log=True, unit="examples",
    ),
    Field("epochs", "int", 20, "Epochs", "How often training goes through all training rows.", 1, 100_000, log=True, unit="epochs"),
    Field(
        "patience", "int", 0, "Patience", "Early stopping: epochs without improvement before training stops; 0 never stops early.",
        0, 10_000, unit="epochs", live=True, advanced=True,
    ),
    Field(
        "min_delta", "float", 0.0, "Least improvement", "Early stopping: a smaller improvement counts as none.",
        0.0, 1000.0, advanced=True,
    ),
    Field(
        "stop_on", "choice", "val_loss", "Watched metric", "The metric that early stopping and the best weights go by.",
        choices=MONITORED, advanced=True,
    ),
    Field("restore_best", "bool", False, "Restore best weights", "End with the weights of the best epoch, not of the last.", advanced=True),
    Field(
        "metrics", "choice", (), "Metrics", "What to record beside the loss; empty records what suits the task.",
        choices=tuple(metrics.METRICS), many=True, advanced=True,
    ),
    Field(
        "monitors", "choice", ("gradients", "updates", "activations"), "Monitors", "What to watch inside the net while it trains.",
        choices=tuple(registry.members("monitors")), many=True, advanced=True,
    ),
    Field(
        "seed", "int", 0, "Seed", "The same seed gives the same split, weights, order of batches and hence the same run.",
        0, 2**31 - 1, advanced=True,
    ),
    Field(
        "split_seed", "int", -1, "Seed of the split", "Decides which rows are for training, validation and test; −1: the seed does.",
        -1, 2**31 - 1, advanced=True,
    ),
)  # fmt: skip
