"""Tables: columns, relations and constraints only."""

from review_app.models.account import FailedLogin, LoginSession, User
from review_app.models.anthology import Anthology, AnthologyBuild, AnthologyItem
from review_app.models.audit import AuditEntry
from review_app.models.base import Base
from review_app.models.case import CaseSheet, PassageMark
from review_app.models.contest import AwardLevel, Contest, Criterion, DeadlineChange
from review_app.models.copies import EssayFingerprint, KnownText, SimilarPair
from review_app.models.essay import Essay, EssayVersion, FormalCheck, Receipt, StoredFile
from review_app.models.job import AnsweredRequest, Installation, Job
from review_app.models.review import Review, Score, TieDecision
from review_app.models.search import SavedSearch
from review_app.models.synonym import SynonymGroup
from review_app.models.tag import EssayTag, Tag
from review_app.models.unit import Unit, UnitClass

__all__ = [
    "AnsweredRequest",
    "Anthology",
    "AnthologyBuild",
    "AnthologyItem",
    "AuditEntry",
    "AwardLevel",
    "Base",
    "CaseSheet",
    "Contest",
    "Criterion",
    "DeadlineChange",
    "Essay",
    "EssayFingerprint",
    "EssayTag",
    "EssayVersion",
    "FailedLogin",
    "FormalCheck",
    "Installation",
    "Job",
    "KnownText",
    "LoginSession",
    "PassageMark",
    "Receipt",
    "Review",
    "SavedSearch",
    "Score",
    "SimilarPair",
    "StoredFile",
    "SynonymGroup",
    "Tag",
    "TieDecision",
    "Unit",
    "UnitClass",
    "User",
]
