"""A web process must not pay for the compiler: half a second and 60 MB."""

import subprocess
import sys

WEB = (
    "import django, sys; django.setup(); from django.urls import get_resolver; get_resolver('dure.urls').url_patterns;"
)
ASKED = "print('numba' in sys.modules)"


def numba_is_loaded(code: str) -> bool:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return {"True\n": True, "False\n": False}[done.stdout]


def test_the_addresses_of_the_web_load_no_numba() -> None:
    assert not numba_is_loaded(WEB + ASKED)


def test_the_planner_would() -> None:
    assert numba_is_loaded("import sys; import factory_sim.planning;" + ASKED)
