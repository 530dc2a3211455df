"""SVG from an operator's files: shapes and nothing else, read with the parser of messages.

A browser runs no script of an SVG inside <img>, but somebody may open its address. What can run,
load or link is therefore not in the list of what may be there.
"""

import re

from broker.errors import Refused
from broker.saml.xml import local_name, parse

_SVG = "http://www.w3.org/2000/svg"
_SHAPES = frozenset(
    (
        *("svg", "g", "path", "circle", "rect", "ellipse", "line", "polyline", "polygon", "title"),
        *("desc", "defs", "linearGradient", "radialGradient", "stop", "clipPath"),
    )
)
_ATTRIBUTES = frozenset(
    (
        *(
            "id",
            "width",
            "height",
            "viewBox",
            "preserveAspectRatio",
            "version",
            "role",
            "transform",
        ),
        *("fill", "fill-rule", "fill-opacity", "stroke", "stroke-width", "stroke-linecap"),
        *("stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "opacity", "points", "d"),
        *("cx", "cy", "r", "rx", "ry", "x", "y", "x1", "x2", "y1", "y2", "fx", "fy"),
        *("clip-path", "clip-rule", "offset", "stop-color", "stop-opacity"),
        *("gradientUnits", "gradientTransform"),
    )
)
_LINKS = re.compile(r"url\((?!#)|[a-z]+:|//", re.IGNORECASE)


def check_drawing(content: bytes) -> None:
    """Refuse an SVG that holds more than shapes.

    Raises Refused: `malformed.*` and `limit.*` of the parser, `malformed.drawing`.
    """
    root = parse(content)
    if root.tag != f"{{{_SVG}}}svg":
        raise Refused("malformed.drawing", "its outermost element is not svg")
    for element in root.iter():
        if element.tag != f"{{{_SVG}}}{local_name(element)}" or local_name(element) not in _SHAPES:
            raise Refused("malformed.drawing", f"an element {local_name(element)}")
        for name, value in element.attrib.items():
            known, said = str(name), str(value)
            if known not in _ATTRIBUTES:
                raise Refused("malformed.drawing", f"an attribute {known}")
            if _LINKS.search(said):
                raise Refused("malformed.drawing", f"{known} refers to something outside")
