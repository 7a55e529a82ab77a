"""Job orders to a plant outside: what they say, that they are signed, where they may go, and what comes of failures."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

import factory_sim.tasks  # noqa: F401 (the handler of the topic)
from core import outbox
from core.clock import now as read_clock
from core.models import OutboxMessage
from factory_sim import plant_post
from factory_sim.commands import command_job
from factory_sim.contracts import JOB_ORDER_TOPIC, Kind
from factory_sim.models import Command, Plant, PlantConnection, ProductionOrder
from factory_sim.outgoing import NoSecret
from factory_sim.plant_address import UnsafeAddress, check_form, target_of
from factory_sim.plant_post import PlantDidNotTake
from tests import samples
from tests.integration.factory_sim.fake_plant import OTHER_SECRET, SECRET, FakePlant, running_plant
from tests.integration.factory_sim.reporting import REF, ordered, reporting_plant, tell
from tests.integration.factory_sim.work import PLANT, at, kinds, reported_finished
from tests.journeys.test_station import OWN

pytestmark = pytest.mark.django_db

HERE = ["127.0.0.0/8"]


@pytest.fixture
def outside() -> Iterator[FakePlant]:
    with running_plant() as plant:
        yield plant


@pytest.fixture
def plant(db: None, outside: FakePlant, settings: Settings) -> Plant:
    """A plant that reports, and is told what to make."""
    settings.PLANT_SECRETS = {PLANT: SECRET}
    settings.PLANT_NETWORKS = HERE
    made = reporting_plant()
    PlantConnection.objects.create(plant=made, address=outside.address)
    return made


def message() -> OutboxMessage:
    return OutboxMessage.objects.filter(topic=JOB_ORDER_TOPIC).latest("pk")


def deliver() -> None:
    outbox.deliver(message_id=message().pk)


# --- What is sent ----------------------------------------------------------------------------------


def test_a_piece_is_made_by_a_plant_outside(
    transactional_db: None, plant: Plant, outside: FakePlant, live_server: LiveServer
) -> None:
    """From the order to the finished piece: HTTP both ways, each side checking the other's signature."""
    ordered(work=OWN)
    deliver()
    (order,) = outside.orders
    answers = outside.make(order, f"{live_server.url}/api/v1/plants/{PLANT}/reports", read_clock().timestamp())

    assert [answer["JobState"] for answer in answers] == ["Running"] * 5 + ["Ended"]
    assert [each["Event"] for each in answers[-1]["Events"]] == ["finished", "passed", "completed"]
    assert (kinds(REF)[-1], reported_finished(), outside.forged) == ("completed", [REF], 0)


def test_an_order_says_all_that_its_maker_must_know(plant: Plant, outside: FakePlant) -> None:
    ordered(work=OWN)
    deliver()
    (order,) = outside.orders
    form, _, look = order["SegmentRequirements"]

    assert {name: order[name] for name in ("ID", "Version", "JobState", "EndTime")} == {
        "ID": REF,
        "Version": 2,
        "JobState": "AllowedToStart",
        "EndTime": None,
    }
    assert order["Picture"].endswith("/pictures/a-token/front-800.jpeg")
    assert order["Picture"].startswith("http")
    assert order["JobOrderParameters"][1] == {
        "ID": "engraving",
        "Description": {"ko": "각인", "en": "Engraving"},
        "Value": {"ValueString": {"ko": "지우", "en": "<b>Jiu</b>"}, "DataType": "string"},
    }
    assert form == {
        "ID": "form",
        "Description": {"ko": "form 공정", "en": "the form"},
        "Instruction": {"ko": "빚으세요.", "en": "Form it."},
        "EquipmentRequirement": {"EquipmentClassID": "forming"},
        "Duration": "PT30M",
        "Needs": [],
        "MaterialRequirements": [
            {
                "MaterialDefinitionID": "clay",
                "Description": {"ko": "흙", "en": "Clay"},
                "Quantity": {"QuantityString": "9000", "UnitOfMeasure": "g"},
            }
        ],
        "Faults": [],
    }
    assert (look["Needs"], look["Faults"][0]["ReworkFrom"]) == (["press"], "form")


