"""What goes into a search index and what comes out, whichever engine is behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from review_app.domain.errors import N_, DomainError
from review_app.domain.search_terms import Query

IndexAudience = Literal["bureau", "reviewer"]
State = Literal["ready", "missing", "damaged", "foreign", "outdated"]


@dataclass(frozen=True, slots=True)
class ReviewerEntry:
    """An essay as a blind reviewer may find it. It has no place for author, unit, award or score.

    `number` is the blind number; `title` and `body` are the masked ones; `tags` those every reviewer may see.
    """

    essay_id: int
    number: str
    title: str
    body: str
    words: int
    genre: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BureauEntry:
    """An essay as the bureau may find it, and its own unit within its scope.

    `body` includes the captions. Names (unit, award, state, genre, tags, marks) are the Chinese texts that people read.
    `tags` are those that stand, `proposed` those that somebody is for and that do not; `marks` the kinds of its marked
    passages that are not dealt with; `comments` what reviewers wrote on sheets they have handed in. `time`: when it was last submitted, in seconds since 1970. `order`: the place of its
    unit in the register.
    """

    essay_id: int
    number: str
    title: str
    body: str
    words: int
    unit: str
    unit_id: int
    author: str = ""
    genre: str = ""
    tags: tuple[str, ...] = ()
    award: str = ""
    year: int | None = None
    score_tenths: int | None = None
    state: str = ""
    time: int | None = None
    order: int | None = None
    proposed: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


IndexEntry = BureauEntry | ReviewerEntry


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the outbox: the essay is to be found as `entry`, or with None no longer at all."""

    change_id: int
    essay_id: int
    entry: IndexEntry | None


@dataclass(frozen=True, slots=True)
class SearchScope:
    """Which essays exist for the one who searches; no field set means all of them.

    A unit's scope is its `unit_id`; a reviewer's the ids of the essays assigned to him.
    """

    unit_id: int | None = None
    essay_ids: frozenset[int] | None = None


EVERYTHING = SearchScope()


@dataclass(frozen=True, slots=True)
class Hit:
    """A found essay. `score` orders one page and is not to be shown."""

    essay_id: int
    score: float


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits, how many there are in all, and per facet how many of them have each value.

    Facet values are in falling order of count, then by value; essays without a value are not counted.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str | int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How an index stands. Anything but "ready" is cured by `rebuild`; `problem` says in English what was found."""

    state: State
    documents: int = 0
    last_change_id: int = 0
    problem: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether the index may be searched and changed."""
        return self.state == "ready"


class IndexUnavailable(DomainError):
    """The index cannot answer; the database can. `status` says why."""

    def __init__(self, status: IndexStatus) -> None:
        super().__init__(N_("全文检索正在修复，暂时改用简单查找。"))
        self.status = status


class SearchBackend(Protocol):
    """What services, queries and the worker may ask of a search engine. The database is the truth, this its shadow."""

    def apply(self, changes: Sequence[Change]) -> int:
        """Make the index follow the changes in one commit, the last of an essay winning; how many essays changed.

        Repeating changes does no harm. IndexUnavailable if it is not ready.
        """

    def rebuild(self, entries: Iterable[IndexEntry], *, last_change_id: int) -> IndexStatus:
        """Build anew beside the old index and put it in its place; searches go on meanwhile."""

    def search(
        self,
        query: Query,
        *,
        scope: SearchScope,
        filters: Mapping[str, Collection[str | int]] | None = None,
        facets: Sequence[str] = (),
        sort: str = "relevance",
        page: int = 1,
        page_size: int = 20,
    ) -> SearchPage:
        """One page of what the query finds within the scope."""

    def list_ids(
        self, query: Query, *, scope: SearchScope, filters: Mapping[str, Collection[str | int]] | None = None
    ) -> tuple[int, ...]:
        """All ids the query finds within the scope, ascending."""

    def status(self) -> IndexStatus:
        """How the index stands, without reading all of it."""

    def check(self) -> IndexStatus:
        """How the index stands after reading every byte."""
