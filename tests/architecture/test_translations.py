"""Chinese first, English complete: no text of the program is without a translation, and the compiled file is current."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog

from tools.translations import MO, compile_catalogue, extract_messages, read_catalogue

_PLACE = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return extract_messages()


def test_every_text_has_english(texts: Catalog) -> None:
    english = read_catalogue()
    missing = [message.id for message in texts if message.id and not _english(english, message.id)]
    assert missing == []
    assert len(texts) > 100


def test_no_english_is_left_over(texts: Catalog) -> None:
    assert [message.id for message in read_catalogue() if message.id and message.id not in texts] == []


def test_every_place_to_fill_stands_in_both_languages() -> None:
    unequal = [
        message.id for message in read_catalogue() if message.id and _places(message.id) != _places(str(message.string))
    ]
    assert unequal == []


def test_english_holds_no_chinese() -> None:
    chinese = [
        message.id
        for message in read_catalogue()
        if message.id and re.search(r"[\u4e00-\u9fff]", re.sub(r"“[^”]*”", "", str(message.string)))
    ]
    assert chinese == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert MO.read_bytes() == compile_catalogue()


def _english(catalog: Catalog, text: str) -> str:
    message = catalog.get(text)
    return str(message.string) if message is not None and message.string else ""


def _places(text: str) -> list[str]:
    return sorted(first or second for first, second in _PLACE.findall(text))
