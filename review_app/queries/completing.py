"""What may come next in the search box: search words, their values, and names by characters, pinyin or initials."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_app.domain.actor import Actor
from review_app.domain.errors import N_
from review_app.domain.essay_state import EssayState
from review_app.domain.folding import fold_text, fold_width
from review_app.domain.query_parser import MAX_QUERY_CHARACTERS
from review_app.domain.search_terms import make_value, render_node
from review_app.domain.search_words import (
    Audience,
    SearchWord,
    complete_search_word,
    find_search_word,
    list_search_words,
)
from review_app.models import AwardLevel, Tag
from review_app.queries.lexicon import Name, list_names, spell
from review_app.queries.search import audience_of

_Thing = TypeVar("_Thing")

MAX_OPTIONS: Final = 8
_MAX_WORDS: Final = 4
# A field with the values before the one being typed, or a plain word; both up to the caret.
_VALUE: Final = re.compile(r"([^\W\d_]\w{0,7})[:=](?:[^\s()|,、]*[,、])*([^\s()|,、]*)$")
_PLAIN: Final = re.compile(r'[^\s()|,、。;!?"「」『』《》:=<>-]+$')
_QUOTE_PAIRS: Final = (("「", "」"), ("『", "』"), ("《", "》"))
_KINDS: Final = {"term": N_("词"), "tag": N_("标签"), "unit": N_("单位"), "author": N_("作者"), "title": N_("题目")}


@dataclass(frozen=True, slots=True)
class Option:
    """What may stand for the word being typed, and a Chinese text that says what it is."""

    text: str
    note: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What of the text stays before an option, and the options."""

    kept: str
    options: tuple[Option, ...]


def complete_query(session: Session, actor: Actor, head: str) -> Completion:
    """The options for the last word of `head`, the query up to the caret, of what the actor may search and see."""
    audience = audience_of(actor)
    flat = fold_width(head)
    if len(head) > MAX_QUERY_CHARACTERS or _is_quoted(flat):
        return Completion(head, ())
    found = _VALUE.search(flat)
    word = find_search_word(found[1]) if found else None
    if found:
        typed = found[2]
        is_allowed = word is not None and word.is_typed and audience in word.audiences
        options = _complete_value(session, actor, audience, word, typed) if word and is_allowed else []
    elif plain := _PLAIN.search(flat):
        typed = plain[0]
        options = _complete_word(session, actor, audience, typed)
    else:
        return Completion(head, ())
    different = {option.text: option for option in options if option.text != typed}
    return Completion(head[: len(head) - len(typed)], tuple(different.values())[:MAX_OPTIONS])


def _is_quoted(flat: str) -> bool:
    return flat.count('"') % 2 == 1 or any(
        flat.count(opening) > flat.count(closing) for opening, closing in _QUOTE_PAIRS
    )


def _complete_word(session: Session, actor: Actor, audience: Audience, typed: str) -> list[Option]:
    begun = complete_search_word(typed, audience=audience)
    words = [word for word in list_search_words(audience) if word in begun or _sounds_like(word, fold_text(typed))]
    options = [Option(word.chinese_names[0] + word.operators[0], word.help) for word in words[:_MAX_WORDS]]
    names = _rank(list_names(session, actor, audience), typed)
    return options + [Option(render_node(name.condition), _KINDS[name.kind]) for name in names]


def _sounds_like(word: SearchWord, typed: str) -> bool:
    """Whether a Chinese name of the word begins so in pinyin or its initials."""
    return any(spelling.startswith(typed) for name in word.chinese_names for spelling in _spellings(name))


def _complete_value(session: Session, actor: Actor, audience: Audience, word: SearchWord, typed: str) -> list[Option]:
    if word.name in _KINDS:
        names: Iterable[Name] = (name for name in list_names(session, actor, audience) if name.kind == word.name)
        return [_value_option(name.value) for name in _rank(names, typed)]
    list_values = _LISTS.get(word.name)
    values = list_values(session) if list_values else word.values
    ranked = _rank_texts(((value, fold_text(value), *_spellings(value)) for value in values), typed)
    return [_value_option(value) for value in ranked]


def _value_option(value: str) -> Option:
    return Option(render_node(make_value(value)), "")


def _spellings(text: str) -> tuple[str, str]:
    sound = spell(text)
    return "".join(sound), "".join(part[0] for part in sound)


def _rank(names: Iterable[Name], typed: str) -> Iterator[Name]:
    return _rank_texts(((name, name.flat, name.pinyin, name.initials) for name in names), typed)


def _rank_texts(rows: Iterable[tuple[_Thing, str, str, str]], typed: str) -> Iterator[_Thing]:
    """Those that begin as typed, then by pinyin, then by initials, then those that hold it, the shortest first; all of
    them in their order for ""."""
    wanted = fold_text(typed)
    found = [
        ((place, len(flat)) if wanted else (0, 0), thing)
        for thing, flat, pinyin, initials in rows
        if (place := _find_place(wanted, flat, pinyin, initials)) is not None
    ]
    return (thing for _, thing in sorted(found, key=lambda pair: pair[0]))


def _find_place(wanted: str, flat: str, pinyin: str, initials: str) -> int | None:
    starts = (flat.startswith(wanted), pinyin.startswith(wanted), initials.startswith(wanted), wanted in flat)
    return starts.index(True) if any(starts) else None


def _list_awards(session: Session) -> Iterable[str]:
    return dict.fromkeys(session.scalars(select(AwardLevel.name_zh).order_by(AwardLevel.position)))


def _list_genres(session: Session) -> Iterable[str]:
    genres = select(Tag.name_zh).where(Tag.group_key == "genre", ~Tag.is_retired).order_by(Tag.position)
    return session.scalars(genres).all()


def _list_states(_session: Session) -> Iterable[str]:
    return [state.label for state in (EssayState.SUBMITTED, EssayState.RETURNED, EssayState.ACCEPTED)]


_LISTS: Final[dict[str, Callable[[Session], Iterable[str]]]] = {
    "award": _list_awards,
    "genre": _list_genres,
    "state": _list_states,
}
