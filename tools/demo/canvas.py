"""A painter's canvas for the invented press pictures: sky, hills, mist, trees, houses, figures, paper grain."""

from __future__ import annotations

import math
import random
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH_PX, HEIGHT_PX = 1600, 1067
Colour = tuple[int, int, int]
Points = list[tuple[float, float]]


class Scene:
    """A canvas with the few strokes all pictures share; every random choice comes from the seed."""

    def __init__(self, seed: int, top: Colour, bottom: Colour) -> None:
        self.dice = random.Random(seed)
        ramp = Image.linear_gradient("L").resize((WIDTH_PX, HEIGHT_PX))
        self.image = Image.composite(_plain(bottom), _plain(top), ramp)

    def shape(self, points: Points, colour: Colour, alpha: int = 255, blur_px: float = 0) -> None:
        """Fills a polygon; `alpha` 0-255, `blur_px` softens its edge."""
        layer = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(layer).polygon(points, fill=alpha)
        self._lay(layer, colour, blur_px)

    def box(
        self, left: float, top: float, right: float, bottom: float, colour: Colour, alpha: int = 255, blur_px: float = 0
    ) -> None:
        """Fills an upright rectangle."""
        self.shape([(left, top), (right, top), (right, bottom), (left, bottom)], colour, alpha, blur_px)

    def disc(self, x: float, y: float, radius: float, colour: Colour, alpha: int = 255, blur_px: float = 0) -> None:
        """Fills a circle."""
        layer = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(layer).ellipse([x - radius, y - radius, x + radius, y + radius], fill=alpha)
        self._lay(layer, colour, blur_px)

    def stroke(self, points: Points, colour: Colour, width_px: int, alpha: int = 255, blur_px: float = 0) -> None:
        """Draws a bent line."""
        layer = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(layer).line(points, fill=alpha, width=width_px, joint="curve")
        self._lay(layer, colour, blur_px)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Adds light that falls off from a point; `strength` 0-1."""
        reach = int(radius * 3)
        fall = (
            Image.radial_gradient("L")
            .resize((reach * 2, reach * 2))
            .point(lambda far: int(255 * strength * math.exp(-((far / 85) ** 2) / 2)) if far < 250 else 0)
        )
        layer = Image.new("L", self.image.size, 0)
        layer.paste(fall, (int(x) - reach, int(y) - reach))
        self._lay(layer, colour, 0)

    def ridge(self, base: float, height: float, colour: Colour, roughness: float = 1.0, alpha: int = 255) -> Points:
        """Fills a line of hills down to the lower edge and returns its skyline."""
        waves = [
            (
                2 ** (octave - 1) * self.dice.uniform(0.7, 1.3),
                self.dice.uniform(0, 6.28),
                (1 if octave < 3 else roughness) / 1.75**octave,
            )
            for octave in range(1, 7)
        ]
        skyline = [
            (
                float(x),
                base - height * sum(math.sin(x / WIDTH_PX * 3.1 * pace + phase) * size for pace, phase, size in waves),
            )
            for x in range(-20, WIDTH_PX + 20, 7)
        ]
        self.shape([*skyline, (WIDTH_PX + 20, HEIGHT_PX), (-20, HEIGHT_PX)], colour, alpha)
        return skyline

    def mist(self, level: float, thickness: float, colour: Colour, strength: float) -> None:
        """Lays a soft level band over the picture."""
        column = Image.new("L", (1, HEIGHT_PX))
        column.putdata(
            [int(255 * strength * math.exp(-((row - level) ** 2) / (2 * thickness**2))) for row in range(HEIGHT_PX)]
        )
        self._lay(column.resize(self.image.size), colour, 0)

    def dabs(
        self,
        area: tuple[float, float, float, float],
        colours: list[Colour],
        count: int,
        size_px: tuple[float, float],
        alpha: int,
        tilt: float = 0.0,
        slimness: float = 5.0,
    ) -> None:
        """Scatters short brush strokes over a box (left, top, right, bottom); nearer ones are larger."""
        left, top, right, bottom = area
        layer = Image.new("RGBA", self.image.size, (0, 0, 0, 0))
        pen = ImageDraw.Draw(layer)
        for y in sorted(self.dice.uniform(top, bottom) for _ in range(count)):
            x = self.dice.uniform(left, right)
            near = (y - top) / max(1.0, bottom - top)
            length = size_px[0] + (size_px[1] - size_px[0]) * near
            angle = tilt + self.dice.gauss(0, 0.25)
            colour = self.dice.choice(colours)
            end = (x + math.cos(angle) * length, y + math.sin(angle) * length)
            pen.line([(x, y), end], fill=(*colour, alpha), width=max(1, int(length / slimness)))
        self.image = Image.alpha_composite(self.image.convert("RGBA"), layer).convert("RGB")

    def tree(
        self,
        x: float,
        ground: float,
        height: float,
        trunk: Colour,
        leaves: list[Colour],
        spread: float = 0.3,
        density: int = 70,
    ) -> None:
        """Stands a tree on the ground line; a small `spread` makes a poplar, a large one an old elm."""
        self.shape(
            [
                (x - height * 0.022, ground),
                (x + height * 0.022, ground),
                (x + 2, ground - height * 0.75),
                (x - 2, ground - height * 0.75),
            ],
            trunk,
        )
        layer = Image.new("RGBA", self.image.size, (0, 0, 0, 0))
        pen = ImageDraw.Draw(layer)
        for _ in range(density):
            up = self.dice.betavariate(1.7, 1.5)
            width = height * spread * math.sin(math.pi * min(0.98, 0.16 + up * 0.84)) ** 0.7
            cx = x + self.dice.gauss(0, 0.42) * width
            cy = ground - height * (0.26 + 0.74 * up)
            radius = height * self.dice.uniform(0.025, 0.06) * (0.6 + spread)
            colour = self.dice.choice(leaves)
            pen.ellipse([cx - radius, cy - radius * 0.75, cx + radius, cy + radius * 0.75], fill=(*colour, 215))
        self.image = Image.alpha_composite(self.image.convert("RGBA"), layer).convert("RGB")

    def person(self, x: float, ground: float, height: float, colour: Colour, lean: float = 0.0) -> None:
        """Stands a small figure seen from behind."""
        top = ground - height
        head = height * 0.085
        self.disc(x + lean * height, top + head, head, (46, 38, 36))
        self.shape(
            [
                (x + lean * height - height * 0.1, top + head * 2),
                (x + lean * height + height * 0.1, top + head * 2),
                (x + height * 0.13, ground - height * 0.42),
                (x - height * 0.13, ground - height * 0.42),
            ],
            colour,
        )
        dark = (40, 42, 54)
        self.shape(
            [
                (x - height * 0.11, ground - height * 0.43),
                (x - 1, ground - height * 0.43),
                (x - height * 0.02, ground),
                (x - height * 0.1, ground),
            ],
            dark,
        )
        self.shape(
            [
                (x + 1, ground - height * 0.43),
                (x + height * 0.11, ground - height * 0.43),
                (x + height * 0.1, ground),
                (x + height * 0.03, ground),
            ],
            dark,
        )

    def house(self, x: float, ground: float, width: float, wall: Colour, roof: Colour, window: Colour | None) -> None:
        """Stands a tiled village house; `window` is the colour of its lit window or None for dark."""
        tall = width * 0.42
        self.box(x, ground - tall, x + width, ground, wall)
        self.shape(
            [
                (x - width * 0.07, ground - tall),
                (x + width * 0.1, ground - tall * 1.5),
                (x + width * 0.9, ground - tall * 1.5),
                (x + width * 1.07, ground - tall),
            ],
            roof,
        )
        self.box(x + width * 0.62, ground - tall * 0.72, x + width * 0.84, ground - tall * 0.32, window or (60, 60, 66))
        red, green, blue = wall
        door = (int(red * 0.55), int(green * 0.55), int(blue * 0.55))
        self.box(x + width * 0.2, ground - tall * 0.78, x + width * 0.38, ground, door)
        if window:
            self.glow(x + width * 0.73, ground - tall * 0.5, width * 0.35, window, 0.45)

    def develop(self, path: Path, quality: int = 70) -> None:
        """Adds canvas texture, a darker rim and grain, then writes the JPEG."""
        soft = self.image.filter(ImageFilter.ModeFilter(5)).filter(ImageFilter.GaussianBlur(0.7))
        rim = Image.radial_gradient("L").resize(soft.size).point(lambda far: int((far / 255) ** 2.4 * 70))
        soft.paste((20, 18, 30), (0, 0, *soft.size), rim)
        for across, along, strength in ((9, 3, 13), (1, 1, 6)):
            size = (WIDTH_PX // across, HEIGHT_PX // along)
            noise = Image.frombytes("L", size, self.dice.randbytes(size[0] * size[1])).resize(
                soft.size, Image.Resampling.BICUBIC
            )
            canvas = noise.point(lambda grey, strength=strength: int(127.5 + (grey - 127.5) / 127.5 * strength))
            soft = ImageChops.soft_light(soft, Image.merge("RGB", (canvas,) * 3))
        soft.save(path, quality=quality, optimize=True)

    def _lay(self, mask: Image.Image, colour: Colour, blur_px: float) -> None:
        if blur_px:
            mask = mask.filter(ImageFilter.GaussianBlur(blur_px))
        self.image.paste(_plain(colour), (0, 0), mask)


def _plain(colour: Colour) -> Image.Image:
    return Image.new("RGB", (WIDTH_PX, HEIGHT_PX), colour)