def test_a_command_sends_the_order_as_it_then_stands(plant: Plant, outside: FakePlant) -> None:
    (order,) = ordered()
    first = message()
    command_job(order_id=order.pk, command=Command.ABORT, actor=samples.superuser(), reason="so", now=at(1))
    deliver()
    outbox.deliver(message_id=first.pk)

    assert [(each["JobState"], each["Version"]) for each in outside.orders] == [("Aborted", 3)] * 2
    assert len(set(outside.ids)) == 2, "each message has an id of its own, and keeps it when it is sent again"


def test_a_pause_by_hand_is_sent_as_one_by_the_staff_is(plant: Plant, outside: FakePlant) -> None:
    ordered()
    tell(Kind.STARTED, "form")
    before = OutboxMessage.objects.filter(topic=JOB_ORDER_TOPIC).count()
    for kind in (Kind.PAUSED, Kind.RESUMED):
        tell(kind)
        deliver()

    assert [(each["JobState"], each["Version"]) for each in outside.orders] == [("Interrupted", 4), ("Running", 5)]
    tell(Kind.FINISHED, "form")
    assert OutboxMessage.objects.filter(topic=JOB_ORDER_TOPIC).count() == before + 2, "what the plant does it knows"


def test_a_piece_that_is_put_first_says_so(plant: Plant, outside: FakePlant) -> None:
    (order,) = ordered()
    deliver()
    boss = samples.superuser()
    for command in (Command.PUT_FIRST, Command.IN_TURN):
        command_job(order_id=order.pk, command=command, actor=boss, reason="", now=at(1))
        deliver()

    assert [each["Priority"] for each in outside.orders] == [None, 0, None]


def test_a_plant_that_is_connected_later_is_told_of_all_open_orders(
    plant: Plant, outside: FakePlant, client: Client
) -> None:
    PlantConnection.objects.all().delete()
    first, gone, last = ordered("001-A", "002-B", "003-C")
    boss = samples.superuser()
    command_job(order_id=gone.pk, command=Command.ABORT, actor=boss, reason="so", now=at(1))
    assert not OutboxMessage.objects.filter(topic=JOB_ORDER_TOPIC).exists()
    client.force_login(boss)
    form = {"plant": plant.pk, "address": outside.address}
    client.post("/admin/factory_sim/plantconnection/add/", form)
    for each in OutboxMessage.objects.filter(topic=JOB_ORDER_TOPIC).order_by("pk"):
        outbox.deliver(message_id=each.pk)

    assert [each["ID"] for each in outside.orders] == [first.external_ref, last.external_ref]
    page = f"/admin/factory_sim/plantconnection/{PlantConnection.objects.get().pk}/change/"
    client.post(page, form)
    assert OutboxMessage.objects.filter(topic=JOB_ORDER_TOPIC).count() == 2, "nothing has changed"
    client.post(page, {**form, "address": f"{outside.address}/elsewhere"})
    assert OutboxMessage.objects.filter(topic=JOB_ORDER_TOPIC).count() == 4


def test_nobody_is_told_where_nobody_is_connected_or_the_simulation_works(plant: Plant) -> None:
    PlantConnection.objects.all().delete()
    ordered()
    assert not OutboxMessage.objects.filter(topic=JOB_ORDER_TOPIC).exists()


def test_a_connection_that_was_taken_away_meanwhile_ends_it(plant: Plant, outside: FakePlant) -> None:
    ordered()
    PlantConnection.objects.all().delete()
    deliver()

    assert (outside.orders, message().processed_at is None) == ([], False)


# --- When it fails ---------------------------------------------------------------------------------


def test_a_plant_that_is_down_is_tried_again_and_then_parked_until_staff_say_so(
    plant: Plant, outside: FakePlant, client: Client
) -> None:
    outside.status = 500
    moment = read_clock()
    with time_machine.travel(moment, tick=False) as clock:
        ordered()
        for attempt in range(1, outbox.MOST_ATTEMPTS + 1):
            with pytest.raises(PlantDidNotTake, match="it answered 500"):
                deliver()
            wait = message().due_at - read_clock()
            assert wait == timedelta(seconds=2**attempt), "each wait is twice as long as the one before"
            clock.shift(wait + outbox.SWEEP_GRACE)
        outbox.sweep(now=read_clock())
        assert message().parked_at is not None
        client.force_login(samples.superuser())
        row = client.get("/admin/factory_sim/plantconnection/").content.decode()
        assert '<td class="field-parked">1</td>' in row
        outside.status = 200
        outbox.retry(message_ids=[message().pk], now=read_clock())
        deliver()

    assert [each["ID"] for each in outside.orders] == [REF]
    assert message().processed_at is not None


