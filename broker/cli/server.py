"""The broker under gunicorn, configured from the settings and nothing else."""

import gc

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # ships no types

from broker.app import create_app
from broker.settings import Settings
from broker.web.logging import configure

# A request line holds a whole AuthnRequest; a header holds the cookies of six flows (R2).
MAX_REQUEST_LINE = 8190
MAX_HEADER = 16384
# Method, path without its query, status, size, milliseconds: a query holds messages of people.
ACCESS_LOG = "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms"


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
            "access_log_format": ACCESS_LOG,
            "loglevel": settings.log_level.lower(),
            "control_socket_disable": True,
            "proc_name": "broker",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """The application of one worker."""
        configure(self._settings.log_level)
        app = create_app(self._settings)
        gc.collect()
        gc.freeze()  # what a worker starts with stays: a collection need not go through it again
        return app
