"""Files that want to do harm, built from code: what is sent by name, and for what reason it must be refused.

Nothing here was collected: each file does one thing that decoders have been attacked by.
"""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 90 60"'
RECT = '<rect width="90" height="60" fill="#c8442a"/>'
SECRET = b"GIF89a/*<script>alert(1)</script>PK\x03\x04%PDF-1.7"


def picture(size: tuple[int, int] = (90, 60), mode: str = "RGB") -> Image.Image:
    """A gradient, so that what comes out can be compared."""
    ramp = Image.linear_gradient("L").resize(size)
    return Image.merge("RGB", (ramp, ramp.transpose(Image.Transpose.FLIP_TOP_BOTTOM), ramp)).convert(mode)


def saved(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    file = io.BytesIO()
    (image or picture()).save(file, kind, **options)
    return file.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), name) + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 90, height: int = 60, *extra: bytes, data: bytes | None = None) -> bytes:
    """A PNG of chosen dimensions; `extra` chunks stand before the pixels."""
    rows = (b"\0" + b"\x80" * (3 * 90)) * 60
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(rows) if data is None else data)
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + pixels + chunk(b"IEND", b"")


def inflating(megabytes: int) -> bytes:
    """Zeros that are a thousand times as long once they are inflated."""
    deflate = zlib.compressobj(9)
    return b"".join(deflate.compress(bytes(1_000_000)) for _each in range(megabytes)) + deflate.flush()


