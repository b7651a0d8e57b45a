"""The bureau's own Word file as the template of the anthology, from the settings to the built book and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import unquote

import docx
import pytest
from lxml import html

from compile.manifest_json import load_manifest
from review_app.anthology_job import run_build
from review_app.backup import write_backup
from review_app.factory import create_app
from review_app.models import Anthology, AnthologyBuild, StoredFile
from review_app.tidy import tidy
from review_app.work import open_work
from review_app.worker import Worker
from tests.browsing import sign_in_as
from tests.ooxml import find_faults
from tests.scored_world import ScoredWorld, build_scored_world
from tests.templates import make_template

TEMPLATE = make_template()


class Desk:
    """The bureau signed in on a contest with one work in its book."""

    def __init__(self, world: ScoredWorld, client, token: str) -> None:
        self.world = world
        self.client = client
        self.token = token
        self.post("/add", pick=[world.essays[0].id], section="作品")

    def get(self, path: str = "/settings"):
        return self.client.get(f"/bureau/anthology{path}")

    def tree(self, path: str = "/settings") -> html.HtmlElement:
        return html.document_fromstring(self.get(path).text)

    def post(self, path: str, **fields):
        return self.client.post(f"/bureau/anthology{path}", data={"csrf_token": self.token, **fields})

    def upload(self, data: bytes, name: str = "清源县模板.docx", version: str = ""):
        version = version or self.tree().xpath("//form[@id='book-settings']/input[@name='version']/@value")[0]
        return self.post("/template", version=version, file=(BytesIO(data), name))

    def card(self) -> dict[str, str]:
        """What the settings say of the template, by term."""
        rows = self.tree().xpath("//section[@aria-labelledby='template-title']/dl/div")
        return {row.findtext("dt"): row.findtext("dd") for row in rows}

    def template_key(self) -> str | None:
        with self.world.house.database.read() as session:
            return session.query(Anthology).one().template_key

    def build(self) -> docx.document.Document:
        form = self.tree("/check").xpath("//form[.//input[@name='request_key']]")[0]
        place = self.post("/builds", **dict(form.form_values())).location.removeprefix("/bureau/anthology")
        Worker(self.world.house, {"build-anthology": run_build, "index-essay": lambda house, jobs: None}).drain()
        data = self.get(f"{place}/document").data
        assert find_faults(data) == []
        return docx.Document(BytesIO(data))


@pytest.fixture
def desk(house, sign_in, csrf) -> Desk:
    world = build_scored_world(house, (90, 85), now=datetime.now(UTC))
    client = sign_in(world.bureau)
    return Desk(world, client, csrf(client))


def test_an_uploaded_template_frames_the_next_book_until_the_standard_one_is_back(desk):
    assert desk.card() == {"现在用": "标准版式"}
    answer = desk.upload(TEMPLATE)
    assert answer.location == "/bureau/anthology/settings#template-title"
    assert desk.card() == {
        "现在用": "清源县模板.docx",
        "纸张": "184 × 260 mm",
        "封面": "用模板的",
        "页眉": "用模板的",
        "页脚": "用标准版式的",
        "样式": "11 种按模板，其余按标准版式",
    }
    assert "目录页码按标准版式推算" in desk.get("/check").text
    section = desk.build().sections[-1]
    assert (round(section.page_width.mm), section.header.paragraphs[0].text) == (184, "清源县信访局内部资料")
    form = desk.tree().xpath("//form[contains(@action, '/template/clear')]")[0]
    assert desk.post("/template/clear", **dict(form.form_values())).status_code == 303
    undo = desk.tree().xpath("//form[@data-undo]/@action")[0]
    assert (desk.template_key(), desk.card()) == (None, {"现在用": "标准版式"})
    assert round(desk.build().sections[-1].page_width.mm) == 210
    with desk.world.house.database.read() as session:
        keys = [build.manifest_key for build in session.query(AnthologyBuild).order_by(AnthologyBuild.ordinal)]
    kept = [load_manifest(desk.world.house.files.read(key)).template_key for key in keys]
    assert [bool(key) for key in kept] == [True, False]
    assert desk.client.post(undo, data={"csrf_token": desk.token}).status_code == 303
    assert desk.template_key() == kept[0]


def test_both_templates_are_downloaded_and_the_standard_one_can_be_uploaded_again(desk):
    assert desk.get("/template").status_code == 404
    house_template = desk.get("/template/house")
    assert "汇编标准模板.docx" in unquote(house_template.headers["Content-Disposition"])
    assert desk.upload(house_template.data).status_code == 303
    assert desk.card()["样式"] == "53 种按模板，其余按标准版式"
    assert desk.upload(TEMPLATE).status_code == 303
    own = desk.get("/template")
    assert own.data == TEMPLATE
    assert "清源县模板.docx" in unquote(own.headers["Content-Disposition"])
    assert own.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "", "请先选择做好的 .docx 模板。"),
        (b"%PDF-1.7", "模板.docx", "模板不是 .docx 文件。请在 WPS 或 Word 里另存为 .docx 后重新上传。"),
        ("只有文字".encode(), "模板.txt", "模板不是 .docx 文件。请在 WPS 或 Word 里另存为 .docx 后重新上传。"),
        (TEMPLATE[:-4000], "模板.docx", "文件已损坏，打不开。请用 WPS 或 Word 打开确认，另存为 .docx 后重新上传。"),
    ],
)
def test_a_file_that_is_no_template_is_refused_and_not_kept(desk, data, name, said):
    before = list(desk.world.house.files.iter_keys())
    answer = desk.upload(data, name)
    assert answer.status_code == 422
    assert html.document_fromstring(answer.text).xpath("//p[@id='f-file-error']/text()") == [said]
    assert desk.template_key() is None
    assert list(desk.world.house.files.iter_keys()) == before


def test_a_template_that_is_too_large_is_refused_and_not_kept(desk):
    house = replace(desk.world.house, settings=replace(desk.world.house.settings, max_upload_bytes=len(TEMPLATE) - 1))
    desk.client = sign_in_as(create_app(house.settings, house), desk.world.bureau)
    desk.token = desk.tree().xpath("//input[@name='csrf_token']/@value")[0]
    before = list(house.files.iter_keys())
    answer = desk.upload(TEMPLATE)
    assert answer.status_code == 422
    assert "文件超过" in answer.text
    assert (desk.template_key(), list(house.files.iter_keys())) == (None, before)


def test_an_upload_from_a_page_that_is_out_of_date_changes_nothing(desk):
    assert desk.upload(TEMPLATE, version="0").status_code == 303
    assert desk.template_key() is None
    assert "改过汇编" in desk.get().text


def test_only_the_template_that_was_cleared_is_brought_back(desk):
    with desk.world.house.database.read() as session:
        other = session.query(StoredFile).first().key
    version = "//form[contains(@action, '/anthology/template')]//input[@name='version']/@value"
    for key in (other, "0" * 64, "../etc"):
        [shown] = set(desk.tree().xpath(version))
        assert desk.post(f"/template/back?name=x.docx&version={shown}&key={key}").status_code == 404
    assert desk.template_key() is None
    desk.upload(TEMPLATE)
    [shown] = set(desk.tree().xpath(version))
    assert desk.post(f"/template/back?version={shown}&key={other}").status_code == 404
    assert desk.template_key() not in (None, other)


def test_a_template_that_was_lost_is_named_and_the_standard_layout_serves(desk):
    desk.upload(TEMPLATE)
    key = desk.template_key()
    (desk.world.house.files.root / key[:2] / key).unlink()
    assert "这个模板现在读不出来" in desk.get().text
    assert "找不到自备的模板" in desk.get("/check").text
    assert round(desk.build().sections[-1].page_width.mm) == 210


def test_a_template_is_in_every_backup_and_never_tidied_away(desk, tmp_path):
    desk.upload(TEMPLATE)
    key = desk.template_key()
    house = desk.world.house
    tidy(house, now=datetime(2100, 1, 1, tzinfo=UTC))
    assert house.files.read(key) == TEMPLATE
    with open_work(house.database, actor=desk.world.actor, now=desk.world.now) as work:
        files = work.session.query(StoredFile).count()
        assert work.session.get(StoredFile, key) is not None
    assert write_backup(house, tmp_path / "backup.zip", now=desk.world.now).files == files
