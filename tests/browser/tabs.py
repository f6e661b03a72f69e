"""Tabs that tests lend out one after the other: a used one draws a page with half the work of a new one, whose cache is empty."""

from __future__ import annotations

from typing import Any

BLANK = "about:blank"


class Tab:
    """A tab in a browser window of its own, whose cookies, storage and permissions no other tab sees."""

    def __init__(self, chromium: Any, patience_ms: float) -> None:
        self.context = chromium.new_context(accept_downloads=True)
        self.context.set_default_timeout(patience_ms)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text) if _is_complaint(message) else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, address: str, width: int, height: int, dark: bool) -> Any:
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        self.page.goto(address)
        return self.page

    def forget(self) -> bool:
        """Makes it as good as new, but for the files in its cache; False when it cannot be, and is gone."""
        from playwright.sync_api import Error

        try:
            for other in self.context.pages[1:]:
                other.close()
            self.page.mouse.move(0, 0)
            self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear() }")
            self.page.goto(BLANK)
            self.context.clear_cookies()
            self.context.clear_permissions()
        except Error:  # the test has closed it, or it shows a page of the browser's own
            self.context.close()
            return False
        self.complaints.clear()
        return True


def _is_complaint(message: Any) -> bool:
    # Streamlit looks for its server below a deep link's own path first, and Chromium reports the 404 that it gets there. While a
    # server that a test has killed is down, connections are refused and ticks cannot be sent.
    expected = ("WebSocket connection to", "when disconnected from server", "reaching server endpoint", "server is not responding")
    at_server = "/_stcore/" in message.location.get("url", "")
    return message.type == "error" and not at_server and not any(words in message.text for words in expected)
