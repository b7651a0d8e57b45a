"""An invented contest in any size: essays with headings, lists, tables, footnotes and photos, the same for the same seed."""

from __future__ import annotations

import hashlib
import io
import random
import zlib
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from msgspec.structs import replace
from PIL import Image

from compile.manifest import (
    Appendix,
    BoardGroup,
    CaseCard,
    EditorialBoard,
    Imprint,
    ImprintFact,
    Manifest,
    Section,
    TextPart,
    WorkEntry,
)
from compile.manuscript import (
    Block,
    Cell,
    Heading,
    ListItem,
    Manuscript,
    Paragraph,
    Picture,
    Row,
    Run,
    Table,
)
from compile.manuscript_json import dump_manuscript

PLACES = (
    "柳河镇",
    "青石乡",
    "榆林店镇",
    "双桥乡",
    "石湾镇",
    "大堰乡",
    "西河开发区",
    "县住建局",
    "县人社局",
    "县农业农村局",
)
NAMES = ("周明", "李秀兰", "陈大勇", "孙晓梅", "赵国强", "吴桂芳", "郑海", "王立新", "马春生", "何静")
SUBJECTS = (
    "老张",
    "村里的老支书",
    "值班的小刘",
    "信访专干",
    "镇里的调解员",
    "带班领导",
    "驻村干部",
    "她",
    "大家",
    "几位老党员",
)
TIMES = (
    "那天清晨",
    "入冬以后",
    "2019年3月",
    "第二天一早",
    "连着三个晚上",
    "去年秋收时节",
    "下了一夜的雨之后",
    "中午饭还没吃完",
)
ACTS = (
    "把群众反映的问题一条一条记在本子上",
    "沿着泥泞的机耕路走到最远的那户人家",
    "坐在门槛上听老人把前因后果讲完",
    "请来司法所和村民代表当面对账",
    "当场拨通了施工单位的电话",
    "把政策条文翻译成了家常话",
    "又一次敲开了那扇迟迟不肯打开的门",
    "和水利站的同志蹲在渠边量了尺寸",
    "替他们写好了申请，送到县里的窗口",
)
RESULTS = (
    "多年的疙瘩终于解开了",
    "拖欠的工钱在腊月里一分不少地发到了手上",
    "两家人重新坐到了一张桌子旁",
    "那段断头路在国庆前通了车",
    "灌溉用水的次序有了大家都认的章程",
    "老人拉着他的手，半天说不出一句话",
    "院子里又响起了久违的笑声",
    "“人来了，心就暖了”成了村民常说的一句话",
)
THOUGHTS = (
    "信访工作说到底是做人的工作，急不得，也拖不得",
    "把脚步放慢一点，把话听完一点，办法往往就在群众的话里",
    "群众利益无小事——这句话写在墙上，更要落在账上",
    "一封信、一次来访，背后都是一户人家的日子……",
    "制度管长远，真心管当下，两样都少不得",
    "只要道理讲透、程序走到、帮扶跟上，再硬的结也有松开的一天",
)
TOPICS = (
    "暖心门",
    "一把旧椅子",
    "渠水清清",
    "接访室的灯",
    "三顾小院",
    "回音",
    "泥土路上的脚印",
    "最后一公里",
    "一本台账",
    "春风化雨",
)
HEADINGS = (
    "把门打开",
    "把话听完",
    "把事办实",
    "走进田间地头",
    "一次特殊的接访",
    "难题怎么解",
    "从对立到握手",
    "几点体会",
)
CHARACTERS = (
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学"
    "么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因"
    "很给名法间斯知世什两次使身者被高已亲其进此话常与活正感见明问力理尔点文几定本公特做外孩相西果走将月十实向声车全信重"
    "三机工物气每并别真打太新比才便夫再书部水像眼等体却加电主界门利海受听表德少克代员许先口由死安写性马光白或住难望教命"
    "花结乐色更拉东神记处让母父应直字场平报友关放至张认接告入笑内英军候民岁往何度山觉路带万男边风解叫任金快原吃妈变通师"
)
# Frequent words are few and rare ones many, as in any language.
_words = random.Random(9704)
WORDS = tuple("".join(_words.choices(CHARACTERS, k=_words.choice((1, 2, 2, 2, 3)))) for _ in range(4000))
WEIGHTS = tuple(accumulate(1 / (rank + 20) for rank in range(len(WORDS))))


