"""The OpenAPI document, with the one error body on every route that can answer with it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.errors import Problem

_REFERENCE = {"$ref": "#/components/schemas/Problem"}
_ALWAYS = (413, 422, 503)
_WITH_TOKEN = (401, 403)
_OWN_TO_FASTAPI = ("HTTPValidationError", "ValidationError")


def openapi_of(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """What to set as `app.openapi`; the document is made at first use."""

    def document() -> dict[str, Any]:
        if not app.openapi_schema:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
            )
            _add_problems(made)
            app.openapi_schema = made
        return app.openapi_schema

    return document


def _add_problems(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in _OWN_TO_FASTAPI:
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    for methods in document["paths"].values():
        for operation in methods.values():
            statuses = (*_ALWAYS, *(_WITH_TOKEN if "security" in operation else ()))
            for status in sorted(statuses):
                operation["responses"][str(status)] = {
                    "description": HTTPStatus(status).phrase,
                    "content": {"application/problem+json": {"schema": _REFERENCE}},
                }
