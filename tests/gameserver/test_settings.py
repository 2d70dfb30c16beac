"""Settings follow from the environment as docs/operating.md says."""

import json
import subprocess
import sys

import pytest

from tests import servers

SCRIPT = """
import json
from gameserver import settings
plain = {name: value for name, value in vars(settings).items() if name.isupper()}
print(json.dumps(plain, default=str))
"""


def settings(tmp_path, **environ):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=servers.environment(tmp_path, environ),
        cwd=servers.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_without_any_variable_the_server_is_local_and_not_in_debug(tmp_path):
    found = settings(tmp_path)
    assert found["DEBUG"] is False
    assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost"]
    assert found["CHANNEL_LAYERS"]["default"]["BACKEND"] == "channels.layers.InMemoryChannelLayer"
    assert found["MADANG_PROXIES"] == []


def test_an_https_origin_makes_cookies_strict_and_redirects(tmp_path):
    found = settings(tmp_path, MADANG_ORIGINS="https://play.example.org")
    assert found["ALLOWED_HOSTS"] == ["play.example.org"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://play.example.org"]
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] > 0
    assert found["MADANG_PROXIES"] == ["127.0.0.1"]


def test_a_redis_url_makes_the_channel_layer_shared(tmp_path):
    layer = settings(tmp_path, REDIS_URL="redis://127.0.0.1:1/0")["CHANNEL_LAYERS"]["default"]
    assert layer["BACKEND"] == "channels_redis.pubsub.RedisPubSubChannelLayer"
    assert layer["CONFIG"]["hosts"][0]["address"] == "redis://127.0.0.1:1/0"


def test_the_content_security_policy_allows_nothing_inline(tmp_path):
    directives = settings(tmp_path)["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert not [source for sources in directives.values() for source in sources if "unsafe" in source or "*" in source]


@pytest.mark.parametrize("origins", ["https://play.example.org", "https://a.example, https://b.example:8443"])
def test_djangos_deployment_check_is_clean_under_https(tmp_path, origins):
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level=DEBUG"],
        env=servers.environment(tmp_path, {"MADANG_ORIGINS": origins}),
        cwd=servers.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "System check identified no issues (0 silenced).\n", done.stderr
