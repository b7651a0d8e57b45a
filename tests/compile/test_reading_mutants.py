"""Two thousand damaged files of each type, the same ones every time: each ends in a reading or a refusal, and soon."""

from __future__ import annotations

import io
import random
import re
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from compile.reading import Refused, read

MUTANTS = 2_000
LONGEST_SECONDS = 2.0
ESSAYS = Path(__file__).parents[2] / "review_app" / "demo" / "essays"

Mutation = Callable[[bytes, random.Random], bytes]

# Bytes


def flip_bits(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 5, 20))):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def cut_off(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data))]


def cut_out(data: bytes, dice: random.Random) -> bytes:
    start, length = _choose_piece(data, dice)
    return data[:start] + data[start + length :]


def swap_pieces(data: bytes, dice: random.Random) -> bytes:
    (first, length), (second, _) = sorted((_choose_piece(data, dice), _choose_piece(data, dice)))
    length = min(length, second - first)
    head, tail = data[first : first + length], data[second : second + length]
    return data[:first] + tail + data[first + length : second] + head + data[second + length :]


def repeat_piece(data: bytes, dice: random.Random) -> bytes:
    start, length = _choose_piece(data, dice)
    return data[:start] + data[start : start + length] * dice.choice((2, 3, 50)) + data[start:]


def overwrite_piece(data: bytes, dice: random.Random) -> bytes:
    start, length = _choose_piece(data, dice)
    filling = (
        dice.choice((b"\0", b"\xff", dice.randbytes(1))) * length if dice.random() < 0.7 else dice.randbytes(length)
    )
    return data[:start] + filling + data[start + length :]


