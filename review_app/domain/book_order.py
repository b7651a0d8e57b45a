"""The order of a book: sections by their titles, works by their ids, and the moves an editor makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from review_app.domain.errors import N_, Conflict, Invalid
from review_app.domain.selection import move_item
from review_app.domain.text_rules import check_line

SECTION_LIMIT: Final = 60

Step = Literal["up", "down", "out"]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the book with the ids of its works in order. No two sections of a book share a title."""

    title: str
    essay_ids: tuple[int, ...] = ()


Order = tuple[Part, ...]


def list_works(order: Order) -> tuple[int, ...]:
    """All works from front to back."""
    return tuple(essay_id for part in order for essay_id in part.essay_ids)


def append_works(order: Order, essay_ids: Iterable[int], title: str) -> Order:
    """The order with the works that it does not hold yet at the end of the section of that title, made if missing."""
    inside = set(list_works(order))
    coming = tuple(one for one in dict.fromkeys(essay_ids) if one not in inside)
    parts = order if any(part.title == title for part in order) else (*order, Part(title))
    return _change(parts, lambda part: part.essay_ids + (coming if part.title == title else ()))


def step_work(order: Order, essay_id: int, step: Step) -> Order:
    """The order with a work one place up or down, over the border of its section too, or out of the book."""
    index = _index_of_work(order, essay_id)
    if step == "out":
        return _without(order, essay_id)
    by = -1 if step == "up" else 1
    position = order[index].essay_ids.index(essay_id) + by
    if 0 <= position < len(order[index].essay_ids):
        return place_work(order, essay_id, order[index].title, position + 1)
    if 0 <= index + by < len(order):
        neighbour = order[index + by]
        return place_work(order, essay_id, neighbour.title, 1 if by > 0 else len(neighbour.essay_ids) + 1)
    return order


def place_work(order: Order, essay_id: int, title: str, position: int) -> Order:
    """The order with a work at `position`, counted from 1, of the section of that title."""
    _index_of_work(order, essay_id)
    _index_of(order, title)
    return _change(
        _without(order, essay_id),
        lambda part: (
            move_item((*part.essay_ids, essay_id), essay_id, position) if part.title == title else part.essay_ids
        ),
    )


def replace_works(order: Order, places: Sequence[tuple[int, int]]) -> Order:
    """The same sections with works as given: pairs (index of the section, counted from 0, and work) from front to back.
    Raises Conflict where these are not exactly the works and sections of the book."""
    is_same = sorted(essay_id for _, essay_id in places) == sorted(list_works(order))
    if not is_same or not all(0 <= index < len(order) for index, _ in places):
        raise Conflict(N_("书里的作品刚刚有增减，请刷新页面后再调整顺序。"))
    return tuple(
        replace(part, essay_ids=tuple(essay_id for place, essay_id in places if place == index))
        for index, part in enumerate(order)
    )


def append_section(order: Order, title: str) -> Order:
    """The order with an empty section at the end; raises Invalid (field "title") for a title that is taken."""
    return (*order, Part(_check_title(order, title)))


def rename_section(order: Order, title: str, new_title: str) -> Order:
    """The order with another title for a section; raises Invalid (field "title") for one that is taken."""
    index = _index_of(order, title)
    renamed = replace(order[index], title=_check_title((*order[:index], *order[index + 1 :]), new_title))
    return (*order[:index], renamed, *order[index + 1 :])


def step_section(order: Order, title: str, step: Step) -> Order:
    """The order with a section one place up or down, or taken away; raises Conflict where it still holds works."""
    index = _index_of(order, title)
    if step != "out":
        return move_item(order, order[index], index + (0 if step == "up" else 2))
    if order[index].essay_ids:
        raise Conflict(N_("这一辑还有作品，请先移到别的辑或移出，再删除。"))
    return (*order[:index], *order[index + 1 :])


def _index_of(order: Order, title: str) -> int:
    for index, part in enumerate(order):
        if part.title == title:
            return index
    raise Conflict(N_("这一辑已不在书里，请刷新页面后再调整。"))


def _index_of_work(order: Order, essay_id: int) -> int:
    for index, part in enumerate(order):
        if essay_id in part.essay_ids:
            return index
    raise Conflict(N_("这篇作品已不在书里，请刷新页面后再调整。"))


def _without(order: Order, essay_id: int) -> Order:
    return _change(order, lambda part: tuple(one for one in part.essay_ids if one != essay_id))


def _change(order: Order, works_of: Callable[[Part], tuple[int, ...]]) -> Order:
    return tuple(replace(part, essay_ids=works_of(part)) for part in order)


def _check_title(others: Order, title: str) -> str:
    title = check_line(title, field="title", limit=SECTION_LIMIT)
    if any(part.title == title for part in others):
        raise Invalid(N_("已有同名的一辑，请换一个名称。"), "title")
    return title
