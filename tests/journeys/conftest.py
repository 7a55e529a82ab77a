"""A maker at her desk, with a draft of the demo's product."""

from datetime import datetime

import pytest
from django.test import Client

from accounts.models import User
from configurator.models import Draft, ProductVersion
from configurator.services import load_product, start_draft_from
from factory_sim.services import load_plant
from tests import samples


@pytest.fixture
def version(db: None, now: datetime) -> ProductVersion:
    load_plant(data=samples.toml("plants/mangwon.toml"), now=now)
    return load_product(folder=samples.CATALOGUE / "on-dam", now=now)[0]


@pytest.fixture
def maker(db: None) -> User:
    return samples.maker()


@pytest.fixture
def draft(version: ProductVersion, maker: User, now: datetime) -> Draft:
    return start_draft_from(version_id=version.pk, actor=maker, now=now)


@pytest.fixture
def desk(client: Client, maker: User) -> Client:
    """The maker's browser."""
    client.force_login(maker)
    return client
