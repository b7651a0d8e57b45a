"""Finds title and subtitle, and cuts the author out of the five places where bylines stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce

from msgspec.structs import replace

from compile.manuscript import Run, plain_text
from compile.reading.byline import read_signature
from compile.reading.cleaning import join_verse, split_at_breaks, strip_runs
from compile.reading.draft import DraftBlock, DraftTable, Line, Report
from compile.reading.person_names import HAN, close_spaced_names, is_person_name
from compile.reading.signature_words import Signature
from compile.reading.wrapping import ends_sentence, needs_space, visible_width

CONTEST_TAG = re.compile(
    rf"[（(【\[<〈]?\s*(?:(?:[{HAN}]{{1,5}}[省市县区旗](?:[{HAN}]{{1,6}}[局委办部])?)?(?:20\d\d年度?)?"
    r"[——\-\s]*[“\"「《【][^”\"」》】]{1,30}[”\"」》】][^，。]{0,8}?)?(?:主题|有奖)?"
    r"(?:征文(?:活动|比赛|大赛|启事|稿件?|作品|投稿|选登)?|参赛作品|参评作品|应征作品|征文来稿|投稿作品)"
    r"(?:[\s之（(]*[一二三四五六七八九十\d]{1,3}[）)]?)?\s*[）)】\]>〉]?"
)
_ATTACHMENT = re.compile(r"附件?\s*[一二三四五六七八九十\d]{0,2}\s*[:：]?")
_TITLE_LABEL = re.compile(r"^(?:作品)?(?:题目|标题|名称)\s*[:：]\s*")
_DASHES = re.compile(r"^\s*(?:—{1,2}|－{1,2}|―{1,2}|–{1,2}|-{2,3}|─{1,2})\s*(?=\S)")
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]{1,3}[章节部篇]|\d{1,2}[、.．])"
)
_PREFACE = re.compile(r"(?:前\s*言|引\s*言|引\s*子|题\s*记|序\s*言?|编者按|摘\s*要|导\s*语|目\s*录)[:：]?$")
_DATE = re.compile(
    r"[（(]?\s*(?:(?:19|20)\d{2}|[二一][〇○零Ｏ0九一二三四五六七八]{3})\s*[年./\-－]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
    r"\s*(?:[月./\-－]\s*(?:(?:\d{1,2}|[一二三四五六七八九十]{1,4})\s*日?)?)?\s*[）)]?"
)
_TRAILING_BRACKET = re.compile(r"[（(](?P<inside>[^（()）]{2,80})[）)]\s*[。.]?\s*$")
_LONGEST_TITLE, _LONGEST_PLAIN_TITLE, _LONGEST_SUBTITLE = 65, 45, 60
_HEAD_LINES, _TAIL_LINES, _BELOW_TITLE = 10, 6, 4
_DISPLAY_PT = 15.0
_LONGEST_VERSE = 32
_LABELLED_SCORE = 0.95


@dataclass(slots=True)
class FrontMatter:
    """Title, subtitle, the signatures found and the blocks that remain as body."""

    title: str = ""
    subtitle: str = ""
    signatures: list[Signature] = field(default_factory=list)
    blocks: list[DraftBlock] = field(default_factory=list)


def take_front_matter(blocks: Sequence[DraftBlock], headers: Sequence[str], report: Report) -> FrontMatter:
    """Title and byline cut from head and tail of the blocks; what is not surely one of them stays in the body.

    Places searched: page headers, lines before the title (first line of page 1), lines below it, the end of the text.
    """
    front = FrontMatter(blocks=_part_last_line(_part_first_line(blocks)))
    _take_title(front, report)
    _take_tail(front, report)
    for text in headers:
        if signature := read_signature(_without_tag(text)):
            front.signatures.append(replace(signature, score=0.5))
    return front


def is_contest_tag(text: str) -> bool:
    """A line that only names the contest, such as （“最美信访干部”征文）."""
    return len(text) <= 40 and bool(CONTEST_TAG.fullmatch(text.strip()))


def _without_tag(text: str) -> str:
    """What a line says beside naming the contest; the whole line when it says nothing else."""
    return CONTEST_TAG.sub(" ", text).strip() or text


def is_date_line(text: str) -> bool:
    """A line that holds a date and nothing else."""
    return bool(_DATE.fullmatch(text.strip()))


def _part_first_line(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """Title and byline often share the first paragraph, parted by line breaks: one line each, verse stays together."""
    place = next((index for index, block in enumerate(blocks) if isinstance(block, Line)), None)
    first = blocks[place] if place is not None else None
    if place is None or not isinstance(first, Line):
        return list(blocks)
    pieces = [strip_runs(piece)[0] for piece in split_at_breaks(first.runs)]
    is_all_head = sum(1 for piece in pieces if piece) <= _BELOW_TITLE
    lines: list[Line] = []
    for parted, piece in enumerate(pieces):
        if piece and lines and not (is_all_head or _belongs_to_head(plain_text(piece))):
            lines.append(replace(first, runs=join_verse(pieces[parted:]), marker=""))
            break
        if piece:
            lines.append(replace(first, runs=piece))
    return [*blocks[:place], *lines, *blocks[place + 1 :]]


def _part_last_line(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """A signature behind line breaks in the last paragraph becomes lines of its own."""
    place = max((index for index, block in enumerate(blocks) if isinstance(block, Line)), default=-1)
    last = blocks[place] if place >= 0 else None
    if not isinstance(last, Line) or "\n" not in last.text:
        return list(blocks)
    pieces = split_at_breaks(last.runs)
    first_signed = len(pieces)
    for index in range(len(pieces) - 1, 0, -1):
        text = plain_text(pieces[index])
        if read_signature(text):
            first_signed = index
        elif text.strip() and not is_date_line(text):
            break
    if first_signed == len(pieces):
        return list(blocks)
    signed = [replace(last, runs=strip_runs(piece)[0]) for piece in pieces[first_signed:] if plain_text(piece).strip()]
    return [*blocks[:place], replace(last, runs=join_verse(pieces[:first_signed])), *signed, *blocks[place + 1 :]]


def _belongs_to_head(text: str) -> bool:
    return bool(_DASHES.match(text)) or is_contest_tag(text) or read_signature(text, is_expected=True) is not None


# The head


def _take_title(front: FrontMatter, report: Report) -> None:
    body_size = _find_body_size(front.blocks)
    is_title_found = False
    signed = 0
    places = [index for index, block in enumerate(front.blocks) if isinstance(block, Line)][:_HEAD_LINES]
    styled = next((index for index in places if _line(front, index).role == "title"), None)
    taken: set[int] = set()
    for order, index in enumerate(places):
        line = _line(front, index)
        text = line.text.strip()
        following = _line(front, places[order + 1]) if order + 1 < len(places) else None
        if not is_title_found:
            if is_contest_tag(text) or (_ATTACHMENT.fullmatch(text) and following):
                report.add("contest-tag", "文首", text)
            elif styled is not None and index < styled and not read_signature(text, is_expected=True):
                continue
            elif following and index != styled and (signature := _read_above_title(line, following, body_size)):
                front.signatures.append(signature)
                if signature.title:
                    front.title = signature.title
                    is_title_found = True
                else:
                    report.add("byline", "文首", text)
            elif following and (index == styled or _can_be_title(line, body_size)):
                front.title = _clean_title(line)
                is_title_found = True
            else:
                return _drop(front, taken)
        elif not signed and not front.subtitle and _continues_title(line, _line(front, places[order - 1]), body_size):
            front.title = _join_title((front.title, _clean_title(line)))
        elif (
            not front.subtitle and (not signed or _DASHES.match(text)) and (subtitle := _read_subtitle(line, body_size))
        ):
            front.subtitle = subtitle
        elif is_contest_tag(text):
            report.add("contest-tag", "题目下方", text)
        elif (
            signed < _BELOW_TITLE
            and _is_followed(front, index)
            and (signature := read_signature(_without_tag(text), is_expected=_is_short(line) and not line.outline))
        ):
            front.signatures.append(signature)
            report.add("byline", "题目下方", text)
            signed += 1
        else:
            return _drop(front, taken)
        taken.add(index)
    _drop(front, taken)


def _is_followed(front: FrontMatter, index: int) -> bool:
    """Whether text comes after a block, in lines or in a table."""
    return any(isinstance(block, (Line, DraftTable)) for block in front.blocks[index + 1 :])


def _drop(front: FrontMatter, taken: set[int]) -> None:
    front.blocks = [block for index, block in enumerate(front.blocks) if index not in taken]


def _line(front: FrontMatter, index: int) -> Line:
    block = front.blocks[index]
    assert isinstance(block, Line)
    return block


def _read_above_title(line: Line, following: Line, body_size: float) -> Signature | None:
    """A byline on the first line of page 1; a bare unit or name counts only above a larger line."""
    is_above_title = following.size_pt > line.size_pt and _can_be_title(following, body_size)
    return read_signature(_without_tag(line.text), is_expected=is_above_title)


def _can_be_title(line: Line, body_size: float) -> bool:
    text = line.text.strip()
    if line.marker or len(text) > _LONGEST_TITLE or _NUMBERED.match(text) or text[-1:] in "。；：，、;,":
        return False
    if _PREFACE.match(text):
        return False
    is_styled = (
        line.outline or line.is_bold or line.align == "center" or line.size_pt >= max(_DISPLAY_PT, body_size + 1)
    )
    return bool(is_styled) or len(text) <= _LONGEST_PLAIN_TITLE


def _continues_title(line: Line, before: Line, body_size: float) -> bool:
    """The second line of a long title: the same display look, no dash, no byline."""
    text = line.text.strip()
    return (
        before.role != "subtitle"
        and line.size_pt == before.size_pt >= max(_DISPLAY_PT, body_size + 1)
        and line.align == before.align
        and line.is_bold == before.is_bold
        and line.outline == before.outline
        and _can_be_title(line, body_size)
        and len(before.text) + len(text) <= _LONGEST_TITLE
        and not _DASHES.match(text)
        and not is_contest_tag(text)
        and read_signature(text, is_expected=True) is None
    )


def _read_subtitle(line: Line, body_size: float) -> str:
    text = line.text.strip()
    if len(text) > _LONGEST_SUBTITLE or line.marker:
        return ""
    if _DASHES.match(text) and not text.endswith("。"):
        # ——记柳河镇信访办主任周明 names the person written about; only a label or a role makes it a byline.
        signature = read_signature(text)
        return "" if signature and signature.score >= _LABELLED_SCORE else _DASHES.sub("", text).strip()
    if line.role == "subtitle":
        return text
    is_display = line.align == "center" and (line.is_bold or line.size_pt > body_size > 0)
    is_plain = line.outline or ends_sentence(text) or _NUMBERED.match(text) or _PREFACE.match(text)
    if (
        not is_display
        or is_plain
        or is_date_line(text)
        or is_contest_tag(text)
        or read_signature(text, is_expected=True)
    ):
        return ""
    return text


def _clean_title(line: Line) -> str:
    text = _TITLE_LABEL.sub("", _join_title((line.marker + line.text).split("\n")))
    words = text.split()
    is_spaced_out = len(words) > 2 and sum(len(word) == 1 for word in words) * 2 > len(words) and not text.isascii()
    return "".join(words) if is_spaced_out else text


def _join_title(lines: Iterable[str]) -> str:
    """The lines of a title as one; a space only between words of letters."""
    return reduce(
        lambda left, right: f"{left} {right}" if needs_space(left, right) else left + right, map(str.strip, lines)
    )


def _is_short(line: Line) -> bool:
    return len(line.text) <= 30


def _find_body_size(blocks: Sequence[DraftBlock]) -> float:
    """The type size of most body text, 0.0 when unknown."""
    sizes: Counter[float] = Counter()
    for block in blocks:
        if isinstance(block, Line) and block.size_pt:
            sizes[block.size_pt] += len(block.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


# The tail


def _take_tail(front: FrontMatter, report: Report) -> None:
    """Cut signatures from the end: whole lines, then one in brackets after the last sentence."""
    taken: set[int] = set()
    dates: list[int] = []
    has_signature = False
    places = [index for index, block in enumerate(front.blocks) if isinstance(block, Line)]
    for index in reversed(places[1:][-_TAIL_LINES:]):
        line = _line(front, index)
        text = line.text.strip()
        is_expected = _is_short(line) and (line.align != "left" or _is_bare_author(text, index, front))
        if is_date_line(text):
            dates.append(index)
        elif not line.outline and (signature := read_signature(text, is_expected=is_expected)):
            front.signatures.append(replace(signature, score=min(signature.score, 0.9)))
            report.add("byline", "文末", text)
            taken.add(index)
            has_signature = True
        else:
            break
    if has_signature:
        for index in dates:
            report.add("signature-date", "文末", _line(front, index).text)
        taken.update(dates)
    last = next((index for index in reversed(places) if index not in taken), None)
    if last is not None:
        _take_trailing_bracket(front, last, report)
    _drop(front, taken)


def _is_bare_author(text: str, index: int, front: FrontMatter) -> bool:
    """A name alone as the last line: one found before, or the only one in the work and below a paragraph of prose."""
    name = close_spaced_names(text, is_signature=True)
    known = {author for signature in front.signatures for author in signature.authors}
    if known:
        return name in known
    before = front.blocks[index - 1] if index else None
    is_last = not any(isinstance(block, Line) for block in front.blocks[index + 1 :])
    if not (is_last and is_person_name(name) and isinstance(before, Line)):
        return False
    return visible_width(before.text) > _LONGEST_VERSE and ends_sentence(before.text)


def _take_trailing_bracket(front: FrontMatter, index: int, report: Report) -> None:
    line = _line(front, index)
    match = _TRAILING_BRACKET.search(line.text)
    if not match or not match.start():
        return
    signature = read_signature(match[0].strip())
    if signature is None:
        return
    front.signatures.append(replace(signature, score=min(signature.score, 0.8)))
    report.add("byline", "文末", match[0])
    front.blocks[index] = replace(line, runs=_cut_runs(line.runs, match.start()))


def _cut_runs(runs: Sequence[Run], length: int) -> tuple[Run, ...]:
    """The first `length` characters of the runs."""
    kept: list[Run] = []
    for run in runs:
        if length <= 0:
            break
        kept.append(run if len(run.text) <= length else replace(run, text=run.text[:length], note=None))
        length -= len(run.text)
    return strip_runs(kept)[0]