def resized_jpeg(width: int, height: int, **options: Any) -> bytes:
    """A small JPEG whose frame header claims other dimensions."""
    content = bytearray(saved("JPEG", **options))
    at = next(at for marker in (b"\xff\xc0", b"\xff\xc2") if (at := content.find(marker)) > 0)
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def many_scans(count: int) -> bytes:
    """A progressive JPEG that goes over the picture again and again."""
    content = saved("JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * count + b"\xff\xd9"


def webp_canvas(width: int, height: int, flags: int = 0) -> bytes:
    """A WebP whose extended header claims other dimensions, or an animation."""
    canvas = struct.pack("<B3x", flags) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + canvas + saved("WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), name) + body


def heic(width: int, height: int, brand: bytes = b"heic", data: bytes = b"") -> bytes:
    """The boxes of a HEIC: a size is claimed, the pixels are rubbish."""
    size = box(b"ispe", bytes(4), struct.pack(">II", width, height))
    item = box(b"infe", b"\x02\0\0\0", struct.pack(">HH4s", 1, 0, b"hvc1"), b"\0")
    meta = box(
        b"meta",
        bytes(4),
        box(b"hdlr", bytes(8), b"pict", bytes(13)),
        box(b"pitm", bytes(4), b"\0\1"),
        box(b"iinf", bytes(4), b"\0\1", item),
        box(b"iprp", box(b"ipco", size), box(b"ipma", bytes(4), b"\0\0\0\1\0\1\1\x81")),
    )
    return box(b"ftyp", brand, bytes(4), b"mif1" if brand == b"heic" else brand, brand) + meta + box(b"mdat", data)


def svg(inside: str, attributes: str = "", before: str = "") -> bytes:
    return f"{before}{SVG} {attributes}>{inside}</svg>".encode()


def laughs() -> bytes:
    """Entities that name entities, ten times each, ten deep."""
    rows = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return svg("<desc>&l9;</desc>", before=f'<!DOCTYPE svg [<!ENTITY l0 "lol">{rows}]>')


def nested(depth: int) -> bytes:
    return svg("<g>" * depth + RECT + "</g>" * depth)


def doubling_uses(generations: int) -> bytes:
    rows = "".join(f'<g id="g{n}"><use href="#g{n - 1}"/><use href="#g{n - 1}"/></g>' for n in range(1, generations))
    return svg(f'<defs><g id="g0">{RECT}</g>{rows}</defs><use href="#g{generations - 1}"/>')


def wide_uses() -> bytes:
    """Two generations are enough when both are wide."""
    shapes = '<path d="M0 0h9v9z"/>' * 1500
    return svg(f'<defs><g id="a">{shapes}</g></defs>' + '<use href="#a"/>' * 1500)


def layers() -> bytes:
    """See-through groups, each of which is a picture of its own."""
    return svg(f'<g opacity="0.9">{RECT}</g>' * 1900)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("picture.png", bytes(20_000_000))
    return file.getvalue()


def animated(kind: str) -> bytes:
    return saved(kind, save_all=True, append_images=[picture(mode="L").convert("RGB"), picture()], duration=40)


def pdf_in_front() -> bytes:
    return b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n" + saved("JPEG")


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    # --- nothing, and no picture at all
    "empty": (lambda: b"", "picture_unknown_kind"),
    "text": (lambda: b"not a picture at all\n" * 10, "picture_unknown_kind"),
    "html": (lambda: b"<!doctype html><html><script>alert(1)</script></html>", "picture_unknown_kind"),
    "html with svg": (lambda: b"<html><body><svg><script>alert(1)</script></svg></body></html>", "svg_not_allowed"),
    "zip": (zipped, "picture_unknown_kind"),
    "gzip named svgz": (lambda: gzip.compress(svg(RECT)), "picture_unknown_kind"),
    "pdf": (lambda: saved("PDF"), "picture_unknown_kind"),
    "eps": (lambda: saved("EPS"), "picture_unknown_kind"),
    "psd": (lambda: b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 30_000, 30_000, 8, 3), "picture_unknown_kind"),
    "ico": (lambda: saved("ICO"), "picture_unknown_kind"),
    "bmp": (lambda: saved("BMP"), "picture_unknown_kind"),
    "tiff": (lambda: saved("TIFF"), "picture_unknown_kind"),
    "tiff bomb": (
        lambda: saved("TIFF", Image.new("L", (9000, 9000)), compression="tiff_deflate"),
        "picture_unknown_kind",
    ),
    "gif": (lambda: saved("GIF"), "picture_unknown_kind"),
    "gif that is also script": (lambda: b"GIF89a/*" + saved("GIF")[8:] + b"*/=1;alert(1)", "picture_unknown_kind"),
    "avif": (lambda: saved("AVIF"), "picture_unknown_kind"),
    "jpeg 2000": (lambda: saved("JPEG2000"), "picture_unknown_kind"),
    "pdf that ends as jpeg": (pdf_in_front, "picture_unknown_kind"),
    "elf named png": (lambda: b"\x7fELF\2\1\1" + bytes(500), "picture_unknown_kind"),
    "more bytes than allowed": (lambda: saved("PNG") + bytes(12_000_000), "picture_too_large"),
    # --- PNG
    "png 30000 x 30000": (lambda: png(30_000, 30_000), "picture_too_many_pixels"),
    "png 2 x 2147483647": (lambda: png(2, 2**31 - 1), "picture_too_many_pixels"),
    "png 0 x 0": (lambda: png(0, 0), "picture_damaged"),
    "png of one pixel": (lambda: png(1, 1), "picture_too_small"),
    "png bomb": (lambda: saved("PNG", Image.new("1", (8_000, 8_000))), "picture_too_many_pixels"),
    "png whose profile is a bomb": (
        lambda: png(90, 60, chunk(b"iCCP", b"x\0\0" + inflating(60))),
        "picture_damaged",
    ),
    "png claims more than it has": (lambda: png(5000, 5000), "picture_damaged"),
    "png truncated in its header": (lambda: png()[:20], "picture_damaged"),
    "png truncated in its pixels": (lambda: saved("PNG")[:-40], "picture_damaged"),
    "png without an end": (lambda: png()[:-12], "picture_damaged"),
    "png with a wrong checksum": (
        lambda: png().replace(b"IDAT", b"IDAT", 1)[:-20] + b"\0\0\0\0" + png()[-16:],
        "picture_damaged",
    ),
    "png whose pixels are rubbish": (lambda: png(data=b"\x78\x9c" + b"\xff" * 400), "picture_damaged"),
    "png with a length of 4 GB": (lambda: png()[:33] + b"\xff\xff\xff\xffIDAT" + png()[41:], "picture_damaged"),
    "png of 100,000 empty chunks": (lambda: png(90, 60, *[chunk(b"teXt", b"")] * 100_000), "picture_damaged"),
    "apng": (lambda: animated("PNG"), "picture_animated"),
    # --- JPEG
    "jpeg 65500 x 65500": (lambda: resized_jpeg(65_500, 65_500), "picture_too_many_pixels"),
    "jpeg of huge coefficients": (
        lambda: resized_jpeg(6200, 6200, progressive=True, subsampling=0),
        "picture_too_many_pixels",
    ),
    "jpeg of a thousand scans": (lambda: many_scans(1000), "picture_too_complex"),
    "jpeg truncated in its header": (lambda: saved("JPEG")[:100], "picture_damaged"),
    "jpeg truncated in its pixels": (lambda: saved("JPEG")[:-80], "picture_damaged"),
    "jpeg of markers only": (lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * 50_000 + b"\xff\xd9", "picture_damaged"),
    "jpeg without tables": (lambda: b"\xff\xd8\xff\xda\0\x0c" + bytes(200) + b"\xff\xd9", "picture_damaged"),
    # --- WebP
    "webp 16384 x 16384": (lambda: webp_canvas(2**14, 2**14), "picture_too_many_pixels"),
    "webp canvas and picture differ": (lambda: webp_canvas(800, 600), "picture_damaged"),
    "webp truncated": (lambda: saved("WEBP")[:-40], "picture_damaged"),
    "webp animated": (lambda: animated("WEBP"), "picture_animated"),
    "webp says it is animated": (lambda: webp_canvas(90, 60, flags=2), "picture_animated"),
    "webp bomb": (
        lambda: saved("WEBP", Image.new("RGB", (12_000, 12_000)), lossless=True, quality=0),
        "picture_too_many_pixels",
    ),
    # --- HEIC
    "heic 30000 x 30000": (lambda: heic(30_000, 30_000), "picture_too_many_pixels"),
    "heic of rubbish": (lambda: heic(4000, 3000, data=b"\xff" * 5000), "picture_damaged"),
    "heic without a picture": (lambda: box(b"ftyp", b"heic", bytes(4), b"mif1heic"), "picture_damaged"),
    "heic whose box is longer than it": (lambda: heic(90, 60)[:-4] + b"\0\0\xff\xff", "picture_damaged"),
    "heic of endless boxes": (lambda: heic(90, 60) + box(b"free") * 200_000, "picture_damaged"),
    "heic sequence": (lambda: heic(90, 60, brand=b"hevc"), "picture_animated"),
    # --- SVG
    "svg script": (lambda: svg(RECT + "<script>alert(1)</script>"), "svg_not_allowed"),
    "svg script in its description": (lambda: svg("<desc><script>alert(1)</script></desc>" + RECT), "svg_not_allowed"),
    "svg onload": (lambda: svg(RECT, 'onload="alert(1)"'), "svg_not_allowed"),
    "svg link": (lambda: svg(f'<a xlink:href="javascript:alert(1)">{RECT}</a>'), "svg_not_allowed"),
    "svg picture from elsewhere": (lambda: svg('<image href="http://127.0.0.1/x.png" width="9"/>'), "svg_not_allowed"),
    "svg file of the server": (lambda: svg('<image href="file:///etc/passwd" width="9"/>'), "svg_not_allowed"),
    "svg nested as data": (lambda: svg('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>'), "svg_not_allowed"),
    "svg use from elsewhere": (lambda: svg('<use xlink:href="http://127.0.0.1/a.svg#x"/>'), "svg_not_allowed"),
    "svg fill from elsewhere": (
        lambda: svg('<path d="M0 0h9v9z" fill="url(http://127.0.0.1/#x)"/>'),
        "svg_not_allowed",
    ),
    "svg import": (lambda: svg("<style>@import url(http://127.0.0.1/x.css);</style>" + RECT), "svg_not_allowed"),
    "svg style sheet": (lambda: svg(RECT, before='<?xml-stylesheet href="http://127.0.0.1/x"?>'), "svg_not_allowed"),
    "svg foreign object": (lambda: svg("<foreignObject><iframe/></foreignObject>"), "svg_not_allowed"),
    "svg animation": (lambda: svg('<set attributeName="href" to="javascript:alert(1)"/>'), "svg_not_allowed"),
    "svg billion laughs": (laughs, "svg_not_allowed"),
    "svg external entity": (
        lambda: svg("<desc>&x;</desc>", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "svg_not_allowed",
    ),
    "svg filter": (lambda: svg('<filter id="f"><feTurbulence numOctaves="99999"/></filter>'), "svg_not_allowed"),
    "svg text": (lambda: svg("<text>a</text>"), "svg_not_allowed"),
    "svg pattern": (lambda: svg('<pattern width="1e-9" height="1e-9"/>'), "svg_not_allowed"),
    "svg of a huge view": (lambda: svg(RECT).replace(b"0 0 90 60", b"0 0 1e30 1e30"), "picture_damaged"),
    "svg of an endless view": (lambda: svg(RECT).replace(b"0 0 90 60", b"0 0 nan inf"), "picture_damaged"),
    "svg as narrow as a hair": (lambda: svg(RECT).replace(b"0 0 90 60", b"0 0 900000 1"), "picture_too_small"),
    "svg of ten thousand groups": (lambda: nested(10_000), "picture_too_complex"),
    "svg of a hundred thousand shapes": (lambda: svg("<path/>" * 100_000), "picture_too_complex"),
    "svg use explosion": (lambda: doubling_uses(40), "svg_not_allowed"),
    "svg wide use explosion": (wide_uses, "picture_too_complex"),
    "svg use of itself": (lambda: svg('<g id="a"><use href="#a"/></g>'), "svg_not_allowed"),
    "svg of a thousand layers": (layers, "picture_too_complex"),
    "svg truncated": (lambda: svg(RECT)[:-9], "picture_damaged"),
    "svg in another coding": (lambda: svg(RECT).decode().encode("utf-16"), "picture_unknown_kind"),
    "svg of two megabytes": (lambda: svg(f'<path d="{"M0 0h9v9z " * 200_000}"/>'), "picture_too_large"),
}

# Files with something hidden in them that is not there any more in what is kept.
CLEANED: dict[str, Callable[[], bytes]] = {
    "png with a zip after it": lambda: png() + SECRET,
    "png whose text is a page": lambda: png(90, 60, chunk(b"tEXt", b"Comment\0" + SECRET)),
    "png whose text is a bomb": lambda: png(90, 60, chunk(b"zTXt", b"x\0\0" + inflating(80))),
    "png whose international text is a bomb": lambda: png(90, 60, chunk(b"iTXt", b"x\0\1\0\0\0" + inflating(80))),
    "png whose pixels go on": lambda: png(data=zlib.compress((b"\0" + b"\x80" * 270) * 60 + bytes(50_000_000))),
    "jpeg with a file after it": lambda: saved("JPEG") + SECRET,
    "jpeg whose comment is a script": lambda: saved("JPEG", comment=SECRET),
    "webp with a file after it": lambda: saved("WEBP") + SECRET,
    "webp with a page as metadata": lambda: saved("WEBP", xmp=SECRET),
    "svg whose description is text": lambda: svg(f"<desc>{'x' * 1000} SECRET</desc>{RECT}"),
}
