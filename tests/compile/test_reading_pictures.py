"""Pictures come out as bare upright pixels, in their place, with caption and photographer."""

from __future__ import annotations

import io
import struct
import zlib
from types import SimpleNamespace

import pytest
from PIL import Image, ImageDraw

from compile.manuscript import Paragraph, Picture
from compile.reading import Reading, Refused, read
from compile.reading.captions import split_photographer
from compile.reading.pictures import PictureShop, UnusablePicture

SENTENCE = "那天清晨，雾还没有散，老陈已经走在去东河村的路上。"


def encode(image: Image.Image, name: str, **options: object) -> bytes:
    sink = io.BytesIO()
    image.save(sink, name, **options)
    return sink.getvalue()


def header_only_png(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds next to nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def read_pictures(files: SimpleNamespace, body: str, **media: bytes) -> Reading:
    links = {name: ("image", f"media/{name}.bin") for name in media}
    parts = {f"word/media/{name}.bin": data for name, data in media.items()}
    return read(files.stream(files.docx(files.para("题目") + body, links=links, parts=parts)))


def test_place_time_camera_and_comment_leave_the_photograph(files: SimpleNamespace) -> None:
    original = files.jpeg()
    assert b"SECRETCAMERA" in original
    assert b"SECRETCOMMENT" in original
    reading = read_pictures(files, files.para(SENTENCE) + files.para(inner=files.picture("photo")), photo=original)
    (picture,) = reading.pictures
    assert b"SECRET" not in picture.data
    with Image.open(io.BytesIO(picture.data)) as image:
        assert (image.format, image.size, dict(image.getexif()), image.info.get("comment")) == (
            "JPEG",
            (320, 200),
            {},
            None,
        )
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_turned_photograph_is_stored_upright(files: SimpleNamespace) -> None:
    picture = PictureShop().normalise(files.jpeg(320, 200, orientation=6))
    with Image.open(io.BytesIO(picture.data)) as image:
        assert (image.size, picture.width_px, picture.height_px) == ((200, 320), 200, 320)
        corner = image.convert("RGB").getpixel((190, 10))
    assert isinstance(corner, tuple)
    assert corner[2] > corner[0]


def test_the_same_picture_has_the_same_key_and_is_kept_once(files: SimpleNamespace) -> None:
    body = (
        files.para(SENTENCE)
        + files.para(inner=files.picture("one"))
        + files.para(SENTENCE)
        + files.para(inner=files.picture("two"))
    )
    reading = read_pictures(files, body, one=files.jpeg(), two=files.jpeg())
    blocks = [block for block in reading.manuscript.blocks if isinstance(block, Picture)]
    assert len(blocks) == 2
    assert {block.key for block in blocks} == {reading.pictures[0].key}
    assert len(reading.pictures) == 1


def test_what_was_cropped_away_does_not_come_back(files: SimpleNamespace) -> None:
    halves = Image.new("RGB", (400, 100), "red")
    halves.paste((0, 0, 255), (200, 0, 400, 100))
    body = files.para(SENTENCE) + files.para(inner=files.picture("p", crop='<a:srcRect l="50000"/>'))
    (picture,) = read_pictures(files, body, p=encode(halves, "PNG")).pictures
    with Image.open(io.BytesIO(picture.data)) as image:
        assert (image.size, image.getcolors()) == ((200, 100), [(20_000, (0, 0, 255))])


@pytest.mark.parametrize(
    ("source", "media_type"),
    [
        (encode(Image.new("RGB", (30, 20), "red"), "PNG"), "image/png"),
        (encode(Image.new("RGB", (30, 20), "red"), "WEBP", lossless=True), "image/png"),
        (encode(Image.new("P", (30, 20), 1), "GIF"), "image/png"),
        (encode(Image.new("1", (30, 20), 1), "BMP"), "image/png"),
        (encode(Image.new("CMYK", (30, 20)), "TIFF"), "image/png"),
        (encode(Image.new("CMYK", (30, 20)), "JPEG"), "image/jpeg"),
        (encode(Image.new("I;16", (30, 20), 40_000), "PNG"), "image/png"),
    ],
)
def test_formats_become_jpeg_or_png(source: bytes, media_type: str) -> None:
    picture = PictureShop().normalise(source)
    with Image.open(io.BytesIO(picture.data)) as image:
        assert (picture.media_type, image.size) == (media_type, (picture.width_px, picture.height_px))
        assert image.mode in ("RGB", "L")


def test_a_photograph_saved_as_png_becomes_jpeg() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((700, 500), 90) for _ in range(3)])
    assert PictureShop().normalise(encode(noise, "PNG")).media_type == "image/jpeg"


