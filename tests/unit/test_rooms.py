"""The contract of the rooms: what every member keeps, whoever adds it."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest

from dlcore import registry
from dlcore.fields import Field, check_settings
from dlcore.specs import ROOMS

DESCRIBED = tuple(room for room in ROOMS if room != "jobs")
SHOWN = ("datasets", "models", "optimizers", "schedules", "losses", "initializers")


def every(rooms: tuple[str, ...]) -> list[Any]:
    return [pytest.param(spec, id=f"{room}/{name}") for room in rooms for name, spec in registry.members(room).items()]


def every_field() -> list[Any]:
    return [
        pytest.param(field, id=f"{room}/{name}/{field.name}")
        for room in SHOWN
        for name, spec in registry.members(room).items()
        for field in getattr(spec, "fields", ())
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_a_thing_is_called_as_its_file(room: str) -> None:
    package = importlib.import_module(f"dlcore.{room}")
    files = {module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")}
    assert set(registry.members(room)) == files


@pytest.mark.parametrize("spec", every(DESCRIBED))
def test_titles_and_summaries_are_plain_words(spec: Any) -> None:
    assert spec.title and spec.title[0] == spec.title[0].upper() and not spec.title.endswith(".")
    assert spec.summary.endswith(".") and len(spec.summary) > 15 and "!" not in spec.summary


@pytest.mark.parametrize("room", SHOWN)
def test_things_are_shown_in_an_order_that_someone_chose(room: str) -> None:
    orders = [spec.order for spec in registry.members(room).values()]
    assert orders == sorted(orders) and len(set(orders)) == len(orders) and 100 not in orders


@pytest.mark.parametrize("spec", every(SHOWN[:-1]))
def test_defaults_pass_their_own_check(spec: Any) -> None:
    assert check_settings(spec.name, spec.fields, {}) == {field.name: field.default for field in spec.fields}


@pytest.mark.parametrize("field", every_field())
def test_fields_say_what_they_are(field: Field) -> None:
    assert field.label and field.label[0] == field.label[0].upper()
    assert field.help.endswith(".") and "!" not in field.help
    assert field.name.isidentifier() and field.name.islower()
    assert field.parse(field.format(field.default)) == field.default


@pytest.mark.parametrize("field", every_field())
def test_numbers_have_both_limits(field: Field) -> None:
    if field.kind in ("int", "float"):
        assert field.minimum is not None and field.maximum is not None and field.minimum < field.maximum
        assert not field.log or field.minimum > 0
    assert bool(field.choices) == (field.kind == "choice")


@pytest.mark.parametrize("spec", every(SHOWN))
def test_the_few_settings_that_matter_come_first(spec: Any) -> None:
    advanced = [field.advanced for field in getattr(spec, "fields", ())]
    assert advanced == sorted(advanced)
    assert advanced.count(False) <= 5
