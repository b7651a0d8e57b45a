"""The default tags as data, and the rule by which a proposed tag stands."""

from collections import Counter

import pytest

from review_app.domain.tags import DEFAULT_GROUPS, DEFAULT_TAGS, tag_stands


@pytest.mark.parametrize(
    ("proposers", "is_chief", "stands"),
    [
        ([], False, False),
        ([4], False, False),
        ([4, 4], False, False),
        ([4, 7], False, True),
        ([], True, True),
        ([4], True, True),
    ],
)
def test_a_tag_stands_with_two_different_reviewers_or_the_chief(
    proposers: list[int], is_chief: bool, stands: bool
) -> None:
    assert tag_stands(proposers, is_chief) is stands


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
