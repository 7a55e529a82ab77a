"""Pixels out of a picture, in sRGB, upright, no larger than a panel can use, as a WebP of our own.

Runs only in the process that `child` limits: decoders meet whatever a stranger sent.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator

from PIL import Image, ImageCms

from configurator.artwork.limits import Kind, Limits, Refused, check_size

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow and its plugins raise for files that are not what they say.
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, RuntimeError, LookupError, TypeError, struct.error, zlib.error)
STRIP_ROWS = 64
LOSSY_QUALITY = 92
LOSSLESS_EFFORT = 20
SMALL_FILE = 250_000
LOSSLESS_WORTH = 1.5
"""Without loss a drawing is small; a photograph is many times what it is with a loss that nobody sees."""


def reencode(content: bytes, kind: Kind, limits: Limits) -> tuple[bytes, int, int]:
    """The picture as a WebP file without any metadata, its width and height; raises Refused."""
    Image.MAX_IMAGE_PIXELS = limits.jpeg_pixels
    if kind == "SVG":
        content, kind, photograph = _rasterised(content, limits), "PNG", False
    else:
        photograph = kind in ("JPEG", "HEIF")
    try:
        picture = _srgb(_upright(_decoded(content, kind, limits)))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("picture_too_many_pixels") from None
    except DAMAGE:
        raise Refused("picture_damaged", kind) from None
    picture = _without_metadata(picture)
    if min(picture.size) < 1:
        raise Refused("picture_too_small")
    return _encoded(picture, photograph=photograph), *picture.size


def _rasterised(content: bytes, limits: Limits) -> bytes:
    import resvg_py  # noqa: PLC0415 (drawings only: its start is not free)

    from configurator.artwork.svg import drawing  # noqa: PLC0415

    text = drawing(content, limits)
    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True))
    except ValueError:
        raise Refused("picture_damaged", "SVG") from None


def _decoded(content: bytes, kind: Kind, limits: Limits) -> tuple[Image.Image, int]:
    """The picture, shrunk while it is decoded where that can be, and its EXIF orientation."""
    if kind == "HEIF":
        # The decoder turns the picture itself, by HEIF's own transformations, which hold over EXIF's.
        return _decoded_heif(content, limits), 1
    with Image.open(io.BytesIO(content), formats=(kind,)) as picture:
        check_size(*picture.size, limits, limits.jpeg_pixels if kind == "JPEG" else 0)
        if getattr(picture, "is_animated", False) and kind != "JPEG":
            raise Refused("picture_animated")
        turn = picture.getexif().get(ORIENTATION, 1)
        if kind == "JPEG":
            picture.draft(None, (limits.kept_side, limits.kept_side))
        picture.load()
        reduced = _reduced(picture, limits)
        # Two whole pictures at once would be twice the memory.
        picture.close()
    return _shrunk(reduced, limits), turn if isinstance(turn, int) else 1


def _decoded_heif(content: bytes, limits: Limits) -> Image.Image:
    import pi_heif  # noqa: PLC0415

    pi_heif.options.THUMBNAILS = False
    found = pi_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True)
    check_size(found.size[0], found.size[1], limits)
    mode = found.mode
    if mode not in ("L", "RGB", "RGBA"):
        raise Refused("picture_damaged", "HEIF")
    # The decoder's own rows, without a second copy of the whole.
    rows, (width, _height), stride = found.data, found.size, found.stride
    strips = (
        Image.frombuffer(mode, (width, bottom - top), rows[top * stride : bottom * stride], "raw", mode, stride, 1)
        for top, bottom in _strips(found.size, limits)
    )
    reduced = _joined(strips, found.size, limits, found.info.get("icc_profile"))
    del strips, rows, found
    return _shrunk(reduced, limits)


def _shrunk(picture: Image.Image, limits: Limits) -> Image.Image:
    picture.thumbnail((limits.kept_side, limits.kept_side), Image.Resampling.LANCZOS)
    return picture


def _reduced(picture: Image.Image, limits: Limits) -> Image.Image:
    """In a mode that can be averaged, and less than twice as long as the kept side."""
    width = picture.width
    strips = (_averageable(picture.crop((0, top, width, bottom))) for top, bottom in _strips(picture.size, limits))
    return _joined(strips, picture.size, limits, picture.info.get("icc_profile"))


def _strips(size: tuple[int, int], limits: Limits) -> Iterator[tuple[int, int]]:
    """First and last row of pieces that are small, and whole numbers of the rows that become one."""
    step = STRIP_ROWS * _factor(size, limits)
    return ((top, min(top + step, size[1])) for top in range(0, size[1], step))


def _factor(size: tuple[int, int], limits: Limits) -> int:
    return max(1, max(size) // limits.kept_side)


def _joined(strips: Iterable[Image.Image], size: tuple[int, int], limits: Limits, profile: bytes | None) -> Image.Image:
    """The strips as one picture, averaged over whole numbers of pixels."""
    factor = _factor(size, limits)
    whole: Image.Image | None = None
    at = 0
    for strip in strips:
        part = strip.reduce(factor) if factor > 1 else strip
        if whole is None:
            whole = Image.new(part.mode, (part.width, -(-size[1] // factor)))
        whole.paste(part, (0, at))
        at += part.height
    if whole is None:
        raise Refused("picture_damaged")
    whole.info["icc_profile"] = profile
    return whole


def _averageable(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16"):
        high = 0 if picture.mode == "I;16B" else 1
        return Image.frombytes("L", picture.size, picture.tobytes()[high::2])
    if "transparency" in picture.info or picture.mode in ("PA", "LA", "La", "RGBa"):
        return picture.convert("RGBA")
    return picture if picture.mode in ("L", "RGB", "RGBA", "CMYK") else picture.convert("RGB")


def _upright(found: tuple[Image.Image, int]) -> Image.Image:
    picture, turn = found
    profile = picture.info.get("icc_profile")
    if turn in TURNS:
        picture = picture.transpose(TURNS[turn])
        picture.info["icc_profile"] = profile
    return picture


def _srgb(picture: Image.Image) -> Image.Image:
    """By the picture's own profile. Without one, or with one that is not for its mode, it is taken for sRGB."""
    profile = picture.info.get("icc_profile")
    if profile:
        try:
            return _converted(picture, profile)
        except (ImageCms.PyCMSError, OSError):
            pass
    return picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGB")


def _converted(picture: Image.Image, profile: bytes) -> Image.Image:
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    flat = picture.convert("RGB") if alpha else picture
    shown = ImageCms.profileToProfile(flat, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    if shown is None:
        raise Refused("picture_damaged", "ICC")
    if alpha:
        shown.putalpha(alpha)
    return shown


def _without_metadata(picture: Image.Image) -> Image.Image:
    """The pixels alone, without an alpha channel that hides nothing."""
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    picture.info = {}
    return picture


def _encoded(picture: Image.Image, *, photograph: bool) -> bytes:
    lossless = b"" if photograph else _webp(picture, lossless=True, quality=LOSSLESS_EFFORT, method=1)
    if 0 < len(lossless) <= SMALL_FILE:
        return lossless
    lossy = _webp(picture, quality=LOSSY_QUALITY, method=2)
    return lossless if 0 < len(lossless) <= LOSSLESS_WORTH * len(lossy) else lossy


def _webp(picture: Image.Image, **options: int | bool) -> bytes:
    file = io.BytesIO()
    picture.save(file, "WEBP", **options)
    return file.getvalue()
