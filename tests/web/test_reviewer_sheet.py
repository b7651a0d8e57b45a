"""The split view over HTTP: drafts, submission, conflicts, skipping, stepping back, what closes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from compile.manuscript import Manuscript, Paragraph, Picture, Run
from compile.manuscript_json import dump_manuscript
from review_app.domain.actor import SYSTEM, Role
from review_app.domain.essay_state import EssayState
from review_app.models import Contest, Criterion, Essay, EssayVersion, Review, Score, Tag, Unit, User
from review_app.resources import Resources
from review_app.work import open_work
from tests.builders import NOW, SheetOf, add, build_contest, build_essay, build_review, build_unit, build_user, store

FULL = {"score-theme": "22.5", "score-real": "20", "score-value": "16", "score-lang": "16", "score-form": "8"}
FETCH = {"X-Requested-With": "fetch"}
JPEG = b"\xff\xd8\xff\xe0 only pixels"


@dataclass
class Desk:
    """A reviewer signed in, with works before him."""

    house: Resources
    contest: Contest
    unit: Unit
    reviewer: User
    client: FlaskClient
    token: str

    def give(
        self, title: str = "灯下", *, position: int = 1, state: str = "assigned", sheet: SheetOf | None = None
    ) -> str:
        essay = build_essay(self.house, self.contest, self.unit, title=title, state=EssayState.ACCEPTED)
        return build_review(self.house, essay, self.reviewer, position=position, state=state, sheet=sheet).code

    def post(self, path: str, data: dict[str, object], **options: object) -> TestResponse:
        return self.client.post(f"/review/{path}", data={"csrf_token": self.token, **data}, **options)  # type: ignore[arg-type]

    def get(self, code: str) -> TestResponse:
        return self.client.get(f"/review/{code}")

    def stored(self, code: str) -> Review:
        with self.house.database.read() as session:
            return session.scalars(select(Review).where(Review.code == code)).one()

    def points(self, code: str) -> dict[str, int]:
        with self.house.database.read() as session:
            rows = session.execute(
                select(Criterion.key, Score.points_tenths)
                .join(Score, Score.criterion_id == Criterion.id)
                .join(Review, Review.id == Score.review_id)
                .where(Review.code == code)
            )
            return dict(rows.all())

    def change_essay(self, code: str, **values: object) -> None:
        with open_work(self.house.database, actor=SYSTEM, now=NOW) as work:
            review = work.session.scalars(select(Review).where(Review.code == code)).one()
            essay = work.session.get_one(Essay, review.essay_id)
            for name, value in values.items():
                setattr(essay, name, value)

    def close_review(self) -> None:
        with open_work(self.house.database, actor=SYSTEM, now=NOW) as work:
            contest = work.session.get_one(Contest, self.contest.id)
            contest.closes_at = datetime.now(UTC) - timedelta(days=2)
            contest.review_closes_at = datetime.now(UTC) - timedelta(minutes=1)


@pytest.fixture
def desk(house: Resources, sign_in: Callable[[User], FlaskClient], csrf: Callable[[FlaskClient], str]) -> Desk:
    contest = build_contest(house, now=datetime.now(UTC))
    reviewer = build_user(house, Role.REVIEWER)
    add(
        house,
        Tag(
            slug="fengqiao", group_key="mechanism", name_zh="枫桥经验", name_en="Fengqiao", position=1, initials="fqjy"
        ),
    )
    client = sign_in(reviewer)
    return Desk(house, contest, build_unit(house, contest), reviewer, client, csrf(client))


def value_of(page: str, field: str) -> str:
    found = re.search(rf'<input[^>]* name="{field}"[^>]* value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_the_sheet_shows_the_confirmed_title_bands_and_tags(desk: Desk) -> None:
    code = desk.give()
    desk.change_essay(code, title="确认过的题目", subtitle="——记一位接访员")
    page = desk.get(code).text
    assert re.findall(r'class="sheet-title">([^<]*)<', page) == ["确认过的题目"]
    assert "——记一位接访员" in page
    assert re.findall(r'class="band-range">([^<]*)<', page)[:4] == ["23–25", "19–22", "15–18", "0–14"]
    assert '<optgroup label="机制">' in page
    assert 'data-pinyin="fqjy' in page


def test_submitting_goes_on_to_the_next_open_work_and_offers_to_undo(desk: Desk) -> None:
    first, second, third = (desk.give(f"第{place}篇", position=place) for place in range(3))
    answer = desk.post(second, {**FULL, "act": "submit", "version": "1", "tags": ["fengqiao"], "comment": "好"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/review/{third}")
    assert desk.stored(second).state == "submitted"
    assert desk.points(second) == {"theme": 225, "real": 200, "value": 160, "lang": 160, "form": 80}
    following = desk.get(third).text
    assert f'action="/review/{second}/reopen"' in following
    assert "82.5" in following
    reopened = desk.post(f"{second}/reopen", {})
    assert (reopened.status_code, reopened.headers["Location"]) == (303, f"/review/{second}")
    assert desk.stored(second).state == "draft"
    assert desk.get(first).status_code == 200


def test_the_last_submission_leads_back_to_the_finished_queue(desk: Desk) -> None:
    code = desk.give()
    answer = desk.post(code, {**FULL, "act": "submit", "version": "1"})
    assert answer.headers["Location"] == "/review/"
    assert "全部完成" in desk.client.get("/review/").text


def test_a_double_click_submits_once_and_gets_the_first_answer(desk: Desk) -> None:
    code, following = desk.give(position=1), desk.give(position=2)
    form = {**FULL, "act": "submit", "version": "1", "request_key": "one-click"}
    answers = [desk.post(code, form) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [f"/review/{following}"] * 2
    assert desk.stored(code).version == 2


def test_missing_and_wrong_parts_come_back_at_their_fields_with_all_that_was_typed(desk: Desk) -> None:
    code = desk.give()
    form = {
        "score-theme": "30",
        "score-real": "20",
        "comment": "写了 <一半>",
        "flags": ["secret"],
        "tags": ["fengqiao"],
    }
    answer = desk.post(code, {**form, "act": "submit", "version": "1"})
    assert answer.status_code == 422
    page = answer.text
    assert "<title>错误：" in page
    assert re.findall(r'class="criterion-error" id="f-score-(\w+)-error"', page) == ["theme", "value", "lang", "form"]
    assert (value_of(page, "score-theme"), value_of(page, "score-real")) == ("30", "20")
    assert "写了 &lt;一半&gt;" in page
    assert re.search(r'value="secret"\s+checked', page)
    assert re.search(r'value="fengqiao"[^>]*selected', page)
    assert (desk.stored(code).state, desk.points(code)) == ("assigned", {})


@pytest.mark.parametrize("typed", ["abc", "1e5", "NaN", "-0", "1" * 40, "7.25", "18.3", "\x00"])
def test_what_is_no_score_is_refused_and_never_breaks_the_page(desk: Desk, typed: str) -> None:
    code = desk.give()
    answer = desk.post(code, {**FULL, "score-theme": typed, "act": "submit", "version": "1"})
    assert answer.status_code == 422
    assert 'id="f-score-theme-error"' in answer.text
    assert desk.stored(code).state == "assigned"


def test_full_width_digits_are_read(desk: Desk) -> None:
    code = desk.give()
    desk.post(code, {**FULL, "score-theme": "１８．５", "act": "submit", "version": "1"})
    assert desk.points(code)["theme"] == 185


def test_a_very_high_total_without_a_comment_is_sent_back_to_the_comment(desk: Desk) -> None:
    code = desk.give()
    top = {"score-theme": "25", "score-real": "25", "score-value": "20", "score-lang": "20", "score-form": "10"}
    answer = desk.post(code, {**top, "act": "submit", "version": "1", "comment": "很好"})
    assert answer.status_code == 422
    assert 'id="f-comment-error"' in answer.text
    assert desk.stored(code).state == "assigned"


def test_autosave_keeps_a_partial_sheet_and_gives_the_next_version(desk: Desk) -> None:
    code = desk.give()
    answer = desk.post(f"{code}/draft", {"score-theme": "21", "comment": "先记一笔", "version": "1"}, headers=FETCH)
    assert (answer.status_code, answer.json["version"]) == (200, 2)
    assert re.fullmatch(r"\d\d:\d\d", answer.json["saved_at"])
    assert (desk.points(code), desk.stored(code).comment) == ({"theme": 210}, "先记一笔")
    page = desk.get(code).text
    assert (value_of(page, "score-theme"), value_of(page, "version")) == ("21", "2")


def test_autosave_of_a_stale_window_tells_both_and_can_be_forced(desk: Desk) -> None:
    code = desk.give()
    desk.post(f"{code}/draft", {"score-theme": "21", "comment": "先来的", "version": "1"}, headers=FETCH)
    mine = {"score-theme": "12.5", "comment": "后来的", "version": "1"}
    answer = desk.post(f"{code}/draft", mine, headers=FETCH)
    assert answer.status_code == 409
    assert answer.json["version"] == 2
    assert answer.json["stored"] == {"total": "21", "comment": "先来的"}
    assert answer.json["sent"] == {"total": "12.5", "comment": "后来的"}
    assert desk.stored(code).comment == "先来的"
    assert desk.post(f"{code}/draft", {**mine, "force": "1"}, headers=FETCH).json["version"] == 3
    assert desk.stored(code).comment == "后来的"


def test_autosave_that_cannot_be_kept_says_why(desk: Desk) -> None:
    code, done = desk.give(), desk.give(state="submitted", sheet=SheetOf())
    wrong = desk.post(f"{code}/draft", {"score-theme": "26", "version": "1"}, headers=FETCH)
    assert (wrong.status_code, wrong.json) == (422, {"error": "主题立意与政治导向：分数应在 0 到 25 之间。"})
    late = desk.post(f"{done}/draft", {"score-theme": "10", "version": "1"}, headers=FETCH)
    assert late.status_code == 423
    assert list(late.json) == ["error"]
    assert desk.points(done)["theme"] == 200


def test_a_stale_form_shows_both_sheets_and_can_be_sent_again(desk: Desk) -> None:
    code = desk.give()
    desk.post(f"{code}/draft", {"score-theme": "10", "comment": "那边写的", "version": "1"}, headers=FETCH)
    answer = desk.post(code, {**FULL, "act": "submit", "version": "1", "comment": "这边写的"})
    assert answer.status_code == 409
    assert "那边合计 10 分，这边合计 82.5 分" in answer.text
    assert "那边写的" in answer.text
    assert "这边写的" in answer.text
    again = {**FULL, "act": "submit", "version": value_of(answer.text, "version"), "comment": "这边写的"}
    assert desk.post(code, again).status_code == 303
    assert desk.stored(code).comment == "这边写的"


def test_skipping_keeps_what_was_typed_and_leaves_an_untouched_sheet_alone(desk: Desk) -> None:
    touched, bare, last = (desk.give(position=place) for place in range(3))
    answer = desk.post(touched, {"act": "later", "version": "1", "comment": "再想想"})
    assert answer.headers["Location"] == f"/review/{bare}"
    assert desk.post(bare, {"act": "later", "version": "1"}).headers["Location"] == f"/review/{last}"
    assert [desk.stored(code).state for code in (touched, bare)] == ["draft", "assigned"]
    assert [desk.stored(code).is_deferred for code in (touched, bare)] == [True, True]
    assert desk.stored(touched).comment == "再想想"
    assert desk.post(last, {**FULL, "act": "submit", "version": "1"}).headers["Location"] == f"/review/{touched}"


def test_without_script_a_draft_is_kept_by_a_button(desk: Desk) -> None:
    code = desk.give()
    answer = desk.post(code, {"act": "save", "version": "1", "score-form": "7"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/review/{code}")
    assert desk.points(code) == {"form": 70}


def test_the_filter_of_the_list_stays_on_the_way(desk: Desk) -> None:
    done = desk.give("评过的", position=1, state="submitted", sheet=SheetOf())
    code, following = desk.give("没评的", position=2), desk.give("也没评的", position=3)
    page = desk.client.get(f"/review/{code}?state=waiting").text
    queue = page[page.index("queue-list") : page.index("queue-foot")]
    assert re.findall(r'href="([^"]*)"', queue) == [f"/review/{each}?state=waiting" for each in (code, following)]
    assert f"/review/{done}" not in queue
    answer = desk.post(f"{code}?state=waiting", {**FULL, "act": "submit", "version": "1"})
    assert answer.headers["Location"] == f"/review/{following}?state=waiting"


def test_a_submitted_sheet_is_read_only_with_a_way_back(desk: Desk) -> None:
    page = desk.get(desk.give(state="submitted", sheet=SheetOf(theme=21.5))).text
    assert "撤回修改" in page
    assert "data-autosave-url" not in page
    assert re.search(r'<fieldset class="rubric-fields"\s+disabled>', page)
    assert "81.5" in page


def test_stepping_back_asks_for_a_reason_and_removes_the_work_at_once(desk: Desk) -> None:
    code, following = desk.give(position=1), desk.give(position=2)
    assert desk.client.get(f"/review/{code}/recuse").status_code == 200
    empty = desk.post(f"{code}/recuse", {"reason": "  "})
    assert empty.status_code == 422
    assert 'id="f-reason-error"' in empty.text
    answer = desk.post(f"{code}/recuse", {"reason": "与作者同一办公室"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/review/{following}")
    assert desk.stored(code).state == "recused"
    for path in ("", "/recuse", f"/pictures/{'0' * 64}"):
        assert desk.client.get(f"/review/{code}{path}").status_code == 404
    for path in ("", "/draft", "/reopen", "/recuse"):
        assert desk.post(f"{code}{path}", {**FULL, "version": "2"}).status_code == 404


def test_after_the_end_everything_can_be_read_and_nothing_changed(desk: Desk) -> None:
    draft, done = desk.give(position=1), desk.give(position=2, state="submitted", sheet=SheetOf())
    desk.close_review()
    page = desk.get(draft).text
    assert "评审已截止" in page
    assert "data-submit-key" not in page
    assert "撤回修改" not in desk.get(done).text
    refused = desk.post(draft, {**FULL, "act": "submit", "version": "1", "comment": "来不及了"})
    assert refused.status_code == 409
    assert "来不及了" in refused.text
    assert desk.post(f"{draft}/draft", {"version": "1"}, headers=FETCH).status_code == 423
    for path in (f"{done}/reopen", f"{draft}/recuse"):
        assert desk.post(path, {"reason": "认识作者"}, headers=FETCH).status_code == 409
    assert (desk.stored(draft).state, desk.stored(done).state) == ("assigned", "submitted")


@pytest.mark.parametrize("state", [EssayState.RETURNED, EssayState.WITHDRAWN, EssayState.DISQUALIFIED])
def test_a_work_taken_out_meanwhile_is_frozen_and_its_text_hidden(desk: Desk, state: EssayState) -> None:
    code = desk.give()
    assert "清晨的接访大厅" in desk.get(code).text
    desk.change_essay(code, state=state.value)
    page = desk.get(code).text
    assert "暂停评审" in page
    assert "清晨的接访大厅" not in page
    assert "data-submit-key" not in page
    assert desk.post(code, {**FULL, "act": "submit", "version": "1"}).status_code == 409
    assert desk.stored(code).state == "assigned"


def test_pictures_are_those_of_the_current_manuscript_alone(desk: Desk) -> None:
    code, other = desk.give(position=1), desk.give(position=2)
    key, old_key = store(desk.house, JPEG, "image/jpeg"), store(desk.house, JPEG + b" old", "image/jpeg")
    letter = store(desk.house, b"<svg onload=alert(1)>", "image/svg+xml")
    pictures = (Picture(key, 4, 3, caption="窗口", photographer="周明"), Picture(letter, 1, 1))
    manuscript = dump_manuscript(Manuscript(title="灯下", blocks=(Paragraph((Run("正文"),)), *pictures)))
    stored = store(desk.house, manuscript, "application/json")
    with open_work(desk.house.database, actor=SYSTEM, now=NOW) as work:
        version = work.session.scalars(
            select(EssayVersion).join(Review, Review.essay_id == EssayVersion.essay_id).where(Review.code == code)
        ).one()
        version.manuscript_key = stored
    page = desk.get(code).text
    assert f'src="/review/{code}/pictures/{key}"' in page
    assert "窗口" in page
    assert "周明" not in page
    answer = desk.client.get(f"/review/{code}/pictures/{key}")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/jpeg", JPEG)
    assert not {"Content-Disposition", "ETag", "Last-Modified"} & set(answer.headers.keys())
    for path in (
        f"{code}/pictures/{old_key}",
        f"{code}/pictures/{letter}",
        f"{code}/pictures/{stored}",
        f"{other}/pictures/{key}",
    ):
        assert desk.client.get(f"/review/{path}").status_code == 404
    desk.change_essay(code, state=EssayState.RETURNED.value)
    assert desk.client.get(f"/review/{code}/pictures/{key}").status_code == 404
