"""What the operator may say by environment variables, read and judged once, before Django starts.

Called by `settings.py` and by the server's entry. It never imports Django, so that a refusal can be one plain sentence.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# 48 random bytes are 64 URL-safe characters: far beyond guessing, and above Django's own bar of 50.
SECRET_BYTES = 48
# Django's `security.W009` asks for at least 50 characters, 5 of them different; we refuse where it warns.
SECRET_MIN_CHARACTERS = 50
SECRET_MIN_DIFFERENT = 5
# The usual ports of mail servers by scheme: TLS by STARTTLS, from the beginning, and none.
MAIL_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
# 24 random letters and digits hold more than 120 bits.
TOKEN_MIN_CHARACTERS = 24


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Refusal(Exception):
    """The server cannot start as it was told to; the text says in one sentence what to do."""


def flag(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "").strip().lower()
    if value in ("", "0", "false", "no", "off"):
        return False
    if value in ("1", "true", "yes", "on"):
        return True
    raise Refusal(f"{name} is {value!r}: set it to 1 or 0.")


def said(environ: Mapping[str, str], name: str) -> str | None:
    """What `name` says, or the content of the file that `name`_FILE names.

    So what is secret need not be in an environment, which every child inherits and many tools print.
    """
    path = environ.get(f"{name}_FILE")
    if not path:
        return environ.get(name)
    if environ.get(name):
        raise Refusal(f"Both {name} and {name}_FILE are set: unset one of them.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"Cannot read {path}: make it readable to the server, or correct {name}_FILE.") from error


def words(environ: Mapping[str, str], name: str) -> list[str]:
    return [word.strip() for word in environ.get(name, "").split(",") if word.strip()]


def lines(environ: Mapping[str, str], name: str, default: Path) -> list[str]:
    """The lines of the file that `name` names, without empty ones and those that begin with #."""
    path = Path(environ.get(name) or default)
    try:
        found = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"Cannot read {path}: make it readable to the server, or correct {name}.") from error
    return [line.strip() for line in found if line.strip() and not line.startswith("#")]


def networks(environ: Mapping[str, str], name: str, default: str) -> list[Network]:
    """Addresses and networks, with commas."""
    found = words(environ, name) or words({name: default}, name)
    try:
        return [ipaddress.ip_network(text, strict=False) for text in found]
    except ValueError as error:
        raise Refusal(f"{name}: {error}; write addresses or networks such as 10.0.0.7,10.1.0.0/16.") from None


def port(environ: Mapping[str, str]) -> int:
    value = environ.get("PORT") or "8000"
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise Refusal(f"PORT is {value!r}: set it to a number from 1 to 65535.")
    return int(value)


def count(environ: Mapping[str, str], name: str, default: int) -> int:
    """A whole number above 0."""
    value = environ.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 10**9:
        raise Refusal(f"{name} is {value!r}: set it to a whole number above 0.")
    return int(value)


def origins(environ: Mapping[str, str], port: int) -> list[str]:
    """Scheme, host and port of every address under which people reach this server."""
    given = words(environ, "MADANG_ORIGINS")
    if not given:
        return [f"http://127.0.0.1:{port}", f"http://localhost:{port}"]
    return [_origin(text) for text in given]


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text)
        number = parts.port
    except ValueError:
        parts, number = urlsplit(""), None
    whole = parts.scheme in ("http", "https") and parts.hostname and parts.path in ("", "/")
    if not whole or parts.query or parts.fragment or parts.username or "*" in parts.netloc:
        raise Refusal(f"MADANG_ORIGINS holds {text!r}: write whole origins such as https://play.example.org.")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    # A browser's Origin header leaves out the scheme's own port, and so do we.
    standard = number in (None, {"http": 80, "https": 443}[parts.scheme])
    return f"{parts.scheme}://{host}" if standard else f"{parts.scheme}://{host}:{number}"


