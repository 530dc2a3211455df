"""Raw environment to one frozen Settings, or a list of everything that is wrong with it."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

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
    Setting("BROKER_SMTP", "Mail server as host:port; without one, mail waits.", ""),
    Setting("BROKER_SMTP_TLS", "starttls, tls, or none, which only loopback may be.", "starttls"),
    Setting("BROKER_SMTP_FROM", "Address that mail is from, and that bounces come to.", ""),
    Setting("BROKER_SMTP_USER", "Who we are at the mail server; nobody when unset.", ""),
    Setting("BROKER_SMTP_PASSWORD_FILE", "File with the password; owner-only.", ""),
    Setting("BROKER_MAIL_OPERATOR", "Address for alarms, and for answers to our mail.", ""),
    Setting("BROKER_MAIL_TEMPLATES", "Folder of mail templates to use in place of ours.", ""),
    Setting("BROKER_AUDIT_DAYS", "Days that the audit trail is kept; see the runbook.", "1830"),
    Setting("BROKER_AUDIT_HEADS", "File that signed heads of the trail are added to.", ""),
    Setting("BROKER_EVIDENCE_KEY", "Public key that evidence is encrypted to, or none.", ""),
)


Tls = Literal["starttls", "tls", "none"]


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
    smtp: tuple[str, int] | None
    smtp_tls: Tls
    smtp_from: str
    smtp_user: str
    smtp_password_file: Path | None
    mail_operator: str
    mail_templates: Path | None
    audit_days: int
    audit_heads: Path
    evidence_key: str  # base64 of 32 bytes; "none" is knowingly none; empty is not decided

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
    smtp = checked("BROKER_SMTP", _bad_server, "Write it as host:port, such as mail.region.dk:587")
    tls = checked("BROKER_SMTP_TLS", _bad_tls(smtp), "Choose starttls, or tls for port 465")
    for name in ("BROKER_SMTP_FROM", "BROKER_MAIL_OPERATOR"):
        checked(name, _bad_address, "Write one address and nothing else")
    checked("BROKER_SMTP_FROM", _missing_if(needed=bool(smtp)), "Say who mail is from")
    checked("BROKER_SMTP_USER", _bad_user(raw), "Set both, or neither")
    password = checked("BROKER_SMTP_PASSWORD_FILE", _no_file, "Make it, and run chmod 600 on it")
    templates = checked("BROKER_MAIL_TEMPLATES", _no_folder, "Make it, or leave it unset")
    days = checked("BROKER_AUDIT_DAYS", _bad_number(180, 36500), "180 is half a year")
    evidence = checked("BROKER_EVIDENCE_KEY", _bad_key, "broker evidence key makes a pair")
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
        smtp=_server(smtp) if smtp else None,
        smtp_tls=cast("Tls", tls),
        smtp_from=raw["BROKER_SMTP_FROM"],
        smtp_user=raw["BROKER_SMTP_USER"],
        smtp_password_file=_path(password),
        mail_operator=raw["BROKER_MAIL_OPERATOR"],
        mail_templates=_path(templates),
        audit_days=int(days),
        audit_heads=_path(raw["BROKER_AUDIT_HEADS"]) or data / "audit-heads.jsonl",
        evidence_key=evidence,
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


def _server(value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    return host.strip("[]"), int(port)


def _path(value: str) -> Path | None:
    return Path(value).expanduser().absolute() if value else None


def _bad_server(value: str) -> str | None:
    return _bad_listen(value) if value else None


def _bad_tls(server: str) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        if value not in ("starttls", "tls", "none"):
            return f"{value!r} is neither starttls nor tls nor none"
        if value == "none" and server and _server(server)[0] not in LOOPBACK:
            return "mail in the clear is for loopback only"
        return None

    # Where the server is wrong already, this has nothing to say about it.
    return check if not _bad_server(server) else lambda _: None


def _bad_address(value: str) -> str | None:
    try:
        if value:
            validate_email(value, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return f"{value!r} is no mail address"
    return None


def _missing_if(*, needed: bool) -> Callable[[str], str | None]:
    return lambda value: "it is not set, and BROKER_SMTP is" if needed and not value else None


def _bad_user(raw: Mapping[str, str]) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        both = bool(value) == bool(raw["BROKER_SMTP_PASSWORD_FILE"])
        return None if both else "a user takes a password file, and the other way round"

    return check


def _bad_key(value: str) -> str | None:
    if value in ("", "none"):
        return None
    try:
        found = len(base64.b64decode(value, validate=True)) == 32
    except ValueError:
        found = False
    return None if found else "it is neither a public key nor the word none"


def _no_file(value: str) -> str | None:
    path = _path(value)
    return None if path is None or path.is_file() else f"{value!r} is no file"


def _no_folder(value: str) -> str | None:
    path = _path(value)
    return None if path is None or path.is_dir() else f"{value!r} is no folder"
