"""The check on the Publish page, four eyes, the difference side by side, and who is asked again."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.utils import timezone

from consent.append_only import EvidenceIsFinal
from consent.models import Acknowledgement, ConsentEvent, Publication, Review
from consent.reports.consequences import still_granted
from consent.services.drafting import draft_digest, save_texts
from consent.services.publishing import draft_payload, latest_payload, publish
from consent.services.reviewing import decide_review, request_review, set_four_eyes
from cookies.models import Role, Site
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import change_roles, remove_member
from tests.admin.conftest import NOW, queries_of, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.test import Client


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


@pytest.fixture
def guarded(published: Publication) -> Site:
    """Alice's website with a change in its draft that needs a review."""
    site = published.site
    set_four_eyes(site=site, is_on=True)
    save_texts(site=site, language="en", texts={"banner_title": "Cookies?"})
    return site


@pytest.fixture
def as_rita(browse: Callable[[str], Client]) -> Client:
    return browse("rita")


# --- the check ---------------------------------------------------------------------------------------


def test_publish_page_lists_what_blocks_with_source_and_cure(as_alice: Client, catalogue: Site) -> None:
    Site.objects.filter(pk=catalogue.pk).update(controller_name="", privacy_policy_url="")
    page = as_alice.get(url("publish", catalogue))
    assert [row.finding.code for row in page.context["blocked"]] == ["no_controller", "no_privacy_notice"]
    words = page.content.decode()
    assert f'href="{url("details", catalogue)}#id_controller_name"' in words
    assert "https://eur-lex.europa.eu/eli/reg/2016/679/oj" in words
    assert "disabled aria-describedby" in words


def test_blocked_draft_is_refused_whatever_is_sent(as_pia: Client, catalogue: Site) -> None:
    Site.objects.filter(pk=catalogue.pk).update(controller_name="")
    answer = as_pia.post(url("publish", catalogue), {"reason": "Now"})
    assert "Nobody is named" in answer.content.decode()
    assert 'value="Now"' in answer.content.decode()
    assert not Publication.objects.exists()


def test_link_is_for_those_who_may_follow_it(browse: Callable[[str], Client], catalogue: Site) -> None:
    Site.objects.filter(pk=catalogue.pk).update(controller_name="")
    # Only owners change what is known of the website.
    assert [row.url for row in browse("bob").get(url("publish", catalogue)).context["blocked"]] == [""]


def test_early_loader_is_acknowledged_by_a_reviewer_and_logged(
    as_rita: Client, as_pia: Client, browse: Callable[[str], Client], catalogue: Site
) -> None:
    catalogue.partners.update(load_mode="signalled")
    where = url("acknowledge", catalogue, "google-analytics")
    (row,) = as_rita.get(url("publish", catalogue)).context["blocked"]
    assert row.url == f"{where}#id_reason"
    assert browse("bob").get(where).status_code == 404
    assert "Say why" in as_rita.post(where, {"reason": " "}).content.decode()
    as_rita.post(where, {"reason": "Counsel agreed."})
    acknowledged = Acknowledgement.objects.get()
    assert (acknowledged.acknowledged_by, acknowledged.reason) == ("rita", "Counsel agreed.")
    assert "Counsel agreed." in LogEntry.objects.latest("id").change_message
    with pytest.raises(EvidenceIsFinal):
        acknowledged.delete()
    as_pia.post(url("publish", catalogue), {})
    assert Publication.objects.exists()
    as_rita.post(where, {"reason": "Counsel changed her mind."})
    assert as_rita.get(url("publish", catalogue)).context["blocked"]


def test_queries_of_the_check_do_not_grow_with_the_findings(as_alice: Client, published: Publication) -> None:
    site = published.site
    pages = [url("publish", site), url("review", site), url("compare", site)]
    add_library_partner(site=site, library="youtube", parameters={})
    site.partners.update(privacy_notice_url="", load_mode="signalled")
    few = [queries_of(as_alice, page) for page in pages]
    add_library_partner(site=site, library="hotjar", parameters={"site_id": "1234567"})
    add_library_partner(site=site, library="linkedin-insight", parameters={"partner_id": "1234567"})
    site.partners.update(privacy_notice_url="", load_mode="signalled")
    assert [queries_of(as_alice, page) for page in pages] == few


# --- four eyes ---------------------------------------------------------------------------------------


def test_draft_is_asked_for_approved_and_then_published(
    as_bob: Client, as_rita: Client, as_pia: Client, guarded: Site
) -> None:
    assert "A reviewer has to approve" in as_pia.post(url("publish", guarded), {}).content.decode()
    as_bob.post(url("review-ask", guarded), {"note": "New heading", "draft": draft_digest(guarded)})
    page = as_rita.get(url("review", guarded))
    for words in ("New heading", "One text in English changed.", "Preview in English", "Approve"):
        assert words in page.content.decode()
    waiting = Review.objects.get()
    as_rita.post(url("review-decide", guarded), {"review": waiting.pk, "decision": "approved"})
    as_pia.post(url("publish", guarded), {"draft": draft_digest(guarded)})
    latest = Publication.objects.latest("id")
    assert (latest.version.ordinal, latest.version.digest) == (2, waiting.digest)
    assert "rita" in as_pia.get(url("version", guarded, 2)).content.decode()
    done = list(LogEntry.objects.order_by("id").values_list("change_message", flat=True))
    assert [sentence.split()[0] for sentence in done] == ["Asked", "Approved", "Published"]


