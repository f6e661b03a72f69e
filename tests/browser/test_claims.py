"""A learner puts claims to the test in a real browser, with real nets."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.keras]
VERDICT = re.compile(r"(Holds here|Does not hold here|Too few seeds to tell)$")  # its badge begins with the name of an icon


def test_claim_is_tested_by_one_press_and_shows_its_evidence(server: Any, visit: Callable[..., Any]) -> None:
    page = visit(f"{server.address}/claims?claim=negative_bias_dead")
    card = page.locator(".st-key-claim_negative_bias_dead")
    card.get_by_text("Not tested").wait_for()
    card.get_by_role("button", name="Test it").click()
    # Ten nets are looked into by the server's worker, whoever watches.
    card.get_by_text(VERDICT).wait_for()
    card.get_by_text("95 % interval").first.wait_for()
    assert card.locator("canvas, svg.marks").count() > 0
    page.reload()
    card.get_by_text(VERDICT).wait_for()


# Each width has a claim of its own: a second test of the same one would go on with more seeds long after its old verdict is seen.
@pytest.mark.parametrize(("width", "claim"), [(1280, "adagrad_shrinks"), (400, "tanh_vanishes")])
def test_table_of_claims_fits_and_arithmetic_is_told_at_once(quiet_server: Any, visit: Callable[..., Any], width: int, claim: str) -> None:
    page = visit(f"{quiet_server.address}/claims?claim={claim}", width=width, dark=width == 400)
    card = page.locator(f".st-key-claim_{claim}")
    card.wait_for(timeout=60_000)
    card.get_by_role("button", name="Test it").click()
    card.get_by_text(VERDICT).wait_for()
    page.get_by_text("corrected for that (Holm 1979)").wait_for()
    page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