def test_transparent_pixels_become_white_paper() -> None:
    picture = PictureShop().normalise(encode(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG"))
    with Image.open(io.BytesIO(picture.data)) as image:
        assert image.getcolors() == [(400, (255, 255, 255))]


def test_only_the_first_frame_of_a_moving_picture_is_kept() -> None:
    frames = [Image.new("L", (20, 20), shade) for shade in (0, 128, 255)]
    picture = PictureShop().normalise(encode(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    with Image.open(io.BytesIO(picture.data)) as image:
        assert (getattr(image, "n_frames", 1), image.convert("L").getcolors()) == (1, [(400, 0)])


def test_long_sides_are_capped_at_2400_pixels() -> None:
    picture = PictureShop().normalise(encode(Image.new("RGB", (4800, 1200), "red"), "JPEG"))
    assert (picture.width_px, picture.height_px) == (2400, 600)


def screen(width: int, height: int, *, has_text: bool) -> Image.Image:
    """A flat screen, with rows of small letters when asked."""
    image = Image.new("RGB", (width, height), (237, 237, 237))
    draw = ImageDraw.Draw(image)
    for top in range(20, height - 40, 60) if has_text else ():
        draw.text((20, top), "he came about the road again", "black", font_size=32)
    return image


def test_a_screenshot_is_told_from_a_photograph_a_flat_wall_and_an_icon() -> None:
    def is_screenshot(image: Image.Image, name: str) -> bool:
        return PictureShop().normalise(encode(image, name)).is_screenshot

    scene = Image.effect_noise((120, 90), 60).resize((960, 720)).convert("RGB")
    assert [is_screenshot(screen(540, 960, has_text=True), name) for name in ("PNG", "JPEG")] == [True, True]
    assert [is_screenshot(scene, name) for name in ("PNG", "JPEG")] == [False, False]
    assert not is_screenshot(screen(540, 960, has_text=False), "PNG")
    assert not is_screenshot(screen(280, 280, has_text=True), "PNG")


@pytest.mark.parametrize("side", [13_000, 30_000, 50_000])
def test_a_picture_of_too_many_pixels_is_never_decoded(side: int) -> None:
    with pytest.raises(UnusablePicture, match="picture-too-large"):
        PictureShop().normalise(header_only_png(side, side))


def test_many_big_pictures_share_one_budget() -> None:
    shop = PictureShop()
    data = header_only_png(6_000, 6_000)
    kinds = []
    for _ in range(12):
        with pytest.raises(UnusablePicture) as unusable:
            shop.normalise(data)
        kinds.append(unusable.value.kind)
    assert kinds == ["picture-damaged"] * 3 + ["picture-too-large"] * 9


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_photograph_cut_off_anywhere_is_refused(files: SimpleNamespace, tenths: int) -> None:
    whole = files.jpeg(64, 64)
    with pytest.raises(UnusablePicture):
        PictureShop().normalise(whole[: len(whole) * tenths // 10])


def test_unusable_pictures_are_reported_and_the_text_is_kept(files: SimpleNamespace) -> None:
    body = files.para(SENTENCE) + "".join(
        files.para(inner=files.picture(name)) for name in ("big", "odd", "gone", "link")
    )
    links = {
        "big": ("image", "media/big.png"),
        "odd": ("image", "media/odd.emf"),
        "gone": ("image", "../../../etc/passwd"),
    }
    links["link"] = ("image", "http://198.51.100.1/track.png")
    parts = {"word/media/big.png": header_only_png(13_000, 13_000), "word/media/odd.emf": b"\x01\0\0\0 EMF"}
    reading = read(files.stream(files.docx(files.para("题目") + body, links=links, parts=parts)))
    assert reading.manuscript.blocks == (Paragraph(reading.manuscript.blocks[0].runs),)  # type: ignore[union-attr]
    assert [item.kind for item in reading.dropped] == [
        "picture-too-large",
        "picture-format",
        "picture-missing",
        "external-picture",
    ]


def test_a_file_of_pictures_only_says_so(files: SimpleNamespace) -> None:
    data = files.docx(
        files.para(inner=files.picture("p")),
        links={"p": ("image", "media/p.jpg")},
        parts={"word/media/p.jpg": files.jpeg()},
    )
    with pytest.raises(Refused, match="only-pictures"):
        read(files.stream(data))


@pytest.mark.parametrize(
    ("line", "caption", "photographer"),
    [
        ("▲图为老陈在村民家中了解情况（李娜摄）", "图为老陈在村民家中了解情况", "李娜"),
        ("△ 图1 雨后的村道。 李　娜　摄", "图1 雨后的村道。", "李娜"),
        ("图为接访现场。（摄影：王小芳）", "图为接访现场。", "王小芳"),
        ("照片说明：清晨的信访大厅 摄影：李娜", "照片说明：清晨的信访大厅", "李娜"),
        ("（图/李娜）", "", "李娜"),
        ("老陈在村民家中了解情况 李娜/摄", "老陈在村民家中了解情况", "李娜"),
        ("图为老陈（右一）。（柳河镇信访办 周明摄）", "图为老陈（右一）。", "周明"),
        ("图为水渠通水（本报记者 李娜 摄）", "图为水渠通水", "李娜"),
        ("图为回访（李娜 王小芳/摄）", "图为回访", "李娜、王小芳"),
        ("上图：老陈（左一）在记录", "上图：老陈（左一）在记录", ""),
    ],
)
def test_caption_and_photographer_move_into_the_picture(
    files: SimpleNamespace, line: str, caption: str, photographer: str
) -> None:
    body = files.para(SENTENCE) + files.para(inner=files.picture("p")) + files.para(line) + files.para(SENTENCE)
    blocks = read_pictures(files, body, p=files.jpeg()).manuscript.blocks
    picture = blocks[1]
    assert isinstance(picture, Picture)
    assert (len(blocks), picture.caption, picture.photographer) == (3, caption, photographer)


@pytest.mark.parametrize(
    "line", ["图书馆里坐满了人。", "照着图纸，他一户一户地走。", "老陈接过话筒。", "上图书馆的路很远。"]
)
def test_body_text_below_a_picture_stays_body_text(files: SimpleNamespace, line: str) -> None:
    body = files.para(SENTENCE) + files.para(inner=files.picture("p")) + files.para(line)
    blocks = read_pictures(files, body, p=files.jpeg()).manuscript.blocks
    assert [type(block) for block in blocks] == [Paragraph, Picture, Paragraph]


def test_a_grid_of_pictures_is_taken_apart_column_by_column(files: SimpleNamespace) -> None:
    cells = [files.para(inner=files.picture(name)) for name in ("a", "b")]
    grid = files.table(cells, [files.para("图为入户。"), files.para("图为回访。")])
    other = encode(Image.new("RGB", (40, 30), "blue"), "PNG")
    blocks = read_pictures(files, files.para(SENTENCE) + grid, a=files.jpeg(), b=other).manuscript.blocks
    assert [block.caption for block in blocks if isinstance(block, Picture)] == ["图为入户。", "图为回访。"]


def test_a_caption_without_credit_has_no_photographer() -> None:
    assert split_photographer("▲ 老陈拍摄的村道") == ("老陈拍摄的村道", "")
