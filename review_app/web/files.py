"""Handing out stored files: pictures inline, everything else as an attachment that no browser will run."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO, Final

from flask import send_file
from werkzeug.wrappers import Response

from compile.file_names import safe_file_name
from review_app.domain.errors import NotFound
from review_app.web.request import resources

_PICTURES: Final = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


def send_picture(key: str, *, allowed: tuple[str, ...]) -> Response:
    """One picture of an essay, if `key` is among its `allowed` ones; raises NotFound otherwise."""
    if key not in allowed:
        raise NotFound
    data = resources().files.read(key)
    media_type = next((kind for magic, kind in _PICTURES if data.startswith(magic)), None)
    if media_type is None:
        raise NotFound
    return Response(data, mimetype=media_type)


def send_download(data: bytes, *, name: str, media_type: str) -> Response:
    """Bytes as a download under a safe file name."""
    return send_file(BytesIO(data), mimetype=media_type, as_attachment=True, download_name=safe_file_name(name))


def send_stream(stream: BinaryIO, *, size_bytes: int, name: str, media_type: str) -> Response:
    """What an open file holds from its beginning, as a download under a safe file name; the file is closed after it."""
    stream.seek(0)
    response = send_file(stream, mimetype=media_type, as_attachment=True, download_name=safe_file_name(name))
    response.content_length = size_bytes
    return response
