"""SVG as a flat drawing: shapes, gradients, clips. Everything else is refused by name, and the rest is written anew.

The rasteriser never sees the file that came, only what `drawing` writes from the elements that are allowed. There is
no text (a missing typeface would be replaced), no picture inside, no filter, no style sheet from elsewhere, no script.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from configurator.artwork.limits import Limits, Refused

NAMESPACE = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
SEPARATOR = "|"
SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use"}
ALLOWED = {"svg", "g", "defs", "symbol", "linearGradient", "radialGradient", "stop", "clipPath"} | SHAPES
# What drawing programs write beside the drawing; it draws nothing, and is left out with all that is in it.
LEFT_OUT = {"title", "desc", "metadata"}
EDITORS = ("inkscape", "sodipodi", "adobe.com", "sketch", "figma", "serif.com", "vectornator", "w3.org/1999/02/22-rdf")
MOST_ELEMENTS = 4000
MOST_DRAWN = 20_000
DEEPEST = 32
LARGEST_NUMBER = 1e6
_reference = re.compile(r"url\(\s*['\"]?\s*([^)'\"]*)", re.IGNORECASE)
_forbidden = re.compile(r"@|javascript:|expression\s*\(|\\|<", re.IGNORECASE)
_number = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?:px|pt|mm|cm|in|pc|em|ex|%)?\s*")
_start = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*|<!DOCTYPE[^>\[]*(?:\[|>)\s*)*<", re.DOTALL)


@dataclass
class Element:
    """An allowed element with its attributes, and what it holds."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child.walk()


def looks_like_svg(content: bytes) -> bool:
    """Whether a file is XML that speaks of SVG early on."""
    head = content.removeprefix(b"\xef\xbb\xbf")[:4096]
    return _start.match(head) is not None and b"<svg" in head


def drawing(content: bytes, limits: Limits) -> str:
    """The drawing, written anew, `limits.kept_side` pixels on its longer side; raises Refused."""
    root = _Reader().read(content)
    _check_uses(root)
    left, top, width, height = _view_box(root)
    scale = limits.kept_side / max(width, height)
    size = {"width": str(max(1, round(width * scale))), "height": str(max(1, round(height * scale)))}
    if min(map(int, size.values())) < limits.smallest_side:
        raise Refused("picture_too_small", f"{width:g} × {height:g}")
    box = {"viewBox": f"{left:g} {top:g} {width:g} {height:g}", "xmlns": NAMESPACE, "xmlns:xlink": XLINK}
    root.attributes = {
        name: value for name, value in root.attributes.items() if name not in ("x", "y", *size, *box)
    } | (size | box)
    return "".join(_written(root))


class _Reader:
    """Builds the tree of allowed elements while expat reads."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.left_out = 0
        self.count = 0

    def read(self, content: bytes) -> Element:
        parser = expat.ParserCreate("UTF-8", SEPARATOR)
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartDoctypeDeclHandler = self.doctype
        parser.ProcessingInstructionHandler = self.instruction
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, ValueError):
            raise Refused("picture_damaged", "SVG") from None
        if self.root is None:
            raise Refused("svg_not_allowed", "svg")
        return self.root

    def doctype(self, name: str, system: str | None, public: str | None, has_subset: int) -> None:
        if has_subset:
            raise Refused("svg_not_allowed", "DOCTYPE")

    def instruction(self, target: str, data: str) -> None:
        if target == "xml-stylesheet":
            raise Refused("svg_not_allowed", target)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        namespace, _separator, name = tag.rpartition(SEPARATOR)
        self.count += 1
        if self.count > MOST_ELEMENTS or len(self.open) + self.left_out >= DEEPEST:
            raise Refused("picture_too_complex", "SVG")
        ignored = name in LEFT_OUT or any(editor in namespace for editor in EDITORS)
        if self.left_out or (ignored and self.open):
            # Even where it draws nothing, a script says what kind of file this is.
            if name.lower() in ("script", "foreignobject", "iframe"):
                raise Refused("svg_not_allowed", name[:40])
            self.left_out += 1
            return
        if namespace != NAMESPACE or name not in ALLOWED or (name == "svg") != (not self.open):
            raise Refused("svg_not_allowed", name[:40])
        element = Element(name, _allowed_attributes(name, attributes))
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, tag: str) -> None:
        if self.left_out:
            self.left_out -= 1
        else:
            self.open.pop()


def _allowed_attributes(element: str, attributes: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    for tag, value in attributes.items():
        namespace, _separator, name = tag.rpartition(SEPARATOR)
        if name.lower().startswith("on"):
            raise Refused("svg_not_allowed", name[:40])
        if namespace and namespace != XLINK:
            continue
        outside = [target for target in _reference.findall(value) if not target.startswith("#")]
        if outside or _forbidden.search(value) or (name == "href" and not value.startswith("#")):
            raise Refused("svg_not_allowed", f"{element} {name}"[:80])
        if name in ("filter", "mask") or re.search(r"(^|[;\s])(filter|mask)\s*:", value):
            raise Refused("svg_not_allowed", "filter")
        if not namespace or name == "href":
            kept["xlink:href" if name == "href" else name] = value
    return kept


def _check_uses(root: Element) -> None:
    """Raise Refused for elements that are drawn again and again: `use` may not lead to another `use`."""
    known = {element.attributes["id"]: element for element in root.walk() if "id" in element.attributes}
    drawn = 0
    for element in root.walk():
        drawn += 1
        if element.name == "use":
            used = list(known[name].walk()) if (name := element.attributes.get("xlink:href", "")[1:]) in known else []
            if any(each.name == "use" for each in used):
                raise Refused("svg_not_allowed", "use")
            drawn += len(used)
        if drawn > MOST_DRAWN:
            raise Refused("picture_too_complex", "SVG")


def _view_box(root: Element) -> tuple[float, float, float, float]:
    box = [_length(each) for each in re.split(r"[\s,]+", root.attributes.get("viewBox", "").strip()) if each]
    if not box:
        box = [0.0, 0.0, _length(root.attributes.get("width", "")), _length(root.attributes.get("height", ""))]
    if len(box) != 4 or not all(abs(each) <= LARGEST_NUMBER for each in box) or min(box[2:]) <= 0:
        raise Refused("picture_damaged", "viewBox")
    return box[0], box[1], box[2], box[3]


def _length(text: str) -> float:
    found = _number.fullmatch(text)
    return float(found[1]) if found else math.nan


def _written(element: Element) -> Iterator[str]:
    yield f"<{element.name}"
    for name, value in element.attributes.items():
        yield f" {name}={quoteattr(value)}"
    yield ">"
    for child in element.children:
        yield from _written(child)
    yield f"</{element.name}>"
