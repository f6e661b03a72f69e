"""The table of claims, a claim's card, and the buttons that test them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dlcore import registry, service, statistics
from dlcore.run import State
from dlcore.services import claiming

Open = Callable[..., Any]
COUNT = len(registry.members("claims"))


def _column(page: Any, name: str) -> list[Any]:
    return list(page.app.dataframe[0].value[name])


def test_table_lists_all_claims_and_tests_none_by_itself(open_page: Open) -> None:
    page = open_page("claims")
    assert len(_column(page, "Question")) == COUNT and set(_column(page, "Verdict")) == {"not tested"}
    assert not service.runs() and f"Test all {COUNT}" in page.buttons
    assert "Tick a row" in page.words


def test_verdict_effect_interval_and_correction_stand_in_the_table(open_page: Open) -> None:
    for name in ("momentum_gap", "adagrad_shrinks"):
        claiming.start(name)
    page = open_page("claims")
    places = [list(registry.members("claims")).index(name) for name in ("momentum_gap", "adagrad_shrinks")]
    for place in places:
        assert _column(page, "Verdict")[place] == f"✓ {statistics.HOLDS}"
        assert _column(page, "95 % interval")[place] and _column(page, "Seeds")[place] == "5" and _column(page, "p")[place]
    assert "2 comparisons were made" in page.words


def test_address_opens_a_claim_with_what_would_refute_it(open_page: Open) -> None:
    page = open_page("claims", claim="l1_sparsity")
    claim = registry.find("claims", "l1_sparsity")
    assert claim.title in page.words and claim.refuted in page.words and claim.reference in page.words


def test_unknown_claim_in_the_address_opens_none(open_page: Open) -> None:
    assert "Tick a row" in open_page("claims", claim="nothing").words


def test_pressing_test_it_queues_the_runs_of_that_claim_only(open_page: Open) -> None:
    page = open_page("claims", claim="hidden_layer").press("Test it")
    runs = service.runs()
    assert len(runs) == 10 and {run.kind for run in runs} == {"claim"}
    assert "0 of 10" in _column(page, "Verdict")
    page.press("Stop")
    assert {run.state for run in service.runs()} == {State.STOPPED}


def test_claim_about_arithmetic_is_told_at_once_with_its_evidence(open_page: Open) -> None:
    page = open_page("claims", claim="adagrad_shrinks").press("Test it")
    assert "95 % interval" in page.words and "5 seeds" in page.words
    assert "Test with 10 seeds" in page.buttons
    assert list(page.app.dataframe[1].value["Seed"]) == ["0", "1", "2", "3", "4"]


def test_a_share_of_seeds_is_said_to_be_one_and_shows_no_dots(open_page: Open) -> None:
    page = open_page("claims", claim="perceptron_and").press("Test it")
    assert "The diamond is the share with its 95 % interval." in page.words and "A dot is a seed" not in page.words


def test_chosen_number_of_seeds_is_what_a_test_asks_for(open_page: Open) -> None:
    page = open_page("claims", claim="hidden_layer")
    page.set("selectbox", "Seeds", "3 seeds each").press("Test it")
    assert len(service.runs()) == 6


def test_broken_test_says_why_and_how_to_go_on(open_page: Open) -> None:
    standing = claiming.start("hidden_layer", 3)
    run = next(iter((standing.runs or {}).values()))
    service.stop(run)
    page = open_page("claims", claim="hidden_layer")
    assert any(run in warning.value for warning in page.app.warning)
    assert "Test it" in page.buttons
