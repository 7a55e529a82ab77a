"""A text that the screening holds back: asked for, allowed or declined by staff, and then it passes or it does not."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import translation

import configurator.tasks  # noqa: F401 (registers the handlers)
from accounts.models import User
from configurator.appeals import (
    DECIDED_TOPIC,
    Asker,
    NothingToAsk,
    ReasonMissing,
    TextDeclined,
    allow_text,
    ask_for_text,
    decline_text,
)
from configurator.definition import ProductDefinition
from configurator.models import AppealStatus, ScreeningAppeal
from configurator.selectors import definition_of
from configurator.validation import EngravingTooLong, TextNotAccepted, UncuttableCharacters, checked_engraving
from core import outbox
from core.models import OutboxMessage
from editions.models import Edition
from tests import samples

pytestmark = pytest.mark.django_db

MINA = Asker("mina@example.com", "ko", "/ko/editions/first-firing/studio/?engraving=x")
NOBODY = Asker("", "en")
ADMIN = "/admin/configurator/screeningappeal/"


@pytest.fixture
def product(edition: Edition) -> ProductDefinition:
    return definition_of(edition.version)


@pytest.fixture
def other(product: ProductDefinition) -> ProductDefinition:
    """Another product, to which no decision about the first applies."""
    return product.model_copy(update={"slug": "other"})


def asked(product: ProductDefinition, text: str, now: datetime, asker: Asker = MINA) -> ScreeningAppeal:
    return ask_for_text(definition=product, text=text, font="", asker=asker, now=now)


def refusal(product: ProductDefinition, text: str, language: str = "en") -> TextNotAccepted:
    with translation.override(language), pytest.raises(TextNotAccepted) as refused:
        checked_engraving(product, text)
    return refused.value


def test_a_listed_word_is_refused_with_its_fragment_its_reason_and_a_way_to_ask(product: ProductDefinition) -> None:
    with samples.nothing_written():
        problem = refusal(product, "for Nike")

    assert (problem.code, problem.status) == ("text_not_accepted", 422)
    assert problem.extra == {"field": "engraving", "fragment": "Nike", "policy": "trademark", "declined": False}
    assert problem.detail == (
        "“Nike” is not cut without asking: it is somebody's trademark and needs its owner's permission."
        " You can ask the maker to look at it."
    )


def test_what_cannot_be_cut_is_said_before_what_it_says(product: ProductDefinition) -> None:
    with pytest.raises(UncuttableCharacters):
        checked_engraving(product, "시발 🐳")
    with pytest.raises(EngravingTooLong):
        checked_engraving(product, "시발" * 10)


def test_asking_keeps_the_text_its_fragment_and_where_the_answer_goes(
    product: ProductDefinition, now: datetime
) -> None:
    appeal = asked(product, "  Dick &  Jane ", now)

    appeal.refresh_from_db()
    assert (appeal.text, appeal.fragment, appeal.policy) == ("Dick & Jane", "Dick", "profanity")
    assert (appeal.email, appeal.language, appeal.page) == (MINA.email, "ko", MINA.page)
    assert (appeal.status, appeal.asked_at, appeal.product.slug) == (AppealStatus.OPEN, now, "on-dam")
    # Asking is not enough.
    assert refusal(product, "Dick & Jane").extra["declined"] is False


def test_asking_twice_is_asking_once_and_somebody_else_asks_for_herself(
    product: ProductDefinition, now: datetime
) -> None:
    first = asked(product, "Dick & Jane", now)

    with samples.nothing_written():
        again = asked(product, "DICK, Jane", now)
    theirs = asked(product, "Dick & Jane", now, NOBODY)

    assert again == first
    assert theirs != first


@pytest.mark.parametrize(
    ("text", "problem"),
    [("Mina", NothingToAsk), ("", NothingToAsk), ("시발 🐳", UncuttableCharacters), ("시발" * 2000, EngravingTooLong)],
)
def test_there_must_be_something_to_ask(
    product: ProductDefinition, now: datetime, text: str, problem: type[Exception]
) -> None:
    with samples.nothing_written(), pytest.raises(problem):
        asked(product, text, now)


def test_an_address_that_is_too_long_to_keep_is_left_out(product: ProductDefinition, now: datetime) -> None:
    assert asked(product, "Dick", now, Asker("", "en", "/" + "x" * 2000)).page == ""


def test_an_allowed_text_passes_in_every_spacing_and_case_for_its_product_and_nothing_else_does(
    product: ProductDefinition, other: ProductDefinition, now: datetime, reviewer: User
) -> None:
    appeal = asked(product, "Dick & Jane", now)

    assert allow_text(appeal_id=appeal.pk, actor=reviewer, now=now)

    for text in ("Dick & Jane", "DICK & JANE", "Dick, Jane", "Dick   Jane"):
        assert checked_engraving(product, text) == " ".join(text.split())
    for text in ("Dick", "Dick & Janet", "D!ck & Jane"):
        refusal(product, text)
    refusal(other, "Dick & Jane")
    appeal.refresh_from_db()
    assert (appeal.decided_by, appeal.decided_at) == (reviewer, now)
    with pytest.raises(NothingToAsk):
        asked(product, "Dick & Jane", now)


def test_one_decision_answers_everybody_who_asked_for_that_text(
    product: ProductDefinition, now: datetime, reviewer: User
) -> None:
    mine, theirs, nobodys = (
        asked(product, text, now, asker)
        for text, asker in (
            ("Dick & Jane", MINA),
            ("dick jane", Asker("jiu@example.com", "en")),
            ("Dick & Jane", NOBODY),
        )
    )
    another = asked(product, "Dick & Joe", now)

    allow_text(appeal_id=theirs.pk, actor=reviewer, now=now)

    statuses = dict(ScreeningAppeal.objects.values_list("pk", "status"))
    assert statuses == {mine.pk: "allowed", theirs.pk: "allowed", nobodys.pk: "allowed", another.pk: "open"}
    letters = list(OutboxMessage.objects.filter(topic=DECIDED_TOPIC).order_by("pk").values_list("payload", flat=True))
    assert letters == [{"appeal_id": each.pk, "status": "allowed"} for each in (mine, theirs)]


def test_a_declined_text_stays_refused_says_so_and_cannot_be_asked_for_again(
    product: ProductDefinition, now: datetime, reviewer: User
) -> None:
    appeal = asked(product, "Dick & Jane", now)

    assert decline_text(appeal_id=appeal.pk, actor=reviewer, now=now, reason=" 상표예요. ")

    problem = refusal(product, "dick & jane")
    assert problem.extra["declined"] is True
    assert problem.detail == (
        "“dick” is not cut: it reads as a swear word. The maker has looked at this text and declined it."
    )
    with samples.nothing_written(), pytest.raises(TextDeclined):
        asked(product, "Dick & Jane", now, NOBODY)
    appeal.refresh_from_db()
    assert appeal.reason == "상표예요."


def test_staff_may_change_their_minds_and_every_step_is_kept(
    product: ProductDefinition, now: datetime, reviewer: User
) -> None:
    appeal = asked(product, "Dick & Jane", now)

    decline_text(appeal_id=appeal.pk, actor=reviewer, now=now, reason="No.")
    assert allow_text(appeal_id=appeal.pk, actor=reviewer, now=now)
    with samples.nothing_written():
        assert not allow_text(appeal_id=appeal.pk, actor=reviewer, now=now)

    steps = list(appeal.events.order_by("pk").values_list("from_status", "to_status", "reason", "actor"))
    assert steps == [("open", "declined", "No.", reviewer.pk), ("declined", "allowed", "", reviewer.pk)]
    assert checked_engraving(product, "Dick & Jane") == "Dick & Jane"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        appeal.events.update(reason="forged")


def test_declining_needs_a_reason(product: ProductDefinition, now: datetime, reviewer: User) -> None:
    appeal = asked(product, "Dick", now)

    with samples.nothing_written(), pytest.raises(ReasonMissing):
        decline_text(appeal_id=appeal.pk, actor=reviewer, now=now, reason="  ")


def test_only_who_may_decide_decides(product: ProductDefinition, now: datetime, reviewer: User) -> None:
    appeal = asked(product, "Dick", now)
    stranger = User.objects.create_user("stranger@example.com", is_staff=True)
    former = samples.reviewer("former@dure.example")
    former.is_active = False
    former.save()

    with samples.nothing_written():
        for actor in (stranger, former):
            with pytest.raises(PermissionDenied):
                allow_text(appeal_id=appeal.pk, actor=actor, now=now)
            with pytest.raises(PermissionDenied):
                decline_text(appeal_id=appeal.pk, actor=actor, now=now, reason="No.")

    # The control.
    assert allow_text(appeal_id=appeal.pk, actor=reviewer, now=now)


def test_the_letter_is_in_the_language_of_who_asked(product: ProductDefinition, now: datetime, reviewer: User) -> None:
    english = asked(
        product, "Dick & Jane", now, Asker("jiu@example.com", "en", "/en/editions/first-firing/studio/?x=1")
    )
    decline_text(appeal_id=english.pk, actor=reviewer, now=now, reason="It is a name on our list.")
    message = OutboxMessage.objects.get(topic=DECIDED_TOPIC)

    outbox.deliver(message_id=message.pk)

    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["jiu@example.com"], "Your text is not cut")
    assert "You asked for the text “Dick & Jane”. A person has looked at it and declined it." in letter.body
    assert "It is a name on our list." in letter.body
    assert "/en/editions/first-firing/studio/?x=1" in letter.body


# --- The workshop -----------------------------------------------------------------------------------


def entered(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def decide(client: Client, appeal: ScreeningAppeal, **form: str) -> Any:
    return client.post(f"{ADMIN}{appeal.pk}/decide/", form, follow=True)


def test_staff_see_what_waits_and_decide_it(
    product: ProductDefinition, now: datetime, client: Client, reviewer: User
) -> None:
    waiting, done = asked(product, "Dick & Jane", now), asked(product, "for Nike", now)
    allow_text(appeal_id=done.pk, actor=reviewer, now=now)
    entered(client, reviewer)

    listed = client.get(ADMIN).content.decode()
    assert "Dick &amp; Jane" in listed
    assert "for Nike" not in listed
    assert "for Nike" in client.get(ADMIN, {"status": "all"}).content.decode()
    assert "Decline this text" in client.get(f"{ADMIN}{waiting.pk}/change/").content.decode()

    without = decide(client, waiting, decline="1", reason="")
    assert "Please give a reason; the customer will read it." in without.content.decode()
    waiting.refresh_from_db()
    assert waiting.status == AppealStatus.OPEN

    decide(client, waiting, decline="1", reason="A name on our list.")
    waiting.refresh_from_db()
    assert (waiting.status, waiting.reason, waiting.decided_by) == ("declined", "A name on our list.", reviewer)
    again = decide(client, waiting, decline="1", reason="Again.")
    assert "Nothing was done twice." in again.content.decode()


def test_several_texts_are_allowed_at_once(
    product: ProductDefinition, now: datetime, client: Client, reviewer: User
) -> None:
    both = [asked(product, text, now) for text in ("Dick & Jane", "for Nike")]
    entered(client, reviewer)

    chosen = {"action": "allow_texts", "_selected_action": [str(each.pk) for each in both]}
    page = client.post(ADMIN, chosen, follow=True).content.decode()

    assert "2 texts are allowed." in page
    assert set(ScreeningAppeal.objects.values_list("status", flat=True)) == {"allowed"}


def test_staff_who_may_only_look_cannot_decide(product: ProductDefinition, now: datetime, client: Client) -> None:
    appeal = asked(product, "Dick", now)
    onlooker = User.objects.create_user("onlooker@dure.example", is_staff=True)
    onlooker.user_permissions.add(Permission.objects.get(codename="view_screeningappeal"))
    entered(client, onlooker)

    assert "Decline this text" not in client.get(f"{ADMIN}{appeal.pk}/change/").content.decode()
    with samples.nothing_written():
        assert decide(client, appeal, allow="1").status_code == 403
        chosen = {"action": "allow_texts", "_selected_action": [str(appeal.pk)]}
        client.post(ADMIN, chosen)


def test_the_workshop_answers_404_to_no_text_no_decision_and_no_permission(
    product: ProductDefinition, now: datetime, client: Client, reviewer: User
) -> None:
    appeal = asked(product, "Dick", now)
    stranger = User.objects.create_user("other@dure.example", is_staff=True)
    entered(client, reviewer)

    with samples.nothing_written():
        for form in ({}, {"allow": "1", "decline": "1"}):
            assert decide(client, appeal, **form).status_code == 404
        assert client.post(f"{ADMIN}999999/decide/", {"allow": "1"}).status_code == 404
    entered(client, stranger)
    assert decide(client, appeal, allow="1").status_code == 404
    appeal.refresh_from_db()
    assert appeal.status == AppealStatus.OPEN
