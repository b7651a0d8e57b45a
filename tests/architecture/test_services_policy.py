"""Every act of every service refuses every role that may not do it, before it looks at anything else."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from review_app import services
from review_app.domain.actor import Actor, Role
from review_app.domain.errors import NotAllowed
from review_app.domain.permissions import POLICY, Permission
from review_app.resources import Resources
from review_app.work import open_work
from tests.browsing import checksum_database
from tests.builders import NOW, make_resources

ACTS: dict[Permission, tuple[str, ...]] = {
    Permission.SIGN_IN: ("accounts.sign_in",),
    Permission.MANAGE_OWN_ACCOUNT: ("accounts.sign_out", "accounts.note_seen", "accounts.change_password"),
    Permission.ISSUE_ACCOUNTS: ("accounts.open_account", "accounts.issue_first_passwords"),
    Permission.CONFIGURE_CONTEST: (
        "contest_setup.set_up_contest",
        "contest_setup.add_default_tags",
        "contests.change_timetable",
        "contests.change_panel",
        "contests.change_quotas",
        "contests.change_award_levels",
        "contests.change_rubric",
        "synonyms.change_synonyms",
        "synonyms.bring_back_synonyms",
        "tags.add_tag",
        "tags.merge_tags",
        "tags.move_tag",
        "tags.rename_tag",
        "tags.retire_tag",
    ),
    Permission.CURATE_CASES: (
        "bulk.tag_essays",
        "bulk.undo_tagging",
        "cases.note_download",
        "cases.save_case",
        "marks.mark_essay",
        "marks.remove_mark",
        "marks.settle_mark",
        "tags.decide_tags",
    ),
    Permission.IMPORT_UNITS: ("units.apply_register",),
    Permission.SUBMIT_ESSAYS: (
        "essays.add_essay",
        "essays.replace_file",
        "essays.save_details",
        "essays.submit_essay",
        "essays.withdraw_essay",
        "essays.reopen_essay",
        "essays.merge_draft",
    ),
    Permission.IMPORT_ESSAYS: ("essays.import_essay",),
    Permission.VIEW_ALL_ESSAYS: ("bulk.note_exported", "checks.note_original_viewed"),
    Permission.CHECK_ESSAYS: (
        "bulk.return_essays",
        "checks.accept_essay",
        "checks.accept_essays",
        "checks.return_essay",
        "copies.decide_pair",
        "copies.reopen_pair",
        "copies.add_known_text",
        "copies.remove_known_text",
        "copies.bring_back_known_text",
    ),
    Permission.SEARCH: ("searches.delete_search", "searches.rename_search", "searches.save_search"),
    Permission.SHARE_SEARCHES: ("searches.share_search",),
    Permission.ASSIGN_REVIEWS: ("assignments.assign_reviews", "assignments.unassign_review"),
    Permission.REVIEW_ESSAYS: (
        "reviews.save_draft",
        "reviews.submit_review",
        "reviews.reopen_review",
        "reviews.defer_review",
        "reviews.recuse_review",
        "marks.mark_review",
        "marks.remove_review_mark",
    ),
    Permission.VIEW_RANKING: ("awards.reveal_names",),
    Permission.DECIDE_AWARDS: ("awards.apply_awards", "awards.revoke_awards", "awards.decide_tie"),
    Permission.EDIT_ANTHOLOGY: (
        "anthologies.add_section",
        "anthologies.add_works",
        "anthologies.arrange_works",
        "anthologies.bring_back_template",
        "anthologies.clear_template",
        "anthologies.keep_order",
        "anthologies.move_section",
        "anthologies.move_work",
        "anthologies.place_work",
        "anthologies.rename_section",
        "anthologies.save_settings",
        "anthologies.set_template",
        "anthologies.undo_change",
        "builds.start_build",
        "bulk.add_to_book",
    ),
    Permission.OPERATE: (
        "accounts.forget_expired",
        "builds.finish_build",
        "builds.keep_rendering",
        "copies.keep_fingerprints",
        "copies.keep_pairs",
        "jobs.take_jobs",
        "jobs.report_progress",
        "jobs.finish_jobs",
        "jobs.revive_jobs",
    ),
}
PARTS_OF_ACTS = {
    "audit.record": "the log entry of an act, which has asked for its own permission",
    "jobs.enqueue": "the outbox row of an act",
    "jobs.enqueue_missing": "the outbox rows of an act",
    "intake.add_file_rows": "the file rows of an act",
    "reviews.open_review": "how each act on a review begins, after its permission",
    "reviews.drop_marks": "what is left of a reviewer who no longer reviews a work goes with the act that says so",
    "tags.write_decision": "what the bureau says of a tag, after the act's permission",
    "marks.find_received": "how each act on a typical case begins, after its permission",
    "anthologies.open_anthology": "how each act on the anthology begins, after its permission",
}


def list_acts() -> dict[str, Callable[..., Any]]:
    """Every public function of a service module whose first parameter is `work`, by module and name."""
    found = {}
    for module_info in pkgutil.iter_modules(services.__path__):
        module = importlib.import_module(f"{services.__name__}.{module_info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            parameters = list(inspect.signature(function).parameters)
            if function.__module__ == module.__name__ and not name.startswith("_") and parameters[:1] == ["work"]:
                found[f"{module_info.name}.{name}"] = function
    return found


def attempt(house: Resources, role: Role, act: Callable[..., Any]) -> BaseException | None:
    """What an act raises when a role does it with arguments that are good for nothing; the Work is rolled back."""
    signature = inspect.signature(act)
    required = [
        parameter.name
        for parameter in list(signature.parameters.values())[1:]
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    ]
    try:
        with open_work(house.database, actor=Actor(role, "某人", user_id=1, unit_id=1), now=NOW) as work:
            act(work, **{name: object() for name in required})
            raise _NothingRaisedError
    except _NothingRaisedError:
        return None
    except Exception as error:  # noqa: BLE001  (what it raises is what is looked at)
        return error


class _NothingRaisedError(Exception):
    """The act went through; raised to roll it back."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    folder: Path = tmp_path_factory.mktemp("policy")
    opened = make_resources(folder)
    yield opened
    opened.close()


def test_every_act_stands_in_the_table() -> None:
    listed = [name for names in ACTS.values() for name in names]
    assert len(listed) == len(set(listed))
    assert set(listed) | set(PARTS_OF_ACTS) == set(list_acts())
    assert not set(listed) & set(PARTS_OF_ACTS)


@pytest.mark.parametrize(
    ("name", "permission"), [(name, permission) for permission, names in ACTS.items() for name in names]
)
def test_an_act_is_refused_to_all_who_may_not_and_to_nobody_else(
    house: Resources, name: str, permission: Permission
) -> None:
    act = list_acts()[name]
    before = checksum_database(house.database)
    refused = {role for role in Role if isinstance(attempt(house, role, act), NotAllowed)}
    assert refused == set(Role) - POLICY[permission]
    assert checksum_database(house.database) == before


def test_acts_are_keyword_only_beyond_the_work() -> None:
    loose = {
        name
        for name, act in list_acts().items()
        if name not in PARTS_OF_ACTS
        for parameter in list(inspect.signature(act).parameters.values())[1:]
        if parameter.kind is not parameter.KEYWORD_ONLY
    }
    assert loose == set()
