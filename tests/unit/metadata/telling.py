"""A real HTTP server on loopback that tells of revocation as an authority does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.x509 import ocsp


@dataclass
class Telling:
    """What is served at each path; what is posted is answered by the serial that it asks for."""

    port: int = 0
    lists: dict[str, bytes] = field(default_factory=dict)
    answers: dict[int, bytes] = field(default_factory=dict)
    status: int = 200
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> bytes | None:
        self.asked.append(f"GET {path}")
        return self.lists.get(path)

    def post(self, path: str, body: bytes) -> bytes | None:
        self.asked.append(f"POST {path}")
        return self.answers.get(ocsp.load_der_ocsp_request(body).serial_number)


@contextmanager
def serving(telling: Telling) -> Iterator[Telling]:
    """The server while it runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(telling.get(self.path))

        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/ocsp-request"
            length = int(self.headers["Content-Length"])
            self._answer(telling.post(self.path, self.rfile.read(length)))

        def _answer(self, content: bytes | None) -> None:
            self.send_response(telling.status if content is not None else 404)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", telling.port), Handler)
    telling.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield telling
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
