import pytest
from cookies.models import Site
from consent.models import ConsentEvent

pytestmark = pytest.mark.django_db(transaction=True)


def test_a(send, event_body, published):
    assert send(event_body).status_code == 201
    assert ConsentEvent.objects.count() == 1


def test_b():
    assert ConsentEvent.objects.count() == 0
    from consent import append_only
    from django.db import connection

    assert append_only.missing(connection) == []


def test_c(site):
    assert Site.objects.count() == 1


def test_skip():
    pytest.skip("x")
