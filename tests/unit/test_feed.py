"""Rows that do not fit the device come in slabs, those of a validation too."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("budget", [2**21, 2**22])
def test_no_piece_of_large_validation_rows_takes_more_than_a_quarter_of_the_budget(budget: int) -> None:
    from dlcore.engine.feed import Feed

    x, y = np.arange(3000, dtype="float32").repeat(1024).reshape(3000, 32, 32, 1), np.zeros((3000, 1), "float32")
    feed = Feed((x[:1000], y[:1000]), (x[1000:], y[1000:]), 32, budget)
    pieces = [piece.numpy() for piece, _ in feed.validation()]
    most = max(feed.validation_batch * x[0].nbytes, budget // 4)
    assert not feed.resident and all(piece.nbytes <= most and len(piece) % feed.validation_batch == 0 for piece in pieces[:-1])
    np.testing.assert_array_equal(np.concatenate(pieces), x[1000:])
