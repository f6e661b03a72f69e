"""A browser whose connection broke is not sent what the old one left undelivered: pieces of a page whose beginning was lost. On those
Streamlit's own page fails for good and stays empty; and a browser that is back asks for its page anew."""

from __future__ import annotations

from functools import wraps
from typing import Any

from streamlit.runtime.websocket_session_manager import WebsocketSessionManager


def begin_anew() -> None:
    """From now on sessions are resumed with nothing waiting. The method is private to Streamlit: without it nothing changes."""
    resume = getattr(WebsocketSessionManager, "_resume_stored_session", None)
    if resume is None or hasattr(resume, "__wrapped__"):
        return

    @wraps(resume)
    def resumed(self: WebsocketSessionManager, *arguments: Any, **named: Any) -> Any:
        session = resume(self, *arguments, **named)
        found = self.get_active_session_info(session) if session is not None else None
        if found is not None:
            found.session.flush_browser_queue()
        return session

    WebsocketSessionManager._resume_stored_session = resumed  # type: ignore[method-assign]
