"""Which code a run was trained by: the commit that is checked out, where the lab lies in a repository."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
LETTERS = 12


def revision(root: Path = ROOT) -> str:
    """The first letters of the commit's hash; "" where there is no repository. What was changed since the commit is not seen."""
    folder = root / ".git"
    try:
        if folder.is_file():  # a linked working tree: the file names the folder
            folder = (root / folder.read_text().removeprefix("gitdir:").strip()).resolve()
        head = (folder / "HEAD").read_text().strip()
        if not head.startswith("ref:"):
            return head[:LETTERS]
        name = head.removeprefix("ref:").strip()
        shared = folder / "commondir"
        base = (folder / shared.read_text().strip()).resolve() if shared.is_file() else folder
        if (base / name).is_file():
            return (base / name).read_text().strip()[:LETTERS]
        packed = (base / "packed-refs").read_text().splitlines()
        return next((line.split()[0][:LETTERS] for line in packed if line.endswith(f" {name}")), "")
    except (OSError, UnicodeDecodeError):
        return ""
