"""Bands without gap or overlap, points in half steps, and a rubric of exactly 100 points."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_app.domain.errors import Invalid
from review_app.domain.rubric import (
    DEFAULT_RUBRIC,
    VETO_FLAGS,
    band_of,
    bands,
    check_rubric,
    format_points,
    parse_points,
    validate_points,
)


@given(st.integers(min_value=1, max_value=200))
def test_the_bands_hold_every_whole_point_exactly_once(max_points: int) -> None:
    held = [point for band in bands(max_points) for point in range(band.low_points, band.high_points + 1)]
    assert sorted(held) == list(range(max_points + 1))
    assert max_points < 5 or [band.key for band in bands(max_points)] == ["excellent", "good", "fair", "poor"]


@given(st.integers(min_value=1, max_value=100), st.data())
def test_a_score_is_in_the_band_its_percentage_says(max_points: int, data: st.DataObject) -> None:
    tenths = data.draw(st.integers(0, max_points * 2)) * 5
    band = band_of(tenths, max_points)
    whole = tenths // 10
    assert band.low_points <= whole <= band.high_points
    percent_at = {"excellent": 90, "good": 75, "fair": 60, "poor": 0}
    assert whole * 100 >= percent_at[band.key] * max_points
    better = [percent for percent in percent_at.values() if percent > percent_at[band.key]]
    assert all(whole * 100 < percent * max_points for percent in better)


def test_the_bands_of_the_default_maxima() -> None:
    spans = {
        points: [(band.name_zh, band.low_points, band.high_points) for band in bands(points)] for points in (25, 20, 10)
    }
    assert spans == {
        25: [("优", 23, 25), ("良", 19, 22), ("中", 15, 18), ("差", 0, 14)],
        20: [("优", 18, 20), ("良", 15, 17), ("中", 12, 14), ("差", 0, 11)],
        10: [("优", 9, 10), ("良", 8, 8), ("中", 6, 7), ("差", 0, 5)],
    }
    assert band_of(225, 25).name_zh == "良"


@pytest.mark.parametrize("tenths", [0, 5, 185, 250])
def test_whole_and_half_points_within_the_maximum_pass(tenths: int) -> None:
    assert validate_points(DEFAULT_RUBRIC[0], tenths) == tenths


@pytest.mark.parametrize(("tenths", "text"), [(-5, "0 到 25"), (255, "0 到 25"), (184, "半分")])
def test_other_points_are_refused_at_their_criterion(tenths: int, text: str) -> None:
    with pytest.raises(Invalid, match=text) as caught:
        validate_points(DEFAULT_RUBRIC[0], tenths)
    assert caught.value.field == "theme"


@given(st.integers(min_value=0, max_value=2000))
def test_points_survive_being_written_and_typed_again(tenths: int) -> None:
    assert parse_points(format_points(tenths), field="theme") == tenths


@pytest.mark.parametrize(
    ("text", "tenths"), [("18", 180), (" 18.5 ", 185), ("１８．５", 185), ("18。5", 185), ("18.50", 185)]
)
def test_scores_are_read_as_people_type_them(text: str, tenths: int) -> None:
    assert parse_points(text, field="theme") == tenths


@pytest.mark.parametrize("text", ["", "优", "-3", "18.55", "1e2", "18,5", "1800", "nan", "٣"])
def test_what_is_no_score_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Invalid, match="请填写数字") as caught:
        parse_points(text, field="theme")
    assert caught.value.field == "theme"


def test_the_default_rubric_is_sound_and_comes_back_in_order() -> None:
    assert check_rubric(DEFAULT_RUBRIC[::-1]) == DEFAULT_RUBRIC
    assert [criterion.max_points for criterion in DEFAULT_RUBRIC] == [25, 25, 20, 20, 10]
    assert [flag.name_zh for flag in VETO_FLAGS] == [
        "政治导向错误",
        "涉密",
        "泄露信访人隐私",
        "抄袭",
        "严重失实",
        "已发表",
    ]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"max_points": 24}, "现为 99 分"),
        ({"max_points": 0}, "至少为 1 分"),
        ({"key": "real"}, "不能重复"),
        ({"key": "主题"}, "英文代号"),
        ({"name_zh": ""}, "英文代号"),
    ],
)
def test_an_unsound_rubric_is_refused_with_the_reason(change: dict[str, object], text: str) -> None:
    with pytest.raises(Invalid, match=text):
        check_rubric((replace(DEFAULT_RUBRIC[0], **change), *DEFAULT_RUBRIC[1:]))
