"""A value that can't be read stops the start and names its variable; what is sent suits the host that is asked."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from config.middleware import keep_transport_security_to_own_host
from tests.environment import environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("PORT", "http"),
        ("PUBLIC_URL", "consent.example.com"),
        ("PUBLIC_URL", "https://consent.example.com/path"),
        ("EVENT_RATE", "abc"),
        ("EVENT_RATE", "0/min"),
        ("TOKEN_RATE", "often"),
        ("LOG_LEVEL", "loud"),
        ("DATABASE_URL", "mysql://root@localhost/sayso"),
        ("TRUSTED_PROXIES", "-1"),
        ("COUNTRY_HEADER", "CF IPCountry"),
        ("COUNTRY_HEADER", "X_Country"),
        ("REGION_HEADER", "X-Region"),
        ("GEOIP_DATABASE", "/nowhere/places.mmdb"),
        ("COUNT_FLUSH_SECONDS", "soon"),
        ("LIVE_REFRESH_SECONDS", "1.5.2"),
        ("LIVE_REFRESH_SECONDS", "-0.5"),
        ("SECRET_KEY", ""),
    ],
)
def test_value_that_cannot_be_read_stops_the_start_and_names_the_variable(name: str, value: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=ROOT,
        env=environment(**{name: value}),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert result.returncode != 0
    assert f"ImproperlyConfigured: {name}" in result.stderr


def answered(host: str) -> HttpResponseBase:
    def respond(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Strict-Transport-Security": "max-age=1; includeSubDomains"})

    request = HttpRequest()
    request.META["HTTP_HOST"] = host
    return keep_transport_security_to_own_host(respond)(request)


def test_transport_security_is_promised_for_the_own_host_only() -> None:
    assert answered("localhost:8000").has_header("Strict-Transport-Security")
    assert not answered("www.numonix.example").has_header("Strict-Transport-Security")


def test_deployment_checks_warn_of_plain_http_and_of_uncounted_proxies(settings: pytest.FixtureRequest) -> None:
    def found() -> set[str | None]:
        return {message.id for message in run_checks(include_deployment_checks=True)} & {"consent.W001", "consent.W002"}

    assert found() == {"consent.W001"}
    settings.IS_HTTPS = True  # type: ignore[attr-defined]
    assert found() == {"consent.W002"}
    settings.TRUSTED_PROXIES = 1  # type: ignore[attr-defined]
    assert found() == set()


def test_deployment_checks_warn_of_a_header_that_anybody_could_forge(settings: pytest.FixtureRequest) -> None:
    def found() -> bool:
        return "consent.W003" in {message.id for message in run_checks(include_deployment_checks=True)}

    assert not found()
    settings.COUNTRY_HEADER = "X-Country"  # type: ignore[attr-defined]
    assert found()
    settings.TRUSTED_PROXIES = 1  # type: ignore[attr-defined]
    assert not found()