def _choose_piece(data: bytes, dice: random.Random) -> tuple[int, int]:
    return dice.randrange(len(data)), min(int(dice.paretovariate(0.6)), len(data) // 2)


BYTES: tuple[Mutation, ...] = (flip_bits, flip_bits, cut_off, cut_out, swap_pieces, repeat_piece, overwrite_piece)

# XML inside an intact zip

NUMBERS = ("0", "-1", "1.5", "255", "65536", "4294967296", "99999999999999999999", "٣", "²", "NaN", "", " 1", "1e9")


def change_value(xml: bytes, dice: random.Random) -> bytes:
    """Another value for one attribute: a number out of bounds, or the value of another attribute."""
    values = list(re.finditer(rb'="([^"]*)"', xml))
    if not values:
        return xml
    place = dice.choice(values)
    value = dice.choice(NUMBERS).encode() if dice.random() < 0.6 else dice.choice(values)[1]
    return xml[: place.start(1)] + value + xml[place.end(1) :]


def change_tags(xml: bytes, dice: random.Random) -> bytes:
    """Tags dropped, moved, renamed, repeated."""
    tokens = re.findall(rb"<[^>]*>|[^<]+", xml)
    for _ in range(dice.randrange(1, 4)):
        if not tokens:
            break
        place = dice.randrange(len(tokens))
        other = tokens[dice.randrange(len(tokens))]
        name = re.match(rb"</?[\w:.-]+", other)
        tokens[place] = dice.choice(
            (
                b"",
                other,
                tokens[place] * 2,
                b"&#1;",
                b"\xff\xfe",
                re.sub(rb"^</?[\w:.-]+", name[0] if name else b"<w:p", tokens[place]),
            )
        )
    return b"".join(tokens)


def nest_deeply(xml: bytes, dice: random.Random) -> bytes:
    """One element inside itself, many times."""
    elements = list(re.finditer(rb"<([\w:.-]+)(?: [^>]*[^/])?>", xml))
    if not elements:
        return xml
    place, depth = dice.choice(elements), dice.choice((3, 60, 250, 1_000))
    closing = b"</" + place[1] + b">"
    end = xml.find(closing, place.end())
    inner = xml[place.end() : end] if end >= 0 else b""
    return xml[: place.start()] + place[0] * depth + inner + closing * depth + xml[end + len(closing) :]


def repeat_elements(xml: bytes, dice: random.Random) -> bytes:
    """One stretch from tag to tag, many times."""
    tags = [match.start() for match in re.finditer(rb"<", xml)]
    if len(tags) < 2:
        return xml
    start, end = sorted(dice.sample(tags, 2))
    return xml[:start] + xml[start:end] * min(dice.choice((2, 20, 200)), 200_000 // (end - start) + 2) + xml[end:]


XML: tuple[Mutation, ...] = (change_value, change_value, change_tags, change_tags, nest_deeply, repeat_elements, *BYTES)


def mutate_part(data: bytes, dice: random.Random) -> bytes:
    """The zip with one part damaged, or gone, or under the name of another."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name, part in parts.items() if part]
    name = dice.choice(names)
    draw = dice.random()
    if draw < 0.05:
        del parts[name]
    elif draw < 0.1:
        parts[name] = parts[dice.choice(names)]
    else:
        is_xml = name.endswith((".xml", ".rels"))
        parts[name] = dice.choice(XML if is_xml else BYTES)(parts[name], dice)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for part_name, part in parts.items():
            archive.writestr(part_name, part)
    return sink.getvalue()


def mutate_text(data: bytes, dice: random.Random) -> bytes:
    """The text in another encoding, then damaged."""
    encoding = dice.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be", "utf-32", "big5"))
    return dice.choice(BYTES)(data.decode("gb18030").encode(encoding, "replace"), dice)


def mutate_bytes(data: bytes, dice: random.Random) -> bytes:
    return dice.choice(BYTES)(data, dice)


# The files


def build_docx(files: SimpleNamespace) -> bytes:
    """A small file with something for every part of the reader."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    code = "<w:r><w:instrText> TOC \\o </w:instrText></w:r>"
    listed = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr>'
    box = f"<w:r><w:pict><v:shape><v:textbox><w:txbxContent>{files.para('框内。')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    choice = f"<mc:AlternateContent><mc:Choice>{files.run('甲')}</mc:Choice><mc:Fallback>{files.run('乙')}</mc:Fallback></mc:AlternateContent>"
    level = (
        '<w:lvl w:ilvl="{0}"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%{1}、"/></w:lvl>'
    )
    crop = '<a:srcRect l="1000" t="5000" r="200" b="0"/>'
    body = (
        files.para("一把旧椅子", properties='<w:pStyle w:val="T"/><w:jc w:val="center"/>', look='<w:sz w:val="44"/>')
        + files.para("柳河镇信访办　周　明　电话 0551-7788001")
        + f"<w:p>{mark.format('begin')}{code}{mark.format('separate')}{files.run('一、接访……1')}{mark.format('end')}</w:p>"
        + files.para("一、接访", properties='<w:outlineLvl w:val="0"/>', look="<w:b/>")
        + files.para("老陈说，群众的事没有小事。", properties=listed, inner=files.picture("p", crop=crop))
        + files.para(
            "他来了",
            properties=listed,
            inner=f"<w:ins>{files.run('又')}</w:ins><w:del>{files.run('不')}</w:del>{box}{choice}",
        )
        + files.table(
            (files.para("姓名"), files.para("周明")),
            (files.para("单位"), files.para("柳河镇")),
            cell_properties='<w:tcPr><w:gridSpan w:val="2"/><w:vMerge w:val="restart"/></w:tcPr>',
        )
        + f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{files.para('请输入')}</w:sdtContent></w:sdt>"
        + files.para("完。", inner='<w:r><w:footnoteReference w:id="2"/><w:br/><w:sym w:char="F052"/></w:r>')
    )
    return files.docx(
        body,
        styles='<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/><w:basedOn w:val="U"/></w:style>',
        numbering=f'<w:abstractNum w:abstractNumId="1">{level.format(0, 1)}{level.format(1, 2)}</w:abstractNum>'
        '<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>',
        footnotes='<w:footnote w:id="2"><w:p><w:r><w:t>注。</w:t></w:r></w:p></w:footnote>',
        comments='<w:comment w:id="5"><w:p><w:r><w:t>批。</w:t></w:r></w:p></w:comment>',
        header=files.para("内部资料"),
        links={"p": ("image", "media/p.jpeg")},
        parts={"word/media/p.jpeg": files.jpeg(40, 30)},
    )


def iter_mutants(kind: str, files: SimpleNamespace, seed: int, count: int) -> Iterator[bytes]:
    """Damaged files of one kind, the same ones for the same seed."""
    dice = random.Random(f"{kind} {seed}")
    essay = {"docx": "", "odt": "e22.odt", "doc": "e28.doc", "rtf": "e19.rtf", "txt": "e24.txt"}[kind]
    whole = (ESSAYS / essay).read_bytes() if essay else build_docx(files)
    if kind == "txt":
        whole = whole.decode("gb18030")[:600].encode("gb18030")
    inside: Mutation = {"docx": mutate_part, "odt": mutate_part, "txt": mutate_text}.get(kind, mutate_bytes)
    for number in range(count):
        yield (mutate_bytes if number % 4 == 0 else inside)(whole, dice)


def read_all(mutants: Iterator[bytes]) -> tuple[Counter[str], list[str]]:
    """How the files ended, and what is wrong with that."""
    ends: Counter[str] = Counter()
    wrong = []
    for number, data in enumerate(mutants):
        started = time.process_time()
        try:
            end = read(io.BytesIO(data)).kind
        except Refused as refusal:
            end = refusal.code
        except Exception as error:  # noqa: BLE001  (what must not happen is what is looked for)
            wrong.append(f"{number}: {error!r}")
            continue
        if time.process_time() - started > LONGEST_SECONDS:
            wrong.append(f"{number}: {end} after {time.process_time() - started:.1f} s")
        ends[end] += 1
    return ends, wrong


@pytest.mark.parametrize("kind", ["docx", "odt", "doc", "rtf", "txt"])
def test_every_damaged_file_ends_in_a_reading_or_a_refusal(files: SimpleNamespace, kind: str) -> None:
    ends, wrong = read_all(iter_mutants(kind, files, 20200810, MUTANTS))
    assert wrong == []
    assert (ends.total(), len(ends) > 1) == (MUTANTS, True)
