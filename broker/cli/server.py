"""The broker under gunicorn, configured from the settings and nothing else."""

import logging
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from datetime import timedelta
from typing import cast

from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.message import Request
from gunicorn.http.wsgi import Response

from broker.app import create_app
from broker.cli.heap import settle, share_heap
from broker.settings import Settings
from broker.web.logging import configure, redacted

# A request line holds a whole AuthnRequest; a header holds the cookies of six flows (R2).
MAX_REQUEST_LINE = 8190
MAX_HEADER = 16384

_Start = Callable[[str, Iterable[tuple[str, str]]], None]
Wsgi = Callable[[MutableMapping[str, object], _Start], Iterable[bytes]]


class ServerLog(Logger):
    """Gunicorn's own log and access log, written as everything else is.

    Left to itself it quotes the request lines that it refuses, and tracebacks with their words.
    """

    def setup(self, cfg: Config) -> None:
        """What gunicorn sets up, with our formatter on every handler."""
        super().setup(cfg)
        for name in ("gunicorn.error", "gunicorn.access"):
            for handler in logging.getLogger(name).handlers:
                handler.setFormatter(redacted())

    def access(
        self, resp: Response, req: Request, environ: Mapping[str, object], request_time: timedelta
    ) -> None:
        """Time, method, path without its query, status, size, milliseconds.

        A query holds messages of people. Gunicorn's own way copies every header first. What it
        refuses by itself has no path yet.
        """
        del req
        if self.access_log_enabled:
            ms = request_time // timedelta(milliseconds=1)
            method, path = environ.get("REQUEST_METHOD"), environ.get("PATH_INFO", "-")
            status = str(resp.status).partition(" ")[0]
            line = (self.now(), method, path, status, resp.sent, ms)
            self.access_log.info("%s %s %s %s %s %dms", *line)


class Server(BaseApplication):
    """Gunicorn's application, loaded anew in every worker."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Read every option from the settings."""
        settings = self._settings
        options: dict[str, object] = {
            "bind": settings.listen,
            "workers": settings.workers,
            "worker_class": "gthread",
            "threads": 4,
            "timeout": 30,
            "graceful_timeout": 30,
            "keepalive": 5,
            "limit_request_line": MAX_REQUEST_LINE,
            "limit_request_field_size": MAX_HEADER,
            "limit_request_fields": 64,
            "accesslog": "-",
            "logger_class": ServerLog,
            "loglevel": settings.log_level.lower(),
            "control_socket_disable": True,
            "proc_name": "broker",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Wsgi:
        """The application of one worker."""
        share_heap()
        configure(self._settings.log_level)
        app = create_app(self._settings)
        settle()
        return cast("Wsgi", app)  # an environ is a dict, which the stubs do not say
