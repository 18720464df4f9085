"""What we ask, publish and record, as rows."""

from consent.models.event import ConsentEvent
from consent.models.notice import ComposedFile, Notice, NoticeVersion, OptOutLink, Publication
from consent.models.policy import SitePolicy
from consent.models.review import Acknowledgement, Review
from consent.models.statistics import Counted, DailyStatistic, MonthlyStatistic

__all__ = [
    "Acknowledgement",
    "ComposedFile",
    "ConsentEvent",
    "Counted",
    "DailyStatistic",
    "MonthlyStatistic",
    "Notice",
    "NoticeVersion",
    "OptOutLink",
    "Publication",
    "Review",
    "SitePolicy",
]
