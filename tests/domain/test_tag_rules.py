"""The default tags as data, and the rule by which a proposed tag stands."""

from collections import Counter

import pytest

from review_app.domain.tags import DEFAULT_GROUPS, DEFAULT_TAGS, TagVoices, tag_stands


@pytest.mark.parametrize(
    ("voices", "stands"),
    [
        (TagVoices(), False),
        (TagVoices(is_proposed=True), False),
        (TagVoices(supporters=1), False),
        (TagVoices(is_proposed=True, supporters=1), False),
        (TagVoices(supporters=2), True),
        (TagVoices(supporters=3, strikers=2), True),
        (TagVoices(supporters=2, strikers=2), False),
        (TagVoices(supporters=2, strikers=3), False),
        (TagVoices(decision=True), True),
        (TagVoices(strikers=5, decision=True), True),
        (TagVoices(supporters=5, decision=False), False),
    ],
)
def test_a_tag_stands_with_two_reviewers_who_outnumber_the_others_or_by_the_chief(
    voices: TagVoices, stands: bool
) -> None:
    assert tag_stands(voices) is stands


@pytest.mark.parametrize(
    ("voices", "is_offered"),
    [
        (TagVoices(is_proposed=True), True),
        (TagVoices(supporters=1), True),
        (TagVoices(decision=True), True),
        (TagVoices(strikers=1, decision=False), False),
    ],
)
def test_a_tag_is_offered_while_anybody_is_for_it(voices: TagVoices, is_offered: bool) -> None:
    assert voices.is_offered is is_offered


def test_every_tag_has_its_own_slug_and_a_known_group() -> None:
    assert len({tag.slug for tag in DEFAULT_TAGS}) == len(DEFAULT_TAGS)
    assert Counter(tag.group for tag in DEFAULT_TAGS) == {
        "focus": 8,
        "mechanism": 8,
        "leadership": 4,
        "resolution": 7,
        "order": 5,
        "channel": 5,
        "person": 5,
        "field": 12,
        "genre": 7,
    }
    assert [group.name_zh for group in DEFAULT_GROUPS] == [
        "宣传重点",
        "机制",
        "领导责任",
        "化解",
        "秩序",
        "渠道",
        "人物",
        "领域",
        "体裁",
    ]


def test_names_are_unique_inside_a_group_and_slugs_are_plain() -> None:
    assert len({(tag.group, tag.name_zh) for tag in DEFAULT_TAGS}) == len(DEFAULT_TAGS)
    assert len({(tag.group, tag.name_en) for tag in DEFAULT_TAGS}) == len(DEFAULT_TAGS)
    assert all(
        tag.slug.replace("-", "").isalnum() and tag.slug.isascii() and tag.slug.islower() for tag in DEFAULT_TAGS
    )
