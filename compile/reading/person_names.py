"""How names of persons, units and posts look in Chinese office texts."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# Surnames, simplified and traditional, that hardly begin any other word.
SURNAMES: Final = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤方俞任袁柳鲍史"
    "唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常于傅皮卞齐康伍余卜顾孟黄穆萧尹姚邵湛汪祁毛禹狄米贝臧计伏成戴宋茅庞熊纪舒屈项祝董梁杜阮"
    "蓝闵席季麻强贾路娄江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪解应宗丁宣邓郁单杭洪包诸左石崔吉龚程邢裴"
    "陆荣翁荀甄曲封储靳段富巫乌焦谷车侯宓全郗班仇栾甘厉祖武符景詹龙叶司黎薄宿白怀蒲赖卓蔺屠蒙池乔闻莘党翟谭贡劳申冉郦雍桑桂濮"
    "牛寿边扈燕冀浦尚农温庄晏柴瞿阎连茹宦艾鱼容向古易慎戈廖终居衡耿满弘匡国文寇广禄阙欧沃蔚隆师聂晁勾敖冷訾辛那简饶曾沙丰关蒯"
    "查荆游竺权岳帅肖付代佟仝苟覃谌闫亓邸佘逯楚缑郏钮嵇滑闪仲牟芦冶訾闵揭麦岩刀刘仁洛扎买冀藏柒丘明涂昝尧"
    "趙錢孫吳鄭馮陳衛蔣韓楊許呂張嚴華謝鄒竇雲蘇範魯韋馬鳳鮑費賀湯羅畢鄔齊顧黃蕭龐紀項閔賈婁顏鍾駱萬盧經應鄧單諸龔陸榮儲烏車葉賴喬聞譚"
    "貢勞龍劉閻連簡饒關趙權岳肖"
    "兰宁宫姬隋商丛巩苑迟邝官谈鞠惠乐胥栗鄢粟冼楼伊郜阚练井漆巴卿索晋芮普鹿辜羊邰赫况鲜印慕危玉银亢哈宾戎斯束咸籍韶蓟暴钭於檀蹇逄苌仉鄞璩谯笪郤"
    "庾暨殳夔厍毋巢酆贲羿汲邴糜隗蓬桓乜撒鄂寧宮叢鞏遲談樂蘭婁郟薊祿闕"
)
# Surnames that mostly are other words: a name only beside a unit, a post or a phone number.
WORDLIKE_SURNAMES: Final = frozenset(
    "时和有位但来公由信南平都相海花阳区初门敬阿母利呼干元衣展阴智幸奉植闭折种黑苍员后琴伯赏墨年言仰秋从能双扶堵宰通别充习步东越融空养须益"
    "水家松弓牧山原盘盖朴豆战诺布宝保才晓修時來陽門陰種後從雙養須東"
)
COMPOUND_SURNAMES: Final = tuple(
    "欧阳 司马 上官 诸葛 司徒 东方 皇甫 尉迟 公孙 慕容 夏侯 令狐 长孙 宇文 端木 闻人 申屠 百里 南宫 万俟 澹台 公冶 宗政 濮阳 淳于 单于 太叔 轩辕"
    " 钟离 鲜于 闾丘 司空 亓官 颛孙 公西 漆雕 乐正 拓跋 夹谷 宰父 谷梁 呼延 羊舌 微生 梁丘 左丘 东郭 西门 独孤 赫连 仲孙 公羊 第五 东野 纳兰"
    " 歐陽 司馬 諸葛 東方 尉遲 公孫 長孫 聞人 南宮 澹臺 濮陽 淳于 單于 軒轅 鍾離 鮮于 閭丘 顓孫 樂正 東郭 獨孤 赫連 仲孫".split()
)

HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_SINGLE = "".join(sorted(SURNAMES))
_WORDLIKE = "".join(sorted(WORDLIKE_SURNAMES - SURNAMES))
_COMPOUND = "|".join(COMPOUND_SURNAMES)
NAME: Final = rf"(?:(?:{_COMPOUND})[{HAN}]{{1,2}}|[{_SINGLE}][{HAN}]{{1,2}}|[{_SINGLE}]某[甲乙丙]?|[{HAN}]{{2,6}}[·•・][{HAN}]{{2,8}})"
UNIT_ENDING: Final = (
    "(?:信访办公室|办公室|办事处|信访办|综治办|党政办|办|信访局|局|委员会|纪委|党委|工委|政法委|委|人民政府|政府|镇|乡|街道|社区|居委会|村委会|村|"
    "县|市|区|中心|法院|检察院|医院|卫生院|研究院|学院|院|派出所|司法所|所|站|大队|支队|中队|队|公司|集团|银行|信用社|联社|分行|支行|"
    "开发区|园区|管委会|部|处|科室|科|室|会|厅|司|署|社|报社|电视台|台|大学|中学|小学|学校|幼儿园|分校|厂|场|馆)"
)
POST: Final = (
    "(?:(?:党委|党组|党支部|支部|纪委|纪检|组织|宣传|政法|统战|党总支|村)?(?:副)?(?:书记|委员|主任|局长|科长|股长|镇长|乡长|县长|区长|部长|所长|"
    "站长|院长|校长|社长|队长|大队长|组长|主席|经理|处长|主编|秘书长)|(?:[一二三四]级)?(?:主任科员|科员|调研员|主办|办事员)|干事|专干|信访专干|专职干部|"
    "信访干部|干部|工作人员|信访员|代办员|信息员|联络员|通讯员|网格员|教师|职工|职员|文员|秘书|办事员|接访员|副主任科员|人员)"
)
_SPACED_NAME = re.compile(rf"(?<![{HAN}])([{_SINGLE}])(?:　{{1,3}}| {{2,6}})([{HAN}])(?![{HAN}])")
_LOOSELY_SPACED_NAME = re.compile(rf"(?<![{HAN}])([{_SINGLE}{_WORDLIKE}])[　 \u00a0]{{1,6}}([{HAN}])(?![{HAN}])")
_NAME = re.compile(NAME)
_WORDLIKE_NAME = re.compile(rf"[{_WORDLIKE}][{HAN}]{{1,2}}")
# A headline about a person begins so, never the name of a unit.
_HEADLINE_VERB = re.compile("记(?!者)|小记|追记|侧记|访|写|致(?!公)|献")
_POST_AND_NAME = re.compile(rf"(?P<post>{POST}(?:[、兼]{POST})?)?(?P<name>{NAME})?")
_UNIT = re.compile(rf"[{HAN}A-Za-z0-9（）()“”]{{1,28}}{UNIT_ENDING}")
_PLACE_ENDINGS = frozenset("镇乡县市区村局办委院所站科室部处会队厂馆场社")


class Person(NamedTuple):
    """What one word of a signature says; "" for what it does not."""

    unit: str = ""
    post: str = ""
    name: str = ""


def close_spaced_names(text: str, *, is_signature: bool = False) -> str:
    """Two-character names set to the width of three (周　明) closed up; in a signature one half-width space counts too."""
    return (_LOOSELY_SPACED_NAME if is_signature else _SPACED_NAME).sub(r"\1\2", text)


def is_person_name(text: str) -> bool:
    """Whether a whole word looks like a Chinese personal name, judged by its surname."""
    return bool(_NAME.fullmatch(text)) and text[-1] not in _PLACE_ENDINGS


def may_be_person_name(text: str) -> bool:
    """Whether a word beside a unit or post is a name, although its surname mostly is another word."""
    return bool(_WORDLIKE_NAME.fullmatch(text)) and text[-1] not in _PLACE_ENDINGS


def read_person(word: str) -> Person | None:
    """A word such as 柳河镇信访办主任周明 taken apart; None when any of it is neither unit, post nor name.

    The longest unit wins, so a name must not begin inside it.
    """
    if is_person_name(word):
        return Person(name=word)
    best: Person | None = None
    for end in range(len(word), -1, -1):
        unit, rest = word[:end], word[end:]
        if unit and not _is_unit(unit):
            continue
        match = _POST_AND_NAME.fullmatch(rest)
        if match and (unit or match["post"]):
            name = match["name"] or ""
            if name and not is_person_name(name):
                continue
            best = Person(unit, match["post"] or "", name)
            break
    return best


def _is_unit(text: str) -> bool:
    return len(text) <= 30 and bool(_UNIT.fullmatch(text)) and not _HEADLINE_VERB.match(text)
