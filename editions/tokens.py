"""Names that only those who were told can find."""

import secrets


def new_token() -> str:
    """An unguessable name for something that only its owner may find: 160 bits."""
    return secrets.token_urlsafe(20)
