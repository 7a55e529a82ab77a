"""Which designs are the visitor's own: those of the account, and those that this browser saved before."""

from django.http import HttpRequest

from accounts.models import User
from configurator.design_service import claim_designs
from configurator.models import Design
from configurator.shelf import Shelf
from core.clock import now

SAVED = "designs"


def shelf_of(request: HttpRequest) -> Shelf:
    """The visitor's designs. At the first sight of an account, it takes over what its browser had saved."""
    codes = tuple(request.session.get(SAVED, ()))
    if not isinstance(request.user, User):
        return Shelf(codes=codes)
    if codes:
        claim_designs(codes=codes, user=request.user, now=now())
        del request.session[SAVED]
    return Shelf(user=request.user)


def remember(request: HttpRequest, design: Design) -> None:
    """Keep a design of somebody without an account in the browser's session."""
    codes = request.session.get(SAVED, [])
    if design.author_id is None and design.code not in codes:
        request.session[SAVED] = [*codes, design.code]
