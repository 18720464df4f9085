"""What a program can do on one website. Lists are iterators that fetch a page when it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO, TypeVar

from .errors import NoAnswer
from .records import Cookie, Draft, Export, Partner, Publication, Record, TokenFacts, Version, Website, read
from .transport import Transport

R = TypeVar("R")
A_PAGE = 200


class Client:
    """Acts on the website of a token. Every method may raise ApiProblem or NoAnswer.

    What changes something takes the etag of the state that was read, and raises ChangedMeanwhile where that is no
    longer the present one. "*" means: whatever is there.
    """

    def __init__(self, base_url: str, token: str, *, timeout: float = 30) -> None:
        self._transport = Transport(base_url, token, timeout=timeout)
        self._site = ""

    @property
    def site(self) -> str:
        """The key of the token's website; asked for once."""
        if not self._site:
            self._site = self.token().site
        return self._site

    def token(self) -> TokenFacts:
        return read(TokenFacts, self._transport.ask("GET", "token"))

    # --- The website ---

    def website(self) -> Website:
        return read(Website, self._ask("GET"))

    def change_website(self, *, etag: str, **changes: Any) -> Website:
        return read(Website, self._ask("PATCH", body=changes, if_match=etag))

    # --- Partners ---

    def partners(self, *, category: str | None = None, archived: bool | None = None) -> Iterator[Partner]:
        return self._list(Partner, "partners", category=category, archived=archived)

    def partner(self, slug: str) -> Partner:
        return read(Partner, self._ask("GET", f"partners/{slug}"))

    def add_partner(self, **facts: Any) -> Partner:
        """From the library: `library`, `parameters`. By hand: `slug`, `name`, `category`, `purpose`, `purposes`, …"""
        return read(Partner, self._ask("POST", "partners", body=facts))

    def change_partner(self, slug: str, *, etag: str, **changes: Any) -> Partner:
        return read(Partner, self._ask("PATCH", f"partners/{slug}", body=changes, if_match=etag))

    def archive_partner(self, slug: str, *, etag: str) -> Partner:
        return self.change_partner(slug, etag=etag, archived=True)

    # --- Cookies ---

    def cookies(self, *, partner: str | None = None) -> Iterator[Cookie]:
        return self._list(Cookie, "cookies", partner=partner)

    def cookie(self, cookie_id: int) -> Cookie:
        return read(Cookie, self._ask("GET", f"cookies/{cookie_id}"))

    def add_cookie(self, **facts: Any) -> Cookie:
        return read(Cookie, self._ask("POST", "cookies", body=facts))

    def change_cookie(self, cookie_id: int, *, etag: str, **changes: Any) -> Cookie:
        return read(Cookie, self._ask("PATCH", f"cookies/{cookie_id}", body=changes, if_match=etag))

    def remove_cookie(self, cookie_id: int, *, etag: str) -> None:
        self._ask("DELETE", f"cookies/{cookie_id}", if_match=etag)

    # --- Publishing ---

    def draft(self) -> Draft:
        return read(Draft, self._ask("GET", "draft"))

    def publish(self, draft: str, *, reason: str = "", **schedule: Any) -> Publication:
        """Put the draft of this digest before visitors. `schedule`: effective_at, asked_from, announced_until,
        announcement."""
        return read(Publication, self._ask("POST", "publications", body={"draft": draft, "reason": reason, **schedule}))

    def go_back(self, version: int, *, reason: str = "") -> Publication:
        """Put a version before visitors that was published before."""
        return read(Publication, self._ask("POST", "publications", body={"version": version, "reason": reason}))

    def versions(self) -> Iterator[Version]:
        """The newest first."""
        return self._list(Version, "versions")

    def version(self, number: int) -> Version:
        return read(Version, self._ask("GET", f"versions/{number}"))

    # --- Evidence and numbers ---

    def events(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        action: str | None = None,
        version: str | None = None,
        regime: str | None = None,
        consent_ref: str | None = None,
    ) -> Iterator[Record]:
        """Decisions of visitors, the newest first. Moments need a time zone; `until` is the first one left out."""
        return self._list(
            Record,
            "events",
            since=since,
            until=until,
            action=action,
            version=version,
            regime=regime,
            consent_ref=consent_ref,
        )

    def event(self, event_id: str) -> Record:
        return read(Record, self._ask("GET", f"events/{event_id}"))

    def ask_export(
        self,
        format: str,
        *,
        first: date | None = None,
        last: date | None = None,
        action: str | None = None,
        version: int | None = None,
        regime: str | None = None,
        consent_ref: str | None = None,
    ) -> Export:
        """Ask for records as a file: csv, ndjson or 27560. Days are those of UTC, both included."""
        search = {
            "first": first,
            "last": last,
            "action": action,
            "version": version,
            "regime": regime,
            "consent_ref": consent_ref,
        }
        chosen = {name: value for name, value in search.items() if value is not None}
        return read(Export, self._ask("POST", "exports", body={"format": format, **chosen}))

    def exports(self) -> Iterator[Export]:
        """The newest first."""
        return self._list(Export, "exports")

    def export(self, export_id: int) -> Export:
        return read(Export, self._ask("GET", f"exports/{export_id}"))

    def take_export(self, export_id: int, file: BinaryIO) -> None:
        """Write an export that is ready into an open file. Raises NoAnswer where not all of it came."""
        sha256 = self._transport.take(f"sites/{self.site}/exports/{export_id}/file", file)
        manifest = self.export(export_id).manifest or {}
        if sha256 != manifest.get("sha256"):
            raise NoAnswer("What came is not the whole file: its SHA-256 is not the one of the manifest.")

    def statistics(self, *, first: date | None = None, last: date | None = None) -> dict[str, Any]:
        """The last thirty days, or these; as the documentation describes it."""
        days = {"range": "custom", "first": first, "last": last} if first or last else {}
        return dict(self._ask("GET", "statistics", query=days))

    def inclusion_proof(self, event_id: str, *, size: int | None = None) -> dict[str, Any]:
        """That a record stands in the website's ledger, at a signed size or the newest."""
        return dict(self._ask("GET", "proofs/inclusion", query={"event_id": event_id, "size": size}))

    def consistency_proof(self, first: int, *, size: int | None = None) -> dict[str, Any]:
        """That the ledger only grew since it had `first` leaves."""
        return dict(self._ask("GET", "proofs/consistency", query={"first": first, "size": size}))

    def _ask(self, method: str, path: str = "", **sent: Any) -> Any:
        return self._transport.ask(method, f"sites/{self.site}" + (f"/{path}" if path else ""), **sent)

    def _list(self, kind: type[R], path: str, **filters: Any) -> Iterator[R]:
        cursor: str | None = None
        while True:
            page = self._ask("GET", path, query={**filters, "cursor": cursor, "limit": A_PAGE})
            yield from (read(kind, row) for row in page["results"])
            cursor = page["next_cursor"]
            if cursor is None:
                return
