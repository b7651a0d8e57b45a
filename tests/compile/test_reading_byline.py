"""The author line is found in its five places and cut, and body sentences are left alone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from compile.manuscript import Table, body_text
from compile.reading import Byline, Reading, read
from compile.reading.byline import read_signature
from compile.reading.person_names import close_spaced_names, is_person_name

FIRST = "那天清晨，雾还没有散，老陈已经走在去东河村的路上。"
LAST = "他笑着说：“群众的事，没有小事。”"
BIG = '<w:b/><w:sz w:val="44"/>'
CENTER, RIGHT = '<w:jc w:val="center"/>', '<w:jc w:val="right"/>'


def read_essay(files: SimpleNamespace, *, above: str = "", below: str = "", end: str = "", header: str = "") -> Reading:
    body = (
        above
        + files.para("信访路上的那盏灯", look=BIG, properties=CENTER)
        + below
        + files.para(FIRST)
        + files.para(LAST)
        + end
    )
    return read(files.stream(files.docx(body, header=header)))


def facts(byline: Byline) -> tuple[str, str, str, str]:
    return "、".join(byline.authors), byline.unit, byline.post, byline.phone


LINES = [
    ("柳河镇信访办　　周　明", ("周明", "柳河镇信访办", "", "")),
    ("柳河镇信访办 周明", ("周明", "柳河镇信访办", "", "")),
    ("柳河镇信访办主任　周明", ("周明", "柳河镇信访办", "主任", "")),
    ("作者：张三 李四", ("张三、李四", "", "", "")),
    ("作者：王芳、李小明、欧阳春", ("王芳、李小明、欧阳春", "", "", "")),
    (
        "作者：陈大山　单位：县信访局　职务：副局长　电话：0557-7012345",
        ("陈大山", "县信访局", "副局长", "0557-7012345"),
    ),
    ("文/王芳", ("王芳", "", "", "")),
    ("□ 李明", ("李明", "", "", "")),
    ("撰稿：县信访局 李明", ("李明", "县信访局", "", "")),
    ("供稿：柳河镇　周明　13800138000", ("周明", "柳河镇", "", "13800138000")),
    ("通讯员 王㛃", ("王㛃", "", "", "")),
    ("（柳河镇信访办 周明）", ("周明", "柳河镇信访办", "", "")),
    ("（作者单位：柳河镇人民政府　电话：13800138000）", ("", "柳河镇人民政府", "", "13800138000")),
    ("作者系柳河镇信访办主任", ("", "柳河镇信访办", "主任", "")),
    ("中共柳河县委政法委员会　司马文", ("司马文", "中共柳河县委政法委员会", "", "")),
    ("叶春生 口述；邵佳 整理", ("叶春生、邵佳", "", "", "")),
    ("（叶春生口述，邵佳整理）", ("叶春生、邵佳", "", "", "")),
    ("口述：叶春生　整理：邵佳", ("叶春生、邵佳", "", "", "")),
    ("口述人：叶春生　记录人：邵佳　单位：竹溪乡", ("叶春生、邵佳", "竹溪乡", "", "")),
    ("竹溪乡　叶春生 采写", ("叶春生", "竹溪乡", "", "")),
    ("执笔：邵佳", ("邵佳", "", "", "")),
    ("图/文　王芳", ("王芳", "", "", "")),
    ("文/图：王芳", ("王芳", "", "", "")),
    ("王芳 文/图", ("王芳", "", "", "")),
    ("文：王芳　图：李娜", ("王芳", "", "", "")),
    ("柳河镇 王芳/文 李娜/图", ("王芳", "柳河镇", "", "")),
    ("云岭镇　时　光", ("时光", "云岭镇", "", "")),
    ("云岭镇信访办 来文、和小雨", ("来文、和小雨", "云岭镇信访办", "", "")),
    ("清源县　县住建局　万俟青", ("万俟青", "清源县住建局", "", "")),
]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_a_line_below_the_title_is_cut_and_understood(
    files: SimpleNamespace, line: str, expected: tuple[str, ...]
) -> None:
    reading = read_essay(files, below=files.para(line, properties=CENTER))
    assert facts(reading.byline) == expected
    assert body_text(reading.manuscript) == f"{FIRST}\n{LAST}"
    assert [item.kind for item in reading.dropped] == ["byline"]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_a_line_at_the_end_is_cut_and_understood(files: SimpleNamespace, line: str, expected: tuple[str, ...]) -> None:
    reading = read_essay(files, end=files.para(line, properties=RIGHT))
    assert facts(reading.byline) == expected
    assert body_text(reading.manuscript) == f"{FIRST}\n{LAST}"


def test_a_byline_over_an_essay_that_is_one_table_is_cut(files: SimpleNamespace) -> None:
    table = files.table([files.para("来访批次"), files.para("办结")], [files.para("120"), files.para("118")])
    reading = read(files.stream(files.docx(files.para("一把旧椅子") + files.para("作者：柳河镇　周明") + table)))
    assert reading.byline.authors == ("周明",)
    assert [type(block) for block in reading.manuscript.blocks] == [Table]


def test_a_signature_with_its_date_is_cut_and_a_date_alone_is_kept(files: SimpleNamespace) -> None:
    date = files.para("2020年8月10日", properties=RIGHT)
    signed = read_essay(files, end=files.para("县信访局　赵大海", properties=RIGHT) + date)
    assert facts(signed.byline)[:2] == ("赵大海", "县信访局")
    assert body_text(signed.manuscript) == f"{FIRST}\n{LAST}"
    assert body_text(read_essay(files, end=date).manuscript) == f"{FIRST}\n{LAST}\n2020年8月10日"


def test_a_bracket_behind_the_last_sentence_is_cut(files: SimpleNamespace) -> None:
    reading = read_essay(files, end=files.para("天亮了，他又出发了。（作者单位：柳河镇人民政府）"))
    assert (reading.byline.unit, reading.byline.confidence) == ("柳河镇人民政府", {"unit": 0.8})
    assert body_text(reading.manuscript).endswith("他又出发了。")


def test_the_first_line_of_page_one_and_a_contest_tag_are_cut(files: SimpleNamespace) -> None:
    above = files.para("“最美信访干部”征文") + files.para("柳河镇信访办　周明")
    reading = read_essay(files, above=above)
    assert (reading.manuscript.title, facts(reading.byline)[:2]) == ("信访路上的那盏灯", ("周明", "柳河镇信访办"))
    assert [(item.kind, item.place) for item in reading.dropped] == [("contest-tag", "文首"), ("byline", "文首")]


def test_a_header_gives_a_weak_byline_and_is_dropped(files: SimpleNamespace) -> None:
    reading = read_essay(files, header=files.para("“最美信访干部”征文　柳河镇信访办 周明", properties=RIGHT))
    assert (facts(reading.byline)[:2], set(reading.byline.confidence.values())) == (("周明", "柳河镇信访办"), {0.5})
    assert [(item.kind, item.excerpt) for item in reading.dropped] == [
        ("header", "“最美信访干部”征文 柳河镇信访办 周明")
    ]


@pytest.mark.parametrize(
    ("header", "authors", "unit"),
    [
        ("清源县“最美信访干部”征文　云岭镇　时光", ("时光",), "云岭镇"),
        ("清源县信访局2020年“最美信访干部”征文活动　县住建局　苏桐、季雨", ("苏桐", "季雨"), "县住建局"),
        ("清源县　县住建局　苏桐", ("苏桐",), "清源县住建局"),
        ("清源县“最美信访干部”征文", (), ""),
        ("清源县信访局　时间就是承诺", (), ""),
    ],
)
def test_a_header_is_read_without_the_contest_and_its_county(
    files: SimpleNamespace, header: str, authors: tuple[str, ...], unit: str
) -> None:
    byline = read_essay(files, header=files.para(header)).byline
    assert (byline.authors, byline.unit) == (authors, unit)


@pytest.mark.parametrize("place", ["above", "below"])
def test_a_line_of_contest_and_author_is_cut_like_an_author(files: SimpleNamespace, place: str) -> None:
    line = files.para("清源县“最美信访干部”征文　云岭镇　杜云生")
    reading = read_essay(files, above=line) if place == "above" else read_essay(files, below=line)
    assert (reading.manuscript.title, facts(reading.byline)[:2]) == ("信访路上的那盏灯", ("杜云生", "云岭镇"))
    assert body_text(reading.manuscript) == f"{FIRST}\n{LAST}"


def test_a_biography_gives_name_unit_and_post_and_nothing_else_of_it_stays(files: SimpleNamespace) -> None:
    reading = read_essay(files, end=files.para("作者简介：周明，男，1980年生，现任柳河镇信访办主任，爱好写作。"))
    assert facts(reading.byline) == ("周明", "柳河镇信访办", "主任", "")
    assert "1980" not in repr(reading.manuscript)


def test_the_surer_place_wins(files: SimpleNamespace) -> None:
    reading = read_essay(files, header=files.para("县信访局 李娜"), end=files.para("作者：周明　单位：柳河镇人民政府"))
    assert facts(reading.byline)[:2] == ("周明", "柳河镇人民政府")


@pytest.mark.parametrize(
    "sentence",
    [
        "周明是我的师傅。",
        "柳河镇信访办的灯，又亮到了深夜。",
        "作者：一个走在路上的人，他想说的是，群众的事没有小事。",
        "单位里的人都叫他老陈，他不恼。",
        "春风又绿柳河",
        "谨以此文献给所有信访人",
        "（2018年7月起因征地上访）",
        "老陈",
        "电话响了：是东河村打来的。",
        "他说的话，我记在本子上（第三本）",
        "高山流水",
        "请看柳河镇的变化",
        "整理 旧物",
        "记录：那年的冬天",
        "口述的历史",
        "时光",
        "时间 和平",
        "图：柳河镇新貌",
    ],
)
def test_body_sentences_are_never_cut(files: SimpleNamespace, sentence: str) -> None:
    below = read_essay(files, below=files.para(sentence))
    end = read_essay(files, end=files.para(sentence))
    assert body_text(below.manuscript) == f"{sentence}\n{FIRST}\n{LAST}"
    assert body_text(end.manuscript) == f"{FIRST}\n{LAST}\n{sentence}"
    assert (below.byline, end.byline) == (Byline(), Byline())


def test_a_line_in_the_middle_is_never_a_byline(files: SimpleNamespace) -> None:
    body = (
        files.para("题目")
        + files.para(FIRST)
        + files.para("柳河镇信访办 周明", properties=CENTER)
        + files.para(FIRST) * 7
    )
    reading = read(files.stream(files.docx(body)))
    assert "柳河镇信访办 周明" in body_text(reading.manuscript)
    assert reading.byline == Byline()


# Titles


def test_a_title_over_two_lines_is_joined_and_the_dashed_line_is_the_subtitle(files: SimpleNamespace) -> None:
    below = (
        files.para("照亮了柳河镇十七个村庄", look=BIG, properties=CENTER)
        + files.para("——记柳河镇信访办主任老陈", look='<w:sz w:val="32"/>', properties=CENTER)
        + files.para("柳河镇　周　明", properties=CENTER)
    )
    reading = read_essay(files, below=below)
    assert reading.manuscript.title == "信访路上的那盏灯照亮了柳河镇十七个村庄"
    assert reading.manuscript.subtitle == "记柳河镇信访办主任老陈"
    assert reading.byline.authors == ("周明",)


def test_words_of_letters_at_the_break_of_a_title_keep_apart(files: SimpleNamespace) -> None:
    lines = [files.para(text, look=BIG, properties=CENTER) for text in ("一位老人和信访App", "Online服务进村记")]
    reading = read(files.stream(files.docx("".join(lines) + files.para(FIRST) + files.para(LAST))))
    assert reading.manuscript.title == "一位老人和信访App Online服务进村记"


@pytest.mark.parametrize("dash", ["——", "—", "－－", "--"])
def test_the_person_a_dashed_subtitle_names_is_no_author(files: SimpleNamespace, dash: str) -> None:
    below = files.para(f"{dash}记柳河镇信访办主任周明", properties=CENTER) + files.para(
        "柳河镇　许静", properties=CENTER
    )
    reading = read_essay(files, below=below)
    assert (reading.manuscript.subtitle, reading.byline.authors) == ("记柳河镇信访办主任周明", ("许静",))
    assert body_text(reading.manuscript) == f"{FIRST}\n{LAST}"


def test_a_dashed_subtitle_may_follow_the_author_and_a_labelled_dashed_line_is_one(files: SimpleNamespace) -> None:
    author, subtitle = files.para("柳河镇　许静"), files.para("——记柳河镇信访办主任周明")
    reading = read_essay(files, below=author + subtitle)
    assert (reading.manuscript.subtitle, reading.byline.authors) == ("记柳河镇信访办主任周明", ("许静",))
    labelled = read_essay(files, below=files.para("——作者：许静"))
    assert (labelled.manuscript.subtitle, labelled.byline.authors) == ("", ("许静",))


def test_a_subtitle_without_dash_that_begins_with_a_verb_is_no_author(files: SimpleNamespace) -> None:
    line = files.para("记柳河镇信访办主任周明", properties=CENTER, look='<w:sz w:val="32"/>')
    reading = read_essay(files, below=line)
    assert (reading.manuscript.subtitle, reading.byline.authors) == ("记柳河镇信访办主任周明", ())


def test_title_marks_are_kept_as_typed_and_spaced_titles_closed(files: SimpleNamespace) -> None:
    def title_of(line: str) -> str:
        return read(files.stream(files.docx(files.para(line) + files.para(FIRST)))).manuscript.title

    assert title_of("《门前那条小河》") == "《门前那条小河》"
    assert title_of("门　前　那　条　河") == "门前那条河"
    assert title_of("题目：门前那条小河") == "门前那条小河"


def test_a_text_that_begins_with_a_sentence_has_no_title(files: SimpleNamespace) -> None:
    manuscript = read(files.stream(files.docx(files.para(FIRST) + files.para(LAST)))).manuscript
    assert (manuscript.title, body_text(manuscript)) == ("", f"{FIRST}\n{LAST}")


# Words


def test_the_hundred_most_frequent_surnames_are_known() -> None:
    surnames = (
        "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
        "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    )
    assert len(set(surnames)) == 100
    assert [surname for surname in surnames if not is_person_name(surname + "明")] == []


@pytest.mark.parametrize("name", ["时光", "和小雨", "来文", "阳春"])
def test_names_whose_surname_is_an_everyday_word_count_only_beside_a_unit(name: str) -> None:
    assert not is_person_name(name)
    signature = read_signature(f"云岭镇　{name}")
    assert signature is not None
    assert (signature.authors, signature.unit) == ((name,), "云岭镇")
    assert read_signature(name, is_expected=True) is None


@pytest.mark.parametrize("name", ["周明", "陈大山", "欧阳春", "司马文华", "陳某", "王㛃", "买买提·艾力"])
def test_names_are_known(name: str) -> None:
    assert is_person_name(name)


@pytest.mark.parametrize("word", ["东河村", "老陈", "柳河镇", "征文", "信访办", "明", "张家口市", "a周明"])
def test_other_words_are_no_names(word: str) -> None:
    assert not is_person_name(word)


def test_spaced_names_are_closed_and_spaced_words_are_not() -> None:
    assert close_spaced_names("周　明、李　娜　陈大山") == "周明、李娜　陈大山"
    assert close_spaced_names("前　言　正　文 李 明") == "前　言　正　文 李 明"


def test_an_identity_number_in_a_signature_is_never_kept() -> None:
    signature = read_signature("姓名：周明　身份证号：11010519491231002X　联系电话：13800138000")
    assert signature is not None
    assert (signature.authors, signature.phone) == (("周明",), "13800138000")
    assert "1949" not in repr(signature)
