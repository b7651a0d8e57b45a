"""The WeChat package: the rules of its editor held by reading the pages back, its limits at their borders."""

from __future__ import annotations

import hashlib
import io
import random
from urllib.parse import unquote

import pytest
from lxml import etree
from PIL import Image

from bench.corpus import invent_book
from compile.manifest import Problem
from compile.manuscript import Heading, Manuscript, Picture, Run
from compile.writing.shrinking import shrink_picture
from tests.books import bind, bind_blocks, full_manuscript, paragraph, unzip, write

GUIDE = "00_粘贴说明.html"
TAGS = {
    "section", "p", "h2", "h3", "h4", "strong", "em", "u", "sup", "sub", "br", "table", "tr", "th", "td", "blockquote",
}  # fmt: skip
STYLES = {
    "margin", "padding", "padding-left", "text-align", "text-indent", "font-size", "font-weight", "line-height", "border",
    "border-collapse",
}  # fmt: skip


def bodies(members: dict[str, bytes]) -> dict[str, etree._Element]:
    """The bodies of the pages to paste by file name."""
    pages = {name: etree.fromstring(data) for name, data in members.items() if name.endswith(".html") and name != GUIDE}
    return {name: page.find("body") for name, page in pages.items()}


def count(body: etree._Element) -> int:
    return len("".join(body.itertext()))


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [one.code for one in problems if one.code.startswith("wechat")]


def noise(width: int, height: int, kind: str) -> bytes:
    """A picture that does not compress."""
    image = Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))
    sink = io.BytesIO()
    image.save(sink, kind, **({"quality": 95} if kind == "JPEG" else {}))
    return sink.getvalue()


def test_pages_hold_only_what_the_editor_keeps(files) -> None:
    photo = files.jpeg()
    manuscript = full_manuscript(hashlib.sha256(photo).hexdigest())
    book = bind(manuscript, pictures=(photo,), comment="好。", comment_by="评委")
    crowd = invent_book(12, seed=7, photo_share=0.5, photo_px=120)
    found = [*bodies(unzip(write(book, "wechat")[0])).values(), *bodies(unzip(write(crowd, "wechat")[0])).values()]
    assert len(found) == 15
    for body in found:
        head = body.getparent()[0]
        assert [child.tag for child in head] == ["meta", "title"]
        assert [child.tag for child in body] == ["section"]
        for element in body.iterdescendants():
            assert element.tag in TAGS
            assert set(element.attrib) <= {"style", "colspan", "rowspan"}
            names = {item.partition(":")[0] for item in element.get("style", "").split(";") if item}
            assert names <= STYLES
            assert "url" not in element.get("style", "")


def test_line_says_which_picture_goes_where_and_the_file_is_there(files) -> None:
    photos = [files.jpeg(width) for width in (320, 330)]
    one, two = (Picture(hashlib.sha256(photo).hexdigest(), 320, 200) for photo in photos)
    captioned = Picture(two.key, 330, 200, "走访", "李秀兰")
    gone = Picture("0" * 64, 9, 9)
    members = unzip(write(bind_blocks(one, captioned, one, gone, pictures=(*photos,)), "wechat")[0])
    (body,) = bodies(members).values()
    assert [line.text for line in body.iter("p")] == [
        "柳河镇　周明",
        "〔图1：请在此处插入 2020-XZ03-001_图1.jpg〕",
        "〔图2：请在此处插入 2020-XZ03-001_图2.jpg〕",
        "走访（李秀兰 摄）",
        "〔图1：请在此处插入 2020-XZ03-001_图1.jpg〕",
        "（此处图片缺失）",
    ]
    assert [members[f"pictures/2020-XZ03-001_图{number}.jpg"] for number in (1, 2)] == photos


