"""Customers' pictures: hostile files are refused for their reason, cheaply; honest ones keep their pixels alone."""

import io
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pillow_heif
import psutil
import pytest
from PIL import Image, ImageCms

from configurator.artwork import isolated
from configurator.artwork.inspect import inspect, kind_of
from configurator.artwork.isolated import Prepared, prepare
from configurator.artwork.limits import Limits, Refused
from configurator.artwork.svg import drawing
from tests.unit.configurator.hostile_pictures import CLEANED, HOSTILE, RECT, SECRET, picture, png, saved, svg

LIMITS = Limits()
MOST_MEMORY = 200_000_000
# Seconds of work of this thread and of the processes it waited for: a clock on the wall counts others' work too.
MOST_WORK = 1.0
ORIENTATION = 0x0112
GPS = 0x8825


def opened(kept: Prepared) -> Image.Image:
    return Image.open(io.BytesIO(kept.content), formats=("WEBP",)).convert("RGBA")


def work() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.thread_time() + children.ru_utime + children.ru_stime


@contextmanager
def memory_of_children() -> Iterator[list[int]]:
    """Looks at this process's children all the time; the first number is the most memory that one of them had."""
    most, over = [0], threading.Event()
    this = psutil.Process()
    ours = this.cmdline()

    def watch() -> None:
        while not over.wait(0.003):
            for child in this.children():
                try:
                    # Between fork and exec a child is still a copy of this process.
                    if child.cmdline() != ours:
                        most[0] = max(most[0], child.memory_info().rss)
                except psutil.Error:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield most
    over.set()
    watcher.join()


def test_the_corpus_is_as_large_as_was_asked_for() -> None:
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_for_its_reason_within_a_second_and_200_megabytes(name: str) -> None:
    build, reason = HOSTILE[name]
    content = build()
    before = work()

    with memory_of_children() as most, pytest.raises(Refused) as refusal:
        prepare(content, LIMITS)

    assert refusal.value.reason == reason
    assert work() - before < MOST_WORK
    assert max(most[0], refusal.value.peak) < MOST_MEMORY


@pytest.mark.parametrize("name", CLEANED)
def test_what_is_hidden_in_a_picture_is_not_in_what_is_kept(name: str) -> None:
    content = CLEANED[name]()
    before = work()

    kept = prepare(content, LIMITS)

    assert work() - before < MOST_WORK
    assert 0 < kept.peak < MOST_MEMORY
    for hidden in (SECRET, SECRET[-8:], b"<script", b"PK\x03\x04", b"SECRET", b"EXIF", b"XMP "):
        assert hidden not in kept.content
    # Nothing but the chunks of a bare picture, to the last byte.
    assert kept.content[:4] == b"RIFF"
    assert int.from_bytes(kept.content[4:8], "little") + 8 == len(kept.content)
    assert kept.content[12:16] in (b"VP8 ", b"VP8L")


def test_without_the_limits_a_bomb_takes_what_it_wants() -> None:
    """The control: the same picture, decoded by a process that nobody limits."""
    code = (
        "import io,sys;from PIL import Image;from configurator.artwork.child import peak_memory;"
        "Image.open(io.BytesIO(sys.stdin.buffer.read())).convert('RGB');print(peak_memory())"
    )
    bomb = HOSTILE["png bomb"][0]()

    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], input=bomb, capture_output=True, check=True)

    assert int(done.stdout) > MOST_MEMORY


def test_memory_that_is_not_there_is_a_refusal() -> None:
    photograph = saved("PNG", picture((3000, 2000)))

    assert prepare(photograph, LIMITS).width == 1600
    with pytest.raises(Refused) as refusal:
        prepare(photograph, replace(LIMITS, memory=20_000_000))

    assert refusal.value.reason == "picture_too_complex"


def test_a_process_that_takes_too_long_is_ended_and_gone() -> None:
    with pytest.raises(Refused) as refusal:
        prepare(png(), replace(LIMITS, wall_seconds=0.001))

    assert (refusal.value.reason, refusal.value.what) == ("picture_too_complex", "time")
    assert psutil.Process().children() == []


def test_a_decoder_that_crashes_takes_nobody_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "CHILD", "tests.unit.configurator.crashing_decoder")

    with pytest.raises(Refused) as refusal:
        prepare(png(), LIMITS)

    assert (refusal.value.reason, refusal.value.what) == ("picture_too_complex", str(-signal.SIGSEGV))


def test_the_process_knows_no_secret_and_writes_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("SECRET_KEY", "of the shop")
    monkeypatch.setattr(isolated, "CHILD", "tests.unit.configurator.curious_decoder")
    monkeypatch.setattr(json, "loads", lambda line: {"reason": "picture_damaged", "what": line.decode(), "peak": 0})

    with pytest.raises(Refused) as refusal:
        prepare(os.fsencode(tmp_path / "written"), LIMITS)

    assert refusal.value.what == "no secret; File too large"
    assert (tmp_path / "written").read_bytes() == b""


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "HEIF", "SVG"])
def test_an_honest_picture_of_each_kind_is_kept(kind: str) -> None:
    image = picture((640, 480))
    if kind == "SVG":
        content = svg(RECT)
    elif kind == "HEIF":
        content = heic(image)
    else:
        content = saved(kind, image)

    kept = prepare(content, LIMITS)

    assert kept.kind == kind_of(content) == kind
    assert (kept.width, kept.height) == ((1600, 1067) if kind == "SVG" else (640, 480))
    assert opened(kept).size == (kept.width, kept.height)
    if kind != "SVG":
        far = np.abs(np.asarray(opened(kept).convert("RGB"), int) - np.asarray(image, int))
        assert far.mean() < 3


