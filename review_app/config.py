"""Settings: read once from the environment, frozen, handed down."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations. Sizes in bytes, times in seconds unless the name says otherwise."""

    data_dir: Path
    uploads_dir: Path
    secret_key: str
    trusted_hosts: tuple[str, ...]
    is_https: bool = False
    language: Literal["zh", "en"] = "zh"
    soffice: str = ""
    max_upload_bytes: int = 50 * MEBIBYTE
    session_idle_minutes: int = 30
    session_life_hours: int = 12
    login_tries: int = 5
    login_window_minutes: int = 15

    @property
    def database_path(self) -> Path:
        """The SQLite file."""
        return self.data_dir / "review.sqlite"

    @property
    def index_dir(self) -> Path:
        """The folder of the search indexes, one sub-folder per audience."""
        return self.data_dir / "index"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from environment variables (docs/install.md lists them); makes the data folder and, once, the secret key.

    Raises ValueError with a sentence for a value that cannot be used.
    """
    env = os.environ if environment is None else environment
    data_dir = Path(env.get("REVIEW_DATA") or ROOT / "instance").resolve()
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    language = env.get("REVIEW_LANGUAGE", "zh")
    if language not in ("zh", "en"):
        raise ValueError(f"REVIEW_LANGUAGE must be zh or en, not {language!r}")
    https = env.get("REVIEW_HTTPS", "off")
    if https not in ("on", "off"):
        raise ValueError(f"REVIEW_HTTPS must be on or off, not {https!r}")
    return Settings(
        data_dir=data_dir,
        uploads_dir=Path(env.get("REVIEW_UPLOADS") or _default_uploads(data_dir)).resolve(),
        secret_key=_read_secret(Path(env.get("REVIEW_SECRET_FILE") or data_dir / "secret")),
        trusted_hosts=_trusted_hosts(env.get("REVIEW_HOSTS", "")),
        is_https=https == "on",
        language="en" if language == "en" else "zh",
        soffice=env.get("REVIEW_SOFFICE", ""),
    )


def _default_uploads(data_dir: Path) -> Path:
    """`uploads/` for the ordinary data folder; below the data folder when that was moved elsewhere."""
    return ROOT / "uploads" if data_dir == ROOT / "instance" else data_dir / "uploads"


def _trusted_hosts(listed: str) -> tuple[str, ...]:
    names = ["localhost", "127.0.0.1", "[::1]", socket.gethostname()]
    names += [name.strip() for name in listed.split(",") if name.strip()]
    return tuple(dict.fromkeys(names))


def _read_secret(path: Path) -> str:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()
