"""Callers of the API."""

import pytest
from django.test import Client

from tests.api.calls import Caller


@pytest.fixture
def api(client: Client) -> Caller:
    """A stranger who reads English."""
    return Caller(client)


@pytest.fixture
def korean_api(client: Client) -> Caller:
    """The same stranger, reading Korean."""
    return Caller(client, "ko")
