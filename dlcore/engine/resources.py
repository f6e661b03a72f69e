"""What a run costs: processor and memory of its worker, beside those of the whole machine."""

from __future__ import annotations

import psutil
import tensorflow as tf


class Resources:
    """Measures since the last look; looking costs less than a millisecond."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._cores = psutil.cpu_count() or 1
        self._process.cpu_percent()  # the first look of each says nothing: it begins the stretch that the second is about
        psutil.cpu_percent()

    def measure(self) -> dict[str, float]:
        """cpu_percent, machine_percent: 0 to 100, of all cores, by this worker and by everything on the machine since the last look.
        memory_mb, machine_memory_mb (and gpu_memory_mb where there is a GPU): million bytes held by this worker, and in use on the machine.
        """
        used = {
            "cpu_percent": self._process.cpu_percent() / self._cores,
            "machine_percent": psutil.cpu_percent(),
            "memory_mb": self._process.memory_info().rss / 1e6,
            "machine_memory_mb": psutil.virtual_memory().used / 1e6,
        }
        if tf.config.list_physical_devices("GPU"):
            used["gpu_memory_mb"] = tf.config.experimental.get_memory_info("GPU:0")["current"] / 1e6
        return used
