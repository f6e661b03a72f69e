"""The README's words held against the project: its map, its links, its settings, its commands, its Python."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from dlcore import service
from dlcore.experiment import Experiment

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
# Documents and settings need no line in a map of the code.
UNMAPPED = re.compile(r"^(\..*|[A-Z]+(\.md)?|Makefile|pyproject\.toml|requirements.*)$")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("needs a git checkout")
    return [path for path in listed.stdout.splitlines() if (ROOT / path).exists()]


def mapped() -> set[str]:
    """The paths in the README's map: "app.py", "dlcore/store/"."""
    block = README.split("## What lies where")[1].split("```")[1]
    paths, folder = set(), ""
    for line in filter(None, block.splitlines()):
        name = line.split()[0]
        folder = "" if not line.startswith(" ") else folder
        paths.add(folder + name)
        folder = name if not line.startswith(" ") and len(line.split()) == 1 else folder
    return paths - {"dlcore/"}


def in_the_tree() -> set[str]:
    found = set()
    for path in tracked():
        first, _, rest = path.partition("/")
        if first == "dlcore":
            name, slash, _ = rest.partition("/")
            found.add(f"dlcore/{name}{slash}")
        elif not UNMAPPED.match(first):
            found.add(first + "/" * bool(rest))
    return found


def test_map_of_the_tree_is_the_tree() -> None:
    assert mapped() == in_the_tree()


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "benchmarks/README.md"])
def test_links_of_the_documents_lead_somewhere(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text())
    assert not [link for link in links if "://" not in link and not (path.parent / link).exists()]


def test_settings_in_the_readme_are_read_by_the_code() -> None:
    code = "\n".join((ROOT / path).read_text() for path in tracked() if path.startswith("dlcore/") and path.endswith(".py"))
    named = set(re.findall(r"^\| `(DLCORE_\w+)`", README, re.MULTILINE))
    assert named
    assert not [name for name in named if name not in code]


def test_commands_in_the_readme_are_understood() -> None:
    from dlcore.cli import parser

    lines = re.findall(r"^python -m dlcore ([^#\n]+)", README, re.MULTILINE)
    assert lines
    for line in lines:
        words = line.split()
        for command in words[0].split("|"):
            parser().parse_args([command, *words[1:]])


def test_settings_on_the_readmes_command_lines_make_experiments() -> None:
    for pairs in re.findall(r"^python -m dlcore train --set ([^#\n]+)", README, re.MULTILINE):
        Experiment().with_text(dict(pair.split("=", 1) for pair in pairs.split() if "=" in pair))


def test_python_of_the_readme_uses_what_there_is() -> None:
    block = ast.parse(README.split("```python")[1].split("```")[0])
    calls = [node for node in ast.walk(block) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "service"]
    assert calls and all(hasattr(service, call.attr) for call in calls)
    made = next(node for node in ast.walk(block) if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "experiment")
    assert isinstance(eval(ast.unparse(made.value), {"Experiment": Experiment}), Experiment)


def test_make_targets_in_the_readme_exist() -> None:
    targets = re.findall(r"^([a-z ]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    known = {name for line in targets for name in line.split()}
    assert set(re.findall(r"^make (\w+)", README, re.MULTILINE)) <= known


def test_no_file_names_a_machine_or_a_registry() -> None:
    hosts = re.compile("py" + r"pi\.org|files\.python" + r"hosted|extra-" + "index-url|/ro" + r"ot/|/wo" + "rk/")
    texts = [path for path in tracked() if path.endswith((".py", ".md", ".txt", ".lock", ".toml", ".sh", "Makefile", "run"))]
    assert not [path for path in texts if hosts.search((ROOT / path).read_text(errors="replace"))]
