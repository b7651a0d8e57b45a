"""Passwords: argon2id at a cost chosen for a sign-in storm, and the rules a new password must meet."""

from __future__ import annotations

import random
import threading
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from review_app.domain.errors import N_, Invalid

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 128
_CODE_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_COMMON: Final = (
    "password", "123456", "qwerty", "admin", "letmein", "welcome", "iloveyou", "abc123", "111111", "000000",
    "woaini", "xinfang", "mima", "zhongguo", "1qaz2wsx", "a1b2c3", "5201314", "abcdef", "asdfgh", "zxcvbn",
)  # fmt: skip

_hasher: Final = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
_places: Final = threading.BoundedSemaphore(2)
_NOBODY: Final = _hasher.hash("no such account")


def hash_password(password: str) -> str:
    """The argon2id hash to store. Takes about 60 ms; call it before opening a Work."""
    with _places:
        return _hasher.hash(unicodedata.normalize("NFC", password))


def is_right_password(password: str, password_hash: str | None) -> bool:
    """Whether `password` fits; with no hash (unknown account) it takes just as long and says no."""
    if len(password) > MAX_LENGTH:
        return False
    with _places:
        try:
            _hasher.verify(password_hash or _NOBODY, unicodedata.normalize("NFC", password))
        except (VerificationError, InvalidHashError):
            return False
    return bool(password_hash)


def require_good_password(password: str, *, personal: tuple[str, ...]) -> None:
    """Raise Invalid unless `password` is long enough and no common one; `personal` words (login, unit) may not be all
    of it. No mixture of character classes is asked for: length protects better."""
    text = unicodedata.normalize("NFC", password)
    if len(text) < MIN_LENGTH:
        raise Invalid(N_("新密码至少 %(count)s 位，可以用一句话。"), field="new_password", count=MIN_LENGTH)
    if len(text) > MAX_LENGTH:
        raise Invalid(N_("新密码最多 %(count)s 位。"), field="new_password", count=MAX_LENGTH)
    rest = text.casefold()
    for word in (*_COMMON, *(word.casefold() for word in personal if len(word) >= 3)):
        rest = rest.replace(word, "")
    if len(set(rest)) < 4:
        raise Invalid(N_("这个密码太容易被猜到，请换一个。"), field="new_password")


def draw_first_password(source: random.Random) -> str:
    """A first password of 16 characters in four groups (80 bits), without characters that are easily confused."""
    groups = ("".join(source.choice(_CODE_ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)
