"""Reports of a plant outside: nobody else's, none too old, none twice, and every refusal says why."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from factory_sim.api import LARGEST_BODY
from factory_sim.genealogy import measured
from factory_sim.models import Plant, WorkReport
from factory_sim.services import load_plant, run_clock
from tests import samples
from tests.api.calls import JSON, PROBLEM
from tests.conftest import MONDAY
from tests.integration.factory_sim.fake_plant import OTHER_SECRET, SECRET, headers_of, job_response
from tests.integration.factory_sim.reporting import REF, ROUND, ordered, reporting_plant
from tests.integration.factory_sim.work import PLANT, SPEED, at, kinds

pytestmark = pytest.mark.django_db

NOW = at(10).timestamp()
STARTED = job_response(REF, "Started", "form")
Sent = tuple[int, dict[str, Any]]


@pytest.fixture
def plant(db: None, settings: Settings) -> Plant:
    settings.PLANT_SECRETS = {PLANT: SECRET}
    made = reporting_plant()
    ordered()
    return made


def send(body: bytes = STARTED, *, plant: str = PLANT, language: str = "en", **signed: Any) -> Sent:
    """Send a message that is signed, but for what is said otherwise, at minute 10; status and body of the answer."""
    headers = headers_of(body, **{"message_id": "message 1", "timestamp": NOW, **signed})
    return send_with(headers, body, plant=plant, language=language)


def send_with(headers: dict[str, str], body: bytes = STARTED, *, plant: str = PLANT, language: str = "en") -> Sent:
    client = Client(enforce_csrf_checks=True)
    with time_machine.travel(at(10), tick=False):
        answer = client.post(
            f"/api/v1/plants/{plant}/reports", body, JSON, headers={**headers, "Accept-Language": language}
        )
    assert answer["Content-Type"] == (JSON if answer.status_code == 200 else PROBLEM)
    return answer.status_code, answer.json()


def test_a_signed_report_is_taken_and_answered_with_what_followed(plant: Plant) -> None:
    assert send() == (
        200,
        {
            "JobOrderID": REF,
            "JobState": "Running",
            "Events": [{"Number": 3, "Event": "started", "SegmentID": "form"}],
        },
    )
    assert WorkReport.objects.get().actor is None


def test_a_whole_piece(plant: Plant) -> None:
    states = {"started": "Started", "finished": "Finished", "passed": "Passed"}
    for number, (kind, operation) in enumerate(ROUND):
        status, body = send(job_response(REF, states[kind.value], operation), message_id=str(number))
        assert status == 200
    assert (body["JobState"], kinds(REF)[-1]) == ("Ended", "completed")


# --- Who says so -----------------------------------------------------------------------------------


@pytest.mark.parametrize("signed", [{"secret": OTHER_SECRET}, {"message_id": ""}, {"message_id": "m" * 101}])
def test_what_is_not_signed_by_the_plant_is_refused(plant: Plant, signed: dict[str, Any]) -> None:
    with samples.nothing_written():
        status, body = send(**signed)

    assert (status, body["code"]) == (401, "not_signed")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("webhook-id", "message 2"), ("webhook-timestamp", str(int(NOW) + 1)), ("webhook-timestamp", "soon")),
        *(("webhook-timestamp", "9" * 40), ("webhook-signature", ""), ("webhook-signature", "v1,é")),
    ],
)
def test_a_message_that_was_changed_is_refused(plant: Plant, name: str, value: str) -> None:
    good = headers_of(STARTED, message_id="message 1", timestamp=NOW)
    with samples.nothing_written():
        assert send_with({**good, name: value})[1]["code"] == "not_signed"
        assert send_with(good, STARTED.replace(b"form", b"look"))[1]["code"] == "not_signed"
        assert send_with({})[1]["code"] == "not_signed"
    assert send_with(good)[0] == 200, "control"


@pytest.mark.parametrize("seconds", [-301, 301, -86_400])
def test_a_message_out_of_time_is_refused(plant: Plant, seconds: int) -> None:
    with samples.nothing_written():
        status, body = send(timestamp=NOW + seconds)

    assert (status, body["code"]) == (401, "out_of_time")
    assert send(timestamp=NOW + (299 if seconds > 0 else -299))[0] == 200, "control"


def test_a_recorded_message_does_nothing_when_it_is_sent_again(plant: Plant) -> None:
    first = send()
    send(job_response(REF, "Finished", "form"), message_id="message 2")
    with samples.nothing_written():
        assert send() == first, "the same answer, though the piece has gone on"
        assert send(timestamp=NOW + 60) == first, "and so for a sender who got no answer"


def test_an_id_of_another_message_is_refused(plant: Plant) -> None:
    send()
    with samples.nothing_written():
        status, body = send(job_response(REF, "Finished", "form"))

    assert (status, body["code"]) == (409, "report_key_reused")


def test_a_secret_is_changed_without_a_gap(plant: Plant, settings: Settings) -> None:
    settings.PLANT_SECRETS = {PLANT: f"{OTHER_SECRET} {SECRET}"}
    assert send()[0] == 200
    assert send(job_response(REF, "Finished", "form"), message_id="2", secret=OTHER_SECRET)[0] == 200
    settings.PLANT_SECRETS = {PLANT: OTHER_SECRET}
    assert send(job_response(REF, "Started", "press"), message_id="3")[0] == 401


@pytest.mark.parametrize("name", ["nowhere", "euljiro"])
def test_a_plant_that_nobody_knows_is_answered_like_a_wrong_signature(plant: Plant, name: str) -> None:
    with samples.nothing_written():
        assert send(plant=name)[1]["code"] == "not_signed"


def test_a_simulated_plant_takes_no_reports(db: None, settings: Settings) -> None:
    settings.PLANT_SECRETS = {PLANT: SECRET, "nowhere": SECRET}
    load_plant(data=samples.toml("plants/mangwon.toml"), now=MONDAY)
    run_clock(plant_slug=PLANT, speed=SPEED, now=MONDAY)
    ordered()
    with samples.nothing_written():
        assert send()[1]["code"] == "plant_is_simulated"
        assert send(plant="nowhere")[0] == 404


# --- What it says ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (job_response(REF, "Finished", "form"), 409, "report_refused"),
        (job_response(REF, "Started", "press"), 409, "report_refused"),
        (job_response("002-FGHIJ", "Started", "form"), 404, "unknown_piece"),
        (job_response(REF, "Started", "melt"), 422, "unusable_report"),
        (job_response(REF, "Scrapped", "form"), 422, "unusable_report"),
        (job_response(REF, "Started", "form", Machine=3), 422, "unusable_report"),
        (job_response(REF, "Started", "form", Time="2026-11-23T10:00:00+09:00"), 422, "unusable_report"),
        (job_response(REF, "Melted", "form"), 400, "invalid"),
        (job_response(REF, "Started", "form", Machine=0), 400, "invalid"),
        (job_response(REF, "Started", "form", Time="noon"), 400, "invalid"),
        (job_response(REF, "Started", "form", Time="2026-11-23T09:05:00"), 400, "invalid"),
        (b"{}", 400, "invalid"),
        (b"[]", 400, "invalid"),
        (b'{"JobResponse": 7}', 400, "invalid"),
        (b"<JobResponse/>", 400, "parse_error"),
        (b"\xff", 400, "parse_error"),
        (b"", 400, "parse_error"),
        (b"[" * 30_000, 400, "parse_error"),
        (STARTED + b" " * LARGEST_BODY, 413, "too_large"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(plant: Plant, body: bytes, status: int, code: str) -> None:
    with samples.nothing_written():
        found, problem = send(body)

    assert (found, problem["code"], problem["status"]) == (status, code, status)
    assert problem["detail"]


def test_an_out_of_order_report_says_what_is_missing(plant: Plant) -> None:
    assert send(job_response(REF, "Started", "press"))[1] | {"type": ""} == {
        "type": "",
        "code": "report_refused",
        "status": 409,
        "detail": "Something that this operation needs is not done yet.",
        "reason": "not_yet",
    }


def test_the_time_that_is_given_is_the_one_in_the_log(plant: Plant) -> None:
    send(job_response(REF, "Started", "form", Machine=2, Time=at(7).isoformat()))
    written = WorkReport.objects.get()
    event = written.order.events.get(seq=3)

    assert (written.happened_at, written.received_at) == (at(7), at(10))
    assert event.minute == pytest.approx(event.order.released_at + 7)
    assert event.machine == 1


def test_readings_come_with_a_report(plant: Plant) -> None:
    send()
    data = [{"ID": "humidity", "Value": 41.5, "UnitOfMeasure": "%"}]
    assert send(job_response(REF, "Finished", "form", JobResponseData=data), message_id="2")[0] == 200
    (humidity,) = measured(external_ref=REF)

    assert (humidity.value, humidity.unit) == (41.5, "%")
    with samples.nothing_written():
        for wrong in ([{"ID": "x"}], [{"ID": "x", "Value": "hot"}], data * 21, 7):
            body = job_response(REF, "Started", "press", JobResponseData=wrong)
            assert send(body, message_id="3")[1]["code"] == "invalid"


def test_reports_are_limited(plant: Plant, allow: Callable[[str, str], None]) -> None:
    allow("plant", "2/min")
    assert [send(message_id=str(number))[0] for number in range(3)] == [200, 409, 429]


def test_there_is_nothing_to_read_here(plant: Plant, client: Client) -> None:
    assert client.get(f"/api/v1/plants/{PLANT}/reports").status_code == 405


# --- The documentation -----------------------------------------------------------------------------


def test_the_example_of_the_documentation_reports_a_piece(
    transactional_db: None, plant: Plant, live_server: LiveServer
) -> None:
    text = (django_settings.BASE_DIR / "docs" / "plant-interface.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    address = f"{live_server.url}/api/v1/plants/{PLANT}/reports"
    command = [sys.executable, "-c", script, address, SECRET, REF, "Started", "form"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Events"] == [{"Number": 3, "Event": "started", "SegmentID": "form"}]
    assert kinds(REF)[-1] == "started"
