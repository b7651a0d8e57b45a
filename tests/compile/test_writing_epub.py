"""The EPUB: every file accounted for, contents that lead to the works, and nothing for epubcheck to say."""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from bench.corpus import Book, invent_book
from compile.manifest import Appendix, BoardGroup, EditorialBoard, Imprint, Section, TextPart
from compile.manuscript import Manuscript
from tests.books import bind, bind_blocks, full_manuscript, paragraph, unzip, write

OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
XHTML = "{http://www.w3.org/1999/xhtml}"
NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
EPUBCHECK = shutil.which("epubcheck")


@pytest.fixture(scope="module")
def book() -> Book:
    return invent_book(12, seed=7, photo_share=0.5, photo_px=120)


@pytest.fixture(scope="module")
def members(book: Book) -> dict[str, bytes]:
    return unzip(write(book, "epub")[0])


def part(members: dict[str, bytes], name: str) -> etree._Element:
    return etree.fromstring(members[f"EPUB/{name}"])


def test_type_comes_first_and_bare(book: Book) -> None:
    data, _ = write(book, "epub")
    assert data[30:58] == b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.infolist()[0].compress_type == zipfile.ZIP_STORED


def test_package_lists_every_file_once_with_its_type(members: dict[str, bytes]) -> None:
    items = part(members, "package.opf").findall(f"{OPF}manifest/{OPF}item")
    listed = [f"EPUB/{item.get('href')}" for item in items]
    assert sorted(listed) == sorted(set(members) - {"mimetype", "META-INF/container.xml", "EPUB/package.opf"})
    types = {posixpath.splitext(str(item.get("href")))[1]: item.get("media-type") for item in items}
    assert types == {
        ".xhtml": "application/xhtml+xml",
        ".ncx": "application/x-dtbncx+xml",
        ".css": "text/css",
        ".jpeg": "image/jpeg",
    }
    assert [item.get("id") for item in items if item.get("properties") == "nav"] == ["nav"]


def test_pages_are_read_in_the_order_of_the_book(members: dict[str, bytes]) -> None:
    package = part(members, "package.opf")
    files = {item.get("id"): str(item.get("href")) for item in package.iter(f"{OPF}item")}
    order = [files[item.get("idref")] for item in package.iter(f"{OPF}itemref")]
    heads = ["".join(part(members, name).find(f".//{XHTML}h1").itertext()) for name in order]
    assert heads[:4] == ["“我与信访”征文优秀作品汇编", "编者按", "目录", "一等奖作品"]
    assert (len(heads), heads[-1]) == (3 + 3 + 12 + 1, "获奖名单")


def test_both_contents_hold_the_sections_with_their_works(book: Book, members: dict[str, bytes]) -> None:
    def titles(item: etree._Element) -> tuple[str, list[str]]:
        return str(item.findtext(f"{XHTML}a")), [str(one.findtext(f"{XHTML}a")) for one in item.iter(f"{XHTML}li")][1:]

    def labels(point: etree._Element) -> tuple[str, list[str]]:
        texts = [str(one.findtext(f"{NCX}navLabel/{NCX}text")) for one in point.iter(f"{NCX}navPoint")]
        return texts[0], texts[1:]

    new = [titles(item) for item in part(members, "nav.xhtml").find(f".//{XHTML}nav/{XHTML}ol")]
    old = [labels(point) for point in part(members, "toc.ncx").find(f"{NCX}navMap")]
    assert new == old
    assert [head for head, _ in new][:2] == ["“我与信访”征文 优秀作品汇编", "编者按"]
    assert [(head, len(works)) for head, works in new[2:]] == [
        *((section.title, len(section.works)) for section in book.manifest.sections),
        ("获奖名单", 0),
    ]


def test_every_link_leads_to_a_place_and_no_id_stands_twice(files) -> None:
    photo = files.jpeg()
    manuscript = full_manuscript(hashlib.sha256(photo).hexdigest())
    members = unzip(write(bind(manuscript, manuscript, pictures=(photo,)), "epub")[0])
    links = 0
    for name in members:
        if not name.endswith((".xhtml", ".ncx")):
            continue
        page = etree.fromstring(members[name])
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))
        for address in page.xpath("//@href | //@src"):
            file, _, anchor = address.partition("#")
            target = posixpath.join("EPUB", file) if file else name
            assert target in members
            assert not anchor or etree.fromstring(members[target]).xpath("//*[@id = $anchor]", anchor=anchor)
            links += 1
    assert links > 20


