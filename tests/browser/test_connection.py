"""A browser whose connection to the server breaks, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

pytestmark = [pytest.mark.browser]
PATIENCE_MS = 60_000


class _Breaking:
    """Passes messages on, and breaks the first connection at the server's first message of this kind."""

    def __init__(self, kind: str) -> None:
        self.kind, self.connections = kind, 0

    def __call__(self, browser: Any) -> None:
        self.connections += 1
        server, first, broken = browser.connect_to_server(), self.connections == 1, False

        def said(data: str | bytes) -> None:
            nonlocal broken
            if broken:  # what the server still says reaches nobody
                return
            message = ForwardMsg()
            message.ParseFromString(data if isinstance(data, bytes) else data.encode())
            kind = message.WhichOneof("type")
            if not first or kind != self.kind or kind == "new_session":
                browser.send(data)
            if first and kind == self.kind:
                broken = True
                browser.close()

        server.on_message(said)


@pytest.mark.parametrize("kind", ["new_session", "navigation"])
def test_a_deep_link_keeps_its_page_when_the_connection_breaks_before_it_is_drawn(quiet_server: Any, chromium: Any, kind: str) -> None:
    page, breaking = chromium.new_page(), _Breaking(kind)
    page.route_web_socket("**/_stcore/stream", breaking)
    page.goto(f"{quiet_server.address}/claims?claim=momentum_gap")
    page.get_by_role("heading", name="Claims", exact=True).wait_for(timeout=PATIENCE_MS)
    assert breaking.connections > 1
    assert page.url.endswith("/claims?claim=momentum_gap")
    page.close()
