"""Decoded plates, once per machine on disk and mapped into memory: the processes share them in the page cache.

They are kept in 32 bits. In 16 bits they would take half the room, but the processor multiplies no such numbers: to
widen the plates of one picture takes 2.5 ms, where the sum itself takes 0.4 ms.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from configurator.pictures.file_cache import kept_in, trim
from configurator.pictures.plates import Finish, Mirror, Panel, Seen, View, load_view
from configurator.pictures.single_flight import turn

Arrays = dict[str, NDArray[Any]]
LAYOUT_FILE = "layout.json"
PLAIN = ("size", "x", "y", "width", "height", "areas")
"""The fields of a view that JSON gives back as they were."""
VERSION = 2
"""Counted up whenever the files on disk are to look otherwise."""
WAIT_SECONDS = 30.0
OPEN_VIEWS = 24
"""Views that one process has open: three products of three views in two sizes, and some older versions."""


class PlateStore:
    """The views of all products. `folder` may be removed at any time; it grows to at most `cap` bytes and one view."""

    def __init__(self, folder: Path, cap: int, open_views: int = OPEN_VIEWS) -> None:
        self.folder = folder
        self.cap = cap
        self.open_views = open_views
        self._open: OrderedDict[tuple[Path, int], View] = OrderedDict()
        self._lock = threading.Lock()

    def view(self, folder: Path, size: int) -> View:
        """A view's plates, decoded when nobody has on this machine. Raises what `load_view` raises."""
        stamp = (folder / str(size) / "view.json").stat().st_mtime_ns
        key = (folder / str(size), stamp)
        with self._lock:
            if key in self._open:
                self._open.move_to_end(key)
                return self._open[key]
        view = self._mapped(folder, size)
        with self._lock:
            self._open[key] = view
            while len(self._open) > self.open_views:
                self._open.popitem(last=False)
        return view

    def _mapped(self, folder: Path, size: int) -> View:
        target = self.folder / f"{digest(folder / str(size))}-{VERSION}"
        if not (target / LAYOUT_FILE).exists():
            with turn(target.with_suffix(".lock"), WAIT_SECONDS):
                if not (target / LAYOUT_FILE).exists():
                    self._decode(folder, size, target)
        try:
            os.utime(target)
            return read(target)
        except FileNotFoundError:
            # Another process is making room, this very moment: for once it is decoded for this process alone.
            return load_view(folder, size)

    def _decode(self, folder: Path, size: int, target: Path) -> None:
        draft = Path(tempfile.mkdtemp(dir=self.folder, suffix=".draft"))
        try:
            write(load_view(folder, size), draft)
            draft.replace(target)
        except OSError:
            # Another process, tired of waiting, may have been faster. Everything else is a fault.
            if not (target / LAYOUT_FILE).exists():
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        trim([entry for entry in kept_in(self.folder, "*") if entry.path != target], self.cap)


def digest(folder: Path) -> str:
    """SHA-256 over the names and contents of a folder's files."""
    total = sha256()
    for file in sorted(folder.iterdir()):
        total.update(file.name.encode() + b"\0" + sha256(file.read_bytes()).digest())
    return total.hexdigest()


def write(view: View, folder: Path) -> None:
    """A view as files that can be mapped, one for each array."""
    layout, arrays = _apart(view)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    (folder / LAYOUT_FILE).write_text(json.dumps(layout), encoding="utf-8")


def read(folder: Path) -> View:
    """The view in a folder that `write` has filled: its arrays are read-only, and read from disk when they are used."""
    layout = json.loads((folder / LAYOUT_FILE).read_text(encoding="utf-8"))

    def array(name: str) -> NDArray[Any]:
        return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))

    def panel(n: int, row: Mapping[str, Any]) -> Panel:
        return Panel(**row, places=array(f"panel-{n}-places"), uv=array(f"panel-{n}-uv"), ink=array(f"panel-{n}-ink"))

    return View(
        **{name: layout[name] for name in PLAIN},
        parts=tuple(layout["parts"]),
        reflected=tuple(Seen(*row) for row in layout["reflected"]),
        light=array("light"),
        backdrop=array("backdrop"),
        mirrors=tuple(
            Mirror(row["part"], tuple(row["not_in"]), array(f"mirror-{n}-places"), array(f"mirror-{n}-light"))
            for n, row in enumerate(layout["mirrors"])
        ),
        finishes={
            (row["part"], row["finish"]): Finish(**row, light=array(f"finish-{n}-light"))
            for n, row in enumerate(layout["finishes"])
        },
        panels={row["name"]: panel(n, row) for n, row in enumerate(layout["panels"])},
    )


def _apart(view: View) -> tuple[Mapping[str, Any], Arrays]:
    """What JSON can say of a view, and its arrays by the names of their files."""
    finishes, panels = tuple(view.finishes.values()), tuple(view.panels.values())
    arrays: Arrays = {"light": view.light, "backdrop": view.backdrop}
    for n, mirror in enumerate(view.mirrors):
        arrays |= {f"mirror-{n}-places": mirror.places, f"mirror-{n}-light": mirror.light}
    for n, finish in enumerate(finishes):
        arrays[f"finish-{n}-light"] = finish.light
    for n, panel in enumerate(panels):
        arrays |= {f"panel-{n}-places": panel.places, f"panel-{n}-uv": panel.uv, f"panel-{n}-ink": panel.ink}
    layout = {name: getattr(view, name) for name in (*PLAIN, "parts", "reflected")} | {
        "mirrors": [{"part": mirror.part, "not_in": mirror.not_in} for mirror in view.mirrors],
        "finishes": [{"part": row.part, "finish": row.finish, "start": row.start} for row in finishes],
        "panels": [{"name": row.name, "part": row.part, "across": row.across, "down": row.down} for row in panels],
    }
    return layout, arrays