@dataclass
class Book:
    """A manifest and everything it points to, by SHA-256 hex."""

    manifest: Manifest
    blobs: dict[str, bytes] = field(default_factory=dict)

    def open_blob(self, key: str) -> io.BytesIO:
        """Open a blob of the book."""
        return io.BytesIO(self.blobs[key])


def invent_book(works: int, seed: int = 2020, *, photo_share: float = 0.3, photo_px: int = 900) -> Book:
    """A book of `works` essays in three sections, with cover, editor's note, contents and an award table."""
    chance = random.Random(seed)
    photos = [_invent_photo(chance, photo_px) for _ in range(min(8, works))]
    blobs: dict[str, bytes] = {}
    entries: list[WorkEntry] = []
    rows: list[tuple[str, ...]] = []
    for number in range(1, works + 1):
        manuscript = _invent_manuscript(chance, number, blobs, photos, photo_share)
        key = _keep(blobs, dump_manuscript(manuscript))
        place, name = chance.choice(PLACES), chance.choice(NAMES)
        comment = "；".join(chance.sample(THOUGHTS, 2)) + "。" if number % 4 == 0 else ""
        entries.append(WorkEntry(f"2020-{number:04d}", key, f"{place}　{name}", comment, name if comment else ""))
        rows.append((str(number), manuscript.title, place, name))
    cuts = (0, -(-works // 6), -(-works // 2), works)
    titles = ("一等奖作品", "二等奖作品", "三等奖作品")
    sections = tuple(
        Section(title, tuple(entries[start:end]))
        for title, start, end in zip(titles, cuts, cuts[1:], strict=False)
        if end > start
    )
    manifest = Manifest(
        title="“我与信访”征文\n优秀作品汇编",
        subtitle="二〇二〇年度",
        organiser="柳河县信访局",
        dated_on=date(2020, 12, 31),
        cover_mark="内部资料　免费交流",
        sections=sections,
        editor_note=(f"本次征文共收到来稿，经评审选出{works}篇编成此书。", "文字以作者定稿为准，个别字句略有删改。"),
        appendices=(Appendix("获奖名单", ("序号", "题目", "报送单位", "作者"), tuple(rows), (2, 8, 5, 3)),),
    )
    return Book(manifest, blobs)


def add_every_part(manifest: Manifest) -> Manifest:
    """The same book with every part there is: a case card behind the first work of each section, the front and back
    matter, running heads, and sections on odd pages."""
    card = CaseCard(
        cause="某村三户居民因宅基地边界多年纠纷，先后到镇、县反映十余次。",
        measures="一是领导包案，逐户入门听取意见；\n二是请自然资源所现场测量，张榜公示。",
        results="三户当场签订协议，息诉罢访。",
        lessons=THOUGHTS[-1] + "。",
    )
    rows = tuple((f"第{'一二三四五六七八九十'[number % 10]}名", "柳河镇", "周明") for number in range(60))
    return replace(
        manifest,
        sections=tuple(
            replace(section, works=(replace(section.works[0], case=card), *section.works[1:]))
            for section in manifest.sections
        ),
        imprint=Imprint(
            (
                ImprintFact("准印证号", "（柳）内资准字第〇一七号"),
                ImprintFact("发送对象", "各乡镇（街道）、县直各单位信访工作机构，各村（社区）信访代理站，以及全体作者"),
                ImprintFact("印刷和装订单位", "柳河县印刷厂"),
                ImprintFact("印数", "一千册"),
            ),
            ("本书为内部资料，仅供学习交流，不得翻印、销售。",),
        ),
        board=EditorialBoard(
            (
                BoardGroup("主任", NAMES[:1]),
                BoardGroup("副主任", NAMES[1:3]),
                BoardGroup("成员", (*NAMES[3:], "欧阳建国", "阿卜杜拉·买买提", "刘洋")),
                BoardGroup("执行主编兼责任校对", NAMES[3:4]),
            )
        ),
        notice=TextPart(
            "关于开展主题征文活动的通知", ("各乡镇人民政府：", *(f"{thought}。" * 4 for thought in THOUGHTS))
        ),
        appendices=(
            Appendix("附录一　获奖名单", ("名次", "单位", "作者"), rows),
            Appendix("附录二　评选办法", paragraphs=("评审采取匿名方式，由评审专家独立打分。",) * 3),
            Appendix("附录三　优秀组织单位", ("序号", "单位"), (("一", "柳河镇"),), (1, 6), ("下列单位组织有力：",)),
        ),
        afterword=TextPart("后记", ("本书自征稿到编成，历时八个月，谨向各单位和作者致谢。",)),
        back_cover=("内部资料　免费交流", "柳河县信访局"),
        has_running_heads=True,
        has_odd_starts=True,
    )


def _invent_manuscript(
    chance: random.Random, number: int, blobs: dict[str, bytes], photos: list[bytes], photo_share: float
) -> Manuscript:
    blocks: list[Block] = []
    notes: list[tuple[Run, ...]] = []
    for part, heading in enumerate(chance.sample(HEADINGS, chance.randint(3, 5))):
        blocks.append(Heading(1 + part % 2, (Run(f"{'一二三四五'[part]}、{heading}"),)))
        for _ in range(chance.randint(3, 5)):
            blocks.append(_invent_paragraph(chance, notes))
    if chance.random() < photo_share:
        for _ in range(chance.randint(1, 2)):
            data = chance.choice(photos) + chance.randbytes(8)  # bytes after the end mark make a new file
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
            picture = Picture(
                _keep(blobs, data),
                width,
                height,
                f"{chance.choice(PLACES)}干部入户走访",
                chance.choice(NAMES),
                zlib.crc32(data),
            )
            blocks.insert(chance.randint(2, len(blocks)), picture)
    if chance.random() < 0.1:
        blocks.insert(chance.randint(2, len(blocks)), _invent_table(chance))
    if chance.random() < 0.25:
        at = chance.randint(2, len(blocks))
        blocks[at:at] = [ListItem(f"{index}.", (Run(chance.choice(RESULTS) + "；"),)) for index in range(1, 5)]
    title = f"{chance.choice(TOPICS)}——{chance.choice(PLACES)}的故事{number}" if number % 3 else chance.choice(TOPICS)
    subtitle = "——记一次难忘的接访" if number % 5 == 0 else ""
    return Manuscript(title, subtitle, tuple(blocks), tuple(notes))


def _invent_paragraph(chance: random.Random, notes: list[tuple[Run, ...]]) -> Paragraph:
    text = "".join(_invent_sentence(chance) for _ in range(chance.randint(4, 7)))
    runs = [Run(text)]
    if chance.random() < 0.2:
        runs.append(Run(chance.choice(THOUGHTS) + "。", bold=True))
    if chance.random() < 0.01:
        runs[-1] = Run(runs[-1].text, runs[-1].bold, note=len(notes))
        notes.append((Run(f"据{chance.choice(PLACES)}{chance.randint(2008, 2019)}年工作记录。"),))
    return Paragraph(tuple(runs))


def _invent_sentence(chance: random.Random) -> str:
    """Whole phrases now and then, else a string of invented words: as varied for a compressor as real prose is."""
    draw = chance.random()
    if draw < 0.15:
        return f"{chance.choice(TIMES)}，{chance.choice(SUBJECTS)}{chance.choice(ACTS)}，{chance.choice(RESULTS)}。"
    if draw < 0.25:
        return f"{chance.choice(THOUGHTS)}。"
    clauses = (
        "".join(chance.choices(WORDS, cum_weights=WEIGHTS, k=chance.randint(2, 7))) for _ in range(chance.randint(1, 3))
    )
    return "，".join(clauses) + chance.choice("。。。。！？；")


def _invent_table(chance: random.Random) -> Table:
    def row(texts: tuple[str, ...], is_header: bool = False) -> Row:
        return Row(tuple(Cell((Paragraph((Run(text),)),)) for text in texts), is_header)

    rows = [row(("年份", "来访批次", "按期办结", "说明"), is_header=True)]
    for year in range(2016, 2016 + chance.randint(3, 6)):
        rows.append(
            row((str(year), str(chance.randint(80, 400)), f"{chance.randint(80, 100)}%", chance.choice(RESULTS)))
        )
    return Table(tuple(rows), 4)


def _invent_photo(chance: random.Random, photo_px: int) -> bytes:
    size = (photo_px, photo_px * 3 // 4) if chance.random() < 0.7 else (photo_px * 3 // 4, photo_px)
    coarse = Image.frombytes("RGB", (size[0] // 6, size[1] // 6), chance.randbytes(size[0] // 6 * (size[1] // 6) * 3))
    stream = io.BytesIO()
    coarse.resize(size, Image.Resampling.BICUBIC).save(stream, "JPEG", quality=85)
    return stream.getvalue()


def _keep(blobs: dict[str, bytes], data: bytes) -> str:
    key = hashlib.sha256(data).hexdigest()
    blobs[key] = data
    return key
