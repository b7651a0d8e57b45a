"""Numbers and bullets written the way Word's list formats write them."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)

# Bullets of the symbol fonts, by the low byte of their private code.
_SYMBOL_BULLETS = {
    0x6C: "●",
    0x6E: "■",
    0x71: "□",
    0x75: "◆",
    0x76: "◆",
    0xA7: "■",
    0xA8: "□",
    0xB2: "◇",
    0xB7: "•",
    0xD8: "➢",
    0xE0: "→",
    0xF0: "→",
    0xFC: "✓",
    0xFE: "☑",
}


def format_number(number: int, number_format: str) -> str:
    """The number in one of Word's list formats (ECMA-376 ST_NumberFormat); unknown ones are decimal."""
    if number_format in ("none", "bullet"):
        return ""
    formatter = _FORMATTERS.get(number_format)
    return formatter(number) if formatter and number > 0 else str(number)


def to_bullet(text: str) -> str:
    """The first character of a bullet, those of the symbol fonts as the signs they show."""
    character = text.strip()[:1]
    if not character:
        return ""
    code = ord(character)
    if 0xE000 <= code <= 0xF8FF:
        return _SYMBOL_BULLETS.get(code & 0xFF, "•")
    return {"o": "○", "l": "●", "n": "■", "u": "◆", "Ø": "➢", "ü": "✓", "§": "■", "·": "•"}.get(character, character)


def to_chinese(number: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """1 to 9999 as a counting number (十二, 一百二十); larger ones digit by digit."""
    if number > 9999:
        return "".join(digits[int(digit)] for digit in str(number))
    text = ""
    needs_zero = False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if not digit:
            needs_zero = needs_zero or bool(text)
            continue
        text += (("零" if needs_zero else "") + digits[digit]) + (units[power - 1] if power else "")
        needs_zero = False
    return text.removeprefix("一") if text.startswith("一十") else text


def _to_short_chinese(number: int) -> str:
    return to_chinese(number) if number < 100 else "".join(_DIGITS[int(digit)] for digit in str(number))


def _to_roman(number: int) -> str:
    if number >= 4000:
        return str(number)
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text


def _to_letter(number: int) -> str:
    repeats, index = divmod(number - 1, 26)
    return chr(ord("a") + index) * min(repeats + 1, 30)


def _in_sequence(first: str, count: int) -> Callable[[int], str]:
    """Consecutive code points from `first`, decimal beyond `count`."""
    return lambda number: chr(ord(first) + number - 1) if number <= count else str(number)


def _to_circled(number: int) -> str:
    for first, count, before in (("①", 20, 0), ("㉑", 15, 20), ("㊱", 15, 35)):
        if before < number <= before + count:
            return chr(ord(first) + number - before - 1)
    return str(number)


_FORMATTERS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02d}",
    "upperRoman": lambda number: _to_roman(number).upper(),
    "lowerRoman": _to_roman,
    "upperLetter": lambda number: _to_letter(number).upper(),
    "lowerLetter": _to_letter,
    "chineseCounting": _to_short_chinese,
    "taiwaneseCounting": _to_short_chinese,
    "chineseCountingThousand": to_chinese,
    "taiwaneseCountingThousand": to_chinese,
    "japaneseCounting": to_chinese,
    "chineseLegalSimplified": lambda number: to_chinese(number, _LEGAL_DIGITS, "拾佰仟"),
    "ideographDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "japaneseDigitalTenThousand": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "ideographTraditional": lambda number: _STEMS[(number - 1) % 10],
    "ideographZodiac": lambda number: _BRANCHES[(number - 1) % 12],
    "decimalEnclosedCircle": _to_circled,
    "decimalEnclosedCircleChinese": _to_circled,
    "decimalEnclosedParen": _in_sequence("⑴", 20),
    "decimalEnclosedFullstop": _in_sequence("⒈", 20),
    "ideographEnclosedCircle": _in_sequence("㊀", 10),
    "decimalFullWidth": lambda number: "".join(chr(ord(digit) + 0xFEE0) for digit in str(number)),
    "decimalFullWidth2": lambda number: "".join(chr(ord(digit) + 0xFEE0) for digit in str(number)),
    "numberInDash": lambda number: f"- {number} -",
}
