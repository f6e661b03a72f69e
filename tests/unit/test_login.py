"""Pages and downloads are open until a login is configured; then neither is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dlcore.ui import login, routes

SECRET = "a secret of the server's own, long enough to sign with"
AUTH = f'[auth]\nredirect_uri = "http://lab.example/oauth2callback"\ncookie_secret = "{SECRET}"\n'


@pytest.fixture
def secrets(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """secrets(text) is what the server has in its secrets.toml."""
    before = config.get_option("secrets.files")

    def write(text: str) -> None:
        path = tmp_path / "secrets.toml"
        path.write_text(text)
        config.set_option("secrets.files", [str(path)])
        secrets_singleton._reset()

    write("")
    yield write
    config.set_option("secrets.files", before)
    secrets_singleton._reset()


async def _answer(request: Any) -> PlainTextResponse:
    return PlainTextResponse("the model")


_ENDPOINT = login.guarded(_answer)


def _asked(secret: str = SECRET, endpoint: login.Endpoint = _ENDPOINT, **user: Any) -> int:
    """The status of a download by this user."""
    cookie = f"{login.COOKIE}={create_signed_value(secret, login.COOKIE, json.dumps(user)).decode()}" if user else ""
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"cookie", cookie.encode())]}
    scope["path_params"] = {"run": "r1", "form": "json"}
    # In a thread of its own: after the browser's tests a loop goes on in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(endpoint(Request(scope)))).result().status_code


def test_without_a_login_downloads_are_open(secrets: Any) -> None:
    assert _asked() == 200


def test_with_a_login_downloads_need_its_cookie(secrets: Any) -> None:
    secrets(AUTH)
    assert _asked() == 401
    assert _asked(is_logged_in=True, email="ann@school.example") == 200
    assert _asked(is_logged_in=False, email="ann@school.example") == 401


def test_cookie_signed_with_another_secret_opens_nothing(secrets: Any) -> None:
    secrets(AUTH)
    assert _asked("some other secret that a stranger made up", is_logged_in=True, email="ann@school.example") == 401


def test_only_people_on_the_list_may_enter(secrets: Any) -> None:
    secrets(AUTH + '[lab]\npeople = ["*@school.example", "Guest@Home.example"]\n')
    assert _asked(is_logged_in=True, email="Ann@School.example") == 200
    assert _asked(is_logged_in=True, email="guest@home.example") == 200
    assert _asked(is_logged_in=True, email="ann@school.example.org") == 401
    assert _asked(is_logged_in=True) == 401


def test_every_route_of_ours_is_guarded(secrets: Any) -> None:
    secrets(AUTH)
    assert routes.ROUTES
    for route in routes.ROUTES:
        assert _asked(endpoint=route.endpoint) == 401, route.path


def test_pages_show_a_login_and_nothing_else(secrets: Any, store: Any) -> None:
    secrets(AUTH)
    page = AppTest.from_file(str(Path(__file__).parents[2] / "app.py"), default_timeout=60).run()
    assert [button.label for button in page.button] == ["Log in"]
    secrets("")
    assert "Log in" not in [button.label for button in page.run().button]
