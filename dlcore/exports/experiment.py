"""The experiment alone, as the JSON that `train --experiment` reads."""

from __future__ import annotations

import json

from dlcore.exports._bundle import Bundle
from dlcore.specs import Export


def write(bundle: Bundle) -> bytes:
    """UTF-8 JSON, indented; `Experiment.from_json` reads it back to an equal experiment."""
    return (json.dumps(json.loads(bundle.experiment.to_json()), indent=2) + "\n").encode()


EXPORT = Export(
    "experiment",
    "Experiment",
    "All settings of the run, to start it again from a file.",
    ".experiment.json",
    "application/json",
    write,
    order=6,
)
