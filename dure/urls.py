"""Addresses. Pages carry their language (`/ko/…`, `/en/…`); pictures, API and technical addresses do not."""

from allauth.mfa.totp.views import activate_totp
from csp.decorators import csp_update
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from dure import health
from orders.views import designs, ledger, lobby

urlpatterns = [
    path("favicon.ico", health.favicon),
    path("admin/", admin.site.urls),
    path("api/v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include("orders.api_urls")),
    path("api/v1/", include("factory_sim.api_urls")),
    path("payments/", include("payments.urls")),
    path("", include("configurator.urls")),
    path("d/<str:code>", designs.short, name="short_design"),
    path("ledgers/<slug:slug>.jsonl", ledger.ledger_file, name="ledger_file"),
    path("draws/<slug:slug>-list.txt", lobby.list_file, name="draw_list"),
    path("draws/<slug:slug>-order.txt", lobby.order_file, name="draw_order"),
    *i18n_patterns(
        # The code to scan is an image inside the page.
        path("account/2fa/totp/activate/", csp_update({"img-src": ["data:"]})(activate_totp)),
        path("account/", include("allauth.urls")),
        path("", include("accounts.urls")),
        path("", include("orders.urls")),
    ),
]
