"""`/metrics`: for whoever has the token, and the sum of what all processes have counted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from dure import metrics_page

TOKEN = {"Authorization": "Bearer a-long-token"}
COUNT = """
import sys
from core.metrics import DONE, OPEN_STREAMS, REFUSED
DONE.labels("hold").inc(int(sys.argv[1]))
REFUSED.labels("hold", "sold_out").inc()
OPEN_STREAMS.labels("standing").inc(3)
"""
REPORT = "from dure.metrics_page import counted; print(counted().decode())"


@pytest.fixture
def without_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics_page, "_open_standings", dict)


def test_without_a_token_in_the_settings_there_is_no_such_page(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("said", ["", "Bearer ", "Bearer wrong", "Basic a-long-token", "Bearer a-long-token ü"])
def test_without_the_token_nothing_is_told(client: Client, settings: Settings, said: str) -> None:
    settings.METRICS_TOKEN = "a-long-token"

    response = client.get("/metrics", headers={"Authorization": said})

    assert (response.status_code, response.content) == (401, b"")


@pytest.mark.usefixtures("without_tables")
def test_prometheus_asks_by_address(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "a-long-token"

    response = client.get("/metrics", headers={"host": "10.0.0.7:8000", **TOKEN})

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert b"dure_database_answers 1.0" in response.content


def test_what_two_processes_counted_is_added_up_and_a_dead_one_has_no_streams(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "dure.settings"}

    def python(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        setup = "import django; django.setup()\n"
        command = [sys.executable, "-c", setup + script, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    python(COUNT, "2")
    python(COUNT, "5")
    said = python(REPORT).stdout.splitlines()
    assert 'dure_done_total{what="hold"} 7.0' in said
    assert 'dure_refused_total{code="sold_out",what="hold"} 2.0' in said
    assert 'dure_open_streams{kind="standing"} 6.0' in said

    dead = next(tmp_path.glob("gauge_livesum_*.db")).stem.rpartition("_")[2]
    bury = f"from prometheus_client.multiprocess import mark_process_dead; mark_process_dead({dead})"
    said = python(f"{bury}\n{REPORT}").stdout.splitlines()
    assert 'dure_open_streams{kind="standing"} 3.0' in said
    assert 'dure_done_total{what="hold"} 7.0' in said
