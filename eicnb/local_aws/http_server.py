"""A silent HTTP/1.1 server on 127.0.0.1 that keeps connections alive and can be stopped completely.

Tested in tests/local_aws/test_server.py.
"""

from __future__ import annotations

import socket
from http import HTTPStatus
from io import BytesIO
from threading import Thread
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "127.0.0.1"
_BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


class RequestHandler(MotoRequestHandler):
    """A handler that reads a whole request, responds, and waits for the next one on the connection.

    werkzeug's own handler closes every connection, because it leaves bodies unread. This one reads them.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def run_wsgi(self) -> None:
        """Serve one request."""
        try:
            environ = self._environ_with_body()
        except (TimeoutError, ConnectionError):
            raise
        except (ValueError, OSError):
            self.close_connection = True
            self.send_error(HTTPStatus.BAD_REQUEST, "The body of the request cannot be read.")
            return
        self._send(Response.from_app(self.server.app, environ, buffered=True))

    def log(self, *_: Any) -> None:
        """Log nothing."""

    def log_request(self, *_: Any) -> None:
        """Log nothing."""

    def _environ_with_body(self) -> dict[str, Any]:
        environ: dict[str, Any] = self.make_environ()
        if environ.get("wsgi.input_terminated"):
            body = environ["wsgi.input"].read()
        else:
            body = self._read_exactly(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        return environ

    def _read_exactly(self, length: int) -> bytes:
        if length < 0:
            raise ValueError(length)
        body: bytes = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionAbortedError(length)
        return body

    def _send(self, response: Response) -> None:
        has_body = self.command != "HEAD" and response.status_code not in _BODILESS
        body = response.get_data()
        self.send_response_only(response.status_code, response.status.partition(" ")[2])
        for name, value in response.headers.items():
            if name.lower() not in {"content-length", "connection", "transfer-encoding"}:
                self.send_header(name, value)
        if has_body:
            self.send_header("Content-Length", str(len(body)))
        elif self.command == "HEAD":
            self.send_header("Content-Length", response.headers.get("Content-Length", "0"))
        self.end_headers()
        if has_body:
            self.wfile.write(body)


class HttpServer(ThreadedWSGIServer):
    """A server of one application on 127.0.0.1, with a thread for each connection."""

    daemon_threads = True

    def __init__(self, application: WSGIApplication, port: int) -> None:
        # werkzeug prints and exits if it cannot bind, so it is given a bound socket.
        with socket.create_server((HOST, port), backlog=128) as listener:
            super().__init__(HOST, port, application, RequestHandler, fd=listener.fileno())
        self._connections: dict[socket.socket, Thread] = {}
        self._thread = Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="eicnb-sandbox", daemon=True
        )

    def start(self) -> None:
        """Start serving in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests in progress, close every connection, and release the port."""
        self.shutdown()
        self._thread.join()
        for connection, worker in list(self._connections.items()):
            _shut_down_reading(connection)
            worker.join(timeout=5)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a new connection, and register it for `stop`."""
        worker = Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        self._connections[request] = worker
        worker.start()

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        self._connections.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect."""


def _shut_down_reading(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RD)
    except OSError:
        # The client has already closed it.
        return
