"""The addresses of the composed files."""

from django.urls import re_path

from consent.delivery import views

KEY = r"(?P<key>[a-z0-9-]{1,40})"
LANGUAGE = r"(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)"

urlpatterns = [
    re_path(rf"^s/{KEY}\.js$", views.snippet, name="snippet"),
    re_path(
        rf"^s/{KEY}\.(?P<digest>[0-9a-f]{{32}}(?:[0-9a-f]{{32}})?)\.js$", views.immutable, name="snippet-immutable"
    ),
    re_path(rf"^s/{KEY}\.{LANGUAGE}\.js$", views.snippet, name="snippet-language"),
]
