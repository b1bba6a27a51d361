"""The clients' files: the patient's page at /, and /widget, /dashboard, /console beside it."""

from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

CLIENTS_FOLDER = Path(__file__).parent / "clients"

_FOLDERS = {
    "/widget": "widget",
    "/shared": "shared",
    "/dashboard": "dashboard",
    "/console": "console",
    "/vendor/echarts": "node_modules/echarts/dist",
    "/": "page",  # last: it answers whatever no other address does
}


def mount_clients(app: FastAPI, clients: Path = CLIENTS_FOLDER) -> None:
    """Serve every client folder that is there; a folder's own address gives its index.html."""
    for address, folder in _FOLDERS.items():
        path = clients / folder
        if not path.is_dir():
            continue
        if (path / "index.html").is_file() and address != "/":
            app.router.routes.append(Route(address, _with_slash, include_in_schema=False))
        app.mount(address, StaticFiles(directory=path, html=True), name=folder)


def _with_slash(request: Request) -> RedirectResponse:
    """A mounted folder answers only below its address; without this, / would answer for it."""
    return RedirectResponse(f"{request.url.path}/")
