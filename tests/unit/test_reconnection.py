"""Sessions of a browser that comes back."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from streamlit.runtime import websocket_session_manager as streamlits
from streamlit.runtime.memory_session_storage import MemorySessionStorage

from dlcore.ui import reconnection


def test_session_that_is_resumed_has_nothing_waiting_from_its_old_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlits, "AppSession", lambda **_: MagicMock(id="one"))
    monkeypatch.setattr(
        streamlits.WebsocketSessionManager, "_resume_stored_session", streamlits.WebsocketSessionManager._resume_stored_session
    )
    reconnection.begin_anew()
    manager = streamlits.WebsocketSessionManager(MemorySessionStorage(), MagicMock(), MagicMock(), MagicMock())
    manager.connect_session(MagicMock(), MagicMock(), {})
    session = manager.get_active_session_info("one").session  # type: ignore[union-attr]
    session.flush_browser_queue.assert_not_called()  # type: ignore[attr-defined]
    manager.disconnect_session("one")
    assert manager.connect_session(MagicMock(), MagicMock(), {}, existing_session_id="one") == "one"
    session.flush_browser_queue.assert_called_once()  # type: ignore[attr-defined]
