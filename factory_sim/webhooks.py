"""Messages signed after the Standard Webhooks specification (https://www.standardwebhooks.com), version 1. Pure.

Signed is `<id>.<timestamp>.<body>` with HMAC-SHA256; a secret is `whsec_` and 24 to 64 bytes in base64. A message may
carry several signatures, and a receiver know several secrets, so that a secret can be changed without a gap.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
PREFIX = "whsec_"
VERSION = "v1,"
SHORTEST, LONGEST = 24, 64
LONGEST_ID = 100
TOLERANCE_SECONDS = 300


class UnusableSecret(Exception):
    """A secret is not written as the specification says."""


class NotSigned(Exception):
    """A message carries no signature of a known secret."""


class OutOfTime(Exception):
    """A message is signed, but its time is too far from now: it may have been recorded and sent again."""


def read_secrets(text: str) -> tuple[bytes, ...]:
    """The secrets of a text, apart by spaces, the one to sign with first. Raises UnusableSecret, which repeats none."""
    return tuple(_secret(each) for each in text.split())


def _secret(text: str) -> bytes:
    try:
        found = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        found = b""
    if not text.startswith(PREFIX) or not SHORTEST <= len(found) <= LONGEST:
        raise UnusableSecret(f"a secret is {PREFIX} and {SHORTEST} to {LONGEST} bytes in base64")
    return found


def sign(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of the signature's header."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return VERSION + base64.b64encode(hmac.new(secret, signed, sha256).digest()).decode()


def check(headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], *, now: float) -> str:
    """The id of a message that is signed and not more than five minutes from `now`, in seconds since 1970.

    Raises NotSigned, OutOfTime. Only a sender who knows a secret is told that a message is out of time.
    """
    message_id, timestamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not (0 < len(message_id) <= LONGEST_ID and message_id.isascii() and message_id.isprintable()):
        raise NotSigned
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= len(str(2**53))):
        raise NotSigned
    sent = [each.encode() for each in headers.get(SIGNATURE, "").split()]
    known = [sign(secret, message_id, int(timestamp), body).encode() for secret in secrets]
    if not any(hmac.compare_digest(one, other) for one in sent for other in known):
        raise NotSigned
    if abs(int(timestamp) - now) > TOLERANCE_SECONDS:
        raise OutOfTime
    return message_id