def test_a_plant_that_does_not_answer_at_all_is_a_failure(plant: Plant, outside: FakePlant) -> None:
    PlantConnection.objects.update(address="http://127.0.0.1:9/job-orders")
    ordered()
    with pytest.raises(OSError, match="refused"):
        deliver()

    assert message().attempts == 1
    assert "refused" in message().last_error


def test_an_answer_that_never_ends_is_cut_off(
    plant: Plant, outside: FakePlant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte that comes would give a socket's own time-out a new start: without the cut this never ends."""
    monkeypatch.setattr(plant_post, "SECONDS", 0.5)
    stop = threading.Event()

    def trickle(listener: socket.socket) -> None:
        taken, _ = listener.accept()
        with taken, suppress(OSError):
            while not stop.wait(0.05):
                taken.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=trickle, args=[listener])
        thread.start()
        PlantConnection.objects.update(address=f"http://127.0.0.1:{listener.getsockname()[1]}/")
        ordered()
        try:
            with pytest.raises(TimeoutError, match="no answer within"):
                deliver()
        finally:
            stop.set()
            thread.join()

    assert message().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_a_slow_plant_holds_up_one_worker_and_no_more(plant: Plant, outside: FakePlant) -> None:
    """While one message is sent to it, the next one waits for its turn, and no attempt is counted."""
    first, second = ordered("001-A", "002-B")
    waiting, other = OutboxMessage.objects.filter(topic=JOB_ORDER_TOPIC).order_by("pk")
    told: list[bool] = []

    def deliver_other() -> None:
        told.append(outbox.deliver(message_id=other.pk))
        connections.close_all()

    outside.on_take = lambda: in_thread(deliver_other) if not told else None
    assert outbox.deliver(message_id=waiting.pk)
    other.refresh_from_db()

    assert (told, other.attempts, other.processed_at) == ([False], 0, None)
    assert outbox.deliver(message_id=other.pk), "control: now it is its turn"
    assert [each["ID"] for each in outside.orders] == [first.external_ref, second.external_ref]


def in_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_nobody_is_followed_elsewhere(plant: Plant, outside: FakePlant) -> None:
    with running_plant() as elsewhere:
        outside.status, outside.moved_to = 307, elsewhere.address
        ordered()
        with pytest.raises(PlantDidNotTake, match="307"):
            deliver()
        assert (elsewhere.orders, elsewhere.forged) == ([], 0)


def test_without_a_secret_nothing_is_sent(plant: Plant, outside: FakePlant, settings: Settings) -> None:
    settings.PLANT_SECRETS = {}
    ordered()
    with pytest.raises(NoSecret):
        deliver()

    assert (outside.orders, outside.forged) == ([], 0)


def test_a_plant_refuses_what_another_has_signed(plant: Plant, outside: FakePlant, settings: Settings) -> None:
    settings.PLANT_SECRETS = {PLANT: OTHER_SECRET}
    ordered()
    with pytest.raises(PlantDidNotTake, match="401"):
        deliver()

    assert outside.forged == 1


def test_secrets_are_in_no_row_and_no_log(
    plant: Plant, outside: FakePlant, settings: Settings, log_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    outside.status = 500
    ordered()
    with pytest.raises(PlantDidNotTake):
        deliver()
    settings.PLANT_SECRETS = {PLANT: SECRET[:-1]}
    OutboxMessage.objects.update(due_at=at(0))
    with pytest.raises(Exception, match="a secret is whsec_"):
        deliver()
    kept = json.dumps([list(OutboxMessage.objects.values()), log_lines()], default=str)

    assert SECRET[10:-6] not in kept
    assert "v1," not in kept


# --- Where it may go -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *(
            "ftp://plant.example/",
            "plant.example",
            "https://",
            "https://user:word@plant.example/",
            "javascript:alert(1)",
        ),
        *("https://plant.example/#here", "https://plant.example:99999/", "https://plant.example/a b", "https://[::1/"),
        *("https://plänt.example/", "http://plant.example/\nHost: x", "file:///etc/passwd"),
    ],
)
def test_what_is_no_address_of_a_plant_is_refused(address: str, settings: Settings) -> None:
    settings.PLANT_NETWORKS = HERE
    with pytest.raises(UnsafeAddress):
        check_form(address)


