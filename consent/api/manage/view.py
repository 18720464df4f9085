"""What every address of the machine API does: the token, the limit, the website, the verb; then ETags and problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.utils.cache import patch_vary_headers
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from consent.api.manage.authentication import BearerToken
from consent.api.manage.deprecation import Deprecation
from consent.api.manage.etags import fingerprint, is_known, require_match
from consent.api.manage.limits import TokenThrottle
from consent.api.manage.problems import Problem, problem_of, refusal
from cookies.models import Site, Token

T = TypeVar("T")


class ManageView(APIView):
    """One website's address. `verbs`: what a token has to allow, by method."""

    authentication_classes = (BearerToken,)
    metadata_class = None
    verbs: ClassVar[Mapping[str, str]] = {"GET": "read"}
    deprecation: ClassVar[Deprecation | None] = None
    throttle: TokenThrottle | None = None
    site: Site
    token: Token

    def get_throttles(self) -> list[Any]:
        self.throttle = TokenThrottle()
        return [self.throttle]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        assert isinstance(request.auth, Token)
        self.token, self.site = request.auth, request.auth.site
        # Another website, or none: from outside they look the same.
        if kwargs.get("key", self.site.key) != self.site.key:
            raise Problem(404, "unknown_site", "There is no website with this key, or this token is not for it.")
        verb = self.verbs.get("GET" if request.method == "HEAD" else request.method or "")
        if verb and verb not in self.token.verbs:
            raise Problem(403, "verb_missing", f"This token does not allow {verb}. An owner makes one that does.")

    def change(self, write: Callable[[], T], *, state: Callable[[], str] | None = None) -> T:
        """Run a write as one transaction, alone on this website. `state`: the etag of what it changes, read again once
        nobody else can change it; If-Match has to name it."""
        try:
            with transaction.atomic():
                Site.objects.select_for_update().get(pk=self.site.pk)
                if state:
                    require_match(self.request, state())
                return write()
        except ValidationError as error:
            raise refusal(error) from None
        except IntegrityError:
            raise Problem(
                409, "conflict", "Somebody changed this at the same moment. Read it again, then repeat."
            ) from None

    def answer(self, body: Any, *, status: int = 200) -> HttpResponse:
        """The body with its ETag; 304 for whoever has it already."""
        tag = body["etag"] if "etag" in body else fingerprint(body)
        has_it = self.request.method in ("GET", "HEAD") and is_known(self.request, tag)
        response: HttpResponse = HttpResponse(status=304) if has_it else Response(body, status=status)
        if has_it:
            # There is no content to have a type.
            del response["Content-Type"]
        response["ETag"] = f'"{tag}"'
        return response

    def handle_exception(self, exc: Exception) -> Any:
        if isinstance(exc, Problem):
            return exc.response()
        if isinstance(exc, (exceptions.APIException, Http404)):
            return problem_of(exc).response()
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        # What one token may read is for nobody else, and records are not kept on the way at all.
        answer.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(answer, ("Authorization",))
        if self.throttle:
            self.throttle.tell(answer)
        if self.deprecation:
            self.deprecation.tell(answer)
        return answer
