"""A club that knows its members: an OpenID provider on a port of its own, which asks nobody for a password."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode

import jwt

MEMBER = {"sub": "member-7", "name": "Grace", "email": "grace@club.example", "email_verified": True}
SECRET = "a secret of thirty-two characters"


class Club(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        own = f"http://{self.headers['Host']}"
        if path == "/.well-known/openid-configuration":
            return self._told(
                {
                    "issuer": own,
                    "authorization_endpoint": f"{own}/authorize",
                    "token_endpoint": f"{own}/token",
                    "userinfo_endpoint": f"{own}/me",
                    "jwks_uri": f"{own}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        if path == "/me":
            return self._told(MEMBER)
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode({'code': 'c', 'state': asked['state']})}")
        self.end_headers()
        return None

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert sent["client_secret"] == [SECRET], "the secret goes to the provider alone"
        now = int(time.time())
        claims = MEMBER | {"iss": f"http://{self.headers['Host']}", "aud": "madang", "iat": now, "exp": now + 60}
        token = jwt.encode(claims, SECRET, algorithm="HS256")
        self._told({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _told(self, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Silent."""


@contextlib.contextmanager
def open_club() -> Iterator[str]:
    """The club's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Club)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def sign_in_by(club: str) -> str:
    """What `MADANG_SIGN_IN` says about it."""
    facts = {"provider": "openid_connect", "id": "club", "name": "Our club", "server": club}
    return json.dumps([facts | {"client_id": "madang", "secret": SECRET}])
