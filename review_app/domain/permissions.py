"""The policy table: which role may do what. Web routes are labelled with it, services enforce it, queries scope by it.

A permission says that a role may do a kind of thing at all; which essays it may do it to is the scope:
a unit reaches the essays of its own unit, a reviewer those assigned to him and not recused, the bureau all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from review_app.domain.actor import Actor, Role
from review_app.domain.errors import NotAllowed


class Permission(StrEnum):
    """One kind of act or view."""

    SIGN_IN = "account.sign_in"
    MANAGE_OWN_ACCOUNT = "account.manage_own"
    ISSUE_ACCOUNTS = "account.issue"
    VIEW_CONTEST = "contest.view"
    CONFIGURE_CONTEST = "contest.configure"
    VIEW_UNITS = "unit.view"
    IMPORT_UNITS = "unit.import"
    SUBMIT_ESSAYS = "essay.submit"
    IMPORT_ESSAYS = "essay.import"
    VIEW_ALL_ESSAYS = "essay.view_all"
    CHECK_ESSAYS = "essay.check"
    CURATE_CASES = "case.curate"
    ASSIGN_REVIEWS = "review.assign"
    REVIEW_ESSAYS = "review.score"
    SEARCH = "search.use"
    SHARE_SEARCHES = "search.share"
    VIEW_RANKING = "ranking.view"
    DECIDE_AWARDS = "award.decide"
    EDIT_ANTHOLOGY = "anthology.edit"
    VIEW_DUTY = "duty.view"
    VIEW_AUDIT = "audit.view"
    OPERATE = "system.operate"


_EVERYBODY = frozenset(Role)
_SIGNED_IN = frozenset({Role.UNIT, Role.REVIEWER, Role.BUREAU, Role.SYSTEM})
_BUREAU = frozenset({Role.BUREAU, Role.SYSTEM})

POLICY: Final[Mapping[Permission, frozenset[Role]]] = MappingProxyType(
    {
        Permission.SIGN_IN: _EVERYBODY,
        Permission.MANAGE_OWN_ACCOUNT: _SIGNED_IN,
        Permission.ISSUE_ACCOUNTS: _BUREAU,
        Permission.VIEW_CONTEST: _SIGNED_IN,
        Permission.CONFIGURE_CONTEST: _BUREAU,
        Permission.VIEW_UNITS: _BUREAU,
        Permission.IMPORT_UNITS: _BUREAU,
        Permission.SUBMIT_ESSAYS: frozenset({Role.UNIT, Role.SYSTEM}),
        Permission.IMPORT_ESSAYS: _BUREAU,
        Permission.VIEW_ALL_ESSAYS: _BUREAU,
        Permission.CHECK_ESSAYS: _BUREAU,
        Permission.CURATE_CASES: _BUREAU,
        Permission.ASSIGN_REVIEWS: _BUREAU,
        Permission.REVIEW_ESSAYS: frozenset({Role.REVIEWER}),
        Permission.SEARCH: _SIGNED_IN,
        Permission.SHARE_SEARCHES: _BUREAU,
        Permission.VIEW_RANKING: _BUREAU,
        Permission.DECIDE_AWARDS: _BUREAU,
        Permission.EDIT_ANTHOLOGY: _BUREAU,
        Permission.VIEW_DUTY: _BUREAU,
        Permission.VIEW_AUDIT: _BUREAU,
        Permission.OPERATE: frozenset({Role.SYSTEM}),
    }
)


def is_allowed(actor: Actor, permission: Permission) -> bool:
    """Whether the role of `actor` may do this kind of thing at all."""
    return actor.role in POLICY[permission]


def require(actor: Actor, permission: Permission) -> None:
    """Return if allowed, raise NotAllowed otherwise; the first line of every service."""
    if not is_allowed(actor, permission):
        raise NotAllowed
