"""Raw environment to one frozen Settings, or a list of everything that is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from broker.errors import BrokerError

LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its name, what it is for, and what it is when unset."""

    name: str
    purpose: str
    default: str


SETTINGS: tuple[Setting, ...] = (
    Setting("BROKER_DATA", "Folder for keys and the embedded database; owner-only.", "./data"),
    Setting(
        "BROKER_ORIGIN", "Public origin that browsers and partners see.", "http://localhost:8700"
    ),
    Setting("BROKER_DATABASE_URL", "SQLAlchemy URL; SQLite in the data folder when unset.", ""),
    Setting("BROKER_LISTEN", "Address and port that `broker serve` listens on.", "127.0.0.1:8700"),
    Setting("BROKER_WORKERS", "Worker processes of `broker serve`.", "2"),
    Setting("BROKER_PROXY_HOPS", "Reverse proxies in front whose X-Forwarded-For counts.", "0"),
    Setting("BROKER_LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR.", "INFO"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What one node needs to know before it starts. Paths are absolute."""

    data: Path
    origin: str
    database_url: str
    listen: str
    workers: int
    proxy_hops: int
    log_level: str

    @property
    def keys(self) -> Path:
        """Where private keys lie."""
        return self.data / "keys"

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over TLS; only loopback may be without."""
        return self.origin.startswith("https://")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the settings, and what to do about it."""

    name: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}. {self.remedy}."


class BadSettings(BrokerError):
    """The environment does not make a Settings; `problems` lists everything at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("settings.invalid", "; ".join(map(str, problems)))
        self.problems = problems


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Make a Settings of an environment. Raises BadSettings with all its problems."""
    raw = {s.name: environ.get(s.name, "").strip() or s.default for s in SETTINGS}
    problems: list[Problem] = [
        Problem(name, "no such setting", f"Known are {', '.join(s.name for s in SETTINGS)}")
        for name in sorted(environ)
        if name.startswith("BROKER_") and name not in raw and name != "BROKER_SAMPLES"
    ]

    def checked(name: str, check: Callable[[str], str | None], remedy: str) -> str:
        wrong = check(raw[name])
        if wrong:
            problems.append(Problem(name, wrong, remedy))
        return raw[name]

    origin = checked("BROKER_ORIGIN", _bad_origin, "Write it as https://host, without a path")
    listen = checked("BROKER_LISTEN", _bad_listen, "Write it as address:port")
    workers = checked("BROKER_WORKERS", _bad_number(1, 256), "Twice the cores is a good start")
    hops = checked("BROKER_PROXY_HOPS", _bad_number(0, 10), "0 without a proxy, 1 behind nginx")
    level = checked("BROKER_LOG_LEVEL", _bad_level, "Choose one of the four")
    if problems:
        raise BadSettings(tuple(problems))
    data = Path(raw["BROKER_DATA"]).expanduser().absolute()
    return Settings(
        data=data,
        origin=origin,
        database_url=raw["BROKER_DATABASE_URL"] or f"sqlite:///{data / 'broker.sqlite3'}",
        listen=listen,
        workers=int(workers),
        proxy_hops=int(hops),
        log_level=level,
    )


def _bad_origin(value: str) -> str | None:
    parts = urlsplit(value)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return f"{value!r} is no origin"
    if value != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        return f"{value!r} is more than an origin"
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return "plain http is for loopback only"
    return None


def _bad_listen(value: str) -> str | None:
    host, _, port = value.rpartition(":")
    return (
        None if host and port.isdigit() and int(port) < 65536 else f"{value!r} is no address:port"
    )


def _bad_number(least: int, most: int) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        ok = value.isdigit() and least <= int(value) <= most
        return None if ok else f"{value!r} is no number from {least} to {most}"

    return check


def _bad_level(value: str) -> str | None:
    return None if value in ("DEBUG", "INFO", "WARNING", "ERROR") else f"{value!r} is no log level"
