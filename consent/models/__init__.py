"""What we ask, publish and record, as rows."""

from consent.models.embedding import PageCheck, Sighting
from consent.models.event import ConsentEvent
from consent.models.experiment import Arm, Experiment
from consent.models.ledger import Checkpoint, CheckpointMail, Ledger, LedgerCheck, LedgerKey, LedgerTile
from consent.models.notice import ComposedFile, Notice, NoticeVersion, OptOutLink, Publication
from consent.models.policy import SitePolicy
from consent.models.review import Acknowledgement, Review
from consent.models.statistics import Counted, DailyStatistic, MonthlyStatistic

__all__ = [
    "Acknowledgement",
    "Arm",
    "Checkpoint",
    "CheckpointMail",
    "ComposedFile",
    "ConsentEvent",
    "Counted",
    "DailyStatistic",
    "Experiment",
    "Ledger",
    "LedgerCheck",
    "LedgerKey",
    "LedgerTile",
    "MonthlyStatistic",
    "Notice",
    "NoticeVersion",
    "OptOutLink",
    "PageCheck",
    "Publication",
    "Review",
    "Sighting",
    "SitePolicy",
]
