"""Stand-ins for the identifiers of people and their records."""

import hmac
from hashlib import sha256


def pseudonym(key: bytes, kind: str, identifier: str) -> str:
    """A stable stand-in: a keyed hash that only the holder of the key can make. 32 hex digits.

    `kind`: pseudonyms of two kinds of thing never meet, though their identifiers may be equal.
    """
    return hmac.new(key, f"{kind}\n{identifier}".encode(), sha256).hexdigest()[:32]
