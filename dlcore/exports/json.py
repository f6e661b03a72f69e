"""The whole run as JSON: experiment, history, live changes, environment."""

from __future__ import annotations

import json
import math
from typing import Any

from dlcore.exports._bundle import Bundle
from dlcore.specs import Export


def write(bundle: Bundle) -> bytes:
    """UTF-8 JSON; numbers that JSON has no word for (NaN, infinity) are null."""
    return (json.dumps(_plain(bundle.to_json()), indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


EXPORT = Export(
    "json", "Run as JSON", "Experiment, history, live changes and environment of the run.", ".json", "application/json", write, order=5
)
