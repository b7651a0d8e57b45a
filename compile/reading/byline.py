"""Recognises the lines that say who wrote a work: author, unit, post, phone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from compile.reading.person_names import HAN, close_spaced_names, read_person
from compile.reading.signature_words import ROLE_COLON, Signature, read_words, take_phone
from compile.reading.types import Byline

Label = Literal["author", "unit", "post", "phone", "title", "private", "photo"]

# What forms and signature lines call each field. "private" is recognised only in order to be left behind.
LABELS: dict[str, Label] = {
    **dict.fromkeys(
        ("作者姓名", "作者", "撰稿人", "撰稿", "供稿人", "供稿", "通讯员", "投稿人", "姓名", "撰文", "执笔人", "执笔", "图文", "文字"), "author"
    ),
    **dict.fromkeys(
        ("作者单位", "工作单位", "报送单位", "推荐单位", "供稿单位", "投稿单位", "所在单位", "单位名称", "单位及职务", "单位职务", "单位"),
        "unit",
    ),
    **dict.fromkeys(("职务职称", "职务或职称", "现任职务", "职务", "职称"), "post"),
    **dict.fromkeys(
        ("联系电话", "联系方式", "手机号码", "手机号", "手机", "办公电话", "电话号码", "电话", "联系人电话"), "phone"
    ),
    **dict.fromkeys(("作品题目", "作品名称", "文章题目", "征文题目", "题目", "标题", "篇名"), "title"),
    **dict.fromkeys(
        (
            "身份证号码", "身份证号", "身份证", "公民身份号码", "银行卡号", "银行账号", "开户行", "邮箱", "电子邮箱", "邮编", "邮政编码", "通讯地址",
            "联系地址", "地址", "QQ号", "QQ", "微信号", "微信", "性别", "民族", "出生年月", "出生日期", "政治面貌", "学历", "年龄", "籍贯", "联系人",
        ),
        "private",
    ),
}  # fmt: skip

_LABEL_PATTERN = "|".join(
    "[ 　]*".join(map(re.escape, label)) for label in sorted(LABELS, key=lambda label: -len(label))
)
_LABELLED = re.compile(
    rf"(?:^|(?<=[\s,，;；、|（(。]))(?P<label>{_LABEL_PATTERN})\s*(?:[（(][^）)]{{0,8}}[）)])?\s*[:：]\s*"
)
_INTRODUCED = re.compile(r"^(?:本文)?作者(?:单位)?(?:系|为|是|现任|现为|就职于|供职于)\s*(?P<rest>[^，。；]{2,40})")
_BIOGRAPHY = re.compile(
    rf"^作者(?:简介|介绍|信息)\s*[:：]?\s*(?P<name>[{HAN}·]{{2,6}})(?P<rest>[\s，,。（(].*)?$", re.DOTALL
)
_BIOGRAPHY_UNIT = re.compile(
    r"(?:现任|现为|任职于|供职于|就职于|工作于|工作单位|单位|系|任)[:：为是]?\s*(?P<rest>[^，。；,;]{3,40})"
)
_LEADING_MARKS = re.compile(r"^[□■◎●○◇◆☆★▲△·•*＊\-—\s]+")
_BRACKETS = re.compile(r"^[（(【\[](?P<inside>[^（()）]*)[）)】\]][。.]?$")
_SENTENCE_MARKS = re.compile(r"[。！？：:…“”‘’\"!?]")
_LONGEST_LINE, _LONGEST_PLAIN_LINE, _LONGEST_BIOGRAPHY = 120, 44, 400
_MAX_AUTHORS = 6


def read_signature(text: str, *, is_expected: bool = False) -> Signature | None:
    """The signature in a whole line, None when the line is or may be body text.

    `is_expected` says the line stands where signatures stand (right below the title, alone at the right margin); only
    there do a bare name or a bare unit count.
    """
    line = close_spaced_names(_LEADING_MARKS.sub("", text.strip()), is_signature=True).strip()
    had_mark = line != text.strip() and text.strip()[:1] in "□■◎"
    bracket = _BRACKETS.match(line)
    if bracket:
        line = bracket["inside"].strip()
    if not line:
        return None
    if found := _read_biography(line):
        return found
    if len(line) > _LONGEST_LINE:
        return None
    if introduced := _INTRODUCED.match(line):
        return read_words(introduced["rest"], score=0.9) if line[introduced.end() :] in ("", "。") else None
    line = ROLE_COLON.sub(r"\1 ", line)
    if _LABELLED.search(line):
        return _read_labelled(line)
    if len(line) > _LONGEST_PLAIN_LINE or _SENTENCE_MARKS.search(line):
        return None
    signature = read_words(line, score=0.9) or (_read_unit_and_stranger(line) if is_expected else None)
    if signature is None:
        return None
    has_name = bool(signature.authors or signature.photographers)
    if has_name and (signature.unit or signature.post or signature.phone):
        return signature
    if has_name and (is_expected or bracket or had_mark):
        signature.score = 0.95 if had_mark else 0.7
        return signature
    if signature.unit and is_expected and len(line) >= 4:
        signature.score = 0.6
        return signature
    return signature if signature.score > 0.9 and has_name else None


def read_form(pairs: Iterable[tuple[str, str]]) -> Signature:
    """The signature in label and value pairs of a form; private fields are read over and never kept."""
    signature = Signature(0.95)
    for label, value in pairs:
        _assign(signature, LABELS[label], value)
    return signature


def find_label(text: str) -> str | None:
    """The known field label a form cell holds, without blanks and colon; None for any other text."""
    label = re.sub(r"[\s　:：*＊]|[（(][^）)]*[）)]", "", text)
    return label if label in LABELS else None


def merge_signatures(signatures: Iterable[Signature]) -> Byline:
    """One byline out of all places; for every field the surest place wins, the earlier one at a tie."""
    ordered = sorted(signatures, key=lambda signature: -signature.score)
    confidence: dict[str, float] = {}
    authors: tuple[str, ...] = ()
    texts = {"unit": "", "post": "", "phone": ""}
    for signature in ordered:
        if signature.authors and not authors:
            authors = signature.authors[:_MAX_AUTHORS]
            confidence["authors"] = signature.score
        for name in texts:
            if not texts[name] and (value := getattr(signature, name)):
                texts[name] = value
                confidence[name] = signature.score
    return Byline(authors, texts["unit"], texts["post"], texts["phone"], confidence)


def _read_unit_and_stranger(text: str) -> Signature | None:
    """A unit and one short word that is no known name (a rare surname), where only a name can stand."""
    head, _, word = text.rpartition("　") if "　" in text else text.rpartition(" ")
    person = read_person(re.sub(r"\s", "", head))
    if (
        person is None
        or not person.unit
        or person.name
        or not re.fullmatch(rf"[{HAN}]{{2,3}}(?:、[{HAN}]{{2,3}})*", word)
    ):
        return None
    return Signature(0.6, tuple(word.split("、")), person.unit, person.post)


def _read_labelled(line: str) -> Signature | None:
    matches = list(_LABELLED.finditer(line))
    signature = Signature(0.95)
    if head := line[: matches[0].start()].strip(" 　,，;；、|（("):
        before = read_words(head, score=0.9) if not _SENTENCE_MARKS.search(head) else None
        if before is None:
            return None
        signature = before
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        value = line[match.end() : following.start() if following else len(line)].strip(" 　,，;；、|（()）。")
        if "。" in value or len(value) > 60:
            return None
        label = LABELS[re.sub(r"\s", "", match["label"])]
        if not _assign(signature, label, value):
            return None
    return signature


def _assign(signature: Signature, label: Label, value: str) -> bool:
    """Set one labelled field; False when the value does not fit the label."""
    value = value.strip()
    if label == "author" and value:
        words = read_words(close_spaced_names(value, is_signature=True), score=0.95, trusts_names=True)
        if words is None:
            return False
        signature.authors = signature.authors or words.authors
        signature.unit = signature.unit or words.unit
        signature.post = signature.post or words.post
        signature.phone = signature.phone or words.phone
    elif label == "unit" and value:
        value, phone = take_phone(value)
        signature.phone = signature.phone or phone
        person = read_person(re.sub(r"[\s　]+", "", value))
        if person and person.unit:
            signature.unit, signature.post = person.unit, signature.post or person.post
            if person.name and not signature.authors:
                signature.authors = (person.name,)
        else:
            signature.unit = value
    elif label == "post":
        signature.post = value
    elif label == "phone":
        signature.phone = take_phone(value)[1]
    elif label == "title":
        signature.title = value
    return True


def _read_biography(line: str) -> Signature | None:
    """作者简介：周明，柳河镇信访办主任…; only name, unit and post are kept of it."""
    match = _BIOGRAPHY.match(line)
    if not match or len(line) > _LONGEST_BIOGRAPHY:
        return None
    rest = match["rest"] or ""
    signature = Signature(0.9, (match["name"],), phone=take_phone(rest)[1])
    candidates = [found["rest"] for found in _BIOGRAPHY_UNIT.finditer(rest)] + re.split(r"[，,。；;\s]+", rest)
    for candidate in candidates:
        person = read_person(candidate)
        if person and person.unit:
            signature.unit, signature.post = person.unit, person.post
            break
    return signature
