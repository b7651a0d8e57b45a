"""The names a person may see, with their pinyin: what completion offers and what a slip of the pen may have meant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from pypinyin import lazy_pinyin
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from review_app.domain.actor import Actor
from review_app.domain.essay_state import EssayState
from review_app.domain.folding import fold_text
from review_app.domain.search_terms import Match, Node, Word, make_value
from review_app.domain.search_words import Audience
from review_app.models import Essay, Review, Tag, Unit
from review_app.storage.words import list_terms, split_words

NameKind = Literal["term", "tag", "unit", "author", "title"]
# The newest works of the scope lend their titles and authors; older ones are found by searching.
_ESSAYS_READ: Final = 2_000
_SEARCHABLE: Final = (EssayState.SUBMITTED, EssayState.RETURNED, EssayState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Name:
    """A name to be found by its characters or its sound; `value` is what it stands for, the full name of a unit say."""

    kind: NameKind
    text: str
    value: str
    flat: str
    syllables: tuple[str, ...]
    pinyin: str
    initials: str

    @property
    def condition(self) -> Node:
        """What asks for it in a query."""
        value = make_value(self.value)
        match self.kind:
            case "term":
                return Word(self.value)
            case "tag" | "unit":
                return Match(self.kind, (value,), is_exact=True)
            case _:
                return Match(self.kind, (value,))


def list_names(session: Session, actor: Actor, audience: Audience) -> tuple[Name, ...]:
    """The names the actor may see, in four statements at most: terms and tags; the bureau's units; titles of the works
    in his scope, and their authors, which a reviewer never learns."""
    names = [_name("term", term) for term in list_terms()]
    tags = session.scalars(select(Tag.name_zh).where(~Tag.is_retired).order_by(Tag.position))
    names += [_name("term" if audience == "unit" else "tag", tag) for tag in dict.fromkeys(tags)]
    if audience == "bureau":
        for name, short_name in session.execute(select(Unit.name, Unit.short_name).order_by(Unit.position)):
            names += [_name("unit", text, name) for text in dict.fromkeys((name, short_name)) if text]
    essays = session.execute(_select_essays(actor, audience)).all()
    if audience != "reviewer":
        names += [_name("author", author) for author in dict.fromkeys(a for row in essays for a in row.authors)]
    names += [_name("title", title) for title in dict.fromkeys(row.title for row in essays) if title]
    return tuple({(name.kind, name.text): name for name in names}.values())


@lru_cache(maxsize=20_000)
def spell(text: str) -> tuple[str, ...]:
    """The syllable of each character of the words of a text; a character without one stands for itself."""
    return tuple(syllable for word in split_words(fold_text(text)) for syllable in _spell_word(word))


@lru_cache(maxsize=20_000)
def _spell_word(word: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(word, errors=list))  # type: ignore[arg-type]  # a list gives one for each character


@lru_cache(maxsize=20_000)
def _name(kind: NameKind, text: str, value: str = "") -> Name:
    syllables = spell(text)
    initials = "".join(syllable[0] for syllable in syllables)
    return Name(kind, text, value or text, fold_text(text), syllables, "".join(syllables), initials)


def _select_essays(actor: Actor, audience: Audience) -> Select[str, list[str]]:
    essays = select(Essay.title, Essay.authors).where(Essay.state.in_(_SEARCHABLE))
    if audience == "unit":
        essays = essays.where(Essay.unit_id == actor.unit_id)
    if audience == "reviewer":
        essays = essays.join(Review, Review.essay_id == Essay.id)
        essays = essays.where(Review.reviewer_id == actor.user_id, Review.state != "recused")
    return essays.order_by(Essay.id.desc()).limit(_ESSAYS_READ)
