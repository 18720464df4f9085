"""What we ask, publish and record, as rows."""

from consent.models.event import ConsentEvent
from consent.models.notice import ComposedFile, Notice, NoticeVersion, OptOutLink, Publication
from consent.models.policy import SitePolicy

__all__ = [
    "ComposedFile",
    "ConsentEvent",
    "Notice",
    "NoticeVersion",
    "OptOutLink",
    "Publication",
    "SitePolicy",
]
