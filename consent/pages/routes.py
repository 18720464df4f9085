"""The addresses of the hosted pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
