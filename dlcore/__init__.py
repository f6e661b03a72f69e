"""dlcore: a deep-learning experiment lab. `from dlcore import Experiment, service` is its Python interface."""

from dlcore.experiment import Experiment, Part

__all__ = ["Experiment", "Part"]
