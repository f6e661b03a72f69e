"""Python source that scripts copy: functions with `inspect`, and modules with Keras classes by reading them, without importing Keras."""

from __future__ import annotations

import ast
import importlib.util
import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from dlcore.calls import Call

PRELUDE = ("import keras", "import numpy as np", "import tensorflow as tf", "from typing import Any")
"""What every script imports anyway."""


def source_of(function: Callable[..., Any], name: str = "") -> str:
    """The function's own source, under another name where one is given."""
    text = inspect.getsource(function).rstrip()
    return text.replace(f"def {function.__name__}(", f"def {name}(", 1) if name else text


def own_modules(calls: Iterable[Call]) -> list[str]:
    """The lab's modules whose classes these calls make ("dlcore.layers.scaled_tanh"), each once."""
    found = (inner.path.partition(":")[0] for call in calls for inner in call.walk() if ":" in inner.path)
    return list(dict.fromkeys(found))


def module_source(name: str) -> tuple[list[str], str]:
    """A module's import lines that scripts lack, and its code without docstring and imports; it is read, not imported."""
    spec = importlib.util.find_spec(name)
    assert spec and spec.origin, name
    text = Path(spec.origin).read_text(encoding="utf-8")
    lines = text.splitlines()
    imports, body = [], []
    for node in ast.parse(text).body:
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
        piece = "\n".join(lines[first - 1 : node.end_lineno])
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports += [piece] if not _is_known(node, piece) else []
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            body.append(piece)
    return imports, "\n\n\n".join(body)


def _is_known(node: ast.Import | ast.ImportFrom, line: str) -> bool:
    return line in PRELUDE or (isinstance(node, ast.ImportFrom) and node.module == "__future__")
