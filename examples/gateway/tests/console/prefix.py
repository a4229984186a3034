"""A proxy that shows a gateway below a path, as hosts and ingress controllers do."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Prefix:
    """`/oasis/…` of its own port is `/…` of the gateway; anything else is 404."""

    def __init__(self, gateway, prefix="/oasis"):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if not self.path.startswith(f"{prefix}/"):
                    self.send_error(404)
                    return
                upstream = http.client.HTTPConnection(gateway.address)
                upstream.request(self.command, self.path.removeprefix(prefix), headers=dict(self.headers))
                answer = upstream.getresponse()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                        self.send_header(name, value)
                self.send_header("connection", "close")
                self.end_headers()
                try:
                    while piece := answer.read1(65536):
                        self.wfile.write(piece)
                except (OSError, http.client.HTTPException):
                    pass  # The browser or the gateway left.
                finally:
                    upstream.close()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}{prefix}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
