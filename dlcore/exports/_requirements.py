"""What a script needs to run without the lab, pinned to the versions of the run."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from dlcore.exports._bundle import Bundle
from dlcore.exports._source import source_of

ALWAYS = ("keras", "tensorflow", "numpy")
IMPORTED = {"sklearn": "scikit-learn", "scipy": "scipy", "pandas": "pandas"}


def requirements(bundle: Bundle, more: Iterable[str] = ()) -> list[str]:
    """ "keras==3.15.1", …: the versions that the run recorded; of what its data's loader imports besides, those installed here."""
    source = source_of(bundle.experiment.dataset_spec.load)
    besides = [name for module, name in IMPORTED.items() if f"import {module}" in source or f"from {module}" in source]
    return [_pinned(name, bundle.environment.get(name, "")) for name in (*ALWAYS, *besides, *more)]


def inline(bundle: Bundle) -> list[str]:
    """The same as comments that `uv run` and other tools read from the script itself (PEP 723)."""
    listed = [f'#     "{one}",' for one in requirements(bundle)]
    return ["# /// script", '# requires-python = ">=3.11"', "# dependencies = [", *listed, "# ]", "# ///"]


def _pinned(name: str, recorded: object) -> str:
    try:
        found = str(recorded) or version(name)
    except PackageNotFoundError:
        return name
    return f"{name}=={found}"
