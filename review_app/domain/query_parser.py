"""Query text to a tree: recursive descent with errors that know their place."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Final

from review_app.domain.errors import N_, Invalid
from review_app.domain.folding import fold_width
from review_app.domain.search_days import PERIOD, list_seconds
from review_app.domain.search_terms import (
    QUOTE_PAIRS,
    And,
    Match,
    Node,
    Not,
    Or,
    Query,
    Range,
    Similar,
    Word,
    join_nodes,
)
from review_app.domain.search_words import Audience, SearchWord, find_search_word, list_search_words

MAX_QUERY_CHARACTERS: Final = 300
MAX_TERMS: Final = 24
MAX_DEPTH: Final = 8

_SEPARATORS: Final = frozenset("，、。；！？")  # between plain words they part like a blank
_LIST_SEPARATORS: Final = frozenset(",、")
_WORD_END: Final = frozenset(" ()|") | frozenset(QUOTE_PAIRS)
_FIELD: Final = re.compile(r"([^\W\d_]\w{0,7})(:|>=|<=|=|>|<|≥|≤)")
_COMPARISON: Final = re.compile(r">=|<=|=|>|<|≥|≤")
_BOUNDARY: Final = r'(?=[ ()|"「『《、。,;!?]|$)'
_OR: Final = re.compile(rf"\|\|?|(?:OR|或){_BOUNDARY}")
_AND: Final = re.compile(rf"(?:AND|且){_BOUNDARY}")
_NOT: Final = re.compile(rf"(?:NOT|非){_BOUNDARY}")
_NUMBER: Final = r"[0-9]{1,9}(?:\.[0-9]{1,4})?"
_ONE_NUMBER: Final = re.compile(_NUMBER + _BOUNDARY)
_NUMBER_RANGE: Final = re.compile(rf"({_NUMBER})?(?:\.\.|[-~—～至])({_NUMBER})?{_BOUNDARY}")
_ONE_PERIOD: Final = re.compile(rf"({PERIOD}){_BOUNDARY}")
_PERIOD_RANGE: Final = re.compile(rf"({PERIOD})?(?:\.\.|[~—～至])({PERIOD})?{_BOUNDARY}")


class QueryError(Invalid):
    """The query cannot be understood; the fault is the `length` characters from `position` (0-based)."""

    def __init__(self, message: str, *, position: int, length: int = 1, **facts: object) -> None:
        super().__init__(message, "q", **facts)
        self.position = position
        self.length = length


def parse_query(text: str, *, audience: Audience) -> Query:
    """The tree of a query text; blank text gives an empty query.

    QueryError, and nothing else, for a text that breaks a rule or names a field this audience has not.
    """
    if len(text) > MAX_QUERY_CHARACTERS:
        raise QueryError(
            N_("检索内容最多 %(limit)s 个字。"),
            position=MAX_QUERY_CHARACTERS,
            length=len(text) - MAX_QUERY_CHARACTERS,
            limit=MAX_QUERY_CHARACTERS,
        )
    return Query(audience, _Parser(text, audience).parse())


class _Parser:
    """Recursive descent over the width-folded text; slices are cut from the text as typed."""

    def __init__(self, text: str, audience: Audience) -> None:
        self.text = text
        self.flat = fold_width(text)
        self.audience = audience
        self.at = 0
        self.terms = 0

    def parse(self) -> Node | None:
        self.skip_blanks()
        if self.at == len(self.flat):
            return None
        node = self.parse_alternatives(0)
        if self.at < len(self.flat):
            raise QueryError(N_("这里多了一个右括号。"), position=self.at)
        return node

    def parse_alternatives(self, depth: int) -> Node:
        parts = [self.parse_sequence(depth)]
        while self.take(_OR):
            parts.append(self.parse_sequence(depth))
        node = join_nodes(Or, tuple(parts))
        assert node is not None
        return node

    def parse_sequence(self, depth: int) -> Node:
        parts: list[Node] = []
        self.skip_blanks()
        while not self.is_sequence_end():
            start = self.at
            if self.take(_AND) and (not parts or self.is_sequence_end()):
                raise QueryError(N_("“且”的前后都要有词。"), position=start)
            parts.append(self.parse_condition(depth))
            self.skip_blanks()
        node = join_nodes(And, tuple(parts))
        if node is None:
            raise QueryError(
                N_("这里缺少要找的词；“或”的前后和括号里都要有词。"), position=min(self.at, len(self.flat) - 1)
            )
        return node

    def is_sequence_end(self) -> bool:
        return self.at == len(self.flat) or self.flat[self.at] == ")" or _OR.match(self.flat, self.at) is not None

    def parse_condition(self, depth: int) -> Node:
        start = self.at
        if self.flat[self.at] == "-":
            self.at += 1
            if self.at == len(self.flat) or self.flat[self.at] in " )|-":
                raise QueryError(N_("“-”后面要紧跟要排除的词。"), position=start)
            return Not(self.parse_primary(depth))
        if self.take(_NOT):
            if self.is_sequence_end() or self.flat[self.at] == "-":
                raise QueryError(N_("“非”后面要写要排除的词。"), position=start)
            return Not(self.parse_primary(depth))
        return self.parse_primary(depth)

    def parse_primary(self, depth: int) -> Node:
        start = self.at
        character = self.flat[start]
        if character == "(":
            return self.parse_group(depth)
        if character in QUOTE_PAIRS:
            return self.parse_phrase()
        if found := _FIELD.match(self.flat, start):
            return self.parse_field(found)
        if _COMPARISON.match(self.flat, start) or character == ":":
            raise QueryError(N_("这个符号前面要写检索项，如 分数>85；要按字面查找，请加引号。"), position=start)
        return self.parse_word(_SEPARATORS)

    def parse_group(self, depth: int) -> Node:
        start = self.at
        if depth == MAX_DEPTH:
            raise QueryError(N_("括号最多套 %(limit)s 层。"), position=start, limit=MAX_DEPTH)
        self.at += 1
        node = self.parse_alternatives(depth + 1)
        if self.at == len(self.flat):
            raise QueryError(N_("这个左括号没有配上右括号。"), position=start)
        self.at += 1
        return node

    def parse_phrase(self) -> Word:
        start = self.at
        end = self.flat.find(QUOTE_PAIRS[self.flat[start]], start + 1)
        if end < 0:
            raise QueryError(N_("这个引号没有配上后引号。"), position=start)
        inner = self.flat[start + 1 : end]
        if not inner.strip(" "):
            raise QueryError(N_("引号里没有字。"), position=start, length=end + 1 - start)
        first = start + 1 + len(inner) - len(inner.lstrip(" "))
        last = end - (len(inner) - len(inner.rstrip(" ")))
        self.at = end + 1
        self.count_term(start)
        return Word(self.text[first:last], is_phrase=True)

    def parse_word(self, separators: frozenset[str]) -> Word:
        start = end = self.at
        while end < len(self.flat) and not self.ends_word(end, separators):
            end += 1
        star = self.flat.find("*", start, end)
        if star == start:
            raise QueryError(N_("“*”前面要有字。"), position=star)
        if 0 <= star < end - 1:
            raise QueryError(N_("“*”只能放在词尾；要按字面查找，请加引号。"), position=star)
        self.at = end
        self.count_term(start)
        return Word(self.text[start : end if star < 0 else star], is_prefix=star > 0)

    def ends_word(self, at: int, separators: frozenset[str]) -> bool:
        return self.flat[at] in _WORD_END or self.flat[at] in separators or self.text[at] in separators

    def parse_field(self, found: re.Match[str]) -> Node:
        spelling, operator = found.groups()
        word = find_search_word(spelling)
        if word is None or not word.is_typed:
            raise QueryError(
                N_("没有“%(word)s”这个检索项，可用的有：%(known)s；要按字面查找，请加引号。"),
                position=found.start(),
                length=len(spelling),
                word=spelling,
                known="、".join(known.chinese_names[0] for known in list_search_words(self.audience)),
            )
        if self.audience not in word.audiences:
            message = (
                N_("评审期间不能按“%(word)s”检索。")
                if self.audience == "reviewer"
                else N_("这里不能按“%(word)s”检索。")
            )
            raise QueryError(message, position=found.start(), length=len(spelling), word=spelling)
        if operator[0] not in ":=" and word.kind != "number":
            raise QueryError(
                N_("“%(word)s”不能比较大小，请写成 %(example)s。"),
                position=found.end() - len(operator),
                length=len(operator),
                word=spelling,
                example=word.example,
            )
        self.at = found.end()
        self.skip_spaces()
        if word.kind == "work":
            return self.parse_work(word, found.start())
        if word.kind == "number":
            return self.parse_numbers(word, operator, found.start())
        return self.parse_values(word, found.start(), is_exact=operator == "=")

    def parse_values(self, word: SearchWord, start: int, *, is_exact: bool) -> Match:
        values: list[Word] = []
        while True:
            values.append(self.parse_value(word, start))
            if self.at == len(self.flat) or self.flat[self.at] not in _LIST_SEPARATORS:
                return Match(word.name, tuple(values), is_exact)
            self.at += 1

    def parse_value(self, word: SearchWord, start: int) -> Word:
        if self.at == len(self.flat) or self.flat[self.at] in " ()|,、" or self.text[self.at] in _SEPARATORS:
            raise self.asks_for(N_("“%(word)s”后面要写内容，如 %(example)s。"), word, start)
        if self.flat[self.at] in QUOTE_PAIRS:
            return self.parse_phrase()
        return self.parse_word(_SEPARATORS | _LIST_SEPARATORS)

    def parse_work(self, word: SearchWord, start: int) -> Similar:
        value = self.parse_value(word, start)
        if value.is_prefix:
            raise self.asks_for(N_("“%(word)s”后面要写一个完整的编号，如 %(example)s。"), word, start)
        return Similar(value.text)

    def parse_numbers(self, word: SearchWord, operator: str, start: int) -> Range:
        if operator == ":" and (comparison := _COMPARISON.match(self.flat, self.at)):
            operator = comparison.group()
            self.at = comparison.end()
        operator = {"≥": ">=", "≤": "<=", "=": ":"}.get(operator, operator)
        self.count_term(start)
        one, several = (_ONE_PERIOD, _PERIOD_RANGE) if word.is_time else (_ONE_NUMBER, _NUMBER_RANGE)
        if found := one.match(self.flat, self.at):
            low, high = self.read_bounds(word, found.group(), operator)
            self.at = found.end()
            return Range(word.name, low, high, ("" if operator == ":" else operator) + found.group())
        found = several.match(self.flat, self.at) if operator == ":" else None
        if found is None or found.groups() == (None, None):
            wanted = N_("“%(word)s”后面要写数字，如 %(example)s。")
            if word.is_time:
                wanted = N_("“%(word)s”后面要写日期，如 %(example)s。")
            raise self.asks_for(wanted, word, start)
        first, last = found.groups()
        low = None if first is None else self.read_bounds(word, first, ">=")[0]
        high = None if last is None else self.read_bounds(word, last, "<=")[1]
        if low is not None and high is not None and low > high:
            raise QueryError(N_("范围的前一个数不能大于后一个数。"), position=self.at, length=found.end() - self.at)
        self.at = found.end()
        return Range(word.name, low, high, f"{first or ''}..{last or ''}")

    def read_bounds(self, word: SearchWord, value: str, operator: str) -> tuple[int | None, int | None]:
        if not word.is_time:
            number = Fraction(value) * word.scale
            return _bounds(operator, number, number)
        try:
            first, last = list_seconds(value)
        except ValueError as error:
            where = self.flat.index(value, self.at)
            raise QueryError(N_("没有“%(day)s”这个日期。"), position=where, length=len(value), day=value) from error
        return _bounds(operator, Fraction(first), Fraction(last))

    def asks_for(self, message: str, word: SearchWord, start: int) -> QueryError:
        return QueryError(
            message, position=start, length=self.at - start, word=word.chinese_names[0], example=word.example
        )

    def count_term(self, start: int) -> None:
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise QueryError(
                N_("一次最多写 %(limit)s 个检索条件。"),
                position=start,
                length=max(1, self.at - start),
                limit=MAX_TERMS,
            )

    def take(self, operator: re.Pattern[str]) -> bool:
        self.skip_blanks()
        found = operator.match(self.flat, self.at)
        if found:
            self.at = found.end()
            self.skip_blanks()
        return found is not None

    def skip_blanks(self) -> None:
        while self.at < len(self.flat) and (self.flat[self.at] in " ,;" or self.text[self.at] in _SEPARATORS):
            self.at += 1

    def skip_spaces(self) -> None:
        while self.at < len(self.flat) and self.flat[self.at] == " ":
            self.at += 1


def _bounds(operator: str, first: Fraction, last: Fraction) -> tuple[int | None, int | None]:
    """The whole numbers, inclusive, that satisfy the comparison with what lasts from `first` to `last`."""
    match operator:
        case ">":
            return math.floor(last) + 1, None
        case ">=":
            return math.ceil(first), None
        case "<":
            return None, math.ceil(first) - 1
        case "<=":
            return None, math.floor(last)
        case _:
            return math.ceil(first), math.floor(last)
