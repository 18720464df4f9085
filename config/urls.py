"""Every public address of the platform. Each has an entry in the access matrix (tests/admin/test_access_matrix.py)."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from consent.api.decision import DecisionView
from consent.api.events import events
from consent.api.impressions import impressions
from consent.api.ledger import ConsistencyView, InclusionView, checkpoint, keys, tile
from consent.api.public import ConsentsView, SiteView, VersionView
from consent.api.receipts import ReceiptView
from consent.api.region import region
from consent.api.user_links import LinkView, UserConsentsView

urlpatterns = [
    path("", include("consent.delivery.routes")),
    re_path(r"^api/v1/sites/(?P<key>[a-z0-9-]{1,40})/events$", events, name="events"),
    re_path(r"^api/v1/sites/(?P<key>[a-z0-9-]{1,40})/impressions$", impressions, name="impressions"),
    re_path(r"^api/v1/sites/(?P<key>[a-z0-9-]{1,40})/region$", region, name="region"),
    re_path(r"^api/v1/sites/(?P<key>[a-z0-9-]{1,40})/consents$", ConsentsView.as_view(), name="consents"),
    re_path(r"^api/v1/sites/(?P<key>[a-z0-9-]{1,40})/consents/link$", LinkView.as_view(), name="consent-link"),
    re_path(
        r"^api/v1/sites/(?P<key>[a-z0-9-]{1,40})/users/consents$", UserConsentsView.as_view(), name="user-consents"
    ),
    path("api/v1/sites/<slug:key>/receipts/<uuid:event_id>", ReceiptView.as_view(), name="receipt"),
    re_path(r"^api/v1/sites/(?P<key>[a-z0-9-]{1,40})/decision$", DecisionView.as_view(), name="decision"),
    re_path(r"^api/v1/sites/(?P<key>[a-z0-9-]{1,40})$", SiteView.as_view(), name="site"),
    re_path(r"^api/v1/versions/(?P<digest>[0-9a-f]{64})$", VersionView.as_view(), name="version"),
    re_path(r"^api/v1/sites/(?P<key>[a-z0-9-]{1,40})/ledger/inclusion$", InclusionView.as_view(), name="inclusion"),
    re_path(
        r"^api/v1/sites/(?P<key>[a-z0-9-]{1,40})/ledger/consistency$", ConsistencyView.as_view(), name="consistency"
    ),
    re_path(r"^ledger/(?P<key>[a-z0-9-]{1,40})/checkpoint$", checkpoint, name="ledger-checkpoint"),
    re_path(r"^ledger/(?P<key>[a-z0-9-]{1,40})/keys$", keys, name="ledger-keys"),
    re_path(r"^ledger/(?P<key>[a-z0-9-]{1,40})/tile/(?P<path>[0-9x/.p]{3,60})$", tile, name="ledger-tile"),
    path("api/v1/manage/", include("consent.api.manage.routes")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="api-docs"),
    path("", include("consent.pages.routes")),
    path("", include("consent.wellknown.routes")),
    path("", include("accounts.routes")),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("consent.demo.routes")))
