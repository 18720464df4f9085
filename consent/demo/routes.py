"""The addresses of the demonstration website."""

from django.urls import path

from consent.demo import views

urlpatterns = [
    path("", views.home, name="demo"),
    path("about/", views.about, name="demo-about"),
    path("cookies/", views.cookies, name="demo-cookies"),
    path("strict/", views.strict, name="demo-strict"),
]