@pytest.mark.parametrize(("length", "parts"), [(18_000, 1), (18_001, 2)])
def test_body_is_split_over_18000_characters_and_not_before(length: int, parts: int) -> None:
    blocks = [paragraph("信" * 100) for _ in range(179)] + [paragraph("访" * (length - 17_900))]
    data, report = write(bind_blocks(*blocks, byline=""), "wechat")
    found = bodies(unzip(data))
    assert sum(count(body) for body in found.values()) == length
    assert max(count(body) for body in found.values()) <= 18_000
    assert len(found) == parts
    assert [one.facts for one in report.problems if one.code == "wechat-split"] == [{"count": 2}] * (parts - 1)


def test_parts_are_cut_between_blocks_and_carry_their_headings_over() -> None:
    long = [paragraph("长" * 5_990) for _ in range(3)]
    heading = Heading(2, (Run("二、再开门"),))
    members = unzip(write(bind_blocks(*long, heading, paragraph("尾" * 100)), "wechat")[0])
    first, second = bodies(members).items()
    assert (first[0], second[0]) == ("01-1_2020-XZ03-001_一把旧椅子.html", "01-2_2020-XZ03-001_一把旧椅子.html")
    assert ["".join(block.itertext())[:4] for block in second[1].iter("h3", "p")] == ["二、再开", "尾尾尾尾"]
    assert count(first[1]) == len("柳河镇　周明") + 3 * 5_990
    titles = [etree.fromstring(data).findtext("head/title") for name, data in members.items() if name != GUIDE]
    assert titles == ["一把旧椅子（1）", "一把旧椅子（2）"]


@pytest.mark.parametrize(("length", "expected"), [(19_999, []), (20_000, ["wechat-part-long"])])
def test_paragraph_that_cannot_be_split_is_named_where_it_breaks_the_limit(length: int, expected: list[str]) -> None:
    data, report = write(bind_blocks(paragraph("长" * length), byline=""), "wechat")
    assert len(bodies(unzip(data))) == 1
    assert [code for code in codes(report.problems) if code == "wechat-part-long"] == expected


def test_body_over_a_megabyte_is_split_although_it_has_few_characters() -> None:
    data, report = write(bind_blocks(*[paragraph("")] * 25_000), "wechat")
    members = unzip(data)
    assert len(bodies(members)) > 1
    assert all(len(members[name]) < 1_000_000 for name in bodies(members))
    assert "wechat-source-long" in codes(report.problems)


@pytest.mark.parametrize(
    ("title", "byline", "expected"),
    [
        (32, 16, []),
        (33, 16, ["wechat-title-long"]),
        (64, 16, ["wechat-title-long"]),
        (65, 16, ["wechat-title-too-long"]),
        (32, 17, ["wechat-author-long"]),
    ],
)
def test_title_and_author_are_held_against_their_fields(title: int, byline: int, expected: list[str]) -> None:
    report = write(bind_blocks(paragraph("正文。"), title="题" * title, byline="署" * byline), "wechat")[1]
    assert codes(report.problems) == expected


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        ("短。", "短。"),
        ("信" * 128, "信" * 128),
        ("信" * 129, "信" * 54),
        ("信" * 60 + "。" + "访" * 66 + "！”" + "尾", "信" * 60 + "。"),
        ("信" * 60 + "。" + "访" * 65 + "！”" + "尾", "信" * 60 + "。" + "访" * 65 + "！”"),
    ],
)
def test_digest_is_the_first_paragraph_cut_after_a_sentence(text: str, digest: str) -> None:
    blocks = (Heading(1, (Run("一、"),)), paragraph(" \n"), paragraph(text), paragraph("第二段"))
    guide = etree.fromstring(unzip(write(bind_blocks(*blocks), "wechat")[0])[GUIDE])
    assert guide.xpath("//tr[2]/td[4]/text()") == [digest]


