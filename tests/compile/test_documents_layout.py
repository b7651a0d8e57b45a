"""Where the elements of a document stand, by GB/T 9704: gaps, indents, levels, attachments, signatures and the imprint."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import docx
import pytest
from docx.enum.section import WD_SECTION
from docx.shared import Mm, Twips

from compile.documents.composing import Piece, Placed, compose
from compile.documents.extent import count_document_pages
from compile.documents.imprint import imprint_lines
from compile.documents.model import Attachment, Document, Form, Imprint, Labelled, Signature
from compile.documents.signing import SignaturePlaces, place_signature
from compile.documents.styles import document_styles, mark_size_pt
from compile.documents.wording import chinese_figure, day_text, number_second
from compile.documents.writer import write_document
from compile.manifest import Appendix
from compile.writing.layout import LINE
from tests.documents import read_example, write_record
from tests.ooxml import W, read_part

IMPRINT = Imprint(("市信访局",), "柳河县信访局", "2020年5月9日")
SIGNATURE = Signature("柳河县信访局", "2020年5月9日", has_seal=True)


def make_document(*body: str, form: Form = "document") -> Document:
    return Document(form, "柳河县信访局", "标题", body, mark="柳河县信访局文件", number="柳信发〔2020〕5号")


def placed(pieces: list[Piece]) -> list[Placed]:
    return [piece for piece in pieces if isinstance(piece, Placed)]


def test_head_of_a_document_stands_as_the_standard_says() -> None:
    document = replace(make_document("正文。"), recipients="各乡镇")
    assert compose(document) == [
        Placed("Mark", "柳河县信访局文件", before=round(35 / 25.4 * 1440)),
        Placed("Number", "柳信发〔2020〕5号", before=2 * LINE, is_ruled=True),
        Placed("Title", "标题", before=2 * LINE),
        Placed("Recipients", "各乡镇：", before=LINE),
        Placed("Body", "正文。"),
    ]


def test_copy_number_secrecy_and_urgency_leave_the_mark_in_its_place() -> None:
    document = replace(make_document("正文。"), copy_number="000001", secrecy="秘密★1年", urgency="特急")
    flags, mark = placed(compose(document))[:3], placed(compose(document))[3]
    assert [(piece.style, piece.text) for piece in flags] == [
        ("Flag", "000001"), ("FlagHei", "秘密★1年"), ("FlagHei", "特急")
    ]  # fmt: skip
    assert mark.before + 3 * LINE == round(35 / 25.4 * 1440)


@pytest.mark.parametrize(
    ("text", "style", "lead", "lead_style"),
    [
        ("一、基本情况", "Heading1", 0, ""),
        ("十二、其他", "Heading1", 0, ""),
        ("（一）报送情况", "Heading2", 0, ""),
        ("一、同意评审结果。会议认为有效。", "Body", 9, "Hei"),
        ("（二）质量不均衡。部分作品罗列工作。", "Body", 9, "Kai"),
        ("1.内容真实。", "Body", 0, ""),
        ("（1）内容真实。", "Body", 0, ""),
        ("一是认识不足。", "Body", 0, ""),
        ("会议认为，（一）项可行。", "Body", 0, ""),
    ],
)
def test_level_follows_from_the_number(text: str, style: str, lead: int, lead_style: str) -> None:
    piece = placed(compose(make_document(text)))[-1]
    assert (piece.style, piece.text, piece.lead, piece.lead_style) == (style, text, lead, lead_style)


def test_attachments_hang_under_the_first_name() -> None:
    document = replace(make_document("正文。"), attachments=(Attachment("名单"), Attachment("统计表")))
    assert compose(document)[-2:] == [
        Placed("AttachmentList", "附件：1.\t名单", before=LINE, left=6 * 320, hanging=4 * 320, keeps_with_next=True),
        Placed("AttachmentList", "2.\t统计表", left=6 * 320, hanging=320),
    ]
    alone = replace(document, attachments=(Attachment("名单"),))
    assert compose(alone)[-1] == Placed("AttachmentList", "附件：名单", before=LINE, left=5 * 320, hanging=3 * 320)


def test_attachment_with_a_body_takes_a_page_of_its_own_with_its_number() -> None:
    table = Appendix("", ("序号", "题目"), (("1", "门前的灯"),))
    attachments = (Attachment("承诺书"), Attachment("名单", (table,)), Attachment("说明", ("一、范围", "全县。")))
    pieces = compose(replace(make_document("正文。"), attachments=attachments))
    styles = [piece.style if isinstance(piece, Placed) else "table" for piece in pieces]
    assert styles[-8:] == ["AttachmentMark", "Title", "Blank", "table", "AttachmentMark", "Title", "Heading1", "Body"]
    assert [piece.text for piece in placed(pieces) if piece.style == "AttachmentMark"] == ["附件2", "附件3"]
    assert count_document_pages(pieces, document_styles()) == 3


def test_minutes_name_those_present_after_an_empty_line_and_carry_no_signature() -> None:
    document = replace(make_document(form="minutes"), signature=SIGNATURE)
    pieces = placed(
        compose(replace(document, body=("纪要如下：", Labelled("出席", "周明"), Labelled("请假", "李秀兰"))))
    )
    assert [(piece.text, piece.before) for piece in pieces[-3:]] == [
        ("纪要如下：", LINE), ("出席：周明", LINE), ("请假：李秀兰", 0)
    ]  # fmt: skip
    assert [(piece.lead, piece.lead_style, piece.left, piece.hanging) for piece in pieces[-2:]] == [
        (3, "Hei", 5 * 320, 3 * 320)
    ] * 2
    ruled = [piece.text for piece in pieces if piece.is_ruled]
    assert ruled == ["　柳河县信访局\t2020年5月9日"]


def test_sealed_signature_centres_the_name_over_a_date_four_characters_from_the_edge() -> None:
    # 2020年5月9日: six figures of half a character, three characters, and five gaps of a fifth.
    day = 6 * 160 + 3 * 320 + 5 * 64
    assert place_signature(SIGNATURE) == SignaturePlaces(2 * LINE, 4 * 320 + (day - 6 * 320) // 2, 4 * 320)


def test_name_longer_than_its_place_moves_the_date_and_stays_centred() -> None:
    places = place_signature(replace(SIGNATURE, organ="某" * 24))
    day = 6 * 160 + 3 * 320 + 5 * 64
    assert places.organ_right == 0
    assert places.day_right + day / 2 == pytest.approx(12 * 320, abs=1)


def test_unsealed_date_begins_two_characters_after_the_name() -> None:
    day = 6 * 160 + 3 * 320 + 5 * 64
    long = place_signature(Signature("柳河县人民政府信访局", "2020年5月9日", has_seal=False))
    assert long == SignaturePlaces(LINE, 2 * 320, 10 * 320 - day)
    short = place_signature(Signature("信访局", "2020年5月9日", has_seal=False))
    assert short == SignaturePlaces(LINE, 4 * 320 + day - 3 * 320, 2 * 320)


def test_last_paragraph_holds_on_to_all_that_follows_it() -> None:
    document = replace(
        make_document("甲。", "乙。"), attachments=(Attachment("表"),), signature=SIGNATURE, note="联系人"
    )
    pieces = placed(compose(document))
    assert [(piece.text, piece.keeps_with_next) for piece in pieces[-6:]] == [
        ("甲。", False),
        ("乙。", True),
        ("附件：表", True),
        ("柳河县信访局", True),
        ("2020年5月9日", True),
        ("（联系人）", False),
    ]
    assert not placed(compose(make_document("甲。")))[-1].keeps_with_next


@pytest.mark.parametrize(("mark", "size_pt"), [("信访局", 60), ("柳河县信访局文件", 55), ("某" * 20, 22)])
def test_mark_fits_one_line(mark: str, size_pt: int) -> None:
    assert mark_size_pt(mark) == size_pt
    assert size_pt * len(mark) <= 442.2


def last_sections(document: Document) -> list[tuple[WD_SECTION, list[str]]]:
    sink = io.BytesIO()
    write_document(document, sink)
    return [
        (section.start_type, ["".join(p.text for p in place.paragraphs) for place in (section.footer, section.even_page_footer)])
        for section in docx.Document(sink).sections
    ]  # fmt: skip


NUMBERED = (WD_SECTION.NEW_PAGE, ["—  —"] * 2)
BLANK = (WD_SECTION.NEW_PAGE, [""] * 2)
BACK = (WD_SECTION.EVEN_PAGE, [""] * 2)


@pytest.mark.parametrize(
    ("lines", "pages", "sections"),
    [
        (3, 1, [NUMBERED, BACK]),  # an odd page: the back of the sheet
        (14, 2, [NUMBERED]),  # an even page with room
        (30, 2, [NUMBERED, BLANK, BACK]),  # an even page without room: a sheet of its own
        (40, 3, [NUMBERED, BACK]),
    ],
)
def test_imprint_takes_the_foot_of_an_even_page(
    lines: int, pages: int, sections: list[tuple[WD_SECTION, list[str]]]
) -> None:
    document = replace(make_document(*["信。"] * lines), imprint=IMPRINT)
    assert count_document_pages(compose(document), document_styles(document.mark)) == pages
    assert last_sections(document) == sections


def test_imprint_rules_are_of_two_widths_and_the_table_stands_on_the_foot() -> None:
    sink = io.BytesIO()
    write_document(replace(make_document("正文。"), imprint=IMPRINT), sink)
    (table,) = read_part(sink.getvalue(), "word/document.xml").iter(f"{W}tbl")
    rules = {element.tag.removeprefix(W): element.get(f"{W}sz") for element in next(table.iter(f"{W}tblBorders"))}
    assert rules == {"top": "8", "bottom": "8", "insideH": "6"}
    place = table.find(f".//{W}tblpPr")
    assert place is not None
    assert (place.get(f"{W}vertAnchor"), place.get(f"{W}tblpYSpec")) == ("margin", "bottom")
    texts = ["".join(text.text or "" for text in row.iter(f"{W}t")) for row in table.iter(f"{W}tr")]
    assert texts == ["抄送：市信访局。", "柳河县信访局2020年5月9日印发"]


def test_long_list_of_copies_counts_its_lines() -> None:
    style = next(style for style in document_styles() if style.id == "Imprint")
    many = replace(IMPRINT, copies_to=("县委办公室",) * 12)
    assert len(imprint_lines(IMPRINT, style, is_ruled=True)) == 3
    assert len(imprint_lines(many, style, is_ruled=True)) == 5


def test_letter_has_its_own_first_page_and_an_imprint_without_rules() -> None:
    word = docx.Document(io.BytesIO(write_record("reminder", read_example("reminder"))))
    (section,) = word.sections
    assert section.different_first_page_header_footer
    assert (section.header_distance, section.footer_distance) == (Twips(1701), Twips(1134))
    mark, rule = section.first_page_header.paragraphs
    assert (mark.text, rule.text) == ("柳河县信访局", "")
    indents = [(p.paragraph_format.left_indent, p.paragraph_format.right_indent) for p in (mark, rule)]
    width = section.page_width - section.left_margin - section.right_margin
    for left, right in indents:
        assert width - left - right == pytest.approx(Mm(170), abs=Twips(3))
    sizes = [
        [(side.tag.removeprefix(W), side.get(f"{W}sz")) for side in paragraph._p.iter(f"{W}top", f"{W}bottom")]
        for paragraph in (rule, section.first_page_footer.paragraphs[0])
    ]
    assert sizes == [[("top", "18"), ("bottom", "6")], [("top", "6"), ("bottom", "18")]]
    assert section.first_page_footer.paragraphs[0].text == ""
    (table,) = word.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["抄送：县委办公室，县政府办公室。"]]
    assert table._tbl.find(f".//{W}tblBorders") is None


def test_certificates_take_a_page_each() -> None:
    word = docx.Document(io.BytesIO(write_record("certificate", read_example("certificate"))))
    (section,) = word.sections
    assert (section.page_width, section.page_height) == (Twips(16838), Twips(11906))
    titles = [paragraph for paragraph in word.paragraphs if paragraph.style.style_id == "CertificateTitle"]
    assert [bool(title.paragraph_format.page_break_before) for title in titles] == [False, True]
    assert [paragraph.text for paragraph in word.paragraphs[:6]] == [
        "荣誉证书",
        "柳河镇　周明同志：",
        "你的作品《一把旧椅子》在2020年度“我与信访”主题征文活动中荣获一等奖。特发此证，以资鼓励。",
        "柳河县信访局",
        "2020年12月10日",
        "编号：柳信证〔2020〕001号",
    ]


def test_what_is_not_known_yet_is_left_blank() -> None:
    record = read_example("circular")
    issue = replace(record.issue, code="", serial=0, dated_on=None, contact="", phone="", printed_by="")
    word = docx.Document(io.BytesIO(write_record("circular", replace(record, issue=issue))))
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert texts[1] == "××〔2020〕　号"
    assert texts[texts.index("柳河县信访局") + 1] == "2020年　月　日"
    assert not any("联系" in text for text in texts)


def test_days_and_numbers_are_spelled_as_the_standard_says() -> None:
    assert day_text(date(2020, 5, 9), 2020) == "2020年5月9日"
    assert [chinese_figure(number) for number in (1, 10, 11, 20, 35, 99)] == [
        "一",
        "十",
        "十一",
        "二十",
        "三十五",
        "九十九",
    ]
    assert number_second(("甲。",)) == ("甲。",)
    assert number_second(("甲。", "乙。")) == ("（一）甲。", "（二）乙。")
