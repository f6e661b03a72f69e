"""What the server answers beside pages: downloads, streamed from disk, `/api/runs/{run}/{form}` (what needs Keras is made by a worker
first), and pictures for a slider that moves, `/api/pictures/{picture}`."""

from __future__ import annotations

import asyncio
import html
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from dlcore import registry, service
from dlcore.errors import Invalid, LabError, NotFound, Refused, Unavailable
from dlcore.ui import previews
from dlcore.ui.login import guarded

WAIT_SECONDS = 300.0
POLL_SECONDS = 0.1
STATUS = {NotFound: 404, Invalid: 404, Refused: 409, Unavailable: 503}
BASE = f"/{path}" if (path := st.get_option("server.baseUrlPath").strip("/")) else ""


def address(run: str, form: str) -> str:
    """Where the run can be downloaded in that form, from the server's root."""
    return f"{BASE}/api/runs/{run}/{form}"


def picture_address(picture: str) -> str:
    """Where a try's answer can be asked for, from the server's root."""
    return f"{BASE}/api/pictures/{picture}"


async def download(request: Request) -> Response:
    """The run as a file; a sentence with a status when that cannot be."""
    run, form = request.path_params["run"], request.path_params["form"]
    try:
        spec = await asyncio.to_thread(registry.find, "exports", form)
        name = await asyncio.to_thread(service.export_name, run, form)
        if not spec.worker:
            data = await asyncio.to_thread(service.export, run, form)
            return Response(data, media_type=spec.mime, headers={"Content-Disposition": f'attachment; filename="{name}"'})
        job = await _made(await asyncio.to_thread(service.start_export, run, form))
        path = await asyncio.to_thread(service.open_store().path_of, job.artefact)
        return FileResponse(path, media_type=spec.mime, filename=name)
    except LabError as error:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        return HTMLResponse(_page(error), status_code=status)


async def _made(job: str) -> Any:
    """The job when it is done. The person may give up before: then nothing waits any more."""
    for _ in range(int(WAIT_SECONDS / POLL_SECONDS)):
        found = await asyncio.to_thread(service.job, job)
        if found.state == "done":
            return found
        if found.state in ("failed", "stopped", "cancelled"):
            raise Unavailable(found.cause or "The file could not be made.", found.hint)
        await asyncio.sleep(POLL_SECONDS)
    raise Unavailable("The file was not ready in five minutes.", "The workers are busy; try again later.")


def _page(error: LabError) -> str:
    words = f"<p>{html.escape(str(error))}</p><p>{html.escape(error.hint)}</p>"
    return f"<!doctype html><html lang=en><meta charset=utf-8><title>dlcore</title><body style='font:16px sans-serif;margin:3rem'>{words}"


ROUTES = [
    Route(address("{run}", "{form}"), guarded(download)),
    Route(picture_address("{picture}"), guarded(previews.preview)),
]
