"""The demo served over real HTTP on loopback: three listeners, two sites, one process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from broker.demo.federation import DemoFederation

HOST = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    """No access log: SAML messages travel in query strings."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def served(demo: DemoFederation, *, broker: bool = True) -> Iterator[None]:
    """Serve until the block ends; every listener is up when it begins.

    Without `broker` the parties alone are served, around a broker that runs elsewhere.
    """
    ports = demo.ports
    parts = [(ports.idps, demo.idp_app), (ports.services, demo.sp_app)]
    if broker:
        parts.append((ports.broker, demo.broker))
    servers: list[BaseWSGIServer] = []
    try:
        for port, app in parts:
            made = make_server(HOST, port, app, threaded=True, request_handler=_Quiet)
            servers.append(made)
            # It looks that often whether it should stop, which people and tests wait for.
            threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
