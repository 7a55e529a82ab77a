"""Addresses of models: signed, so that only our own pages can ask for new ones, and immutable."""

from django.core import signing
from django.urls import reverse

from configurator.configuration import Configuration
from configurator.picture_address import Subject

SALT = "configurator.model"


def model_token(configuration: Configuration, number: str = "") -> str:
    """A configuration as it stands in addresses: the whole of it, so that nothing need be saved."""
    data = configuration.as_json() | ({"number": number} if number else {})
    return signing.Signer(salt=SALT).sign_object(data, compress=True)


def model_address(configuration: Configuration, number: str = "") -> str:
    """The address of a configuration's model: same configuration and number, same address, for ever."""
    return reverse("configurator:model", kwargs={"token": model_token(configuration, number)})


def model_subject(token: str) -> Subject:
    """What an address is of; raises django.core.signing.BadSignature for a forged one."""
    data = signing.Signer(salt=SALT).unsign_object(token)
    return Subject(Configuration.from_json(data), data.get("number", ""))
