"""The web process stays without numba: it costs 60 MB and a second, and compiles when it is first called."""

import os
import subprocess
import sys

ADDRESSES = """
import sys, django
django.setup()
from django.urls import get_resolver
assert get_resolver("dure.urls").url_patterns
import factory_sim.engine
{more}
sys.exit("numba" in sys.modules)
"""


def loads_numba(more: str = "") -> bool:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "dure.settings"}
    done = subprocess.run([sys.executable, "-c", ADDRESSES.format(more=more)], env=environment, check=False)
    assert done.returncode in (0, 1)
    return done.returncode == 1


def test_the_web_process_never_loads_numba() -> None:
    assert not loads_numba()


def test_control_the_kernel_would_load_it() -> None:
    assert loads_numba("import factory_sim.engine.kernel")
