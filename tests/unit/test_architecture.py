"""The house's rules about structure: who may import whom, what stays light, how large and how named files are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from dlcore.specs import ROOMS

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("keras", "tensorflow", "keras_tuner", "torch")
BANNED = re.compile(r"(?:^|_)(utils?|managers?|helpers?|misc|common)(?:_|$)", re.IGNORECASE)

# From below: each part may import itself, and what is named here. Parts are folders and files of dlcore; "values" and "rooms" are several.
VALUES = {
    "errors", "fields", "calls", "data_specs", "specs", "metrics", "registry", "experiment", "procedure", "run", "counts", "forecast",
    "statistics", "views", "studies", "owndata", "training_rows", "image_layers", "structure", "plural",
}  # fmt: skip
# The service, and services beside it, one for each kind of work.
SERVICES = {"service", "services", "launch"}
PLAIN_ROOMS = {"datasets", "models", "layers", "initializers", "optimizers", "schedules", "losses", "monitors", "charts", "searches",
               "exercises"}  # fmt: skip
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": VALUES | {"service"},
    "__main__": {"cli"},
    **dict.fromkeys(VALUES, VALUES),
    **dict.fromkeys(PLAIN_ROOMS, VALUES),
    "exports": VALUES | {"engine"},  # inside functions that only workers call, see the test on what is light
    "jobs": VALUES | {"engine", "exports", "theory"},
    "store": VALUES,
    "engine": VALUES | PLAIN_ROOMS,
    "trainer": VALUES | {"store", "launch"},
    "oracle": VALUES,
    **dict.fromkeys(SERVICES, VALUES | SERVICES | {"claims", "datasets", "exports", "jobs", "store", "theory"}),
    "theory": {"errors"},
    "claims": VALUES | {"theory"},
    "notebooks": VALUES,
    "cli": VALUES | SERVICES | {"datasets", "exports"},
    "ui": VALUES | {"service", "services", "charts", "datasets", "theory"},
    "pages": VALUES | {"service", "services", "charts", "datasets", "ui", "theory"},
    "app": {"ui"},
}
ONLY_IN = {"sqlite3": ("dlcore/store/",), "distributed": ("dlcore/trainer/cluster.py",), "streamlit": ("dlcore/ui/", "pages/", "app.py")}


def sources() -> list[Path]:
    return sorted([ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "dlcore").rglob("*.py")])


def name_of(path: Path) -> str:
    """The module's name, "dlcore.store.log"."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def part_of(module: str) -> str:
    """The part of the lab that a module belongs to: "store" for dlcore.store.log, "pages" for a page."""
    parts = module.split(".")
    return (parts[1] if len(parts) > 1 else "__init__") if parts[0] == "dlcore" else parts[0]


@cache
def modules() -> dict[str, Path]:
    return {name_of(path): path for path in sources()}


@cache
def imports(path: Path, everywhere: bool = True) -> frozenset[str]:
    """Modules that a file imports, as dotted names; without `everywhere` only those imported as the file is loaded."""
    tree = ast.parse(path.read_text())
    return frozenset(name for node in _loaded(tree, everywhere) for name in _names(node))


def _loaded(node: ast.AST, everywhere: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield child
        inside = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        checking = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        if everywhere or not (inside or checking):
            yield from _loaded(child, everywhere)


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names if f"{node.module}.{alias.name}" in modules())


def loads(names: list[str]) -> dict[str, str]:
    """All modules of ours that are loaded with the named ones → what loads each; a registry loads the rooms' files."""
    scanned = [name for name, path in modules().items() if part_of(name) in ROOMS and not path.name.startswith("_")]
    found: dict[str, str] = dict.fromkeys(names, "")
    waiting = list(names)
    while waiting:
        module = waiting.pop()
        packages = [module.rsplit(".", count)[0] for count in range(1, module.count(".") + 1)]
        found_here = imports(modules()[module], False) | set(packages) | set(scanned if module == "dlcore.registry" else ())
        for name in found_here & set(modules()) - set(found):
            found[name] = module
            waiting.append(name)
    return found


def test_each_part_imports_only_what_lies_below_it() -> None:
    wrong = []
    for module, path in modules().items():
        part = part_of(module)
        assert part in MAY_IMPORT, f"{part} is a new part: say here and in ARCHITECTURE.md what it may import"
        targets = {part_of(name) for name in imports(path) if name.startswith("dlcore.")}
        wrong += [f"{module} imports {target}" for target in sorted(targets - MAY_IMPORT[part] - {part})]
    assert not wrong


@pytest.mark.parametrize("library", ONLY_IN)
def test_one_place_imports_each_edge_of_the_world(library: str) -> None:
    users = [str(path.relative_to(ROOT)) for path in sources() if any(name.split(".")[0] == library for name in imports(path))]
    assert not [user for user in users if not user.startswith(ONLY_IN[library])]


def test_what_the_app_and_the_command_line_load_imports_no_keras() -> None:
    light = [name for name in modules() if part_of(name) in {"app", "pages", "ui", "service", "cli", "charts", "trainer", *VALUES}]
    heavy = {
        f"{module} (loaded by {by or 'itself'}) imports {library}"
        for module, by in loads(light).items()
        for library in HEAVY
        if any(name.split(".")[0] == library for name in imports(modules()[module], False))
    }
    assert not heavy


def test_ui_has_no_import_of_keras_even_inside_a_function() -> None:
    light = {"app", "pages", "ui", "charts", "cli", "trainer", "store", *SERVICES, *VALUES}
    users = [(module, name) for module, path in modules().items() if part_of(module) in light for name in imports(path)]
    # Calls are made into Keras objects by workers only.
    assert [(module, name) for module, name in users if name.split(".")[0] in HEAVY] == []


def test_files_that_a_registry_scans_load_without_keras() -> None:
    scanned = [path for room in ROOMS for path in (ROOT / "dlcore" / room).glob("[!_]*.py")]
    assert scanned
    assert not [str(path) for path in scanned if any(name.split(".")[0] in HEAVY for name in imports(path, False))]


def test_no_file_serves_two_nouns() -> None:
    lines = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in sources()}
    assert {str(path): count for path, count in lines.items() if count > (200 if path.parts[0] == "pages" else 300)} == {}


def test_names_are_the_fields_words() -> None:
    named: list[str] = []
    for path in [*sources(), *(ROOT / "benchmarks").rglob("*.py")]:
        tree = ast.parse(path.read_text())
        nouns = [node.name for node in ast.walk(tree) if isinstance(node, (ast.ClassDef, ast.FunctionDef))]
        spelled = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name) for name in [path.stem, *nouns]]
        named += [f"{path.relative_to(ROOT)}: {name}" for name in spelled if BANNED.search(name)]
    assert not named


def test_every_module_says_what_it_is() -> None:
    assert not [name for name, path in modules().items() if not ast.get_docstring(ast.parse(path.read_text()))]


def test_each_room_is_a_folder_of_its_own() -> None:
    assert not [room for room in ROOMS if not (ROOT / "dlcore" / room / "__init__.py").is_file()]
