"""Lighthouse on the pages that a visitor meets first, as a phone on a slow network would load them.

A web server as production runs it, and for each page three loads by Lighthouse's mobile preset in a headless Chromium,
of which the median is told. `benchmarks/lighthouse/` names the version; `npm ci` fetches it at the first run. A machine
without a Korean typeface looks for one at every letter, as no reader's does: there nothing is measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.demo import open_edition
from benchmarks.harness import Figure, UnableToMeasure, benchmark, require
from benchmarks.web_server import web_server
from core.clock import now
from dure.management.commands.assets import install_packages, node_folder
from scripts.browser import installed

LIGHTHOUSE = Path(__file__).parent / "lighthouse"
LOADS = 3
SECONDS = 180
FLAGS = "--headless=new --no-sandbox --enable-unsafe-swiftshader --disable-quic --disable-dev-shm-usage"
SCORES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best_practices": "best-practices",
    "seo": "seo",
}
TIMES = {"lcp_ms": "largest-contentful-paint", "tbt_ms": "total-blocking-time"}


@benchmark("pages.home", database=True, path="/ko/")
@benchmark("pages.edition", database=True, path="/ko/editions/{edition}/")
@benchmark("pages.studio", database=True, path="/ko/editions/{edition}/studio/")
def page(path: str) -> Iterator[Figure]:
    """Scores of 100, times in milliseconds, the cumulative layout shift, and the scripts' kilobytes on the wire."""
    if not subprocess.run(["fc-list", ":lang=ko"], capture_output=True, check=False).stdout:
        raise UnableToMeasure("there is no Korean typeface: install one (Debian and Ubuntu: apt install fonts-nanum)")
    edition = open_edition(size=100, now=now())
    with web_server() as (address, client):
        warm_up(client, path.format(edition=edition.slug))
        reports = [report(address + path.format(edition=edition.slug)) for _ in range(LOADS)]
    for metric, category in SCORES.items():
        yield Figure(metric, middle(reports, "categories", category, "score") * 100, "of 100")
    for metric, audit in TIMES.items():
        yield Figure(metric, middle(reports, "audits", audit, "numericValue"), "ms")
    yield Figure("cls", middle(reports, "audits", "cumulative-layout-shift", "numericValue"), "")
    yield Figure("js_gz_kb", median(map(script_kilobytes, reports)), "kB")


def warm_up(client: HTTPConnection, path: str) -> None:
    """A process's first request compiles rules and opens plates; a shop that is open is past that."""
    client.request("GET", path)
    response = client.getresponse()
    response.read()
    require(response.status == 200, f"{path} was answered {response.status}")


def report(address: str) -> dict[str, Any]:
    """What Lighthouse found out about one load of a page."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "report.json"
        done = subprocess.run(
            [*lighthouse(), address, "--quiet", "--output=json", f"--output-path={told}", f"--chrome-flags={FLAGS}"],
            env={**os.environ, "CHROME_PATH": browser()},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode or not told.exists():
            raise UnableToMeasure(f"Lighthouse could not load {address}: {done.stderr.strip()[-500:]}")
        found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    require("runtimeError" not in found, f"Lighthouse could not load {address}: {found.get('runtimeError')}")
    return found


def middle(reports: Sequence[dict[str, Any]], *path: str) -> float:
    """The median of one number of the reports."""
    values = []
    for each in reports:
        value: Any = each
        for step in path:
            value = value[step]
        values.append(float(value))
    return median(values)


def script_kilobytes(found: dict[str, Any]) -> float:
    """What the page's scripts weigh as they are sent, in kB."""
    requests = found["audits"]["network-requests"]["details"]["items"]
    return float(sum(each["transferSize"] for each in requests if each["resourceType"] == "Script")) / 1000


def browser() -> str:
    found = installed()
    if found is None:
        raise UnableToMeasure("there is no Chromium: `make test` installs one")
    return found


@cache
def lighthouse() -> tuple[str, ...]:
    """The command that runs Lighthouse, fetched when it is not there yet."""
    install_packages(LIGHTHOUSE, LIGHTHOUSE / "npm.log")
    return str(node_folder() / "bin" / "node"), str(LIGHTHOUSE / "node_modules" / "lighthouse" / "cli" / "index.js")
