"""Bring the stylesheet, fonts and icons of Det Fælles Designsystem to broker/web/static/dkfds.

They come through npm at the version and hash of package-lock.json and are never copied into
the repository. The folders keep the layout of the package, so its stylesheet works unchanged.
Beside it lie the same fonts with Latin letters alone: a third of the bytes. The stylesheet's own
upright faces are left out, for browsers would fetch the complete fonts as well while the small
ones are on their way; broker.css has the small ones, and other letters are the system's.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "dkfds"
TARGET = ROOT / "broker" / "web" / "static" / "dkfds"

CSS = Path("css/dkfds.min.css")
SPRITE = Path("img/all-svg-icons.svg")
LICENCES = (Path("LICENSE.md"), Path("fonts/IBMPlexSans/complete/woff2/license.txt"))
FACE = re.compile(r"@font-face\{[^}]*\}")

LATIN = ROOT / "node_modules" / "@fontsource" / "ibm-plex-sans"
LATIN_FONTS = tuple(f"files/ibm-plex-sans-latin-{weight}-normal.woff2" for weight in (400, 600))


def main() -> None:
    """Fetch the package and copy what a page needs; the stylesheet last, for it is the mark."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing; install it, or let `make setup` bring it")
    subprocess.run([npm, "ci", "--loglevel=error"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - a fixed command
    dist = PACKAGE / "dist"
    shutil.rmtree(TARGET, ignore_errors=True)
    (TARGET / "latin").mkdir(parents=True)
    for name in (*LATIN_FONTS, "LICENSE"):
        shutil.copy(LATIN / name, TARGET / "latin")
    for path in (*needed(dist), SPRITE, *LICENCES):
        (TARGET / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(dist / path, TARGET / path)
    (TARGET / CSS).parent.mkdir(parents=True, exist_ok=True)
    (TARGET / CSS).write_text(style(dist), encoding="utf-8")


def style(dist: Path) -> str:
    """The design system's stylesheet without its upright faces."""
    text = (dist / CSS).read_text(encoding="utf-8")
    return FACE.sub(lambda face: face[0] if "font-style:italic" in face[0] else "", text)


def needed(dist: Path) -> list[Path]:
    """Every icon, and the fonts and images that the stylesheet refers to."""
    references = {
        (dist / CSS.parent / url).resolve().relative_to(dist.resolve())
        for url in re.findall(r"url\(([^)]+)\)", style(dist))
    }
    icons = {path.relative_to(dist) for path in (dist / "img" / "svg-icons").glob("*.svg")}
    return sorted(icons | {path for path in references if modern(path)})


def modern(path: Path) -> bool:
    """Whether a browser of this decade asks for the file."""
    return path.suffix not in {".eot", ".ttf", ".woff"}


if __name__ == "__main__":
    main()
