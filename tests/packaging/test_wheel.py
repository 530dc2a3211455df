"""A wheel built from the tree holds what it should, and runs the demo where there is no tree."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.house import repository

STATIC = Path("broker/web/static/dkfds")
CSS = STATIC / "css" / "dkfds.min.css"

PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")

# Where each tracked folder lies inside the wheel.
FOLDERS = {
    "broker": "broker",
    "templates": "broker/_data/templates",
    "metadata": "broker/_data/metadata",
    "deploy/migrations": "broker/_data/deploy/migrations",
}

# Files that git ignores, planted where a careless build would pick them up.
PLANTED = ("metadata/idp/secret.key", "templates/.env", "deploy/migrations/left.sqlite3")


def built_files() -> set[Path]:
    """What make setup builds: the design system, and each translation compiled."""
    assert (repository.ROOT / CSS).exists(), "run make setup first"
    static = {
        path.relative_to(repository.ROOT)
        for path in (repository.ROOT / STATIC).rglob("*")
        if path.is_file()
    }
    return static | {path.with_suffix(".mo") for path in repository.files() if path.suffix == ".po"}


def expected_names() -> set[str]:
    """The names that the wheel should have, its .dist-info apart."""
    return {
        f"{inside}/{path.relative_to(folder)}"
        for path in {*repository.files(), *built_files()}
        for folder, inside in FOLDERS.items()
        if path.is_relative_to(folder)
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of a copy of the tree, in which some ignored files were left lying about."""
    copy, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    for path in {*repository.files(), *built_files()}:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(repository.ROOT / path, copy / path)
    for name in PLANTED:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("not for anybody else")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", out],
        cwd=copy,
        check=True,
        capture_output=True,
    )
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheel in it; returns its folder of programs.

    The packages that the broker depends on are seen where the tests have them, through a path
    file: such a folder's own path files are not read, so the tree itself stays out of sight.
    """
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    (site,) = (home / "lib").glob("python*/site-packages")
    subprocess.run(
        [*PIP, "--python", python, "install", "--no-deps", "--no-index", wheel],
        check=True,
        env=environment(home) | {"PATH": os.environ["PATH"]},
    )
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def environment(home: Path) -> dict[str, str]:
    """An environment without anything that leads back to the tree."""
    return {"HOME": str(home), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}


def test_the_wheel_holds_exactly_the_tree_and_what_was_built(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == expected_names()


def test_the_wheel_carries_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        kept = {name.partition(".dist-info/")[2]: name for name in archive.namelist()}
        assert b"Mozilla Public License" in archive.read(kept["licenses/LICENSE"])
        assert b"broker = broker.cli:main" in archive.read(kept["entry_points.txt"])


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_folder_has_something_to_carry(folder: str) -> None:
    assert [path for path in repository.files() if path.is_relative_to(folder)]


def test_the_stylesheet_finds_its_fonts_and_icons() -> None:
    """As a browser asks for them; only fonts that come after one it understands are left out."""
    style = (repository.ROOT / CSS).read_text(encoding="utf-8")
    asked = {url for url in re.findall(r"url\(([^)]+)\)", style) if not unused_font(url)}
    assert [url for url in asked if url.endswith(".woff2")]
    assert not [url for url in asked if not (repository.ROOT / CSS.parent / url).exists()]
    ours = repository.ROOT / STATIC.parent / "broker.css"
    fonts = re.findall(r'url\("(dkfds/[^"]+)"\)', ours.read_text(encoding="utf-8"))
    assert fonts
    assert not [url for url in fonts if not (ours.parent / url).exists()]


def unused_font(url: str) -> bool:
    """Formats of the last decade; but the regular weight is listed as woff before woff2."""
    return url.endswith((".eot", ".ttf")) or (
        url.endswith(".woff") and not url.endswith("-Regular.woff")
    )


def test_the_installed_wheel_is_what_runs(installed: Path, tmp_path: Path) -> None:
    found = subprocess.run(
        [installed / "python", "-c", "import broker; print(broker.__file__)"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        env=environment(tmp_path),
    ).stdout
    assert Path(found.strip()).is_relative_to(installed.parent)


def test_the_installed_wheel_plays_a_whole_login(installed: Path, tmp_path: Path) -> None:
    result = subprocess.run(
        [installed / "broker", "demo", "--once", "--json"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(tmp_path),
    )
    assert result.returncode == 0, result.stdout + result.stderr
    login = json.loads(result.stdout)
    assert len(login["hops"]) == 6
    assert login["name_id"]
