"""The data of the demo contest are complete, consistent, invented and each essay is its own."""

from __future__ import annotations

import json
import re
import unicodedata
import zipfile
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest

from tools.demo.sources import DEMO, Source, compose_contest, load_frame, load_sources

CONTEST: dict[str, Any] = json.loads((DEMO / "contest.json").read_text(encoding="utf-8"))
ESSAYS: list[dict[str, Any]] = CONTEST["essays"]
SOURCES = load_sources()
SHARED_RUN_CHARACTERS = 20


def _squeezed(text: str) -> str:
    """The text without spaces, digits and letters in their plain form."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _body(source: Source) -> str:
    return "".join(source.lines)


def _final_totals(essay: dict[str, Any]) -> list[int]:
    return sorted(sum(sheet["points"].values()) for sheet in essay["sheets"] if sheet["state"] == "final")


def test_contest_json_is_what_the_sources_give() -> None:
    assert compose_contest(load_frame(), SOURCES) == CONTEST


def test_every_listed_file_is_there_and_no_other() -> None:
    essays = {essay["file"] for essay in ESSAYS} | {essay["plain_file"] for essay in ESSAYS if essay["plain_file"]}
    photos = {photo["file"] for essay in ESSAYS for photo in essay["photos"]}
    assert essays == {f"essays/{path.name}" for path in (DEMO / "essays").iterdir()}
    assert photos == {f"photos/{path.name}" for path in (DEMO / "photos").iterdir()}
    assert all((DEMO / name).stat().st_size > 0 for name in essays | photos)


def test_the_folder_stays_light() -> None:
    assert sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file()) < 6 * 1024 * 1024


@pytest.mark.parametrize(
    "essay", [essay for essay in ESSAYS if essay["file"].endswith(".docx")], ids=lambda essay: essay["name"]
)
def test_a_word_file_carries_its_title_and_its_pictures(essay: dict[str, Any]) -> None:
    with zipfile.ZipFile(DEMO / essay["file"]) as package:
        text = re.sub(r"<[^>]+>", "", package.read("word/document.xml").decode("utf-8"))
        inside = sorted(package.read(name) for name in package.namelist() if name.startswith("word/media/"))
    assert essay["title"] in text
    assert inside == sorted((DEMO / photo["file"]).read_bytes() for photo in essay["photos"])


def test_the_plain_text_file_is_gbk() -> None:
    names = [essay["file"] for essay in ESSAYS if essay["file"].endswith(".txt")]
    texts = [(DEMO / name).read_bytes() for name in names]
    assert [text.decode("gbk").splitlines()[0] for text in texts] == ["电话那头"]
    with pytest.raises(UnicodeDecodeError):
        texts[0].decode("utf-8")


def test_the_file_names_begin_as_their_kind_does() -> None:
    starts = {
        "docx": b"PK\x03\x04",
        "odt": b"PK\x03\x04",
        "doc": b"\xd0\xcf\x11\xe0",
        "wps": b"\xd0\xcf\x11\xe0",
        "rtf": b"{\\rtf",
    }
    for essay in ESSAYS:
        kind = essay["file"].rsplit(".", 1)[1]
        assert essay["file_name"].endswith(f".{kind}")
        assert (DEMO / essay["file"]).read_bytes().startswith(starts.get(kind, b""))
        assert bool(essay["plain_file"]) == (kind not in ("docx", "txt"))
    assert len({essay["file_name"] for essay in ESSAYS}) == len(ESSAYS)


def test_every_essay_has_600_to_3000_characters() -> None:
    lengths = {source.name: len(_squeezed(_body(source))) for source in SOURCES}
    assert {name: length for name, length in lengths.items() if not 600 <= length <= 3000} == {}
    assert sum(length >= 900 for length in lengths.values()) >= 28


def test_no_two_essays_share_a_run_of_20_characters() -> None:
    owners: dict[str, str] = {}
    shared = set()
    for source in SOURCES:
        text = _squeezed(_body(source))
        for start in range(len(text) - SHARED_RUN_CHARACTERS + 1):
            run = text[start : start + SHARED_RUN_CHARACTERS]
            if owners.setdefault(run, source.name) != source.name:
                shared.add((owners[run], source.name, run))
    assert shared == set()


def test_all_telephone_numbers_are_of_the_invented_kind() -> None:
    everything = (DEMO / "contest.json").read_text(encoding="utf-8") + "".join(map(_body, SOURCES))
    squeezed = re.sub(r"[-\s]", "", unicodedata.normalize("NFKC", everything))
    mobiles = re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", squeezed)
    landlines = re.findall(r"(?<!\d)0\d{2,3}[2-9]\d{6,7}(?!\d)", squeezed)
    assert {number[:7] for number in mobiles} == {"1380000"}
    assert landlines == []
    assert {unit["phone"][:9] for unit in CONTEST["units"]} == {"0550-0000"}
    assert len({unit["phone"] for unit in CONTEST["units"]}) == 25


def test_there_is_no_identity_number_of_either_length() -> None:
    everything = (DEMO / "contest.json").read_text(encoding="utf-8") + "".join(map(_body, SOURCES))
    assert re.findall(r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)", everything) == []


def test_only_the_returned_essay_gives_a_petitioner_away() -> None:
    assert [source.name for source in SOURCES if re.search(r"1380000\d{4}", _body(source))] == ["e32"]
    assert [(essay["name"], essay["return"]["code"]) for essay in ESSAYS if essay["return"]] == [("e32", "R06")]
    assert [essay["name"] for essay in ESSAYS if essay["state"] == "returned"] == ["e32"]


def test_units_stand_in_official_order_in_three_classes() -> None:
    units = CONTEST["units"]
    assert [unit["order"] for unit in units] == list(range(1, 26))
    assert (
        len({unit["code"] for unit in units})
        == len({unit["name"] for unit in units})
        == len({unit["short"] for unit in units})
        == 25
    )
    assert Counter(unit["class"] for unit in units) == {"township": 12, "zone": 1, "county": 12}
    assert {unit["class"] for unit in units} == {row["key"] for row in CONTEST["classes"]}


def test_essays_name_known_units_and_known_genres() -> None:
    codes = {unit["code"] for unit in CONTEST["units"]}
    assert {essay["unit"] for essay in ESSAYS} == codes - set(CONTEST["totals"]["missing_units"])
    assert {essay["genre"] for essay in ESSAYS} == {"通讯", "事迹材料", "散文", "案例", "言论", "诗歌", "其他"}
    assert all(1 <= len(essay["authors"]) <= 3 and 1 <= len(essay["tags"]) <= 5 for essay in ESSAYS)
    assert all(len(essay["title"]) <= 40 and len(essay["subtitle"]) <= 40 for essay in ESSAYS)


def test_the_days_tell_on_time_and_late_apart() -> None:
    days = CONTEST["contest"]["days"]
    for essay in ESSAYS:
        assert days["opens"] < essay["day"] < 0
        assert essay["is_late"] == (essay["state"] == "submitted" and essay["day"] > days["closes"])
    late_only = {essay["unit"] for essay in ESSAYS if essay["is_late"]} - {
        essay["unit"] for essay in ESSAYS if essay["state"] == "submitted" and not essay["is_late"]
    }
    assert late_only == {"XZ12", "XJ11"}


def test_states_are_as_the_story_needs_them() -> None:
    assert Counter(essay["state"] for essay in ESSAYS) == {"submitted": 31, "draft": 1, "returned": 1, "withdrawn": 1}
    assert CONTEST["totals"] == {
        "essays": 34,
        "submitted": 31,
        "late": 4,
        "photos": 11,
        "sheets_final": 97,
        "sheets_draft": 6,
        "sheets_recused": 1,
        "missing_units": ["XZ07", "XZ10", "XJ02", "XJ07"],
    }


def test_sheets_keep_to_the_criteria_and_to_the_rules_of_comment() -> None:
    most = {row["key"]: row["max_points"] for row in CONTEST["criteria"]}
    assert most == {"theme": 25, "real": 25, "value": 20, "lang": 20, "form": 10}
    reviewers = {reviewer["code"]: reviewer["unit"] for reviewer in CONTEST["reviewers"]}
    for essay in ESSAYS:
        for sheet in essay["sheets"]:
            assert essay["state"] == "submitted"
            assert reviewers[sheet["reviewer"]] != essay["unit"]
            if sheet["state"] == "recused":
                assert (sheet["points"], bool(sheet["comment"])) == ({}, True)
                continue
            assert all(0 <= sheet["points"][key] <= limit for key, limit in most.items())
            assert sheet["points"].keys() == most.keys()
            if sheet["state"] == "final" and not 60 <= sum(sheet["points"].values()) <= 90:
                assert len(sheet["comment"]) >= 10


def test_about_three_fifths_of_the_sheets_are_final() -> None:
    own_unit = sum(essay["unit"] == "XJ12" for essay in ESSAYS if essay["state"] == "submitted")
    possible = CONTEST["totals"]["submitted"] * len(CONTEST["reviewers"]) - own_unit
    assert Fraction(55, 100) < Fraction(CONTEST["totals"]["sheets_final"], possible) < Fraction(68, 100)


def test_the_ranking_has_a_spread_ties_and_unfinished_works() -> None:
    means = []
    for essay in ESSAYS:
        totals = _final_totals(essay)
        if len(totals) >= 3:
            kept = totals[1:-1] if len(totals) >= 5 else totals
            means.append(Fraction(sum(kept), len(kept)))
    assert max(means) - min(means) > 10
    assert Counter(means)[Fraction(92)] == 2
    assert Counter(means)[Fraction(175, 2)] == 2
    assert 0 < len(means) < CONTEST["totals"]["submitted"]
