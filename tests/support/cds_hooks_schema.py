"""JSON Schemas of CDS Hooks 2.0, written from the published specification's field tables.

https://cds-hooks.hl7.org/2.0/ : discovery, card response, feedback. Where the specification allows
extensions, an `extension` member is allowed and nothing else is.
"""

from typing import Any

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
URL: dict[str, Any] = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:"}
UUID: dict[str, Any] = {
    "type": "string",
    "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
}


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties | {"extension": {"type": "object"}},
        "additionalProperties": False,
    }


CODING = _object(("code",), system=URL, code=TEXT, display=TEXT, version=TEXT)
OVERRIDE_REASON = _object(("code", "display"), system=URL, code=TEXT, display=TEXT)
SOURCE = _object(("label",), label=TEXT, url=URL, icon=URL, topic=CODING)
LINK = _object(
    ("label", "url", "type"),
    label=TEXT,
    url=URL,
    type={"enum": ["absolute", "smart"]},
    appContext=TEXT,
) | {
    "if": {"required": ["appContext"]},
    "then": {"properties": {"type": {"const": "smart"}}},
}
ACTION = _object(
    ("type", "description"),
    type={"enum": ["create", "update", "delete"]},
    description=TEXT,
    resource={"type": "object"},
    resourceId={"type": ["string", "array"]},
)
SUGGESTION = _object(
    ("label",),
    label=TEXT,
    uuid=TEXT,
    isRecommended={"type": "boolean"},
    actions={"type": "array", "items": ACTION},
)
CARD = _object(
    ("summary", "indicator", "source"),
    uuid=UUID,
    summary=TEXT | {"maxLength": 139},
    detail=TEXT,
    indicator={"enum": ["info", "warning", "critical"]},
    source=SOURCE,
    suggestions={"type": "array", "items": SUGGESTION, "minItems": 1},
    selectionBehavior={"enum": ["at-most-one", "any"]},
    overrideReasons={"type": "array", "items": OVERRIDE_REASON, "minItems": 1},
    links={"type": "array", "items": LINK, "minItems": 1},
) | {"dependentRequired": {"suggestions": ["selectionBehavior"]}}
SYSTEM_ACTION = ACTION | {"required": ["type"]}
RESPONSE = _object(
    ("cards",),
    cards={"type": "array", "items": CARD},
    systemActions={"type": "array", "items": SYSTEM_ACTION, "minItems": 1},
)
SERVICE = _object(
    ("hook", "id", "description"),
    hook=TEXT,
    id=TEXT,
    title=TEXT,
    description=TEXT,
    prefetch={
        "type": "object",
        "minProperties": 1,
        "additionalProperties": TEXT,
    },
    usageRequirements=TEXT,
)
DISCOVERY = _object(("services",), services={"type": "array", "items": SERVICE})