@pytest.mark.parametrize(("size_bytes", "is_shrunk"), [(999_999, False), (1_000_000, True)])
def test_picture_of_a_megabyte_is_made_smaller(size_bytes: int, is_shrunk: bool, files) -> None:
    photo = files.jpeg().ljust(size_bytes, b"\0")
    picture = Picture(hashlib.sha256(photo).hexdigest(), 320, 200)
    data, report = write(bind_blocks(picture, pictures=(photo,)), "wechat")
    kept = unzip(data)["pictures/2020-XZ03-001_图1.jpg"]
    assert (kept != photo) == is_shrunk
    assert codes(report.problems) == ["wechat-picture-shrunk"] * is_shrunk
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (320, 200)


def test_png_of_noise_becomes_a_jpeg_under_the_limit() -> None:
    photo = noise(700, 700, "PNG")
    picture = Picture(hashlib.sha256(photo).hexdigest(), 700, 700)
    data, report = write(bind_blocks(picture, picture, pictures=(photo,)), "wechat")
    members = unzip(data)
    kept = members["pictures/2020-XZ03-001_图1.jpg"]
    assert kept.startswith(b"\xff\xd8\xff")
    assert len(kept) < 1_000_000 <= len(photo)
    assert [one.facts for one in report.problems] == [{"count": 1}]
    assert "请在此处插入 2020-XZ03-001_图1.jpg" in next(iter(bodies(members).values())).xpath("string()")


def test_large_photo_becomes_as_wide_as_a_phone_and_transparency_becomes_paper() -> None:
    assert shrunk_size(noise(1200, 1500, "JPEG")) == (1080, 1350)
    clear = Image.new("RGBA", (1200, 20))
    sink = io.BytesIO()
    clear.save(sink, "PNG")
    smaller = shrink_picture(sink.getvalue(), limit_bytes=1_000_000)
    assert smaller is not None
    with Image.open(io.BytesIO(smaller)) as image:
        assert (image.size, image.getpixel((0, 0))) == ((1080, 18), (255, 255, 255))
    assert shrink_picture(noise(700, 700, "PNG"), limit_bytes=1_000) is None


def shrunk_size(photo: bytes) -> tuple[int, int]:
    smaller = shrink_picture(photo, limit_bytes=1_000_000)
    assert smaller is not None
    assert len(smaller) < 1_000_000
    with Image.open(io.BytesIO(smaller)) as image:
        return image.size


def test_picture_that_cannot_be_made_smaller_is_kept_and_named() -> None:
    photo = b"\xff\xd8\xff" + b"\0" * 1_200_000
    picture = Picture(hashlib.sha256(photo).hexdigest(), 9, 9)
    data, report = write(bind_blocks(picture, pictures=(photo,)), "wechat")
    assert unzip(data)["pictures/2020-XZ03-001_图1.jpg"] == photo
    assert codes(report.problems) == ["wechat-picture-large"]


def test_guide_lists_every_page_with_its_fields_and_problems(files) -> None:
    photo = files.jpeg()
    picture = Picture(hashlib.sha256(photo).hexdigest(), 320, 200)
    long = Manuscript("长" * 33, blocks=tuple(paragraph("信" * 6_001) for _ in range(4)))
    book = bind(long, Manuscript("短", blocks=(paragraph("正文。"), picture)), pictures=(photo,))
    members = unzip(write(book, "wechat")[0])
    guide = etree.fromstring(members[GUIDE])
    assert {unquote(address) for address in guide.xpath("//@href")} == set(bodies(members))
    rows = [["".join(cell.itertext()) for cell in row] for row in guide.xpath("//tr")]
    assert [len(row) for row in rows] == [6, 6, 2, 6]
    assert rows[2][1] == "长" * 33 + "（2）"
    assert rows[1][5] == (
        "题目有 36 个字，超过草稿接口的 32 字；在后台手工粘贴，旧说明的上限是 64 字。正文较长，已在段落之间分成 2 篇。"
    )
    assert rows[3][1:] == ["短", "柳河镇　周明", "正文。", "2020-XZ03-002_图1.jpg", ""]
