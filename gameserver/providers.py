"""By whom else people may sign in, as the operator says it: `MADANG_SIGN_IN`, a JSON list of providers.

Called by `settings.py`, once. Like `environment.py` it never imports Django, so that a refusal is one plain sentence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gameserver.environment import Refusal, said

# Each needs an id and a secret and nothing else. Whoever is missing here speaks OpenID Connect, or is a pull request.
BUILT_IN = ("discord", "facebook", "github", "gitlab", "google", "kakao", "line", "microsoft", "naver", "twitch")
OPENID = "openid_connect"


def providers(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """django-allauth's `SOCIALACCOUNT_PROVIDERS`: one entry with its apps for each provider."""
    text = said(environ, "MADANG_SIGN_IN")
    if not text:
        return {}
    try:
        asked = json.loads(text)
    except ValueError:
        raise Refusal("MADANG_SIGN_IN is not JSON: write a list such as " + EXAMPLE) from None
    if not isinstance(asked, list):
        raise Refusal("MADANG_SIGN_IN is not a list: write one such as " + EXAMPLE)
    found: dict[str, dict[str, Any]] = {}
    for one in asked:
        found.setdefault(_provider(one), {"APPS": []})["APPS"].append(_app(one))
    return found


EXAMPLE = (
    '[{"provider": "google", "client_id": "…", "secret": "…"}, {"provider": "openid_connect", "id": "club", '
    '"name": "Our club", "server": "https://id.example.org", "client_id": "…", "secret": "…"}].'
)


def _provider(one: Any) -> str:
    name = one.get("provider") if isinstance(one, dict) else None
    if name not in (*BUILT_IN, OPENID):
        raise Refusal(f"MADANG_SIGN_IN knows no provider {name!r}: write one of {', '.join((*BUILT_IN, OPENID))}.")
    return str(name)


def _app(one: dict[str, Any]) -> dict[str, Any]:
    own = {"id", "name", "server"} if one["provider"] == OPENID else set()
    wanted = {"provider", "client_id", "secret"} | own
    if set(one) != wanted or not all(isinstance(value, str) and value for value in one.values()):
        raise Refusal(f"MADANG_SIGN_IN: {one['provider']} needs exactly {', '.join(sorted(wanted))}.")
    app: dict[str, Any] = {"client_id": one["client_id"], "secret": one["secret"]}
    if own:
        if not one["id"].isascii() or not one["id"].replace("-", "").isalnum():
            raise Refusal("MADANG_SIGN_IN: an id stands in addresses; write letters, digits and -.")
        app |= {"provider_id": one["id"], "name": one["name"], "settings": {"server_url": one["server"]}}
    return app
