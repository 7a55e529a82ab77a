"""`manage.py simulate PLANT WORKLOAD`: a plant at work without the shop, its key figures and its log."""

import csv
import json
import tomllib
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from pydantic import ValidationError

from factory_sim.kpis import PlantKpis, StationKpis
from factory_sim.plant import read_plant
from factory_sim.simulation import LogLine, Simulation, UnknownStation, simulate
from factory_sim.workload import read_workload

Read = TypeVar("Read")
CATALOGUE = Path(settings.BASE_DIR) / "catalogue"
COLUMNS: tuple[tuple[str, Callable[[StationKpis], float | None]], ...] = (
    ("availability", lambda station: station.availability),
    ("effectiveness", lambda station: station.effectiveness),
    ("quality", lambda station: station.quality_ratio),
    ("OEE", lambda station: station.oee),
    ("NEE", lambda station: station.nee),
    ("set-up", lambda station: station.setup_ratio),
    ("first pass", lambda station: station.first_pass_yield),
)


class Command(BaseCommand):
    help = "Runs a plant on a workload (names in the catalogue, or files) and prints its key figures after ISO 22400."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plant", help="a name in catalogue/plants, or a TOML or JSON file")
        parser.add_argument("workload", help="a name in catalogue/workloads, or a TOML or JSON file")
        parser.add_argument("--days", type=int, default=1, help="days by the calendar")
        parser.add_argument("--seed", type=int, help="another luck than the plant's")
        parser.add_argument("--log", type=Path, help="a file for the event log: .csv or .jsonl")

    def handle(
        self, *args: Any, plant: str, workload: str, days: int, seed: int | None, log: Path | None, **options: Any
    ) -> None:
        if days < 1:
            raise CommandError("There must be a day at least.")
        if log and log.suffix not in {".csv", ".jsonl"}:
            raise CommandError("The log is written to a file that ends in .csv or .jsonl.")
        definition = _read(plant, "plants", read_plant)
        work = _read(workload, "workloads", read_workload)
        if seed is not None:
            definition = definition.model_copy(update={"seed": seed})
        try:
            simulation = simulate(definition, work, days=days)
        except UnknownStation as error:
            raise CommandError(f"{error}.") from None
        if log:
            _write(simulation, log)
        self.stdout.write("\n".join(_lines(simulation.kpis)))


def _read(name: str, folder: str, parse: Callable[[dict[str, Any]], Read]) -> Read:
    """A definition of the catalogue by its name, or one in a file; raises CommandError saying what is wrong."""
    known = CATALOGUE / folder / f"{name}.toml"
    file = known if known.is_file() else Path(name)
    try:
        text = file.read_text(encoding="utf-8")
        return parse(json.loads(text) if file.suffix == ".json" else tomllib.loads(text))
    except OSError:
        raise CommandError(f"There is no {name!r} in catalogue/{folder}, and no such file.") from None
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise CommandError(f"{file.name} cannot be read: {error}") from None


def _lines(figures: PlantKpis) -> list[str]:
    """The key figures as a table: stations, then the plant."""
    width = max(map(len, figures.stations))
    heads = " ".join(f"{name:>13}" for name, _ in COLUMNS)
    rows = [
        f"{name:<{width}} {station.quantity:>6} " + " ".join(f"{_percent(of(station)):>13}" for _, of in COLUMNS)
        for name, station in figures.stations.items()
    ]
    lead, throughput = figures.mean_lead_minutes, figures.throughput
    return [
        f"{'station':<{width}} {'done':>6} {heads}",
        *rows,
        "",
        f"pieces made       {figures.completed}",
        f"throughput        {'–' if throughput is None else f'{throughput:.2f} an open hour'}",
        f"lead time         {'–' if lead is None else f'{lead:.0f} working minutes'}",
        f"first-pass yield  {_percent(figures.first_pass_yield)}",
        f"on time           {_percent(figures.on_time_ratio)} of {figures.due} that were due",
    ]


def _percent(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.1%}"


def _write(simulation: Simulation, file: Path) -> None:
    """The log, a line an event."""
    rows = [asdict(line) | {"at": line.at.isoformat()} for line in simulation.log]
    with file.open("w", encoding="utf-8", newline="") as out:
        if file.suffix == ".jsonl":
            out.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
        else:
            writer = csv.DictWriter(out, [each.name for each in fields(LogLine)])
            writer.writeheader()
            writer.writerows(rows)
