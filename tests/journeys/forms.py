"""The studio's and the checkout's forms as a browser fills them in."""

import re

from django.test import Client

STUDIO = "/ko/editions/first-firing/studio/"
HOLD = "/ko/editions/first-firing/hold/"
GOOD = {"email": "mina@example.com", "note": "", "made_for_me": "on"}


def form_of(page: str) -> dict[str, str]:
    """The fields of the studio's form as a browser would send them."""
    radios = re.findall(r'<input type="radio"\s+name="([^"]+)"\s+value="([^"]+)"[^>]*?\schecked', page, re.DOTALL)
    hidden = re.findall(r'<input type="hidden" name="(version|quote)" value="([^"]*)"', page)
    engraving = re.search(r'name="engraving"[^>]*?value="([^"]*)"', page, re.DOTALL)
    assert engraving
    return {**dict(radios), **dict(hidden), "engraving": engraving[1]}


def studio_form(client: Client, **changed: str) -> dict[str, str]:
    page = client.get(STUDIO, changed).content.decode()
    return form_of(page)


def held(client: Client) -> str:
    """The address of the checkout of a held piece."""
    answer = client.post(HOLD, studio_form(client, engraving="지우"))
    assert answer.status_code == 302
    return str(answer["Location"])
