"""A file that is no essay is refused through the upload form in words that help, and leaves nothing behind."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from compile.errors import REFUSALS
from review_app.domain.actor import Role
from review_app.factory import create_app
from review_app.models import EssayVersion
from review_app.resources import Resources, open_resources
from tests.browsing import Clock, checksum_database, read_csrf, sign_in_as
from tests.builders import build_contest, build_unit, build_user, make_settings
from tests.compile.conftest import docx, ole, para, word_stream, zip_parts

MEGABYTE = 1024 * 1024
EDGE = "edge-of-the-form"
GOOD = docx(para("灯下的来访登记簿") + para("她把热茶递到老人手中，听他从头说起。" * 20))


@dataclass(frozen=True)
class Desk:
    """A unit's browser before the upload form."""

    house: Resources
    client: FlaskClient
    token: str

    def upload(self, data: bytes, name: str = "征文.docx", **options: str) -> TestResponse:
        fields = {"csrf_token": self.token, **options}
        parts = [
            f'--{EDGE}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n'
            for key, text in fields.items()
        ]
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join(parts).encode() + head.encode() + data + f"\r\n--{EDGE}--\r\n".encode()
        return self.client.post("/unit/essays/new", data=body, content_type=f"multipart/form-data; boundary={EDGE}")

    def stored(self) -> tuple[str, list[str], list[str]]:
        incoming = self.house.files.root / "incoming"
        left = sorted(path.name for path in incoming.iterdir()) if incoming.is_dir() else []
        return checksum_database(self.house.database), list(self.house.files.iter_keys()), left


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    house = open_resources(replace(make_settings(folder), max_upload_bytes=MEGABYTE))
    clock = Clock()
    contest = build_contest(house, now=clock.now)
    user = build_user(house, Role.UNIT, unit=build_unit(house, contest))
    app = create_app(house.settings, house, clock=clock)
    client = sign_in_as(app, user)
    yield Desk(house, client, read_csrf(client))
    house.close()


def with_member(name: str, data: bytes) -> bytes:
    """A good docx with one more part."""
    packed = io.BytesIO(GOOD)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


def bomb() -> bytes:
    """A small docx whose text is 300 megabytes when unpacked."""
    body = b"<w:p><w:r><w:t>" + b"A" * (300 * MEGABYTE)
    return zip_parts({"[Content_Types].xml": b"wordprocessingml.document.main", "word/document.xml": body})


def entity() -> bytes:
    """A docx whose text asks for a file of this computer."""
    text = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:p><w:r><w:t>&e;</w:t></w:r></w:p>'
    return zip_parts({"[Content_Types].xml": b"wordprocessingml.document.main", "word/document.xml": text})


REFUSED = {
    "nothing in it": (b"", "征文.docx", "empty"),
    "only blanks": (b" \r\n\t" * 100, "征文.txt", "empty"),
    "a password on a docx": (ole({"EncryptedPackage": b"x" * 5000, "EncryptionInfo": b"y" * 500}), "征文.docx", "encrypted"),
    "a password on a doc": (ole({"WordDocument": word_stream(is_encrypted=True)}), "征文.doc", "encrypted"),
    "a page of the web named doc": (b"<html><body><img src='http://127.0.0.1:1/x'></body></html>", "征文.doc", "wrong-type"),
    "a drawing with a script": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "征文.docx", "wrong-type"),
    "a program": (b"MZ\x90\x00\x03" + bytes(range(256)) * 20, "征文.docx", "wrong-type"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "征文.docx", "wrong-type"),
    "a pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "征文.pdf", "pdf"),
    "macros": (with_member("word/vbaProject.bin", b"x"), "征文.docx", "macro"),
    "half a file": (GOOD[: len(GOOD) // 2], "征文.docx", "damaged"),
    "a bomb": (bomb(), "征文.docx", "too-large"),
    "a path that climbs": (with_member("../../evil.xml", b"<x/>"), "征文.docx", "unsafe"),
    "an entity": (entity(), "征文.docx", "unsafe"),
    "no text": (docx(para("")), "征文.docx", "no-text"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_file_is_answered_with_what_to_do_and_leaves_nothing(desk: Desk, case: str) -> None:
    data, name, code = REFUSED[case]
    before = desk.stored()
    answer = desk.upload(data, name, request_key=case)
    message, remedy = REFUSALS[code]
    assert answer.status_code == 422
    shown = html.unescape(re.sub(r"<[^>]+>", "", answer.text))
    assert f"{message}。{remedy}" in shown
    assert desk.stored() == before
    assert desk.upload(GOOD, request_key=case).status_code == 303
    assert desk.stored() != before


def test_a_file_over_the_limit_is_refused_before_it_is_read(desk: Desk) -> None:
    before = desk.stored()
    huge = desk.upload(b"A" * (3 * MEGABYTE))
    assert huge.status_code == 413
    assert "文件过大" in huge.text
    large = desk.upload(("字" * (MEGABYTE // 2)).encode())
    assert large.status_code == 422
    assert "文件超过 1 MB" in large.text
    assert desk.stored() == before


def test_nothing_chosen_leaves_nothing(desk: Desk) -> None:
    before = desk.stored()
    answer = desk.client.post("/unit/essays/new", data={"csrf_token": desk.token})
    assert answer.status_code == 422
    assert "请先选择文件" in answer.text
    assert desk.stored() == before


NAMES = [
    "../../../etc/passwd.docx", "..\\..\\boot.docx", 'a"; filename="b.html', "a\r\nX-Evil: 1.docx", "CON.docx", "x" * 300 + ".docx",
    "\u202excod.exe", "只有中文.docx", "  .docx", ".", "🌊.docx", "名字\x00.docx", "<b>粗</b>.docx", "%2e%2e%2fx.docx",
    "🌊" + "征" * 200 + "🌊.docx", "改了名.doc",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_strange_file_name_harms_nothing_and_comes_back_safe(desk: Desk, name: str) -> None:
    before = desk.stored()
    answer = desk.upload(GOOD, name)
    if answer.status_code == 422:  # a name that breaks the form is no file at all
        assert "\n" in name
        assert desk.stored() == before
        return
    assert answer.status_code == 303
    with desk.house.database.read() as session:
        version = session.scalars(select(EssayVersion).order_by(EssayVersion.id.desc()).limit(1)).one()
    assert not re.search(r'[/\\\x00-\x1f"<>\u202e]', version.original_name)
    assert len(version.original_name) <= 200
    page = desk.client.get(answer.headers["Location"])
    assert page.status_code == 200
    assert "<b>粗" not in page.text
    download = desk.client.get(f"{answer.headers['Location']}/original", buffered=True)
    assert download.data == GOOD
    assert "X-Evil" not in download.headers
    assert download.headers["Content-Disposition"].startswith("attachment; filename")
    outside = list(desk.house.settings.data_dir.parent.rglob("*evil*"))
    assert outside == []
