"""The notebooks of the course, with a person's own settings in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlcore import registry
from dlcore.errors import Invalid
from dlcore.experiment import Experiment
from dlcore.exports._ipynb import ipynb
from dlcore.fields import Field, Value, check_settings
from dlcore.specs import Notebook


def write(name: str, experiment: Experiment | None = None, values: Mapping[str, Any] | None = None) -> bytes:
    """The .ipynb file of the notebook called `name`.

    Its settings are its own defaults, then what the experiment has under the same names (as far as the notebook allows it), then
    `values` (Python values). `Invalid` for an unknown notebook and for values that it does not have or allow.
    """
    spec: Notebook = registry.find("notebooks", name)
    return ipynb(spec.cells(settings(spec, experiment, values)))


def settings(spec: Notebook, experiment: Experiment | None = None, values: Mapping[str, Any] | None = None) -> dict[str, Value]:
    """All settings of the notebook by name."""
    taken = _taken(spec, experiment) if experiment is not None else {}
    return check_settings(f"The notebook {spec.filename}", spec.fields, taken | dict(values or {}))


def of_topic(topic: str) -> list[Notebook]:
    """The notebooks that a page offers."""
    return [spec for spec in registry.members("notebooks").values() if spec.topic == topic]


def _taken(spec: Notebook, experiment: Experiment) -> dict[str, Value]:
    """What the experiment says of the notebook's settings; what does not suit it is left out."""
    said: dict[str, Any] = {full.rpartition(".")[2]: value for full, _, value in experiment.fields()}
    said |= {"dataset": experiment.dataset.name, "optimizer": experiment.optimizer.name}
    found = {}
    for field in spec.fields:
        if field.name in said:
            try:
                found[field.name] = field.check(_one(field, said[field.name]))
            except Invalid:
                continue
    if "dataset" not in found:  # other data: how many rows of them were used says nothing here
        found.pop("examples", None)
    return found


def _one(field: Field, value: Any) -> Any:
    """A setting with one value for each layer, where the notebook has one for all: that of the first."""
    return value[0] if isinstance(value, tuple) and value and not field.many else value
