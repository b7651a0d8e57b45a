"""Paints the invented press pictures of the demo contest: python3 -m tools.demo.paint_photos [name …]."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from tools.demo.canvas import HEIGHT_PX, WIDTH_PX, Points, Scene

PHOTOS = Path(__file__).parents[2] / "review_app" / "demo" / "photos"


def paint_dusk_road() -> Scene:
    """A village road at dusk between poplars, a cyclist on the way home."""
    scene = Scene(1, (70, 86, 128), (247, 186, 120))
    scene.glow(1040, 600, 330, (255, 214, 140), 0.85)
    scene.disc(1040, 590, 46, (255, 236, 186), 240, 3)
    for level, colour in ((430, (150, 120, 138)), (500, (122, 98, 112)), (560, (92, 82, 88))):
        scene.ridge(level + 70, 60, colour, 0.7)
    scene.box(0, 640, WIDTH_PX, HEIGHT_PX, (112, 104, 62))
    scene.dabs(
        (0, 645, WIDTH_PX, HEIGHT_PX),
        [(132, 122, 66), (160, 136, 70), (92, 94, 56), (188, 150, 84)],
        2600,
        (6, 36),
        120,
        -1.2,
    )
    scene.shape([(1010, 642), (1050, 642), (1130, 1067), (420, 1067)], (196, 164, 128))
    scene.shape([(1016, 642), (1030, 642), (800, 1067), (560, 1067)], (222, 184, 142), 110, 6)
    for left, floor, width in ((180, 690, 150), (380, 676, 110), (1290, 690, 160)):
        scene.house(left, floor, width, (142, 124, 116), (74, 66, 76), (255, 206, 120))
    for step in range(7):
        scale = 1.9 / (step + 1.6)
        ground = 640 + 330 * scale * 0.75
        for side in (-1, 1):
            x = 1026 + side * (120 + 560 * scale) * 0.72 - 150 * scale
            scene.tree(
                x,
                ground,
                560 * scale,
                (62, 52, 50),
                [(86, 84, 54), (112, 98, 56), (142, 112, 60), (70, 72, 52)],
                0.17,
                120,
            )
    scene.stroke([(820, 900), (846, 846), (870, 902)], (44, 40, 48), 5)
    for wheel in (808, 884):
        for radius in (34, 31):
            scene.disc(wheel, 912, radius, (44, 40, 48) if radius == 34 else (204, 170, 132))
    scene.shape([(826, 862), (868, 862), (862, 790), (836, 786)], (66, 84, 112))
    scene.disc(852, 768, 18, (46, 38, 36))
    return scene


def paint_stone_bridge() -> Scene:
    """A seven-arch stone bridge after rain, one office window lit on the far bank."""
    scene = Scene(2, (96, 116, 138), (206, 206, 196))
    for level, colour in ((420, (150, 164, 170)), (470, (128, 146, 150)), (520, (102, 124, 126))):
        scene.ridge(level, 70, colour, 0.8)
    scene.mist(520, 60, (224, 226, 220), 0.7)
    for x, width in ((60, 190), (270, 150), (1240, 210), (1460, 180)):
        scene.house(x, 610, width, (206, 202, 192), (70, 76, 84), None)
    scene.box(1260, 545, 1312, 586, (255, 220, 140))
    scene.glow(1286, 566, 120, (255, 216, 140), 0.7)
    for x in (220, 440, 1200):
        scene.tree(x, 620, 260, (70, 64, 60), [(104, 128, 92), (86, 112, 84), (128, 146, 104)], 0.42, 150)
    scene.box(0, 606, WIDTH_PX, HEIGHT_PX, (126, 146, 152))
    scene.shape([(120, 640), (800, 540), (1480, 640), (1480, 700), (120, 700)], (156, 148, 136))
    scene.stroke([(120, 636), (800, 534), (1480, 636)], (190, 184, 172), 14)
    for index in range(7):
        x = 260 + index * 180
        radius = 78 - abs(index - 3) * 7
        crown = 590 + abs(index - 3) * 16
        scene.disc(x, crown + radius, radius, (104, 126, 134))
        scene.box(x - radius, crown + radius, x + radius, 702, (104, 126, 134))
    scene.box(0, 700, WIDTH_PX, HEIGHT_PX, (132, 152, 158))
    flipped = (
        scene.image.crop((0, 440, WIDTH_PX, 700)).transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((WIDTH_PX, 300))
    )
    pool = Image.blend(
        flipped.filter(ImageFilter.GaussianBlur(6)), Image.new("RGB", (WIDTH_PX, 300), (120, 142, 150)), 0.42
    )
    scene.image.paste(pool, (0, 700))
    scene.dabs(
        (0, 700, WIDTH_PX, HEIGHT_PX), [(178, 192, 194), (104, 126, 136), (150, 168, 172)], 900, (14, 70), 80, 0.0
    )
    scene.dabs((1180, 720, 1400, 1040), [(255, 220, 150)], 70, (20, 60), 120, 0.0)
    for x, ground, height in ((690, 560, 62),):
        scene.person(x, ground, height, (70, 90, 130))
        scene.shape([(x - 46, ground - 58), (x + 46, ground - 58), (x, ground - 92)], (178, 60, 56))
    return scene


def paint_building_site() -> Scene:
    """A building site in the last month of the lunar year: cranes at rest, night coming down."""
    scene = Scene(3, (40, 52, 88), (232, 150, 108))
    scene.glow(360, 760, 380, (255, 190, 120), 0.7)
    scene.ridge(760, 50, (84, 72, 96), 0.5)
    for left, top, width, floors in ((180, 430, 260, 9), (560, 300, 240, 12), (1120, 380, 300, 10)):
        scene.box(left, top, left + width, 860, (70, 66, 82))
        pitch = (860 - top) / floors
        for floor in range(floors):
            y = top + floor * pitch
            scene.box(left, y, left + width, y + 6, (112, 100, 104))
            for bay in range(5):
                lit = scene.dice.random() < 0.08
                x = left + 14 + bay * (width - 20) / 5
                scene.box(x, y + 14, x + width / 7, y + pitch - 6, (255, 212, 130) if lit else (50, 48, 66))
        scene.stroke([(left - 14, 860), (left - 14, top + 40)], (140, 110, 90), 4)
    for mast, top, reach in ((500, 150, 420), (1010, 210, -380)):
        for offset in (-9, 9):
            scene.stroke([(mast + offset, 870), (mast + offset, top)], (196, 140, 60), 5)
        for y in range(top, 860, 34):
            scene.stroke([(mast - 9, y), (mast + 9, y + 34)], (170, 120, 56), 3)
        scene.stroke([(mast - reach * 0.3, top), (mast + reach, top)], (196, 140, 60), 9)
        scene.stroke([(mast, top - 70), (mast + reach * 0.8, top)], (160, 116, 60), 3)
        scene.stroke([(mast, top - 70), (mast - reach * 0.28, top)], (160, 116, 60), 3)
        scene.stroke([(mast + reach * 0.7, top), (mast + reach * 0.7, top + 190)], (90, 80, 84), 2)
        scene.box(mast + reach * 0.7 - 10, top + 190, mast + reach * 0.7 + 10, top + 206, (90, 80, 84))
    scene.box(0, 850, WIDTH_PX, HEIGHT_PX, (92, 78, 78))
    scene.dabs((0, 856, WIDTH_PX, HEIGHT_PX), [(120, 100, 92), (76, 66, 72), (150, 120, 100)], 1500, (8, 44), 130, 0.05)
    scene.box(1180, 810, 1500, 900, (206, 216, 226))
    scene.box(1180, 796, 1500, 814, (60, 96, 150))
    for x in (1216, 1320, 1424):
        scene.box(x, 836, x + 44, 872, (255, 222, 150))
    scene.glow(1340, 860, 180, (255, 214, 140), 0.5)
    for index, x in enumerate((650, 700, 742, 800, 850)):
        scene.person(x, 940 + index % 2 * 14, 120, (86 + index * 14, 92, 96))
        scene.disc(x, 826 + index % 2 * 14, 13, ((236, 188, 60), (214, 76, 60))[index % 2])
    return scene


def paint_terraces() -> Scene:
    """Flooded terraces shining below morning hills."""
    scene = Scene(4, (142, 178, 206), (250, 226, 188))
    scene.glow(420, 300, 260, (255, 242, 206), 0.8)
    for level, colour in ((380, (146, 172, 182)), (450, (116, 148, 150)), (520, (84, 122, 112))):
        scene.ridge(level, 90, colour, 0.8)
        scene.mist(level + 40, 40, (240, 236, 222), 0.45)
    waters = [(206, 214, 208), (232, 220, 190), (180, 202, 206), (246, 230, 196)]
    greens = [(74, 116, 74), (92, 134, 76), (112, 148, 82), (64, 102, 70)]
    for layer in range(19):
        near = layer / 18
        base = 500 + 560 * near**1.25
        swing = 26 + 44 * near
        phase = layer * 0.5 + scene.dice.uniform(-0.2, 0.2)
        bank = [
            (
                float(x),
                base
                + math.sin(x / 260 + phase) * swing
                + math.sin(x / 97 + phase * 2.1) * swing * 0.3
                - (x - 800) ** 2 / 16000 * (1 - near),
            )
            for x in range(-20, WIDTH_PX + 20, 18)
        ]
        scene.shape([*bank, (WIDTH_PX + 20, HEIGHT_PX), (-20, HEIGHT_PX)], greens[layer % 4])
        inner = [(x, y + 7 + 15 * near) for x, y in bank]
        scene.shape([*inner, (WIDTH_PX + 20, HEIGHT_PX), (-20, HEIGHT_PX)], waters[layer % 4])
        scene.stroke(bank, (56, 92, 62), int(3 + 6 * near))
        for _ in range(int(4 + 10 * near)):
            spot = scene.dice.choice(bank)
            scene.dabs(
                (spot[0] - 30, spot[1] - 4, spot[0] + 30, spot[1] + 6), greens, 8, (6, 18 + 14 * near), 210, -1.4
            )
    scene.house(1180, 640, 110, (220, 208, 186), (92, 78, 74), None)
    scene.house(1310, 668, 130, (226, 214, 190), (86, 74, 72), None)
    scene.tree(1150, 660, 150, (70, 58, 50), [(86, 124, 70), (64, 102, 62)], 0.5, 120)
    scene.person(560, 840, 84, (176, 72, 60), 0.03)
    scene.stroke([(570, 800), (612, 760)], (80, 62, 50), 4)
    return scene


def paint_old_estate() -> Scene:
    """An old housing estate on a bright afternoon, washing on the balconies and a plane tree."""
    scene = Scene(5, (150, 190, 222), (240, 238, 222))
    scene.glow(1400, 120, 320, (255, 246, 214), 0.8)
    for left, tint in ((-40, 0), (900, 12)):
        right, top, floors = left + 720, 170, 6
        scene.box(left, top, right, 860, (214 - tint, 190 - tint, 160 - tint))
        scene.box(left - 14, top - 20, right + 14, top + 6, (150, 122, 104))
        pitch = (860 - top) / floors
        for floor in range(floors):
            for bay in range(6):
                x, y = left + 24 + bay * 115, top + 24 + floor * pitch
                if bay % 3 == 2:
                    scene.box(x + 16, y + 6, x + 64, y + 66, (112, 122, 128))
                    continue
                scene.box(x, y, x + 90, y + 62, (94, 116, 130))
                scene.box(x + 4, y + 4, x + 42, y + 58, (140, 166, 176))
                scene.box(x - 4, y + 60, x + 94, y + 90, (186 - tint, 160 - tint, 132 - tint))
                if scene.dice.random() < 0.5:
                    for cloth in range(scene.dice.randrange(2, 5)):
                        shade = scene.dice.choice(
                            [(200, 84, 76), (88, 120, 168), (236, 232, 220), (222, 176, 84), (120, 160, 124)]
                        )
                        scene.box(x + cloth * 20, y + 40, x + cloth * 20 + 15, y + 76, shade)
    scene.box(720, 200, 800, 860, (176, 206, 214), 190)
    for y in range(200, 860, 66):
        scene.box(716, y, 804, y + 7, (110, 126, 136))
    scene.box(728, 742, 792, 858, (214, 232, 236))
    scene.stroke([(716, 200), (716, 860)], (96, 112, 122), 6)
    scene.stroke([(804, 200), (804, 860)], (96, 112, 122), 6)
    scene.box(0, 856, WIDTH_PX, HEIGHT_PX, (196, 186, 166))
    scene.shape([(0, 900), (1600, 870), (1600, 1067), (0, 1067)], (212, 202, 180))
    scene.shape([(180, 1067), (900, 880), (1500, 876), (1300, 1067)], (232, 222, 196), 150, 10)
    scene.tree(350, 940, 640, (96, 78, 64), [(92, 136, 72), (120, 158, 80), (76, 116, 66), (150, 178, 92)], 0.5, 420)
    scene.tree(1480, 930, 520, (96, 78, 64), [(92, 136, 72), (120, 158, 80), (76, 116, 66)], 0.5, 340)
    scene.dabs((60, 920, 760, 1040), [(150, 140, 120), (166, 156, 132)], 260, (20, 50), 110, 0.1)
    scene.person(900, 960, 130, (150, 88, 106), 0.03)
    scene.disc(1006, 946, 28, (70, 70, 76))
    scene.disc(1006, 946, 22, (206, 196, 174))
    scene.box(984, 884, 1032, 934, (80, 96, 120))
    scene.disc(1004, 868, 16, (200, 200, 200))
    return scene


def paint_counter() -> Scene:
    """The reception window of a township hall before opening: clean glass, lamp, two chairs of one height."""
    scene = Scene(6, (226, 224, 214), (206, 200, 188))
    scene.box(0, 0, WIDTH_PX, 190, (188, 60, 52))
    scene.box(0, 184, WIDTH_PX, 196, (150, 44, 40))
    scene.box(560, 60, 1040, 130, (246, 226, 186))
    for index in range(7):
        scene.box(600 + index * 60, 78, 634 + index * 60, 112, (160, 56, 46))
    scene.box(120, 250, 1480, 700, (150, 120, 92))
    for left in (150, 605, 1060):
        scene.box(left, 276, left + 390, 700, (214, 226, 224))
        scene.box(left + 24, 330, left + 366, 560, (236, 236, 226))
        for shelf in range(3):
            scene.box(left + 40, 386 + shelf * 58, left + 350, 392 + shelf * 58, (176, 146, 112))
            for book in range(14):
                tone = scene.dice.choice(
                    [(120, 140, 160), (180, 104, 84), (212, 182, 120), (120, 150, 120), (230, 226, 214)]
                )
                x = left + 44 + book * 21
                scene.box(x, 352 + shelf * 58 + scene.dice.randrange(12), x + 16, 386 + shelf * 58, tone)
        scene.shape(
            [(left + 40, 276), (left + 170, 276), (left + 60, 700), (left, 700), (left, 420)], (255, 255, 255), 46
        )
    scene.shape([(800, 470), (870, 470), (900, 640), (770, 640)], (66, 92, 128))
    scene.disc(835, 436, 40, (226, 186, 156))
    scene.shape([(793, 430), (806, 390), (864, 388), (878, 432), (868, 408), (802, 410)], (42, 34, 36))
    scene.disc(835, 396, 30, (42, 34, 36))
    scene.box(700, 560, 756, 640, (52, 56, 62))
    scene.box(960, 600, 966, 640, (90, 84, 74))
    scene.shape([(930, 600), (996, 600), (984, 566), (944, 566)], (90, 140, 106))
    scene.glow(964, 620, 150, (255, 226, 160), 0.7)
    scene.box(80, 640, 1520, 716, (176, 132, 92))
    scene.box(80, 640, 1520, 656, (204, 162, 120))
    scene.box(80, 716, 1520, 900, (150, 108, 76))
    for x in range(140, 1500, 150):
        scene.box(x, 740, x + 110, 880, (162, 118, 84))
    scene.box(0, 900, WIDTH_PX, HEIGHT_PX, (196, 188, 176))
    for x in range(-400, 2000, 200):
        scene.stroke([(x, 1067), (800 + (x - 800) * 0.62, 900)], (176, 168, 156), 3)
    scene.shape([(240, 900), (760, 900), (620, 1067), (40, 1067)], (240, 230, 204), 130, 14)
    for x in (610, 930):
        scene.box(x - 62, 800, x + 62, 818, (84, 104, 128))
        scene.box(x - 60, 690, x + 60, 790, (96, 118, 142))
        for leg in (-54, 46):
            scene.box(x + leg, 816, x + leg + 9, 950, (70, 72, 78))
    scene.box(1150, 590, 1180, 640, (226, 226, 220))
    for angle in range(9):
        scene.stroke(
            [(1165, 594), (1165 + math.cos(angle * 0.4 - 3.2) * 60, 540 + math.sin(angle * 0.4 - 3.2) * 44)],
            (84, 136, 84),
            9,
        )
    scene.box(1212, 606, 1254, 640, (210, 92, 70))
    scene.glow(150, 420, 420, (255, 244, 214), 0.4)
    return scene


def paint_rain_fields() -> Scene:
    """Polder fields in heavy rain, a line of people in raincoats on the dyke."""
    scene = Scene(7, (104, 120, 134), (176, 186, 186))
    scene.ridge(420, 40, (126, 142, 150), 0.6)
    scene.mist(430, 70, (196, 202, 202), 0.8)
    scene.box(0, 470, WIDTH_PX, HEIGHT_PX, (112, 142, 110))
    for row in range(9):
        near = row / 8
        y = 500 + 420 * near**1.5
        scene.box(0, y, WIDTH_PX, y + 20 + 46 * near, [(152, 172, 170), (96, 134, 96), (120, 152, 104)][row % 3])
        scene.dabs(
            (0, y, WIDTH_PX, y + 30 + 50 * near),
            [(78, 118, 82), (110, 146, 98), (142, 166, 116)],
            260,
            (6, 22 + 16 * near),
            190,
            -1.45,
        )
    scene.shape([(-20, 700), (1620, 560), (1620, 640), (-20, 850)], (128, 112, 92))
    scene.stroke([(-20, 700), (1620, 560)], (166, 150, 124), 10)
    scene.shape([(-20, 850), (1620, 640), (1620, 668), (-20, 900)], (96, 104, 80))
    for index in range(11):
        x = 180 + index * 120
        ground = 716 - index * 10 + 6
        shade = [(58, 92, 140), (210, 156, 60), (60, 110, 100), (170, 70, 60)][index % 4]
        scene.person(x, ground, 96 - index * 3, shade, 0.04 if index % 2 else -0.03)
        scene.disc(x, ground - 84 + index * 3, 11, shade)
        scene.shape(
            [
                (x - 10, ground - 80 + index * 3),
                (x + 12, ground - 80 + index * 3),
                (x + 23, ground - 34),
                (x - 21, ground - 34),
            ],
            shade,
        )
    for index in range(26):
        x = 90 + index * 50
        scene.disc(x, 746 - index * 4.6, 15, (206, 200, 182))
    scene.tree(1450, 640, 250, (80, 72, 66), [(94, 124, 92), (112, 140, 100), (78, 108, 84)], 0.4, 160)
    scene.dabs((-60, -40, WIDTH_PX, HEIGHT_PX), [(222, 228, 230), (196, 206, 212)], 1100, (26, 70), 95, 1.36, 13.0)
    return scene


def paint_snow_checkpoint() -> Scene:
    """A checkpoint tent in the snow, lanterns on the street behind, the bar across the road."""
    scene = Scene(8, (22, 32, 62), (88, 98, 132))
    scene.ridge(520, 60, (44, 54, 86), 0.6)
    for index, x in enumerate(range(60, 1560, 170)):
        scene.house(x, 600, 130, (96, 92, 104), (206, 212, 224), (255, 196, 120) if index % 2 else None)
        scene.disc(x + 14, 560, 11, (220, 62, 48))
        scene.glow(x + 14, 560, 34, (255, 96, 60), 0.5)
    scene.box(0, 596, WIDTH_PX, HEIGHT_PX, (170, 180, 204))
    scene.shape([(720, 600), (860, 600), (1340, 1067), (300, 1067)], (194, 202, 222))
    for offset in (-70, 60):
        scene.stroke([(790 + offset * 0.3, 604), (820 + offset * 4, 1067)], (142, 152, 182), 12, 160, 4)
    scene.glow(420, 780, 330, (255, 206, 130), 0.65)
    scene.shape([(190, 760), (400, 640), (610, 760)], (62, 112, 176))
    scene.box(200, 756, 600, 930, (52, 96, 156))
    scene.shape([(340, 930), (340, 770), (400, 756), (470, 770), (470, 930)], (255, 218, 146))
    scene.shape([(186, 758), (400, 634), (614, 758), (600, 744), (400, 650), (200, 744)], (232, 238, 248))
    scene.box(394, 850, 446, 930, (70, 62, 62))
    scene.disc(420, 846, 22, (92, 80, 76))
    scene.glow(420, 880, 60, (255, 130, 60), 0.7)
    scene.stroke([(650, 842), (1290, 806)], (224, 70, 60), 13)
    for part in range(0, 6, 2):
        scene.stroke([(690 + part * 100, 840 - part * 5.6), (760 + part * 100, 836 - part * 5.6)], (240, 240, 244), 13)
    scene.box(636, 800, 662, 950, (80, 82, 96))
    scene.box(1284, 770, 1306, 910, (80, 82, 96))
    scene.person(560, 960, 190, (72, 88, 66), 0.02)
    scene.shape([(528, 815), (592, 815), (604, 930), (516, 930)], (78, 94, 70))
    scene.person(730, 900, 150, (190, 74, 62))
    scene.shape([(960, 600), (1050, 600), (1062, 660), (948, 660)], (86, 92, 110))
    for x in (966, 1040):
        scene.disc(x, 640, 9, (255, 240, 190))
        scene.glow(x, 640, 60, (255, 240, 200), 0.6)
    for _ in range(900):
        across, down = scene.dice.uniform(0, WIDTH_PX), scene.dice.uniform(0, HEIGHT_PX)
        size = scene.dice.uniform(1, 3.4)
        ImageDraw.Draw(scene.image).ellipse(
            [across - size, down - size, across + size, down + size], fill=(236, 240, 250)
        )
    return scene


def paint_reservoir() -> Scene:
    """A reservoir at its lowest, old stone steps above the water and a boat with elders."""
    scene = Scene(9, (186, 200, 206), (246, 222, 186))
    scene.glow(1180, 360, 240, (255, 240, 200), 0.8)
    for level, colour in ((420, (166, 176, 186)), (480, (134, 150, 162)), (540, (104, 126, 132))):
        scene.ridge(level, 90, colour, 0.7)
        scene.mist(level + 50, 36, (244, 232, 212), 0.5)
    scene.box(0, 590, WIDTH_PX, HEIGHT_PX, (152, 178, 188))
    scene.glow(1180, 700, 220, (255, 236, 196), 0.6)
    scene.dabs(
        (0, 594, WIDTH_PX, HEIGHT_PX), [(186, 204, 208), (124, 154, 168), (222, 214, 196)], 1300, (12, 80), 90, 0.0
    )
    scene.shape([(-20, 640), (300, 650), (520, 720), (620, 840), (560, 1067), (-20, 1067)], (176, 150, 116))
    scene.shape([(-20, 760), (220, 770), (420, 850), (470, 1067), (-20, 1067)], (156, 132, 102))
    for step in range(9):
        left, top = 250 + step * 34, 664 + step * 27
        scene.shape(
            [(left, top), (left + 150, top + 6), (left + 166, top + 22), (left + 12, top + 18)], (206, 200, 188)
        )
        scene.shape(
            [(left + 12, top + 18), (left + 166, top + 22), (left + 166, top + 30), (left + 12, top + 28)],
            (126, 118, 110),
        )
    scene.tree(120, 690, 300, (84, 70, 60), [(150, 116, 70), (128, 104, 66), (176, 138, 80)], 0.4, 60)
    scene.person(330, 700, 86, (84, 92, 116))
    scene.person(216, 720, 88, (120, 84, 76), 0.05)
    scene.shape([(880, 760), (1300, 752), (1250, 812), (930, 818)], (92, 70, 58))
    scene.shape([(880, 760), (1300, 752), (1292, 764), (890, 772)], (132, 104, 82))
    for x, shade in ((960, (96, 104, 124)), (1030, (140, 96, 84)), (1100, (86, 110, 96)), (1170, (112, 100, 130))):
        scene.person(x, 800, 96, shade)
    scene.shape([(878, 762), (1302, 754), (1250, 814), (930, 820)], (92, 70, 58))
    scene.person(1262, 762, 120, (70, 78, 96), 0.06)
    scene.stroke([(1276, 690), (1390, 850)], (110, 88, 70), 6)
    scene.dabs((900, 826, 1280, 940), [(86, 84, 88), (110, 110, 116)], 110, (30, 90), 100, 0.0)
    return scene


def paint_mountain_path() -> Scene:
    """A footpath zigzagging up a steep mountain, two walkers and a woman with a basket."""
    scene = Scene(10, (146, 184, 210), (236, 226, 196))
    for level, colour in ((330, (150, 178, 190)), (410, (118, 152, 158))):
        scene.ridge(level, 150, colour, 1.2)
        scene.mist(level + 80, 50, (240, 238, 226), 0.6)
    scene.shape(
        [
            (-20, 1067),
            (-20, 620),
            (240, 420),
            (520, 300),
            (760, 130),
            (900, 110),
            (1100, 250),
            (1320, 330),
            (1620, 560),
            (1620, 1067),
        ],
        (92, 126, 92),
    )
    scene.shape(
        [(760, 130), (900, 110), (1022, 195), (960, 232), (905, 196), (850, 262), (790, 205), (706, 236), (690, 190)],
        (142, 138, 124),
    )
    scene.dabs(
        (0, 560, WIDTH_PX, HEIGHT_PX),
        [(76, 112, 76), (110, 144, 90), (134, 158, 96), (92, 120, 84)],
        3200,
        (8, 40),
        150,
        -1.2,
    )
    scene.dabs((420, 330, 1240, 600), [(80, 114, 82), (110, 140, 96), (124, 130, 108)], 700, (6, 18), 150, -1.2)
    bends: Points = [
        (640, 1067),
        (900, 930),
        (520, 820),
        (1010, 720),
        (620, 630),
        (1000, 552),
        (720, 486),
        (930, 430),
        (800, 384),
        (880, 340),
    ]
    for index, (start, end) in enumerate(itertools.pairwise(bends)):
        width_px = max(4, 46 - index * 5)
        scene.stroke([start, end], (220, 200, 160), width_px)
        scene.disc(end[0], end[1], width_px / 2, (220, 200, 160))
        scene.stroke(
            [(start[0], start[1] + width_px * 0.6), (end[0], end[1] + width_px * 0.6)],
            (130, 122, 94),
            max(2, width_px // 6),
        )
    scene.house(800, 330, 60, (226, 214, 190), (92, 80, 76), None)
    scene.house(880, 346, 54, (220, 208, 184), (84, 74, 72), None)
    for x, ground, height in ((140, 980, 420), (1400, 960, 480), (1230, 820, 260), (330, 760, 240)):
        scene.tree(
            x, ground, height, (84, 68, 56), [(70, 106, 66), (96, 132, 74), (120, 148, 84), (60, 92, 62)], 0.36, 240
        )
    scene.person(760, 1010, 150, (92, 112, 150), 0.06)
    scene.person(846, 972, 138, (150, 150, 156), 0.06)
    scene.person(640, 862, 104, (180, 84, 70), -0.05)
    scene.shape([(646, 780), (690, 776), (684, 828), (654, 830)], (150, 120, 80))
    scene.box(654, 752, 682, 786, (90, 120, 150))
    return scene


def paint_lamp_window() -> Scene:
    """A low office at night: one window, an old desk lamp on the sill, rain on the sill stone."""
    scene = Scene(11, (18, 24, 46), (40, 48, 78))
    scene.box(0, 150, WIDTH_PX, 930, (58, 60, 80))
    for row in range(27):
        y = 160 + row * 29
        scene.stroke([(0, y), (WIDTH_PX, y)], (50, 52, 72), 2)
        for column in range(21):
            x = column * 80 + (row % 2) * 40
            scene.stroke([(x, y), (x, y + 29)], (50, 52, 72), 2)
    scene.shape([(-20, 70), (1620, 70), (1620, 170), (-20, 170)], (34, 36, 52))
    for x in range(0, 1640, 44):
        scene.disc(x, 170, 24, (40, 42, 60))
    scene.box(560, 290, 1120, 720, (92, 74, 62))
    scene.box(584, 312, 1096, 700, (255, 216, 140))
    scene.glow(760, 560, 200, (255, 246, 204), 0.9)
    scene.box(600, 330, 640, 690, (230, 184, 116), 120)
    for shelf in (400, 480):
        scene.box(880, shelf, 1070, shelf + 7, (176, 128, 80))
        for book in range(10):
            scene.box(
                886 + book * 18,
                shelf - 40 + scene.dice.randrange(14),
                900 + book * 18,
                shelf,
                scene.dice.choice([(170, 110, 80), (200, 160, 96), (140, 120, 100), (184, 84, 66)]),
            )
    scene.box(832, 312, 850, 700, (92, 74, 62))
    scene.box(584, 500, 1096, 512, (92, 74, 62))
    scene.box(540, 700, 1140, 734, (124, 112, 108))
    scene.box(730, 684, 800, 700, (62, 72, 70))
    scene.stroke([(765, 686), (752, 620), (790, 574)], (62, 72, 70), 9)
    scene.shape([(736, 596), (776, 540), (850, 586), (812, 620)], (72, 108, 92))
    scene.glow(806, 618, 70, (255, 252, 226), 0.9)
    scene.box(980, 620, 1040, 700, (176, 96, 70))
    scene.box(992, 596, 1028, 622, (150, 140, 120))
    scene.stroke([(1040, 640), (1066, 650), (1042, 684)], (176, 96, 70), 8)
    scene.shape([(580, 734), (1100, 734), (1420, 1067), (240, 1067)], (255, 206, 130), 80, 30)
    scene.box(1240, 360, 1420, 930, (44, 44, 60))
    scene.box(1256, 376, 1404, 930, (66, 58, 62))
    scene.disc(1388, 660, 8, (180, 160, 120))
    scene.box(0, 926, WIDTH_PX, HEIGHT_PX, (34, 38, 56), 190)
    scene.dabs((200, 930, 1460, 1060), [(255, 212, 140), (210, 168, 110)], 260, (20, 80), 70, 0.0)
    scene.shape([(180, 926), (196, 640), (214, 926)], (70, 72, 90))
    scene.dabs((-40, -20, WIDTH_PX, HEIGHT_PX), [(150, 160, 190)], 420, (20, 46), 70, 1.4, 11.0)
    scene.glow(840, 520, 420, (255, 210, 130), 0.25)
    return scene


SCENES: dict[str, Callable[[], Scene]] = {
    "p01": paint_dusk_road,
    "p02": paint_stone_bridge,
    "p03": paint_building_site,
    "p04": paint_terraces,
    "p05": paint_old_estate,
    "p06": paint_counter,
    "p07": paint_rain_fields,
    "p08": paint_snow_checkpoint,
    "p09": paint_reservoir,
    "p10": paint_mountain_path,
    "p11": paint_lamp_window,
}


def main(names: list[str]) -> None:
    """Paints the named pictures, all when none is named."""
    PHOTOS.mkdir(exist_ok=True)
    for name in names or list(SCENES):
        SCENES[name]().develop(PHOTOS / f"{name}.jpg")


if __name__ == "__main__":
    main(sys.argv[1:])
