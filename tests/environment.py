"""The tests' environment: a value for every setting, so that nobody's .env or shell decides a result."""

from __future__ import annotations

import os

ENVIRONMENT = {
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "CHECKPOINT_FOLDER": "",
    "CHECKPOINT_MAIL": "",
    "COUNTRY_HEADER": "",
    "COUNT_FLUSH_SECONDS": "0",
    "DATABASE_URL": "sqlite:///:memory:",
    "DEBUG": "false",
    "DEMO": "true",
    "EMAIL_URL": "memorymail://",
    "EVENT_RATE": "",
    "EXPORTS_FOLDER": "var/test-exports",
    "GEOIP_DATABASE": "",
    "HSTS_SECONDS": "31536000",
    "LEDGER_KEYS": "var/test-ledger-keys",
    "LIVE_REFRESH_SECONDS": "0",
    "LOGIN_ATTEMPTS": "5",
    "LOGIN_LOCK_MINUTES": "15",
    "LOG_LEVEL": "WARNING",
    "MAIL_FROM": "sayso@localhost",
    "PORT": "8000",
    "PUBLIC_URL": "http://localhost:8000",
    "REGION_HEADER": "",
    "REQUIRE_TWO_FACTOR": "false",
    "SECRET_KEY": "only-for-tests",
    "SOURCE_URL": "",
    "TOKEN_RATE": "",
    "TRUSTED_PROXIES": "0",
    "WORKERS": "1",
}


def environment(**changes: str) -> dict[str, str]:
    """A whole environment for a process of its own: this machine's, with every setting replaced."""
    return {**os.environ, **ENVIRONMENT, "DJANGO_SETTINGS_MODULE": "config.settings", **changes}
