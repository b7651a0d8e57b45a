"""The manifest as JSON: equal manifests are equal bytes, and a wrong file is refused with the place of the fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields, replace

from compile.errors import BuildError
from compile.manifest import (
    Appendix,
    BoardGroup,
    CaseCard,
    EditorialBoard,
    Imprint,
    ImprintFact,
    Manifest,
    Section,
    TextPart,
    WorkEntry,
)
from compile.manifest_json import dump_manifest, load_manifest

FULL = Manifest(
    title="“我与信访”征文\n汇编",
    organiser="柳河县信访局",
    dated_on=date(2020, 12, 31),
    sections=(
        Section(
            "一等奖",
            (
                WorkEntry("2020-0001", "a" * 64, "柳河镇　周明", "好", "李评审", CaseCard("因", "做", "效", "启")),
                WorkEntry("2", "b" * 64),
            ),
        ),
    ),
    subtitle="二〇二〇",
    cover_mark="内部资料",
    editor_note=("其一", "其二"),
    editor_note_title="序",
    appendices=(Appendix("名单", ("序", "名"), (("1", "甲"), ("2", "\ud800坏")), (1, 3), ("说明",)),),
    font_profile="founder",
    has_cover=False,
    has_contents=False,
    has_section_pages=False,
    imprint=Imprint((ImprintFact("准印证号", "柳 017"),), ("内部资料",)),
    board=EditorialBoard((BoardGroup("主任", ("赵国强",)),), "编辑委员会"),
    notice=TextPart("通知", ("各单位：",)),
    afterword=TextPart("后记", ("谢谢。",)),
    back_cover=("免费交流",),
    has_running_heads=True,
    has_odd_starts=True,
    template_key="c" * 64,
)


def test_manifest_comes_back_equal_and_its_bytes_are_canonical() -> None:
    data = dump_manifest(FULL)
    assert load_manifest(data) == FULL
    assert dump_manifest(load_manifest(data)) == data
    assert data.endswith(b"\n")
    shuffled = dict(reversed(json.loads(data).items()))
    assert dump_manifest(load_manifest(json.dumps(shuffled, indent=4).encode())) == data


def test_left_out_values_take_their_defaults() -> None:
    small = b'{"format":1,"title":"T","organiser":"O","dated_on":"2020-01-02","sections":[]}'
    assert load_manifest(small) == Manifest("T", "O", date(2020, 1, 2), ())


def test_parts_of_later_books_leave_no_trace_where_they_are_not_used() -> None:
    old = (
        b'{"appendices":[{"columns":["a"],"rows":[["1"]],"title":"A","widths":[]}],"cover_mark":"",'
        b'"dated_on":"2020-01-02","editor_note":[],"editor_note_title":"N","font_profile":"win10","format":1,'
        b'"has_contents":true,"has_cover":true,"has_section_pages":true,"organiser":"O","sections":[{"title":"S",'
        b'"works":[{"byline":"","comment":"","comment_by":"","manuscript_key":"k","number":"1"}]}],"subtitle":"",'
        b'"title":"T"}\n'
    )
    assert dump_manifest(load_manifest(old)) == old


def test_null_stands_for_a_part_that_is_not_there() -> None:
    document = json.loads(dump_manifest(FULL))
    document["notice"] = None
    assert load_manifest(json.dumps(document).encode()) == replace(FULL, notice=None)


def test_difference_in_any_field_shows_in_the_bytes() -> None:
    small = Manifest("T", "O", date(2020, 1, 2), ())
    seen = {dump_manifest(small)}
    for item in fields(Manifest):
        seen.add(dump_manifest(replace(small, **{item.name: getattr(FULL, item.name)})))
    assert len(seen) == 1 + len(fields(Manifest))


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    *way, last = (int(step) if step.isdigit() else step for step in path.split("."))

    def apply(document: Any) -> None:
        for step in way:
            document = document[step]
        document[last] = value

    return apply


@pytest.mark.parametrize(
    ("alter", "message"),
    [
        (change("format", 2), "manifest.format: Invalid value 2"),
        (change("format", True), "manifest.format: Expected `int`, got `bool`"),
        (change("title", 5), "manifest.title: Expected `str`, got `int`"),
        (change("has_cover", 1), "manifest.has_cover: Expected `bool`, got `int`"),
        (change("dated_on", "31.12.2020"), "manifest.dated_on: Invalid RFC3339 encoded date"),
        (change("dated_on", 5), "manifest.dated_on: Expected `date`, got `int`"),
        (change("font_profile", "dos"), "manifest.font_profile: Invalid enum value 'dos'"),
        (change("sections", {}), "manifest.sections: Expected `array`, got `object`"),
        (change("sections.0", "x"), "manifest.sections[0]: Expected `object`, got `str`"),
        (change("sections.0.works.1.extra", 1), "manifest.sections[0].works[1]: Object contains unknown field `extra`"),
        (
            lambda document: document["sections"][0]["works"][0].pop("number"),
            "manifest.sections[0].works[0]: Object missing required field `number`",
        ),
        (lambda document: document.pop("organiser"), "manifest: Object missing required field `organiser`"),
        (change("board.groups.0.title", "主任"), "manifest.board.groups[0]: Object contains unknown field `title`"),
        (change("board.groups.0.names", "赵国强"), "manifest.board.groups[0].names: Expected `array`, got `str`"),
        (change("imprint", []), "manifest.imprint: Expected `object | null`, got `array`"),
        (
            change("sections.0.works.0.case.cause", None),
            "manifest.sections[0].works[0].case.cause: Expected `str`, got `null`",
        ),
        (change("back_cover", None), "manifest.back_cover: Expected `array`, got `null`"),
        (change("has_odd_starts", "yes"), "manifest.has_odd_starts: Expected `bool`, got `str`"),
        (change("appendices.0.rows.1", ["1", None]), "manifest.appendices[0].rows[1][1]: Expected `str`, got `null`"),
        (change("appendices.0.widths", [1, 2.5]), "manifest.appendices[0].widths[1]: Expected `int`, got `float`"),
        (change("appendices.0.widths", [1, True]), "manifest.appendices[0].widths[1]: Expected `int`, got `bool`"),
    ],
)
def test_wrong_value_is_refused_with_its_place(alter: Callable[[dict[str, Any]], object], message: str) -> None:
    document = json.loads(dump_manifest(FULL))
    alter(document)
    with pytest.raises(BuildError) as caught:
        load_manifest(json.dumps(document).encode())
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"[" * 100_000, b'{"format":1}', b'{"\\ud800":1}']
)
def test_file_that_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(BuildError):
        load_manifest(data)


def test_documented_example_is_a_manifest() -> None:
    page = (Path(__file__).parents[2] / "docs" / "manifest.md").read_text(encoding="utf-8")
    example = page.split("```json\n", 1)[1].split("```", 1)[0]
    manifest = load_manifest(example.encode())
    assert manifest.sections[0].works[0].byline
    kinds = (
        Manifest,
        Section,
        WorkEntry,
        Appendix,
        CaseCard,
        TextPart,
        Imprint,
        ImprintFact,
        EditorialBoard,
        BoardGroup,
    )
    names = {item.name for kind in kinds for item in fields(kind)}
    assert sorted(name for name in names if f"`{name}`" not in page) == []
