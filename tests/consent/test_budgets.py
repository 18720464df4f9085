"""What a visitor loads, in bytes: the five demonstration websites as the server composes them, brotli 11."""

from __future__ import annotations

import pytest

from consent.delivery.compose import RARE_KEYS
from consent.models import ComposedFile, Publication
from consent.services.demo import load_demo
from cookies.models import Partner, Site
from tests.consent.conftest import NOW

pytestmark = pytest.mark.django_db

# KB are 1000 bytes. Raising a bound is a decision, and belongs into docs/decisions/.
FIRST_VIEW = 8_000
PREFERENCE_CENTRE = 8_500
WHAT_FEW_NEED = 3_000


def sizes(kind: str) -> dict[str, int]:
    return {
        f"{file.publication.site.key}.{file.language}": len(bytes(file.brotli))
        for file in ComposedFile.objects.filter(kind=kind).select_related("publication__site")
    }


def test_composed_files_stay_within_their_budgets() -> None:
    load_demo(now=NOW)
    first_view, preferences = sizes("snippet"), sizes("preferences")
    assert len(first_view) == len(preferences) >= 5
    assert not {name: size for name, size in first_view.items() if size > FIRST_VIEW}
    assert not {name: size for name, size in preferences.items() if size > PREFERENCE_CENTRE}
    for kind in RARE_KEYS:
        rare = sizes(kind)
        assert len(rare) == len(first_view)
        assert not {name: size for name, size in rare.items() if size > WHAT_FEW_NEED}


def test_demo_is_made_once_and_left_to_people() -> None:
    assert len(load_demo(now=NOW)) == 5
    Partner.objects.filter(site__key="numonix", slug="youtube").delete()
    Site.objects.filter(key="cloudcall").update(name="Renamed")
    assert load_demo(now=NOW) == []
    assert not Partner.objects.filter(site__key="numonix", slug="youtube").exists()
    assert Site.objects.get(key="cloudcall").name == "Renamed"
    assert Publication.objects.count() == 5
