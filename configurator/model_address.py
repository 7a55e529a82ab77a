"""Addresses of models: signed, so that only our own pages can ask for new ones, and immutable."""

from django.core import signing
from django.urls import reverse

from configurator.configuration import Configuration

SALT = "configurator.model"


def model_token(configuration: Configuration) -> str:
    """A configuration as it stands in addresses: the whole of it, so that nothing need be saved."""
    return signing.Signer(salt=SALT).sign_object(configuration.as_json(), compress=True)


def model_address(configuration: Configuration) -> str:
    """The address of a configuration's model: same configuration, same address, for ever."""
    return reverse("configurator:model", kwargs={"token": model_token(configuration)})


def configuration_in(token: str) -> Configuration:
    """The configuration in an address; raises django.core.signing.BadSignature for a forged one."""
    return Configuration.from_json(signing.Signer(salt=SALT).unsign_object(token))
