"""The addresses of two-factor login, beside the admin's own."""

from django.contrib import admin
from django.urls import path

from accounts.views import code, two_factor

urlpatterns = [
    path("admin/two-factor/", admin.site.admin_view(two_factor), name="two-factor"),
    path("admin/two-factor/code/", admin.site.admin_view(code), name="two-factor-code"),
]