def test_changed_draft_needs_a_new_review(guarded: Site) -> None:
    review = request_review(site=guarded, by="bob", now=NOW)
    decide_review(site=guarded, review_id=review.pk, approved=True, by="rita", now=NOW)
    save_texts(site=guarded, language="en", texts={"banner_title": "Biscuits?"})
    with pytest.raises(ValidationError, match="has to approve"):
        publish(site=guarded, by="pia", now=NOW)


def test_review_of_a_draft_that_changed_can_not_be_decided(guarded: Site) -> None:
    review = request_review(site=guarded, by="bob", now=NOW)
    save_texts(site=guarded, language="en", texts={"banner_title": "Biscuits?"})
    with pytest.raises(ValidationError, match="has changed"):
        decide_review(site=guarded, review_id=review.pk, approved=True, by="rita", now=NOW)


@pytest.mark.parametrize(
    ("by", "last_editor", "words"), [("bob", "", "You asked"), ("rita", "rita", "changed the draft last")]
)
def test_nobody_approves_what_is_their_own(by: str, last_editor: str, words: str, guarded: Site) -> None:
    review = request_review(site=guarded, by="bob", now=NOW)
    with pytest.raises(ValidationError, match=words):
        decide_review(site=guarded, review_id=review.pk, approved=True, by=by, now=NOW, last_editor=last_editor)


def test_who_edited_last_is_known_from_the_log(
    as_bob: Client, as_alice: Client, as_rita: Client, guarded: Site
) -> None:
    as_alice.post(f"{url('texts', guarded)}?language=en", {"banner_title": "Alice's heading"})
    as_bob.post(url("review-ask", guarded), {})
    review = Review.objects.get()
    # Asking is no edit: the last one was Alice's.
    answer = as_alice.post(url("review-decide", guarded), {"review": review.pk, "decision": "approved"})
    assert "You changed the draft last" in answer.content.decode()
    as_rita.post(url("review-decide", guarded), {"review": review.pk, "decision": "approved"})
    review.refresh_from_db()
    assert review.decided_by == "rita"


def test_draft_is_sent_back_with_a_reason_and_decided_once(as_rita: Client, guarded: Site) -> None:
    review = request_review(site=guarded, by="bob", now=NOW)
    sent = {"review": review.pk, "decision": "refused"}
    assert "Say what has to change." in as_rita.post(url("review-decide", guarded), sent).content.decode()
    as_rita.post(url("review-decide", guarded), {**sent, "decision_reason": "Too playful"})
    answer = as_rita.post(url("review-decide", guarded), {"review": review.pk, "decision": "approved"})
    assert "rita has decided already" in answer.content.decode()
    with pytest.raises(ValidationError, match="has to approve"):
        publish(site=guarded, by="pia", now=NOW)
    with pytest.raises(EvidenceIsFinal):
        review.delete()
    # The author may ask again, and nobody twice at once.
    request_review(site=guarded, by="bob", now=NOW)
    with pytest.raises(ValidationError, match="has asked"):
        request_review(site=guarded, by="bob", now=NOW)


def test_approved_version_is_published_again_without_a_review(as_pia: Client, guarded: Site) -> None:
    review = request_review(site=guarded, by="bob", now=NOW)
    decide_review(site=guarded, review_id=review.pk, approved=True, by="rita", now=NOW)
    publish(site=guarded, by="pia", now=timezone.now())
    as_pia.post(url("version-again", guarded, 1), {"reason": "Typo"})
    assert Publication.objects.latest("id").version.ordinal == 1


def test_only_owners_require_a_review(as_alice: Client, as_bob: Client, published: Publication) -> None:
    site = published.site
    assert as_bob.post(url("four-eyes", site), {"four_eyes": "on"}).status_code == 404
    as_alice.post(url("four-eyes", site), {"four_eyes": "on"})
    site.refresh_from_db()
    assert site.policy.four_eyes
    assert LogEntry.objects.get().change_message == "From now on a reviewer approves each draft."
    as_alice.post(url("four-eyes", site), {})
    site.policy.refresh_from_db()
    assert not site.policy.four_eyes


# --- the difference, and who is asked again ----------------------------------------------------------


