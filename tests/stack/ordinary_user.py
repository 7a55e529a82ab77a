"""Start and stop the services as an ordinary user: `python -m tests.stack.ordinary_user FOLDER`.

Root becomes `nobody` for it, but only when everything is imported: nobody may not be able to enter this clone.
"""

import importlib.util
import os
import sys
from pathlib import Path

import psycopg
import redis

from dure.local import postgres, services, valkey
from dure.local.home import Home
from dure.local.process import service_account


def become_ordinary(home: Home) -> None:
    """Change the user, with a home of his and programs that he can run and find."""
    account = service_account()
    if not account:
        return
    home.make()
    postgres._programs(home)
    package = importlib.util.find_spec(postgres.PACKAGE)
    assert package
    sys.modules[package.name] = importlib.util.module_from_spec(package)
    program = valkey._program(home)
    setattr(valkey, "get_binary_path", lambda: program)  # noqa: B010 (mypy: valkey does not export it)
    for path in (home.path, *home.path.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def main(folder: str) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "DURE_HOME"):
        os.environ.pop(name, None)
    os.environ["HOME"] = folder
    home = Home(Path(folder))
    become_ordinary(home)
    print(os.geteuid())
    try:
        services.up(home)
        with psycopg.connect(home.database_url) as connection, redis.Redis.from_url(home.redis_url) as client:
            row = connection.execute("SELECT 1").fetchone()
            answers = row and client.ping() and row[0]
        print(f"{words(home)}, answers: {answers}")
    finally:
        services.down(home)
    print(words(home))


def words(home: Home) -> str:
    return ", ".join(f"{name}: {word}" for name, word in services.status(home).items())


if __name__ == "__main__":
    main(sys.argv[1])
