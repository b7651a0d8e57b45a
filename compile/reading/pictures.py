"""Pictures of strangers, reduced to bare upright pixels."""

from __future__ import annotations

import hashlib
import io
import warnings
from typing import Final

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageChops,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from compile.reading.types import PictureFile

MAX_PIXELS: Final = 40_000_000
MAX_TOTAL_PIXELS: Final = 400_000_000
LONGEST_SIDE_PX: Final = 2_400
_COST_OF_OTHERS = 3  # a pixel of a PNG takes at least three times the work of one of a JPEG

# Named here, the six readers are loaded once; for a name it does not know yet, Pillow would load all it has.
_FORMATS = tuple(
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        WebPImagePlugin.WebPImageFile,
        GifImagePlugin.GifImageFile,
        BmpImagePlugin.BmpImageFile,
        TiffImagePlugin.TiffImageFile,
    )
)
_JPEG_QUALITY = 90
# A PNG that needs more bytes per pixel than this holds a photograph, which JPEG keeps in a tenth of the room.
_PHOTO_BYTES_PER_PIXEL = 1.0
_SMALLEST_PHOTO_PIXELS = 250_000
# On a screen most neighbouring pixels are equal, even after JPEG, and letters have sharp edges. Of 84 pictures in strangers'
# files no photograph had a share of more than 0.54 equal; drawings and screenshots had 0.58 to 0.99.
_SMALLEST_SCREEN_PX = 300
_SHARP_STEP = 64
_SCREEN_EQUAL_SHARE, _SCREEN_SHARP_SHARE = 0.55, 0.003
# What can be made smaller as it is; palettes, bilevel and 16-bit pixels are made plain colours first.
_SMOOTH_MODES = frozenset(("L", "RGB", "RGBA", "LA", "CMYK", "YCbCr"))

# Pillow only warns up to twice its limit; here the limit is the limit.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

Crop = tuple[float, float, float, float]


class UnusablePicture(Exception):
    """A picture that is not carried over; `kind` is its code in the reader's report."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class PictureShop:
    """Normalises the pictures of one file within one budget of decoded pixels."""

    def __init__(self) -> None:
        self._left_pixels = MAX_TOTAL_PIXELS

    def normalise(self, data: bytes, crop: Crop | None = None) -> PictureFile:
        """The picture upright, cropped as shown, at most 2,400 pixels long, without any metadata.

        `crop` holds the shares (0 to 1) cut from left, top, right and bottom. JPEG stays JPEG, drawings become PNG.
        Raises UnusablePicture with picture-format, picture-too-large or picture-damaged.
        """
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                pixels, is_jpeg = image.width * image.height, image.format in ("JPEG", "MPO")
                cost = pixels if is_jpeg else pixels * _COST_OF_OTHERS
                if pixels > MAX_PIXELS or cost > self._left_pixels:
                    raise UnusablePicture("picture-too-large")
                self._left_pixels -= cost
                return _encode(_bare_pixels(image, crop), is_photo=is_jpeg)
        except UnusablePicture:
            raise
        except UnidentifiedImageError as error:
            raise UnusablePicture("picture-format") from error
        except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
            raise UnusablePicture("picture-too-large") from error
        except Exception as error:  # decoders raise nearly anything on damaged data
            raise UnusablePicture("picture-damaged") from error


def _bare_pixels(image: Image.Image, crop: Crop | None) -> Image.Image:
    """Upright, cropped, small: whatever copies all pixels comes after they have become few."""
    image.draft("RGB", (LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    ImageOps.exif_transpose(image, in_place=True)
    pixels = _shrink(image if image.mode in _SMOOTH_MODES else _flatten(image), _find_box(image.size, crop))
    pixels = _flatten(pixels)
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    return bare


def _find_box(size: tuple[int, int], crop: Crop | None) -> tuple[int, int, int, int]:
    width, height = size
    left, top, right, bottom = crop or (0.0, 0.0, 0.0, 0.0)
    box = (round(width * left), round(height * top), round(width * (1 - right)), round(height * (1 - bottom)))
    return box if box[2] > box[0] and box[3] > box[1] else (0, 0, width, height)


def _shrink(image: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """The box of the image, at most as long as is printed."""
    width, height = box[2] - box[0], box[3] - box[1]
    longest = max(width, height)
    if longest <= LONGEST_SIDE_PX:
        return image if (width, height) == image.size else image.crop(box)
    size = tuple(max(1, round(side * LONGEST_SIDE_PX / longest)) for side in (width, height))
    return image.resize((size[0], size[1]), Image.Resampling.LANCZOS, box, reducing_gap=2.0)


def _flatten(image: Image.Image) -> Image.Image:
    """RGB or grey pixels; whatever is transparent becomes white paper."""
    if image.mode in ("L", "RGB"):
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    return image.convert("RGB")


def _encode(image: Image.Image, *, is_photo: bool) -> PictureFile:
    width, height = image.size
    data = b""
    if not is_photo:
        data = _save(image, "PNG")
        is_photo = width * height > _SMALLEST_PHOTO_PIXELS and len(data) > width * height * _PHOTO_BYTES_PER_PIXEL
    if is_photo:
        data = _save(image, "JPEG")
    media_type = "image/jpeg" if is_photo else "image/png"
    key = hashlib.sha256(data).hexdigest()
    return PictureFile(key, data, media_type, width, height, _is_screenshot(image))


def _is_screenshot(image: Image.Image) -> bool:
    """Whether the picture was drawn by a program: text, a chat, a chart; not taken by a camera."""
    width, height = image.size
    if min(width, height) < _SMALLEST_SCREEN_PX:
        return False
    grey = image.convert("L")
    left, right = grey.crop((0, 0, width - 1, height)), grey.crop((1, 0, width, height))
    steps = ImageChops.difference(left, right).histogram()
    total = (width - 1) * height
    return steps[0] >= total * _SCREEN_EQUAL_SHARE and sum(steps[_SHARP_STEP:]) >= total * _SCREEN_SHARP_SHARE


def _save(image: Image.Image, name: str) -> bytes:
    sink = io.BytesIO()
    if name == "JPEG":
        image.save(sink, "JPEG", quality=_JPEG_QUALITY)
    else:
        image.save(sink, "PNG")
    return sink.getvalue()