def test_difference_of_the_draft_stands_beside_what_is_live(as_rita: Client, published: Publication) -> None:
    site = published.site
    save_texts(site=site, language="en", texts={"banner_title": "Cookies?"})
    add_library_partner(site=site, library="youtube", parameters={})
    page = as_rita.get(url("compare", site))
    assert [part.title for part in page.context["parts"]] == ["Partners", "Cookies", "Texts in English"]
    heading = next(row for row in page.context["parts"][-1].rows if row.label == "Banner: Heading")
    assert (heading.before, heading.after) == ("Your choice about cookies", "Cookies?")
    assert [name for name, _ in page.context["frames"]] == ["Version 1", "The draft"]


def test_two_versions_are_compared_and_the_draft_is_for_its_readers(
    browse: Callable[[str], Client], published: Publication
) -> None:
    site, as_vera = published.site, browse("vera")
    save_texts(site=site, language="en", texts={"banner_title": "Cookies?"})
    publish(site=site, by="pia", now=timezone.now())
    page = as_vera.get(url("compare", site), {"from": "1", "to": "2"})
    assert [part.title for part in page.context["parts"]] == ["Texts in English"]
    assert as_vera.get(url("compare", site), {"to": "draft"}).status_code == 404
    assert as_vera.get(url("compare", site), {"from": "9", "to": "2"}).status_code == 404
    preview = as_vera.get(url("version-preview", site, 1))
    script = preview.context["files"]["snippet.js"]
    assert "Your choice about cookies" in script
    assert "Cookies?" not in script
    assert "googletagmanager.com/gtag" not in script


def add_answer(site: Site, ref: str, *, performance: bool, days_ago: int = 1) -> None:
    ConsentEvent.objects.create(
        id=uuid.uuid4(),
        site=site,
        event_id=uuid.uuid4(),
        consent_ref=ref,
        received_at=timezone.now() - timedelta(days=days_ago),
        action="save",
        surface="banner",
        categories={"performance": performance},
        partners={},
        version=site.versions.latest("ordinal"),
        regime_shown="eu",
        signals={},
        signals_seen={},
    )


def test_publish_page_says_how_many_are_asked_again_and_why(as_alice: Client, published: Publication) -> None:
    site = published.site
    for number in range(12):
        add_answer(site, f"yes-{number}", performance=True, days_ago=3)
    # The latest answer counts, a yes that is forgotten does not, and neither does a no.
    add_answer(site, "yes-0", performance=False)
    add_answer(site, "long-ago", performance=True, days_ago=181)
    add_answer(site, "no", performance=False)
    add_library_partner(site=site, library="hotjar", parameters={"site_id": "1234567"}, category="performance")
    words = "11 people who accepted performance will be asked again, because Hotjar is new."
    assert as_alice.get(url("publish", site)).context["asked"] == [words]
    for number in (1, 2):
        add_answer(site, f"yes-{number}", performance=False)
    (few,) = as_alice.get(url("publish", site)).context["asked"]
    assert few.startswith("Fewer than 10 people who accepted performance")


def test_count_reads_the_newest_answers_only_and_says_so(published: Publication) -> None:
    site, payload = published.site, latest_payload(published.site)
    assert payload
    for number in range(5):
        add_answer(site, f"yes-{number}", performance=True)
    granted = still_granted(site, ["performance"], payload, now=timezone.now(), most=3)
    assert (granted.people, granted.is_least) == ({"performance": 3}, True)
    assert not still_granted(site, ["performance"], payload, now=timezone.now(), most=5).is_least


# --- several people at once --------------------------------------------------------------------------


def test_publisher_who_left_the_team_publishes_nothing(
    as_pia: Client, people: dict[str, User], catalogue: Site
) -> None:
    page = as_pia.get(url("publish", catalogue))
    remove_member(site=catalogue, user=people["pia"])
    assert as_pia.post(url("publish", catalogue), {"draft": page.context["digest"]}).status_code == 404
    change_roles(site=catalogue, user=people["bob"], roles=[Role.VIEWER])
    assert not Publication.objects.exists()


def test_publish_again_says_that_a_planned_version_still_takes_over(as_pia: Client, guarded: Site) -> None:
    set_four_eyes(site=guarded, is_on=False)
    publish(site=guarded, by="pia", now=timezone.now())
    save_texts(site=guarded, language="en", texts={"banner_title": "Later"})
    later = timezone.now() + timedelta(days=5)
    publish(site=guarded, by="pia", now=timezone.now(), effective_at=later)
    assert "Version 3 still takes over on" in as_pia.get(url("version", guarded, 1)).content.decode()
    assert "Version 3 still takes over on" in said(as_pia.post(url("version-again", guarded, 1), {}))


def test_publisher_of_a_stale_page_is_told_in_the_service_too(catalogue: Site) -> None:
    looked_at = draft_digest(catalogue)
    save_texts(site=catalogue, language="en", texts={"banner_title": "Cookies?"})
    with pytest.raises(ValidationError, match="has changed since"):
        publish(site=catalogue, by="pia", now=NOW, looked_at=looked_at)
    assert draft_payload(catalogue)["texts"]["en"]["banner_title"] == "Cookies?"
