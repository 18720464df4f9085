"""The addresses of the demonstration website."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
