"""A way to a server that can go dead without a word: what is half open neither answers nor closes."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path

CHUNK = 65_536


class Way:
    """Carries TCP connections on loopback to a Unix socket, until it is cut."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._cut = threading.Event()
        self._lines: list[_Line] = []
        self._taking = threading.Thread(target=self._take, daemon=True)
        self._taking.start()

    def cut(self) -> int:
        """From now on nothing comes through, on new connections neither; how many there were."""
        self._cut.set()
        for line in self._lines:
            line.is_dead.set()
        return len(self._lines)

    def mend(self) -> None:
        """New connections are carried again. Those that were cut stay dead: nobody tells their ends."""
        self._cut.clear()

    def __enter__(self) -> Way:
        return self

    def __exit__(self, *_: object) -> None:
        # A closed door does not wake who waits at it.
        self._door.shutdown(socket.SHUT_RDWR)
        self._taking.join()
        self._door.close()
        for line in self._lines:
            line.close()

    def _take(self) -> None:
        with suppress(OSError):  # the door is shut
            while True:
                near, _ = self._door.accept()
                line = _Line(near)
                self._lines.append(line)
                if self._cut.is_set():
                    line.is_dead.set()
                else:
                    line.connect(self._target)


class _Line:
    """One connection and what carries it, both ways."""

    def __init__(self, near: socket.socket) -> None:
        self.near, self.far = near, socket.socket(socket.AF_UNIX)
        self.is_dead = threading.Event()

    def connect(self, target: Path) -> None:
        self.far.connect(str(target))
        for way in ((self.near, self.far), (self.far, self.near)):
            threading.Thread(target=self._carry, args=way, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(CHUNK):
                if self.is_dead.is_set():
                    return
                sink.sendall(content)
        if not self.is_dead.is_set():
            self.close()

    def close(self) -> None:
        for each in (self.near, self.far):
            each.close()
