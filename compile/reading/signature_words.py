"""The words of a signature: names, roles, units, posts and a phone number, and who did what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec import Struct

from compile.reading.person_names import HAN, is_person_name, may_be_person_name, read_person

# Words that say what a person did. After the first kind any word of two to four characters is taken for a name; the
# second kind also are everyday verbs; who only took the photographs is no author.
_PLAIN_ROLES = frozenset((
    "作者", "记者", "本报记者", "通讯员", "特约通讯员", "撰稿", "撰稿人", "供稿", "供稿人",
    "文", "文字", "图文", "撰文", "执笔", "执笔人", "报送", "选送",
))  # fmt: skip
_SPOKEN_ROLES = frozenset((
    "口述", "口述人", "讲述", "讲述人", "整理", "整理人", "记录", "记录人", "采写", "采访", "采访人", "采访整理", "采编",
))  # fmt: skip
_PHOTO_ROLES = frozenset(("图", "图片", "摄", "摄影", "供图", "拍摄", "配图"))
_SHORT_ROLES = "|".join(sorted((_SPOKEN_ROLES | _PHOTO_ROLES | {"文", "图文"}), key=lambda role: -len(role)))
ROLE_COLON = re.compile(rf"(?:^|(?<=[\s,，;；、|/／]))({_SHORT_ROLES})\s*[:：]\s*")
_NAME_AND_ROLE = re.compile(
    r"(?P<name>.{2,5})(?P<role>口述|讲述|整理|记录|采写|采访|采编|执笔|撰稿|撰文|供稿|供图|摄影)"
)
_SEPARATORS = re.compile(r"[\s　、，,；;/／|｜丨]+")
_TRUSTED_NAME = re.compile(rf"[{HAN}]{{2,4}}|[{HAN}]{{2,6}}[·•・][{HAN}]{{2,8}}")
_PHONE = re.compile(
    r"(?<!\d)(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[-— ]?[2-9]\d{6,7}(?:[-转]\d{1,5})?|[2-9]\d{6,7})(?!\d)"
)


class Signature(Struct):
    """What one line says about the author. `score` tells how sure it is that the line is no body text."""

    score: float
    authors: tuple[str, ...] = ()
    unit: str = ""
    post: str = ""
    phone: str = ""
    title: str = ""
    photographers: tuple[str, ...] = ()


@dataclass(slots=True)
class _Words:
    """The words of a signature sorted by what they are; `credits` holds who did what, as names and roles."""

    units: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    credits: list[tuple[list[str], set[str]]] = field(default_factory=list)
    has_role: bool = False
    is_role_first: bool = False

    def add_name(self, name: str) -> None:
        if not self.credits or (self.credits[-1][1] and not self.is_role_first):
            self.credits.append(([], set()))
        self.credits[-1][0].append(name)

    def add_role(self, role: str) -> None:
        if not self.credits:
            self.is_role_first = True
        if not self.credits or (self.credits[-1][0] and self.is_role_first):
            self.credits.append(([], set()))
        self.credits[-1][1].add(role)
        self.has_role = True

    def list_names(self, *, is_photo: bool) -> tuple[str, ...]:
        """Those who wrote or told it, or those who only took the photographs."""
        groups = [names for names, roles in self.credits if (bool(roles) and roles <= _PHOTO_ROLES) == is_photo]
        return tuple(dict.fromkeys(name for names in groups for name in names))


def read_words(text: str, *, score: float, trusts_names: bool = False) -> Signature | None:
    """Every word must be a name, role, unit, post or phone number, else the text is no signature."""
    text, phone = take_phone(text)
    words = _Words()
    has_doubt = False
    for word in filter(None, _SEPARATORS.split(re.sub(r"[（）()]", " ", text).strip(" 。"))):
        if word in _PLAIN_ROLES or word in _SPOKEN_ROLES or word in _PHOTO_ROLES:
            words.add_role(word)
            trusts_names = trusts_names or word in _PLAIN_ROLES
        elif person := read_person(word):
            words.units.extend(filter(None, (person.unit,)))
            words.posts.extend(filter(None, (person.post,)))
            if person.name:
                words.add_name(person.name)
        elif (glued := _NAME_AND_ROLE.fullmatch(word)) and is_person_name(glued["name"]):
            words.add_name(glued["name"])
            words.add_role(glued["role"])
        elif trusts_names and _TRUSTED_NAME.fullmatch(word):
            words.add_name(word)
        elif may_be_person_name(word):
            words.add_name(word)
            has_doubt = True
        else:
            return None
    if has_doubt and not (words.units or words.posts or phone or words.has_role):
        return None
    authors, photographers = words.list_names(is_photo=False), words.list_names(is_photo=True)
    if not (authors or photographers or words.units or words.posts or phone):
        return None
    if words.has_role:
        score = max(score, 0.95)
    return Signature(
        score, authors, _join_units(words.units), "、".join(words.posts), phone, photographers=photographers
    )


def _join_units(units: Iterable[str]) -> str:
    """Parent and child in one name; a place named by both ends (清源县 + 县住建局) counts once."""
    joined = ""
    for unit in dict.fromkeys(units):
        is_doubled = joined[-1:] == unit[:1] and unit[:1] in "省市县区"
        joined += unit[1:] if joined and is_doubled else unit
    return joined


def take_phone(text: str) -> tuple[str, str]:
    """The text without its first phone number, and the number written without blanks."""
    match = _PHONE.search(text)
    if not match:
        return text, ""
    return text[: match.start()] + " " + text[match.end() :], re.sub(r"[\s]", "", match[0])