def test_notes_are_marked_so_that_readers_can_show_them_in_place(files) -> None:
    members = unzip(write(bind(full_manuscript("0" * 64)), "epub")[0])
    page = part(members, "leaf-0001.xhtml")
    kind = "{http://www.idpf.org/2007/ops}type"
    marks = [one.get("href") for one in page.iter(f"{XHTML}a") if one.get(kind) == "noteref"]
    notes = [
        (one.get("id"), "".join(one.itertext())) for one in page.iter(f"{XHTML}aside") if one.get(kind) == "footnote"
    ]
    assert marks == ["#note-1", "#note-2", "#note-1", "#note-3"]
    assert notes == [("note-1", "[1] 乙的注。"), ("note-2", "[2] 甲的注。"), ("note-3", "[3] 丙的注。")]


def test_identifier_and_dates_come_from_the_manifest(book: Book) -> None:
    def facts(manifest_book: Book) -> tuple[str, str, str]:
        package = part(unzip(write(manifest_book, "epub")[0]), "package.opf")
        modified = package.find(f".//{OPF}meta[@property='dcterms:modified']")
        assert modified is not None
        return str(package.findtext(f".//{DC}identifier")), str(modified.text), str(package.findtext(f".//{DC}date"))

    small = bind_blocks(paragraph("正文"))
    later = Book(replace(small.manifest, dated_on=date(2021, 1, 2)), small.blobs)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f-]+", facts(small)[0])
    assert facts(small)[1:] == ("2020-12-31T00:00:00Z", "2020-12-31")
    assert facts(later)[1:] == ("2021-01-02T00:00:00Z", "2021-01-02")
    assert facts(small)[0] != facts(later)[0]


def test_bare_book_has_no_contents_page_but_a_navigation() -> None:
    members = unzip(write(bind(Manuscript("甲"), Manuscript("乙")), "epub")[0])
    assert [item.get("idref") for item in part(members, "package.opf").iter(f"{OPF}itemref")] == [
        "leaf-0001",
        "leaf-0002",
    ]
    assert [link.text for link in part(members, "nav.xhtml").iter(f"{XHTML}a")] == ["甲", "乙", "正文"]


@pytest.mark.epubcheck
@pytest.mark.skipif(EPUBCHECK is None, reason="epubcheck is not installed")
def test_epubcheck_finds_nothing_in_a_book_of_everything(files, tmp_path: Path) -> None:
    photo = files.jpeg()
    manuscript = full_manuscript(hashlib.sha256(photo).hexdigest())
    odd = Manuscript("<题>&\ufffe\x00", blocks=tuple(map(paragraph, ("控制\x07\x85", "😀\u202e𠀀", "]]>&nbsp;", ""))))
    small = bind(manuscript, odd, Manuscript(" "), pictures=(photo,), comment="好。", comment_by="评委")
    (section,) = small.manifest.sections
    manifest = replace(
        small.manifest, imprint=Imprint((), ("内部资料",)), board=EditorialBoard((BoardGroup("主任", ("周明",)),)),
        notice=TextPart(""), back_cover=("免费交流",), title="", organiser="", editor_note=("按。",), has_cover=True, has_contents=True,
        has_section_pages=True, sections=(Section("", section.works[:1]), Section("二\n<", section.works[1:])),
        appendices=(Appendix("", (), ()), Appendix("名单", ("题",), (("甲",), ("乙",)))),
    )  # fmt: skip
    path = tmp_path / "book.epub"
    path.write_bytes(write(Book(manifest, small.blobs), "epub")[0])
    assert EPUBCHECK is not None
    # Debian installs the bare .jar under this name, others a script.
    start = ["java", "-XX:TieredStopAtLevel=1", "-jar"] if zipfile.is_zipfile(EPUBCHECK) else []
    done = subprocess.run([*start, EPUBCHECK, str(path)], capture_output=True, text=True, timeout=120, check=False)
    assert "0 fatals / 0 errors / 0 warnings / 0 infos" in done.stdout + done.stderr, done.stdout + done.stderr
    assert done.returncode == 0