def answering(monkeypatch: pytest.MonkeyPatch, *ips: str) -> list[str]:
    """Names lead to these addresses; the names that were looked up."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *args: Any, **options: Any) -> Any:
        asked.append(host)
        if not host[0].isdigit() and ":" not in host:
            return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, 1, 6, "", (ip, port)) for ip in ips]
        return real(host, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    "ip",
    [
        *(
            "127.0.0.1",
            "10.0.0.5",
            "172.16.3.4",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("::1", "fd00::1", "fe80::1", "::ffff:10.0.0.5", "64:ff9b::a00:5", "2002:a00:5::1", "255.255.255.255"),
    ],
)
def test_no_address_leads_into_the_shops_own_network(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, ip: str
) -> None:
    settings.PLANT_NETWORKS = []
    answering(monkeypatch, ip)
    with pytest.raises(UnsafeAddress, match="to which nothing is sent"):
        target_of("https://plant.example/job-orders")
    answering(monkeypatch, "93.184.215.14", ip)
    with pytest.raises(UnsafeAddress):
        target_of("https://plant.example/job-orders")


def test_control_a_public_address_and_one_that_the_settings_name_are_taken(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.PLANT_NETWORKS = ["10.20.0.0/16"]
    for ip in ("93.184.215.14", "10.20.3.4", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"):
        answering(monkeypatch, ip)
        target = target_of("https://plant.example/job-orders?line=2")
        assert (target.ip, target.host, target.port, target.path) == (ip, "plant.example", 443, "/job-orders?line=2")
    answering(monkeypatch, "10.21.3.4")
    with pytest.raises(UnsafeAddress):
        target_of("https://plant.example/job-orders")


def test_without_tls_messages_stay_on_this_machine(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.PLANT_NETWORKS = []
    with pytest.raises(UnsafeAddress, match="https"):
        check_form("http://127.0.0.1:8000/")
    settings.PLANT_NETWORKS = HERE
    answering(monkeypatch, "93.184.215.14")
    with pytest.raises(UnsafeAddress, match="https"):
        target_of("http://localhost/")
    with pytest.raises(UnsafeAddress, match="https"):
        check_form("http://plant.example/")
    assert target_of("http://127.0.0.1:8000/").tls is False, "control"


def test_a_name_is_looked_up_once(
    plant: Plant, outside: FakePlant, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """A name that leads elsewhere when it is asked again would lead past the check."""
    asked = answering(monkeypatch, "127.0.0.1")
    PlantConnection.objects.update(address=outside.address.replace("127.0.0.1", "localhost"))
    ordered()
    deliver()

    assert len(outside.orders) == 1
    assert asked == ["localhost", "127.0.0.1"]


def test_who_answers_must_prove_to_be_the_plant(
    plant: Plant, outside: FakePlant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server without a certificate is no plant; and the connection asks for the plant's name, not its address."""
    PlantConnection.objects.update(address=outside.address.replace("http:", "https:").replace("127.0.0.1", "localhost"))
    ordered()
    names: list[str] = []
    context = ssl.create_default_context()
    wrap = context.wrap_socket

    def wrapped(raw: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        names.append(server_hostname)
        return wrap(raw, server_hostname=server_hostname)

    monkeypatch.setattr(context, "wrap_socket", wrapped)
    monkeypatch.setattr(ssl, "create_default_context", lambda: context)
    answering(monkeypatch, "127.0.0.1")
    with pytest.raises(ssl.SSLError):
        deliver()

    assert (names, outside.orders) == (["localhost"], [])
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_staff_set_the_address_and_an_unsafe_one_is_said_beside_it(plant: Plant, client: Client) -> None:
    PlantConnection.objects.all().delete()
    page = "/admin/factory_sim/plantconnection/add/"
    client.force_login(samples.operator())
    assert client.get(page).status_code == 403
    client.force_login(samples.superuser())
    with samples.nothing_written():
        refused = client.post(page, {"plant": plant.pk, "address": "http://plant.example/"})
    taken = client.post(page, {"plant": plant.pk, "address": "https://plant.example/job-orders"})

    assert 'value="http://plant.example/"' in refused.content.decode()
    assert "Please use https" in refused.content.decode()
    assert taken.status_code == 302
    assert PlantConnection.objects.get().address == "https://plant.example/job-orders"


def test_the_order_is_sent_after_the_commit(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        ordered()
    assert len(callbacks) == 1
    assert ProductionOrder.objects.count() == 1
