"""How much memory a process holds, and whether the kernel has killed for want of it (Linux)."""

from __future__ import annotations

import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def resident(pid: int) -> int:
    """Bytes a process holds in memory; 0 when it is gone."""
    pages = _read(Path(f"/proc/{pid}/statm")).split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if len(pages) > 1 else 0


def kills() -> int:
    """How often the kernel has killed a process here for want of memory; only differences mean something."""
    for folder in _own_groups():
        for name in ("memory.events", "memory.oom_control"):
            for line in _read(folder / name).splitlines():
                if line.startswith("oom_kill "):
                    return int(line.split()[1])
    for line in _read(Path("/proc/vmstat")).splitlines():
        if line.startswith("oom_kill "):
            return int(line.split()[1])
    return 0


def _own_groups() -> list[Path]:
    """The folders of this process's control group, innermost first, in version 2 and version 1 layout."""
    folders: list[Path] = []
    for line in _read(Path("/proc/self/cgroup")).splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0" or "memory" in controllers.split(","):
            root = CGROUPS if number == "0" else CGROUPS / "memory"
            inner = root / path.lstrip("/")
            folders += [folder for folder in (inner, *inner.parents) if folder.is_relative_to(root)]
    return folders


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
