"""The addresses of the machine API. They stand under manage/, apart from the public ones: /api/v1/sites/{key} is open
to everybody and cached, and no mistake in a route may ever make one answer for the other."""

from django.urls import path, re_path

from consent.api.manage.cookie_list import CookiesView, CookieView
from consent.api.manage.exports import ExportFileView, ExportsView, ExportView
from consent.api.manage.partners import PartnersView, PartnerView
from consent.api.manage.problems import unknown_address
from consent.api.manage.proofs import ConsistencyView, InclusionView
from consent.api.manage.records import RecordsView, RecordView
from consent.api.manage.statistics import StatisticsView
from consent.api.manage.versions import DraftView, PublicationsView, VersionsView, VersionView
from consent.api.manage.websites import TokenView, WebsiteView

SITE = r"^sites/(?P<key>[a-z0-9-]{1,40})"
# No more digits than a database's number has.
NUMBER = r"[0-9]{1,9}"

urlpatterns = [
    path("token", TokenView.as_view(), name="manage-token"),
    re_path(rf"{SITE}$", WebsiteView.as_view(), name="manage-site"),
    re_path(rf"{SITE}/partners$", PartnersView.as_view(), name="manage-partners"),
    re_path(rf"{SITE}/partners/(?P<slug>[a-z0-9-]{{1,40}})$", PartnerView.as_view(), name="manage-partner"),
    re_path(rf"{SITE}/cookies$", CookiesView.as_view(), name="manage-cookies"),
    re_path(rf"{SITE}/cookies/(?P<cookie_id>{NUMBER})$", CookieView.as_view(), name="manage-cookie"),
    re_path(rf"{SITE}/draft$", DraftView.as_view(), name="manage-draft"),
    re_path(rf"{SITE}/versions$", VersionsView.as_view(), name="manage-versions"),
    re_path(rf"{SITE}/versions/(?P<number>{NUMBER})$", VersionView.as_view(), name="manage-version"),
    re_path(rf"{SITE}/publications$", PublicationsView.as_view(), name="manage-publications"),
    re_path(rf"{SITE}/statistics$", StatisticsView.as_view(), name="manage-statistics"),
    re_path(rf"{SITE}/events$", RecordsView.as_view(), name="manage-events"),
    re_path(rf"{SITE}/events/(?P<event_id>[0-9a-f-]{{36}})$", RecordView.as_view(), name="manage-event"),
    re_path(rf"{SITE}/proofs/inclusion$", InclusionView.as_view(), name="manage-inclusion"),
    re_path(rf"{SITE}/proofs/consistency$", ConsistencyView.as_view(), name="manage-consistency"),
    re_path(rf"{SITE}/exports$", ExportsView.as_view(), name="manage-exports"),
    re_path(rf"{SITE}/exports/(?P<export_id>{NUMBER})$", ExportView.as_view(), name="manage-export"),
    re_path(rf"{SITE}/exports/(?P<export_id>{NUMBER})/file$", ExportFileView.as_view(), name="manage-export-file"),
    re_path(r"^(?P<rest>.*)$", unknown_address, name="manage-unknown"),
]
