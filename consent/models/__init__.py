"""What we ask, publish and record, as rows."""

from consent.models.event import ConsentEvent
from consent.models.notice import ComposedFile, Notice, NoticeVersion, OptOutLink, Publication
from consent.models.policy import SitePolicy
from consent.models.statistics import Counted, DailyStatistic

__all__ = [
    "ComposedFile",
    "ConsentEvent",
    "Counted",
    "DailyStatistic",
    "Notice",
    "NoticeVersion",
    "OptOutLink",
    "Publication",
    "SitePolicy",
]
