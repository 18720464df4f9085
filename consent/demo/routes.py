"""The addresses of the demonstration website."""

from django.urls import path

from consent.demo import gallery_views, views

FRAME = "<slug:state>/<slug:layout>/<slug:language>/<slug:colours>/"

urlpatterns = [
    path("", views.home, name="demo"),
    path("about/", views.about, name="demo-about"),
    path("cookies/", views.cookies, name="demo-cookies"),
    path("strict/", views.strict, name="demo-strict"),
    path("gallery/", gallery_views.gallery, name="demo-gallery"),
    path(f"gallery/{FRAME}", gallery_views.frame, name="demo-gallery-frame"),
    path(f"gallery/{FRAME}<str:name>", gallery_views.file, name="demo-gallery-file"),
]
