"""One source of `broker metadata load`: fetched or read, told apart, loaded."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import click

from broker.errors import BrokerError
from broker.metadata import seed, source
from broker.metadata.decisions import CVR
from broker.metadata.defaults import LoadOptions
from broker.metadata.mappings.model import Placing
from broker.metadata.report import LoadReport, Occasion
from broker.metadata.service import MetadataService
from broker.resources import resource
from broker.saml.entity_parts import is_loopback
from broker.saml.keys import Certificate


@dataclass(frozen=True, slots=True)
class Loader:
    """Loads each source by what it is; `federation` is None where the command names none."""

    service: MetadataService
    federation: str | None
    options: LoadOptions
    occasion: Occasion
    placing: Placing = "shadow"

    def load(self, name: str) -> LoadReport | str:
        """The report of one source, or in words why nothing of it could be read."""
        try:
            return self._load(name)
        except BrokerError as error:
            return f"{name}: {error.detail or 'refused'} ({error.code})"

    def _load(self, name: str) -> LoadReport:
        if source.is_address(name):
            here = urlsplit(self.service.origin).hostname or ""
            return self._load_xml(source.fetch(name, loopback=is_loopback(here)), name)
        path = _path(name)
        raw = source.read_file(path)
        if path.suffix == ".toml":
            return self._load_toml(raw, path)
        return self._load_xml(raw, name)

    def _load_xml(self, raw: bytes, name: str) -> LoadReport:
        return self.service.load_xml(
            raw,
            federation=self.federation or self.first(),
            source=name,
            options=self.options,
            occasion=self.occasion,
        )

    def _load_toml(self, raw: bytes, path: Path) -> LoadReport:
        return self.service.load_document(
            seed.read_toml(raw, str(path)),
            source=path.name,
            occasion=self.occasion,
            federations=(self.federation,) if self.federation else (),
            placing=self.placing,
        )

    def first(self) -> str:
        """The path of the first federation, which is meant where none is named."""
        known = self.service.federations()
        if not known:
            raise click.ClickException("There is no federation yet. Run broker init first.")
        return known[0].path


def read_cvrs(given: tuple[str, ...]) -> tuple[str, ...] | Literal["any"] | None:
    """The organisations of `--cvr`, given many times or with commas between. Raises UsageError."""
    numbers = tuple(part.strip() for text in given for part in text.split(",") if part.strip())
    if not numbers:
        return None
    if numbers == ("any",):
        return "any"
    if not all(CVR.match(number) for number in numbers):
        raise click.UsageError("--cvr is either any, or CVR numbers of eight digits.")
    return numbers


def read_certificate(path: Path) -> Certificate:
    """The certificate in a PEM file. Raises UsageError where it holds none that is usable."""
    try:
        return Certificate.from_pem(path.read_bytes())
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{path} holds no usable certificate: {error}") from error


def _path(name: str) -> Path:
    """A file of the person's own, or one of the documents that ship with the broker."""
    path = Path(name)
    shipped = resource("metadata") / name
    if not path.exists() and path.suffix == ".toml" and not path.is_absolute() and shipped.exists():
        return shipped
    return path
