"""The peers: one file per way of training, each with the names it answers to in `PEERS` and a `prepare(peer, family)`.

`prepare` builds everything, moves the data to the device and returns `train(epochs)`, which trains that many whole epochs and returns when
the device has finished them; it may return the seconds that count, else its caller's clock does. It raises `Missing` where the peer
cannot run.
"""

from __future__ import annotations


class Missing(Exception):
    """The peer is not installed, or does not train this family; the sentence says which."""
