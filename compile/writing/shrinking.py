"""Pictures made smaller for places that take only small files."""

from __future__ import annotations

import io
import math
import struct
import zlib
from typing import Final

from PIL import Image

from compile.reading.pictures import MAX_PIXELS

# Width in pixels and JPEG quality, tried in turn. A phone shows no more than 1,080 pixels across.
_STEPS: Final = ((1080, 85), (1080, 70), (800, 60), (640, 50))
# What the decoders of JPEG and PNG raise on damaged data, and Pillow on too many pixels.
_UNDECODABLE: Final = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def shrink_picture(data: bytes, *, limit_bytes: int) -> bytes | None:
    """The JPEG or PNG as a JPEG of fewer than `limit_bytes`, at most 1,080 pixels wide; None where it cannot be decoded
    or does not get small enough."""
    try:
        pixels = _read_pixels(data, _STEPS[0][0])
    except _UNDECODABLE:
        return None
    for width_px, quality in _STEPS:
        sink = io.BytesIO()
        _narrow(pixels, width_px).save(sink, "JPEG", quality=quality)
        if sink.tell() < limit_bytes:
            return sink.getvalue()
    return None


def _read_pixels(data: bytes, width_px: int) -> Image.Image:
    """The picture in colour, white where it is transparent, no wider than that."""
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        share = min(1.0, width_px / image.width)
        # A JPEG is decoded at a half, quarter or eighth at no cost.
        image.draft("RGB", (math.ceil(image.width * share), math.ceil(image.height * share)))
        if not image.has_transparency_data:
            return _narrow(image.convert("RGB"), width_px)
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return _narrow(Image.alpha_composite(paper, layer).convert("RGB"), width_px)


def _narrow(pixels: Image.Image, width_px: int) -> Image.Image:
    if pixels.width <= width_px:
        return pixels
    height_px = max(1, round(pixels.height * width_px / pixels.width))
    return pixels.resize((width_px, height_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