def test_the_same_picture_gives_the_same_file() -> None:
    assert prepare(png(), LIMITS).content == prepare(png() + b"another tail", LIMITS).content


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright_and_says_nothing_of_where_it_was_taken(kind: str, turn: int) -> None:
    image = Image.new("RGB", (80, 60), "white")
    image.paste("red", (0, 0, 40, 30))
    stored = image.transpose(UNDONE[turn]) if turn in UNDONE else image
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    exif[GPS] = {1: "N", 2: (37.0, 33.0, 21.0)}

    kept = prepare(saved(kind, stored, exif=exif), LIMITS)

    assert (kept.width, kept.height) == (80, 60)
    corners = [opened(kept).getpixel(at)[1] < 128 for at in ((10, 10), (70, 10), (10, 50), (70, 50))]  # type: ignore[index]
    assert corners == [True, False, False, False]
    assert not Image.open(io.BytesIO(kept.content)).getexif()


UNDONE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def test_colours_are_converted_by_the_picture_s_own_profile() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    swapped = swapped_profile()
    red = Image.new("RGB", (64, 64), (255, 0, 0))

    plain = opened(prepare(saved("PNG", red), LIMITS)).getpixel((5, 5))
    converted = opened(prepare(saved("PNG", red, icc_profile=swapped), LIMITS)).getpixel((5, 5))
    useless = opened(prepare(saved("PNG", red, icc_profile=lab), LIMITS)).getpixel((5, 5))

    assert plain == (255, 0, 0, 255)
    # The profile says that the red channel is what everybody calls green.
    assert converted is not None
    assert converted[1] > 200  # type: ignore[index]
    assert converted[0] < 80  # type: ignore[index]
    assert useless == plain


@pytest.mark.parametrize(
    ("mode", "options", "expected"),
    [
        ("CMYK", {}, "JPEG"),
        ("L", {}, "JPEG"),
        ("L", {}, "PNG"),
        ("1", {}, "PNG"),
        ("P", {}, "PNG"),
        ("I;16", {}, "PNG"),
        ("LA", {}, "PNG"),
        ("RGBA", {}, "WEBP"),
    ],
)
def test_every_mode_becomes_srgb(mode: str, options: dict[str, Any], expected: str) -> None:
    image = Image.new("L", (64, 64), 255)
    image.paste(0, (0, 0, 64, 32))
    image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257) if mode == "I;16" else image.convert(mode)

    shown = opened(prepare(saved(expected, image, **options), LIMITS))

    dark, light = shown.getpixel((32, 5)), shown.getpixel((32, 60))
    assert max(dark[:3]) < 40  # type: ignore[index]
    assert min(light[:3]) > 215  # type: ignore[index]


def test_what_is_see_through_stays_so() -> None:
    image = Image.new("RGBA", (64, 64), (200, 30, 30, 255))
    image.paste((0, 0, 0, 0), (0, 0, 32, 64))
    palette = image.convert("P")
    palette.info["transparency"] = palette.getpixel((0, 0))

    for content in (saved("PNG", image), saved("WEBP", image, lossless=True), saved("PNG", palette)):
        shown = opened(prepare(content, LIMITS))
        assert shown.getpixel((5, 5))[3] == 0  # type: ignore[index]
        assert shown.getpixel((60, 5))[3] == 255  # type: ignore[index]


@pytest.mark.parametrize(
    ("size", "kept"), [((4800, 1200), (1600, 400)), ((1601, 900), (1600, 899)), ((33, 1700), (31, 1600))]
)
def test_a_large_picture_is_kept_as_large_as_a_panel_can_use(size: tuple[int, int], kept: tuple[int, int]) -> None:
    found = prepare(saved("PNG", picture(size)), LIMITS)

    assert (found.width, found.height) == kept


def test_a_photograph_from_a_telephone_is_accepted() -> None:
    """12 megapixels as JPEG and 24 as HEIC: within the memory that hostile files are given."""
    photograph = picture((4032, 3024))

    assert prepare(saved("JPEG", photograph, quality=88), LIMITS).width == 1600
    assert prepare(heic(picture((5712, 4284)), quality=30), LIMITS).width == 1600


def test_nothing_is_decoded_to_see_what_a_file_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "open", None)

    kind, wanted = inspect(png() + b"tail", LIMITS)

    assert (kind, wanted) == ("PNG", png())


def test_a_drawing_is_written_anew() -> None:
    inside = '<title>x</title><g id="a" style="fill:#000"><use href="#b"/></g><path id="b" d="M0 0h9"/>'

    written = drawing(svg(inside, 'data-x="1" aria-label="a &lt; b"'.replace("&lt; b", "b")), LIMITS)

    assert 'width="1600" height="1067"' in written
    assert "<title>" not in written
    assert '<use xlink:href="#b"></use>' in written


def test_drawings_of_the_usual_programs_are_accepted() -> None:
    inkscape = (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
        ' width="62mm" height="46mm" inkscape:version="1.3"><inkscape:namedview><inkscape:page/></inkscape:namedview>'
        "<metadata><x/></metadata><defs/><g><path d='M0 0h30v30z' fill='#123'/></g></svg>"
    )

    kept = prepare(inkscape.encode(), LIMITS)

    assert (kept.kind, kept.width, kept.height) == ("SVG", 1600, 1187)


def heic(image: Image.Image, quality: int = 70) -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(image).save(file, quality=quality, enc_params={"preset": "ultrafast"})
    return file.getvalue()


def swapped_profile() -> bytes:
    """sRGB's own profile with the names of its red and green primaries exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