def host(origin: str) -> str:
    """The host of a whole origin, as Django's ALLOWED_HOSTS wants it."""
    name = urlsplit(origin).hostname or ""
    return f"[{name}]" if ":" in name else name


def data_folder(environ: Mapping[str, str], default: Path) -> Path:
    """The folder of this server's own files, made if missing; nobody else may read a new one."""
    folder = Path(environ.get("MADANG_DATA_DIR") or default).absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Refusal(
            f"Cannot write in the data folder {folder} ({error.strerror}): "
            "make it writable or set MADANG_DATA_DIR to another folder."
        ) from error
    return folder


def secret_key(environ: Mapping[str, str], folder: Path, *, debug: bool) -> str:
    """The key that signs cookies and tokens: `MADANG_SECRET_KEY`, else the data folder's own."""
    given = said(environ, "MADANG_SECRET_KEY")
    path = folder / "secret_key"
    key = _own_key(path) if given is None else given
    weak = len(key) < SECRET_MIN_CHARACTERS or len(set(key)) < SECRET_MIN_DIFFERENT
    if not key or (weak and not debug):
        where, remedy = (
            ("MADANG_SECRET_KEY", "or unset it to have one made in the data folder")
            if given is not None
            else (f"The key in {path}", "or delete the file to have a new one made (everybody is then signed out)")
        )
        raise Refusal(f"{where} is too weak: use at least {SECRET_MIN_CHARACTERS} random characters, {remedy}.")
    return key


def _own_key(path: Path) -> str:
    try:
        if not path.exists():
            _make_key(path)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"Cannot read the secret key in {path}: make it readable or delete it.") from error


def _make_key(path: Path) -> None:
    """Write whole and privately, then link into place: of two processes that start at once both read one key."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix="secret_key.")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass  # another process was faster; its key is the one
    finally:
        Path(name).unlink()


def token(environ: Mapping[str, str], name: str) -> str:
    """A secret that a program sends; "" where none was set. One that can be guessed is refused."""
    given = said(environ, name) or ""
    if given and (len(given) < TOKEN_MIN_CHARACTERS or not given.isascii() or not given.isprintable()):
        raise Refusal(f"{name} is too weak: use at least {TOKEN_MIN_CHARACTERS} random characters, or unset it.")
    return given


def path_word(environ: Mapping[str, str], name: str, default: str) -> str:
    """One part of an address, without slashes."""
    value = environ.get(name, "").strip("/") or default
    if not value.isascii() or not value.replace("-", "").replace("_", "").isalnum():
        raise Refusal(f"{name} is {value!r}: write one word of letters, digits, - and _, such as {default}.")
    return value


def mail(url: str | None) -> dict[str, Any]:
    """Django's settings of the mail server at `url`; none where there is no URL."""
    if not url:
        return {}
    try:
        parts = urlsplit(url)
        number = parts.port
    except ValueError:
        parts, number = urlsplit(""), None
    query = dict(parse_qsl(parts.query))
    if parts.scheme not in MAIL_PORTS or not parts.hostname or not query.get("from") or parts.path not in ("", "/"):
        raise Refusal(
            "MADANG_EMAIL_URL is not understood: write smtp://name:password@host:587?from=madang@example.org "
            "(smtps:// where TLS begins at once, smtp+plain:// for a server without TLS), or unset it."
        )
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": number or MAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "DEFAULT_FROM_EMAIL": query["from"],
    }


def postgres(url: str) -> dict[str, Any]:
    """Django's settings of the database at `url`. Its query goes to libpq; `host` there may name a socket's folder."""
    try:
        parts = urlsplit(url)
        number = parts.port
    except ValueError:
        parts, number = urlsplit(""), None
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgres", "postgresql") or not name:
        raise Refusal("DATABASE_URL is not understood: write postgres://player:password@host:5432/name, or unset it.")
    query = dict(parse_qsl(parts.query))
    return {
        "NAME": name,
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(number or query.pop("port", "")),
        "OPTIONS": query,
    }
