"""The faces of the book: which font names a profile uses, and the font table that names their stand-ins."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from compile.manifest import FontProfile

Face = Literal["title", "body", "kai", "hei", "song", "rare"]

LATIN: Final = "Times New Roman"


class FontSet(Struct, frozen=True):
    """Font names by role: large titles, body, bylines and captions, headings. `rare` stands in for the body face
    where a character is outside the 6763 of GB 2312."""

    title: str
    body: str
    kai: str
    hei: str
    rare: str
    song: str = "宋体"


FONT_SETS: Final[dict[FontProfile, FontSet]] = {
    "win10": FontSet("方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "仿宋"),
    "win7": FontSet("华文中宋", "仿宋", "楷体", "黑体", "仿宋"),
    "xinchuang": FontSet("方正小标宋简体", "方正仿宋简体", "方正楷体简体", "方正黑体简体", "方正仿宋_GBK"),
    "founder": FontSet("方正小标宋_GBK", "方正仿宋_GBK", "方正楷体_GBK", "方正黑体_GBK", "方正仿宋_GBK"),
}

# What a word processor may take where the named font is missing, best first.
_STAND_INS: Final[dict[Face, str]] = {
    "title": "方正小标宋_GBK,华文中宋,STZhongsong,宋体,SimSun",
    "body": "仿宋,FangSong,华文仿宋,STFangsong",
    "kai": "楷体,KaiTi,华文楷体,STKaiti",
    "hei": "SimHei,微软雅黑",
    "song": "SimSun",
    "rare": "仿宋,FangSong,宋体,SimSun",
}
# PANOSE: serif text for the song and imitation-song faces, script for kai, sans serif for hei.
_PANOSE: Final[dict[Face, str]] = {
    "title": "02010600030101010101",
    "body": "02010609060101010101",
    "kai": "02010609060101010101",
    "hei": "02010609060101010101",
    "song": "02010600030101010101",
    "rare": "02010609060101010101",
}


def font_table_xml(fonts: FontSet, declarations: str) -> str:
    """The font table part: every face with its stand-ins. `declarations` are the namespace attributes of the root."""
    seen: dict[str, str] = {}
    for face, stand_ins in _STAND_INS.items():
        name: str = getattr(fonts, face)
        if name not in seen:
            others = ",".join(other for other in stand_ins.split(",") if other != name)
            seen[name] = (
                f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:panose1 w:val="{_PANOSE[face]}"/>'
                '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
            )
    latin = (
        f'<w:font w:name="{LATIN}"><w:panose1 w:val="02020603050405020304"/><w:charset w:val="00"/>'
        '<w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>'
    )
    return f"<w:fonts {declarations}>{''.join(seen.values())}{latin}</w:fonts>"
