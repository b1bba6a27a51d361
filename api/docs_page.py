"""The API's reference as a page at /docs: drawn here from the OpenAPI document, no foreign files."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.auth import Public

router = APIRouter(include_in_schema=False)

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #0b6e99; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); text-transform: capitalize; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .75rem 0; }
summary { padding: .6rem .9rem; cursor: pointer; }
details > div { padding: 0 1rem 1rem; }
.method { font: bold .85rem ui-monospace, monospace; color: var(--accent); margin-right: .6rem; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { background: var(--soft); padding: .8rem; border-radius: .4rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid var(--soft); }
.note { background: var(--soft); padding: .8rem 1rem; border-radius: .4rem; white-space: pre-line; }
"""


@router.get("/docs", response_class=HTMLResponse)
def docs(request: Request, caller: Public) -> HTMLResponse:
    """Every route with its parameters, bodies and answers."""
    return HTMLResponse(_page(json.dumps(request.app.openapi())))


@router.get("/docs/style.css")
def style(caller: Public) -> Response:
    """The page's style, a file of its own because the content policy allows no other."""
    return Response(_STYLE, media_type="text/css")


@cache
def _page(document: str) -> str:
    api: dict[str, Any] = json.loads(document)
    by_tag: dict[str, list[str]] = {}
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            tag = operation.get("tags", ["other"])[0]
            by_tag.setdefault(tag, []).append(_operation(path, method, operation, api))
    sections = "".join(f"<h2>{escape(tag)}</h2>{''.join(parts)}" for tag, parts in by_tag.items())
    info = api["info"]
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(info['title'])} API</title>"
        "<link rel='stylesheet' href='/docs/style.css'></head><body>"
        f"<h1>{escape(info['title'])} API</h1><p class='note'>{escape(info['description'])}</p>"
        "<p>Send a token as <code>Authorization: Bearer …</code>; <code>medbrain token --role"
        " doctor</code> issues one. The machine-readable description is at"
        f" <a href='/openapi.json'>/openapi.json</a>.</p>{sections}</body></html>"
    )


def _operation(path: str, method: str, operation: Mapping[str, Any], api: Mapping[str, Any]) -> str:
    title = escape(operation.get("summary", ""))
    text = escape(operation.get("description", ""))
    return (
        f"<details id='{escape(operation.get('operationId', ''))}'><summary>"
        f"<span class='method'>{method.upper()}</span><code>{escape(path)}</code> {title}</summary>"
        f"<div><p class='note'>{text}</p>{_access(operation)}{_parameters(operation)}"
        f"{_body(operation, api)}{_answers(operation, api)}</div></details>"
    )


def _access(operation: Mapping[str, Any]) -> str:
    return "<p>Needs a token.</p>" if operation.get("security") else "<p>Open to everyone.</p>"


def _parameters(operation: Mapping[str, Any]) -> str:
    rows = [
        f"<tr><td><code>{escape(item['name'])}</code></td><td>{escape(item['in'])}</td>"
        f"<td>{escape(_kind(item.get('schema', {})))}</td></tr>"
        for item in operation.get("parameters", ())
    ]
    return f"<h4>Parameters</h4><table>{''.join(rows)}</table>" if rows else ""


def _body(operation: Mapping[str, Any], api: Mapping[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    schemas = [media["schema"] for media in content.values() if "schema" in media]
    return "".join(f"<h4>Body</h4>{_schema(schema, api)}" for schema in schemas)


def _answers(operation: Mapping[str, Any], api: Mapping[str, Any]) -> str:
    parts = []
    for status, response in operation.get("responses", {}).items():
        schemas = [media.get("schema") for media in response.get("content", {}).values()]
        shown = (
            _schema(schemas[0], api) if status.startswith("2") and schemas and schemas[0] else ""
        )
        parts.append(f"<p><b>{escape(status)}</b> {escape(response['description'])}</p>{shown}")
    return f"<h4>Answers</h4>{''.join(parts)}"


def _schema(schema: Mapping[str, Any], api: Mapping[str, Any]) -> str:
    """The schema and every one it refers to, each as a table of its members."""
    tables = []
    for name, found in _reachable(schema, api):
        rows = "".join(_member(key, item, found) for key, item in found["properties"].items())
        about = escape(found.get("description", ""))
        tables.append(f"<h5>{escape(name)}</h5><p>{about}</p><table>{rows}</table>")
    return "".join(tables) or f"<pre>{escape(_kind(schema))}</pre>"


def _member(key: str, item: Mapping[str, Any], owner: Mapping[str, Any]) -> str:
    needed = "required" if key in owner.get("required", ()) else ""
    return (
        f"<tr><td><code>{escape(key)}</code></td><td>{escape(_kind(item))}</td>"
        f"<td>{needed}</td></tr>"
    )


def _reachable(
    schema: Mapping[str, Any], api: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    waiting, seen = list(_references(schema)), set[str]()
    while waiting:
        name = waiting.pop(0)
        found = api["components"]["schemas"].get(name, {})
        if name in seen:
            continue
        seen.add(name)
        if "properties" in found:
            yield name, found
        waiting.extend(_references(found))


def _references(node: object) -> Iterable[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rsplit("/", 1)[-1]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _kind(schema: Mapping[str, Any]) -> str:
    """A schema in a few words: 'list of FindingIn', 'number or null'."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("type", "anything"))
