"""The embedded servers when things go wrong: stale pid files, kill -9, two starts at once, an unprivileged user."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql

from dure.local import postgres, services, valkey
from dure.local.home import Home
from dure.local.process import UnableToRun, command_line, read_pid
from tests.stack.running import ROOT, services_without_addresses, wait_for

pytestmark = pytest.mark.stack


@pytest.fixture
def home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory(prefix="dure-") as folder, services_without_addresses():
        made = Home(Path(folder))
        yield made
        services.down(made)


def answer(home: Home) -> object:
    with psycopg.connect(home.database_url) as connection:
        row = connection.execute("SELECT 1").fetchone()
        return row and row[0]


def broker(home: Home) -> redis.Redis:
    return redis.Redis.from_url(home.redis_url)


def test_a_second_start_finds_them_running(home: Home) -> None:
    assert services.up(home) == services.Started(postgres=True, valkey=True)
    assert services.up(home) == services.Started(postgres=False, valkey=False)
    assert services.status(home) == {"postgres": "running", "valkey": "running"}

    services.down(home)

    assert services.status(home) == {"postgres": "stopped", "valkey": "stopped"}


def test_starts_at_the_same_time_do_not_disturb_each_other(home: Home) -> None:
    started: list[services.Started] = []
    threads = [threading.Thread(target=lambda: started.append(services.up(home))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(each.postgres for each in started) == sum(each.valkey for each in started) == 1
    assert answer(home) == 1


def is_gone(pid: int) -> bool:
    return not command_line(pid)


def test_what_was_written_survives_kill_9(home: Home) -> None:
    services.up(home)
    with psycopg.connect(home.database_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with broker(home) as client:
        client.set("kept", "7")
    for file in (home.postgres / "data" / "postmaster.pid", home.valkey / "valkey.pid"):
        pid = read_pid(file)
        assert pid
        os.kill(pid, signal.SIGKILL)
        wait_for(partial(is_gone, pid), "the end of a killed server")

    assert services.up(home) == services.Started(postgres=True, valkey=True)

    with psycopg.connect(home.database_url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    with broker(home) as client:
        assert client.get("kept") == b"7"


def test_a_pid_file_that_names_another_living_program_is_stale(home: Home) -> None:
    services.up(home)
    services.down(home)
    pid_file = home.postgres / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{home.postgres / 'data'}\n", encoding="utf-8")
    (home.valkey / "valkey.pid").write_text(f"{os.getpid()}\n", encoding="utf-8")

    assert services.status(home) == {"postgres": "stopped", "valkey": "stopped"}
    assert services.up(home) == services.Started(postgres=True, valkey=True)
    assert answer(home) == 1


def test_data_of_another_postgresql_are_refused_in_one_sentence(home: Home) -> None:
    services.up(home)
    services.down(home)
    (home.postgres / "data" / "PG_VERSION").write_text("16\n", encoding="utf-8")

    with pytest.raises(UnableToRun, match=r"written by PostgreSQL 16 and this is 18: `make clean-data` starts afresh"):
        postgres.start(home)


def test_nothing_listens_on_the_network_and_nobody_else_may_enter(home: Home) -> None:
    services.up(home)

    with psycopg.connect(home.database_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    with broker(home) as client:
        assert client.config_get("port") == {b"port": b"0"} or client.config_get("port") == {"port": "0"}
    for folder in (home.postgres, home.valkey, home.run):
        assert folder.stat().st_mode & 0o077 == 0
    assert postgres.is_running(home)
    assert valkey.is_running(home)


def test_two_homes_run_side_by_side(home: Home) -> None:
    with tempfile.TemporaryDirectory(prefix="dure-") as folder:
        other = Home(Path(folder))
        try:
            for each in (home, other):
                assert services.up(each) == services.Started(postgres=True, valkey=True)
            for each in (home, other):
                with psycopg.connect(each.database_url) as connection:
                    connection.execute(sql.SQL("CREATE TABLE mine AS SELECT {} AS path").format(str(each.path)))
                with broker(each) as client:
                    client.set("mine", str(each.path))

            for each in (home, other):
                with psycopg.connect(each.database_url) as connection:
                    assert connection.execute("SELECT path FROM mine").fetchone() == (str(each.path),)
                with broker(each) as client:
                    assert client.get("mine") == str(each.path).encode()
            services.erase(other)

            assert services.status(home) == {"postgres": "running", "valkey": "running"}
            assert answer(home) == 1
        finally:
            services.down(other)


def test_an_ordinary_user_starts_and_stops_them() -> None:
    with tempfile.TemporaryDirectory(prefix="dure-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "tests.stack.ordinary_user", folder],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.stderr == ""
        user, *said = done.stdout.splitlines()
        assert user != "0"
        assert said == ["postgres: running, valkey: running, answers: 1", "postgres: stopped, valkey: stopped"]


def test_a_command_on_throw_away_services_leaves_nothing_and_keeps_its_exit_code() -> None:
    script = "import os, sys; print(os.environ['DURE_HOME']); sys.exit(7)"
    outer = ("DATABASE_URL", "REDIS_URL", "DURE_HOME")
    done = subprocess.run(
        [sys.executable, "manage.py", "services", "exec", sys.executable, "-c", script],
        cwd=ROOT,
        env={**{name: value for name, value in os.environ.items() if name not in outer}, "DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 7
    assert not Path(done.stdout.strip()).exists()
