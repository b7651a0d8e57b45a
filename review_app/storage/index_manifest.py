"""The small file beside an index that names the current folder and what every file in it must contain."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

MANIFEST_NAME: Final = "current.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state of an index after a commit. `files` maps each name to its size in bytes and SHA-256.

    `epoch` names the database the index was made from; an index of another one is never opened.
    """

    schema_version: int
    audience: str
    epoch: str
    folder: str
    generation: int
    documents: int
    last_change_id: int
    files: dict[str, tuple[int, str]]


def read_manifest(root: Path) -> Manifest | None:
    """The manifest of the index, None when there is none. ValueError when it cannot be understood."""
    try:
        raw = json.loads((root / MANIFEST_NAME).read_bytes())
    except FileNotFoundError:
        return None
    try:
        manifest = Manifest(
            **raw | {"files": {name: (int(size), str(sha)) for name, (size, sha) in raw["files"].items()}}
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("manifest has other fields than expected") from error
    if Path(manifest.folder).name != manifest.folder or any(Path(name).name != name for name in manifest.files):
        raise ValueError("manifest names a place outside the index")
    return manifest


def write_manifest(root: Path, manifest: Manifest) -> None:
    """Make this the manifest in one step; readers see the old one or the new one."""
    temporary = root / (MANIFEST_NAME + ".new")
    with temporary.open("w", encoding="utf-8") as out:
        json.dump(asdict(manifest), out, sort_keys=True)
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, root / MANIFEST_NAME)


def describe_files(paths: Iterable[Path], known: Mapping[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of each file by name. Index files are never rewritten, so a `known` one keeps its digest."""
    return {path.name: known.get(path.name) or (path.stat().st_size, hash_file(path)) for path in sorted(paths)}


def hash_file(path: Path) -> str:
    """The SHA-256 of the file in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def find_fault(folder: Path, files: Mapping[str, tuple[int, str]], *, is_thorough: bool) -> str:
    """What is wrong with the first file that is missing or not as described, "" if all are well.

    Sizes only, unless `is_thorough`, which reads every byte.
    """
    for name, (size_bytes, sha256) in files.items():
        path = folder / name
        try:
            if path.stat().st_size != size_bytes:
                return f"{name} has another size"
            if is_thorough and hash_file(path) != sha256:
                return f"{name} has other content"
        except OSError as error:
            return f"{name} cannot be read: {error.strerror}"
    return ""
