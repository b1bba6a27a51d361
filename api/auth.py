"""Who is asking. A route's signature names its principal: `doctor: Doctor`.

Patients have an anonymous session, signed when a conversation starts. Doctors and administrators
bring a bearer token (JWT). The dialogue engine calls back with a key of its own. A route without a
principal says so with `Public`, so that none is open by accident.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import uuid4

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.secret_files import Secrets
from knowledge_graph.domain.errors import InvalidInput, NotAllowed, NotAuthenticated

_ALGORITHM = "HS256"
_ISSUER = "medbrain"


class Role(StrEnum):
    """What a principal may do."""

    PATIENT = "patient"
    DOCTOR = "doctor"
    ADMINISTRATOR = "administrator"
    DIALOGUE_ENGINE = "dialogue_engine"


STAFF = (Role.DOCTOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking. `id`: for a patient the conversation's id, for staff the token's subject."""

    id: str
    role: Role


class Tokens:
    """Issues and reads signed tokens with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def issue(self, subject: str, role: Role, hours: float) -> str:
        """A token for a subject in a role, valid for that long. Raises InvalidInput."""
        if not subject.strip():
            raise InvalidInput("A token needs a name; say whose it is.")
        now = datetime.now(UTC)
        claims = {
            "iss": _ISSUER,
            "sub": subject,
            "role": role.value,
            "iat": now,
            "exp": now + timedelta(hours=hours),
            "jti": uuid4().hex,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def read(self, token: str) -> Principal:
        """The principal of a token. Raises NotAuthenticated when it is not ours or too old."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                issuer=_ISSUER,
                options={"require": ["exp", "sub", "role"]},
            )
            return Principal(str(claims["sub"]), Role(claims["role"]))
        except jwt.ExpiredSignatureError:
            raise NotAuthenticated("The token has expired; get a new one.") from None
        except (jwt.InvalidTokenError, ValueError):
            raise NotAuthenticated("The token is not valid; get a new one.") from None


_bearer = HTTPBearer(auto_error=False, description="medbrain token --role doctor issues one")
_Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def require(*roles: Role) -> Callable[[Request, _Credentials], Awaitable[Principal]]:
    """A dependency that gives the principal when its role is one of these."""

    async def principal(request: Request, credentials: _Credentials) -> Principal:
        if credentials is None:
            raise NotAuthenticated("Send a token: Authorization: Bearer <token>.")
        found = _read(request, credentials.credentials)
        if found.role not in roles:
            allowed = " or ".join(role.value for role in roles)
            raise NotAllowed(f"This needs the role {allowed}; the token is for {found.role.value}.")
        return found

    principal.roles = roles  # type: ignore[attr-defined]
    return principal


def _read(request: Request, token: str) -> Principal:
    services = request.app.state.services
    secrets: Secrets = services.secrets
    if hmac.compare_digest(token.encode(), secrets.engine_key().encode()):
        return Principal("rasa", Role.DIALOGUE_ENGINE)
    tokens: Tokens = services.tokens
    return tokens.read(token)


async def public() -> None:
    """No principal, on purpose."""


Patient = Annotated[Principal, Depends(require(Role.PATIENT))]
Doctor = Annotated[Principal, Depends(require(Role.DOCTOR))]
Administrator = Annotated[Principal, Depends(require(Role.ADMINISTRATOR))]
Staff = Annotated[Principal, Depends(require(*STAFF))]
DialogueEngineCaller = Annotated[Principal, Depends(require(Role.DIALOGUE_ENGINE))]
Public = Annotated[None, Depends(public)]
