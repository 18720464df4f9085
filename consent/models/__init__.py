"""What we ask, publish and record, as rows."""

from consent.models.embedding import PageCheck, Sighting
from consent.models.event import ConsentEvent, UnsealedEvent
from consent.models.experiment import Arm, Experiment
from consent.models.export import Export, ExportProgress, ExportTaken
from consent.models.ledger import Checkpoint, CheckpointMail, Ledger, LedgerCheck, LedgerKey, LedgerLeaf, LedgerTile
from consent.models.notice import ComposedFile, Notice, NoticeVersion, OptOutLink, Publication
from consent.models.policy import SitePolicy
from consent.models.retention import LegalHold, RetentionRun
from consent.models.review import Acknowledgement, Review
from consent.models.statistics import Counted, DailyStatistic, DailyTotal, MonthlyTotal
from consent.models.user_link import UserLink, UserLinkKey
from consent.models.webhook import Announcement, Attempt, Delivery, Webhook, WithdrawalsSeen

__all__ = [
    "Acknowledgement",
    "Announcement",
    "Arm",
    "Attempt",
    "Checkpoint",
    "CheckpointMail",
    "ComposedFile",
    "ConsentEvent",
    "Counted",
    "DailyStatistic",
    "DailyTotal",
    "Delivery",
    "Experiment",
    "Export",
    "ExportProgress",
    "ExportTaken",
    "Ledger",
    "LedgerCheck",
    "LedgerKey",
    "LedgerLeaf",
    "LedgerTile",
    "LegalHold",
    "MonthlyTotal",
    "Notice",
    "NoticeVersion",
    "OptOutLink",
    "PageCheck",
    "Publication",
    "RetentionRun",
    "Review",
    "Sighting",
    "SitePolicy",
    "UnsealedEvent",
    "UserLink",
    "UserLinkKey",
    "Webhook",
    "WithdrawalsSeen",
]
