"""The web application: every router, the layers around them, and what they share."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.concurrency import run_in_threadpool

from api import cds_hooks, decision_support, docs_page, health, ingest_jobs, rasa_actions, reports
from api.boundary import BodyLimit, RequestBoundary
from api.channel import discover_channels
from api.errors import CatchUnexpected, install_error_answers
from api.logs import configure_logging
from api.openapi_document import openapi_of
from api.settings import Settings, load_settings
from api.static_pages import mount_clients
from api.wiring import Services
from assistant.dialogue.engine import RasaEngine

DESCRIPTION = """Clinical decision support on a cited knowledge graph.

Not a diagnosis and not a certified medical device. The knowledge is drafted, not clinically
reviewed: a clinician must check every answer against its sources.
"""


class State(TypedDict):
    """What lives as long as the application."""

    services: Services


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[State]:
    """Load what the first request would wait for; let go of everything at the end."""
    services: Services = app.state.services
    await run_in_threadpool(services.warm_up)
    # The knowledge stays: going through its millions of objects again and again in search of
    # garbage would make every hundredth patient wait.
    gc.collect()
    gc.freeze()
    try:
        yield State(services=services)
    finally:
        if isinstance(engine := services.dialogue.engine, RasaEngine):
            await engine.close()
        services.close()


def create_app(settings: Settings | None = None, services: Services | None = None) -> FastAPI:
    """The application. `services`: ready-made ones, for tests."""
    settings = settings or (services.settings if services else load_settings())
    app = FastAPI(
        title="Medical Brain",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.openapi = openapi_of(app)  # type: ignore[method-assign]
    app.state.services = services or Services(settings)
    install_error_answers(app)
    _include_routers(app)
    mount_clients(app)
    _add_layers(app, settings)
    return app


def _include_routers(app: FastAPI) -> None:
    for module in (
        decision_support,
        cds_hooks,
        ingest_jobs,
        reports,
        health,
        rasa_actions,
        docs_page,
    ):
        app.include_router(module.router)
    for channel in discover_channels():
        app.include_router(channel.router)


def _add_layers(app: FastAPI, settings: Settings) -> None:
    """The last one added is the outermost."""
    app.add_middleware(
        BodyLimit,
        limit=settings.largest_body_bytes,
        longer={"/v1/ingest": settings.largest_upload_bytes},
    )
    app.add_middleware(CatchUnexpected)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Accept-Language", "X-Request-ID"],
            expose_headers=["X-Request-ID"],
            max_age=600,
        )
    app.add_middleware(RequestBoundary)


def build() -> FastAPI:
    """What the web server starts: `uvicorn --factory api.app:build`."""
    settings = load_settings()
    configure_logging(settings.log_level)
    return create_app(settings)
