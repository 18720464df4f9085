"""The addresses of the hosted pages."""

from django.urls import path, re_path

from consent.pages import colours, declaration, front, preferences, preview, receipt, verify

KEY = r"(?P<key>[a-z0-9-]{1,40})"

urlpatterns = [
    path("", front.front, name="front"),
    path("verify/", verify.verify, name="verify"),
    re_path(rf"^p/{KEY}/$", preferences.preferences, name="page-preferences"),
    re_path(rf"^p/{KEY}/colours\.css$", colours.colours, name="page-colours"),
    re_path(rf"^p/{KEY}/cookies/$", declaration.declaration, name="page-declaration"),
    re_path(rf"^p/{KEY}/preview/(?P<token>[\w:-]{{20,400}})/$", preview.preview, name="page-preview"),
    re_path(rf"^p/{KEY}/receipts/$", receipt.receipt, name="page-record"),
    re_path(rf"^p/{KEY}/receipts/(?P<event_id>[0-9a-f-]{{36}})$", receipt.receipt, name="page-receipt"),
]
