"""How worn a worker is. What XLA has compiled stays in a process until it ends, in memory mappings of which Linux allows each so many
(65,530; some 230 of them for a small MLP): the next net compiled beyond that is a crash."""

from __future__ import annotations

from pathlib import Path

MOST = 0.6  # of the mappings: a deep net takes thousands


def is_worn() -> bool:
    """Whether this process should end before it compiles much more; never where the kernel does not say."""
    try:
        with open("/proc/self/maps", "rb") as lines:
            return sum(1 for _ in lines) > MOST * int(Path("/proc/sys/vm/max_map_count").read_text())
    except (OSError, ValueError):
        return False
