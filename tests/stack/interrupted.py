"""Tests that are interrupted on purpose by test_endings.py; pytest runs this file only when it is named."""

import os
import time
from pathlib import Path

import pytest

from tests.stack.running import stack

pytestmark = pytest.mark.stack


def test_that_has_services_and_waits_to_be_interrupted() -> None:
    with stack() as running:
        Path(os.environ["TELL"]).write_text(str(running.home.path), encoding="utf-8")
        time.sleep(300)
