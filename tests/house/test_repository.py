"""What the repository may hold: no keys, no traces of one machine, locks that name no index."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.house import repository

LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt")
NPM_FOLDERS = ("", "tests/interop/node")
KEY = re.compile(r"PRIVATE KEY-----(?:\\n|\s)+[A-Za-z0-9+/=]{20}")
KEY_SUFFIXES = {".key", ".pem", ".p12", ".pfx", ".jks", ".der"}
MACHINE = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/\w|\.\./shared|[A-Z]:\\Users")


def test_no_private_key_is_kept() -> None:
    assert not [str(path) for path, text in repository.texts() if KEY.search(text)]
    assert not [str(path) for path in repository.files() if path.suffix in KEY_SUFFIXES]


def test_a_private_key_would_be_seen() -> None:
    body, mark = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "PRIVATE KEY-----"  # put together here only
    assert KEY.search(f"-----BEGIN {mark}\n{body}")
    assert KEY.search(f'"-----BEGIN RSA {mark}\\n{body}"')


def test_nothing_points_into_one_machine() -> None:
    assert not [
        f"{path}: {found.group()}"
        for path, text in repository.texts()
        if (found := MACHINE.search(text))
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_hashes_every_pin(lock: str) -> None:
    text = (repository.ROOT / lock).read_text()
    assert "://" not in text
    assert not re.findall(r"^-.*", text, flags=re.MULTILINE), "options belong to whoever installs"
    entries = re.findall(r"^[a-z0-9].*(?:\n    .*)*", text, flags=re.MULTILINE)
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+(\[[a-z,]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_development_lock_holds_the_runtime_lock() -> None:
    """One version of each package, whether a node or a developer installs it."""
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: dev.get(name) for name in runtime} == runtime


def test_the_runtime_lock_holds_every_dependency() -> None:
    project = tomllib.loads((repository.ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[\[<>=]", line)[0] for line in project["dependencies"]}
    assert wanted <= pins("requirements.txt").keys()


@pytest.mark.parametrize("folder", NPM_FOLDERS)
def test_an_npm_lock_names_no_registry_and_hashes_every_package(folder: str) -> None:
    lock = json.loads((repository.ROOT / folder / "package-lock.json").read_text())
    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert packages
    for name, facts in packages.items():
        assert "resolved" not in facts, name
        assert facts["integrity"].startswith("sha512-"), name


def test_npm_behaves_the_same_in_every_folder() -> None:
    assert len({(repository.ROOT / folder / ".npmrc").read_text() for folder in NPM_FOLDERS}) == 1


def test_ci_runs_what_the_readme_says() -> None:
    readme = (repository.ROOT / "README.md").read_text()
    assert "make demo" in readme
    assert "make test" in readme
    assert "make --no-print-directory test" in (repository.ROOT / ".ci" / "run").read_text()


def pins(lock: str) -> dict[str, str]:
    text = (repository.ROOT / Path(lock)).read_text()
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[.*\])?==(\S+)", text, flags=re.MULTILINE))
