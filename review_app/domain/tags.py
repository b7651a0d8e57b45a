"""The tags the product starts with, and the rule by which a proposed tag stands. Slugs never change, names may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PROPOSALS_PER_ESSAY: Final = 5
# The groups that say what a work is about; person, field and genre say other things.
TOPIC_GROUPS: Final = ("focus", "mechanism", "leadership", "resolution", "order", "channel")
REVIEWERS_NEEDED: Final = 2


@dataclass(frozen=True, slots=True)
class TagGroup:
    """A heading under which tags are picked."""

    key: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag; `group` is the key of its TagGroup."""

    slug: str
    group: str
    name_zh: str
    name_en: str


DEFAULT_GROUPS: Final = (
    TagGroup("focus", "宣传重点", "Publicity focus"),
    TagGroup("mechanism", "机制", "Mechanism"),
    TagGroup("leadership", "领导责任", "Leaders' duty"),
    TagGroup("resolution", "化解", "Resolution"),
    TagGroup("order", "秩序", "Order"),
    TagGroup("channel", "渠道", "Channel"),
    TagGroup("person", "人物", "Person"),
    TagGroup("field", "领域", "Field"),
    TagGroup("genre", "体裁", "Genre"),
)

DEFAULT_TAGS: Final = (
    Tag("t1-thought", "focus", "重要思想", "Important Thought on petition work"),
    Tag("t2-order", "focus", "依法规范秩序", "Lawful petition order"),
    Tag("t3-reform", "focus", "制度改革", "Petition system reform"),
    Tag("t4-regulations", "focus", "信访条例", "Petition regulations"),
    Tag("t5-resolution", "focus", "矛盾化解攻坚", "Dispute-resolution campaign"),
    Tag("t6-online", "focus", "网上信访", "Online petitioning"),
    Tag("t7-models", "focus", "干部典型", "Model petition officials"),
    Tag("t8-media", "focus", "全媒体宣传", "All-media publicity"),
    Tag("four-to-grassroots", "mechanism", "四下基层", "Four Going-to-the-Grassroots"),
    Tag("four-most-pilot", "mechanism", "四最试点", '"Four Mosts" pilot'),
    Tag("four-key-campaign", "mechanism", "四重攻坚", '"Four Key" dispute campaign'),
    Tag("three-none", "mechanism", "三无县乡村", '"Three-None" county, township, village'),
    Tag("fengqiao", "mechanism", "枫桥经验", "Fengqiao experience"),
    Tag("xuezhongjianbao", "mechanism", "学重建保", 'Local "xue-zhong-jian-bao" campaign'),
    Tag("satisfaction-window", "mechanism", "人民满意窗口", "People's Satisfaction Window"),
    Tag("five-quality", "mechanism", "五型信访", "Five-quality petition work"),
    Tag("leader-reception", "leadership", "领导接访", "Leaders receive petitioners"),
    Tag("leader-field-case", "leadership", "带案下访", "Leaders take cases downstairs"),
    Tag("home-visit", "leadership", "上门走访", "Home visit"),
    Tag("leader-owned-case", "leadership", "领导包案", "Leader in charge of a case"),
    Tag("backlog-resolved", "resolution", "积案化解", "Long-pending case resolved"),
    Tag("multi-channel", "resolution", "多元化解", "Multi-channel resolution"),
    Tag("mediation", "resolution", "人民调解", "People's mediation"),
    Tag("hearing", "resolution", "公开听证", "Public hearing"),
    Tag("relief", "resolution", "司法救助帮扶", "Judicial and hardship aid"),
    Tag("policy-explain", "resolution", "政策解读", "Policy explanation"),
    Tag("review-recheck", "resolution", "复查复核", "Review and re-examination"),
    Tag("suit-petition-split", "order", "诉访分离", "Separation of litigation and petition"),
    Tag("classified", "order", "依法分类处理", "Lawful classified handling"),
    Tag("level-by-level", "order", "依法逐级走访", "Visiting level by level"),
    Tag("anti-gang", "order", "扫黑除恶", "Anti-gang campaign"),
    Tag("warning-case", "order", "警示案例", "Warning case"),
    Tag("online-offline", "channel", "网上受理网下办理", "Online in, offline done"),
    Tag("leader-mailbox", "channel", "领导信箱", "Leaders' mailbox"),
    Tag("wechat-channel", "channel", "信访微信", "Petition WeChat account"),
    Tag("mobile-complaint", "channel", "手机投诉", "Mobile complaint platform"),
    Tag("smart-assist", "channel", "智能辅助", "Smart assistance"),
    Tag("model-official", "person", "最美信访干部", "Most Beautiful Petition Official"),
    Tag("epidemic-model", "person", "战疫模范", "Epidemic-fight model"),
    Tag("frontline-town", "person", "乡镇一线", "Township front line"),
    Tag("window-officer", "person", "窗口接访员", "Reception-window officer"),
    Tag("village-agent", "person", "村级代办员", "Village agent"),
    Tag("d-land", "field", "征地拆迁", "Land acquisition"),
    Tag("d-rural", "field", "农村土地", "Rural land"),
    Tag("d-labour", "field", "劳动社保", "Labour and social security"),
    Tag("d-housing", "field", "城建物业", "Housing and property"),
    Tag("d-env", "field", "环境保护", "Environment"),
    Tag("d-civil", "field", "民政救助", "Civil relief"),
    Tag("d-eduhealth", "field", "教育医疗", "Education and health"),
    Tag("d-law", "field", "涉法涉诉", "Law-suit related"),
    Tag("d-transport", "field", "交通运输", "Transport"),
    Tag("d-finance", "field", "集资融资", "Fund-raising"),
    Tag("d-village", "field", "村务管理", "Village affairs"),
    Tag("d-other", "field", "其他", "Other"),
    Tag("g-feature", "genre", "通讯", "Feature"),
    Tag("g-deeds", "genre", "事迹", "Deeds"),
    Tag("g-case", "genre", "案例", "Case"),
    Tag("g-prose", "genre", "散文", "Prose"),
    Tag("g-comment", "genre", "言论", "Comment"),
    Tag("g-poem", "genre", "诗歌", "Poem"),
    Tag("g-other", "genre", "其他", "Other"),
)


@dataclass(frozen=True, slots=True)
class TagVoices:
    """What was said of a tag on one essay: whether its unit proposed it, how many reviewers set it and struck it, and
    what the chief decided, None where nothing."""

    is_proposed: bool = False
    supporters: int = 0
    strikers: int = 0
    decision: bool | None = None

    @property
    def is_offered(self) -> bool:
        """Whether anybody is for it."""
        return self.is_proposed or self.supporters > 0 or self.decision is True


def tag_stands(voices: TagVoices) -> bool:
    """Whether a tag counts as the essay's: as the chief decided; else when two reviewers or more set it and more set than
    struck it. A unit's proposal alone never stands."""
    if voices.decision is not None:
        return voices.decision
    return voices.supporters >= REVIEWERS_NEEDED and voices.supporters > voices.strikers
