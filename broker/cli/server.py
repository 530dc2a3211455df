"""The broker under gunicorn, configured from the settings and nothing else."""

import gc
import logging

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # ships no types
from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # as above

from broker.app import create_app
from broker.cli.heap import share_heap
from broker.settings import Settings
from broker.web.logging import configure, redacted

# A request line holds a whole AuthnRequest; a header holds the cookies of six flows (R2).
MAX_REQUEST_LINE = 8190
MAX_HEADER = 16384
# Method, path without its query, status, size, milliseconds: a query holds messages of people.
ACCESS_LOG = "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms"


class ServerLog(Logger):  # type: ignore[misc]  # as above
    """Gunicorn's own log and access log, written as everything else is.

    Left to itself it quotes the request lines that it refuses, and tracebacks with their words.
    """

    def setup(self, cfg: object) -> None:
        """What gunicorn sets up, with our formatter on every handler."""
        super().setup(cfg)
        for name in ("gunicorn.error", "gunicorn.access"):
            for handler in logging.getLogger(name).handlers:
                handler.setFormatter(redacted())


class Server(BaseApplication):  # type: ignore[misc]  # as above
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
            "access_log_format": ACCESS_LOG,
            "loglevel": settings.log_level.lower(),
            "control_socket_disable": True,
            "proc_name": "broker",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """The application of one worker."""
        share_heap()
        configure(self._settings.log_level)
        app = create_app(self._settings)
        gc.collect()
        gc.freeze()  # what a worker starts with stays: a collection need not go through it again
        return app
