"""A small site that shows every part of the interface, with invented content; the front-end tests render and open it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from flask import Flask, Response, jsonify, make_response, redirect, render_template, request
from jinja2 import FileSystemLoader, StrictUndefined

from compile.manuscript import (
    Cell,
    Heading,
    ListItem,
    Manuscript,
    Paragraph,
    Picture,
    Row,
    Run,
    Table,
    print_subtitle,
)

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "review_app" / "static"
TEMPLATES = ROOT / "templates"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_PETITION = (
    "凤凰岭下的李家湾，老李家和村里为一块两亩三分的承包地争了十二年。十二年里，老李去过镇里四十多次，去过县里十九次，材料装了满满一只化肥袋。",
    "周明第一次上岭，是去年三月。雨下得细，他把车停在岭脚，夹着公文包往上走了四十分钟。老李隔着门说：“又是来劝我的吧？劝的人比我家的鸡还多。”门没有开。",
    "第二次上岭，他没有带公文包，带了一把修枝的剪刀。老李家屋后那片枣树荒了三年，他一声不响剪了一个下午。天擦黑时，老李端出来一碗热汤面，说：“你是头一个先干活、后说话的。”",
    "那一夜，化肥袋倒在堂屋的方桌上。周明一页一页地看，一页一页地对，对到后半夜，对出一张谁也没有留意的旧单子：一九九八年的分地底册，会计在背面用铅笔记了一笔调换。",
    "底册找到了，结子就找到了。可是老会计早已搬去外省，电话换了三回。周明托人打听了十一天，终于在一个工地的门房里找到了他。老人在电话那头沉默了很久，说：“这笔账，我也惦记了二十年。”",
    "第三次上岭，周明把村支书、司法所和老会计的录音一起带了去。没有横幅，没有讲话，几个人坐在枣树下，把两亩三分地重新走了一遍，打了四根木桩。",
    "老李在协议上按手印的时候，手抖得厉害。他说，他争的早就不是那块地，是一句明白话。",
    "今年秋天，岭上的枣红了。老李托人捎来一篮，篮子底下压着那把修枝的剪刀，磨得雪亮。",
)
ESSAY = Manuscript(
    title="三上凤凰岭",
    subtitle="一件十二年积案的终结",
    blocks=tuple(Paragraph((Run(text),)) for text in _PETITION),
)
EVERY_BLOCK = Manuscript(
    title="把群众的事当自己的事",
    subtitle="柳河镇信访办工作手记",
    blocks=(
        Heading(1, (Run("一、清晨的接访室"),)),
        Paragraph(
            (
                Run("接访室的灯"),
                Run("六点半", bold=True),
                Run("就亮了"),
                Run("。", note=0),
                Run("面积 30m"),
                Run("2", script="sup"),
            )
        ),
        Heading(2, (Run("（一）三张凳子"),)),
        ListItem(
            "1.",
            (
                Run("一张给来访的人，"),
                Run("一张给记录的人", italic=True, underline=True),
            ),
        ),
        ListItem("（1）", (Run("还有一张空着，给等的人。"),), level=1),
        Picture("a" * 64, 640, 400, "图为周明在村民家中核对分地底册", "李娜"),
        Table(
            (
                Row(
                    (
                        Cell((Paragraph((Run("月份"),)),)),
                        Cell((Paragraph((Run("来访"),)),)),
                        Cell((Paragraph((Run("办结"),)),)),
                    ),
                    is_header=True,
                ),
                Row(
                    (
                        Cell((Paragraph((Run("三月"),)),), row_span=2),
                        Cell((Paragraph((Run("14"),), "right"),)),
                        Cell((Paragraph((Run("13"),), "right"),)),
                    )
                ),
                Row((Cell((Paragraph((Run("合计 27"),), "center"),), column_span=2),)),
            ),
            columns=3,
        ),
        Paragraph((Run("山路弯弯\n灯火一盏\n敲门的人来了\n<b>门</b>就开了"),), align="center"),
        Paragraph((Run("柳河镇　周明"),), align="right"),
    ),
    notes=((Run("夏季时间，冬季为七点。"),),),
)
_QUEUE = (
    ("031", "灯下的村务账", "done", "88"), ("032", "一碗热汤面", "done", "82"), ("033", "老陈的电话本", "done", "91"),
    ("034", "雨夜下访记", "later", "稍后"), ("035", "写给来访人的信", "done", "79"), ("036", "凳子", "draft", "草稿"),
    ("037", "三上凤凰岭", "waiting", ""), ("038", "把门打开", "waiting", ""), ("039", "一张分地底册", "waiting", ""),
    ("040", "等一场雪的人", "waiting", ""), ("041", "接访室的早晨", "waiting", ""), ("042", "田埂上的调解", "waiting", ""),
)  # fmt: skip
_TAGS = [
    ("jifen", "积案化解", "jahj jianhuajie backlog"), ("xiafang", "干部下访", "gbxf ganbuxiafang visit"),
    ("fangxia", "心系群众", "xxqz xinxiqunzhong"), ("fengqiao", "枫桥经验", "fqjy fengqiaojingyan"), ("tudi", "土地纠纷", "tdjf tudijiufen land"),
]  # fmt: skip

_MARKS = [
    SimpleNamespace(block=2, start=47, end=64, number=1, kind="good", url="#mark-note-1", label="好案例", state="", quote="“您慢慢说，我都记着。”", note="可作接访示范", by="", acts=[("去掉", "/marks/1/remove")]),
    SimpleNamespace(block=-1, start=0, end=0, number=2, kind="privacy", url="#mark-note-2", label="隐私", state="lost", quote="家住东河村", note="", by="评审3（评审专家），第 1 版", acts=[("处理完毕", "/marks/2/settle")]),
]  # fmt: skip


class Page(SimpleNamespace):
    """What a view hands to a template."""


def make_page(**facts: object) -> Page:
    """A page with everything the gallery templates ask for; `facts` replace or add."""
    values: dict[str, object] = {
        "title": "单位与报送",
        "intake": [(f"6/{day}", value) for day, value in enumerate((12, 31, 58, 80, 101, 108, 121, 188, 262, 340, 428, 521, 602, 668, 841, 1204), start=1)],
        "towns": [("城关镇", 21, 22), ("河口镇", 13, 14), ("柳林乡", 9, 11), ("白马镇", 10, 12), ("石桥乡", 6, 9), ("南山镇", 8, 10), ("县直单位", 4, 8)],
        "units": [
            ("城关镇", "城关镇", "已报送", "done", 6, 5, 3, "6-15 16:20"), ("河口镇", "河口镇", "已报送", "done", 3, 3, 0, "6-16 09:02"),
            ("柳林乡", "柳林乡", "退回修改", "error", 2, 1, 4, "6-14 11:47"), ("白马镇", "白马镇", "填报中", "info", 3, 0, 0, "6-16 10:15"),
            ("石桥乡", "石桥乡", "未报送", "todo", 0, 0, 0, "—"), ("县自然资源局", "县直单位", "未报送", "todo", 0, 0, 0, "—"),
        ],
        "page_url": lambda number: f"?page={number}",
        "picture_url": lambda key: "/picture.svg",
        "manuscript": ESSAY,
        "marks": _MARKS,
        "mark_form": SimpleNamespace(
            action="/marks/add", ask_url="/ask-mark", kinds=[("good", "好案例"), ("doubt", "存疑"), ("privacy", "隐私")],
            paragraphs=[(str(block), f"第 {block} 段 门前的小河") for block in (1, 2, 3)],
            typed={"kind": "good", "block": "", "start": "", "quote": "", "remark": ""},
        ),
        "queue": [(number, title, f"/review?n={number}", state, words) for number, title, state, words in _QUEUE],
        "tags": _TAGS,
        "errors": {},
    }  # fmt: skip
    return Page(**{**values, **facts})


def make_chrome(role: str = "bureau", **facts: object) -> SimpleNamespace:
    """The frame's facts for one role."""
    nav = {
        "bureau": [("#", "工作台", None, False), ("#", "单位与报送", 15, True), ("#", "作品库", 4, False), ("#", "评审", None, False), ("#", "排名与奖项", None, False), ("#", "汇编", None, False), ("#", "通报", None, False), ("#", "统计", None, False), ("#", "设置", None, False), ("#", "操作日志", None, False)],
        "unit": [("#", "首页", None, True), ("#", "我的报送", 3, False), ("#", "通报", None, False)],
        "reviewer": [("#", "我的队列", 27, True), ("#", "检索", None, False)],
        "": [],
    }[role]  # fmt: skip
    names = {
        "bureau": ("王科长", "县信访局"),
        "unit": ("周明", "柳河镇"),
        "reviewer": ("评审专家 07", ""),
        "": ("", ""),
    }[role]
    values: dict[str, object] = {
        "actor_name": names[0], "unit_name": names[1], "role": role, "contest_name": "最美信访干部征文 · 2026",
        "nav": [SimpleNamespace(url=url, label=label, counter=counter, is_current=current) for url, label, counter, current in nav],
        "language": "zh", "messages": [],
        "phase_steps": [("征集", "done"), ("形式审查", "now"), ("评审", "next"), ("排名评奖", "next"), ("汇编", "next"), ("发布通报", "next")] if role == "bureau" else [],
        "search_url": "/search/" if role == "bureau" else "",
    }  # fmt: skip
    return SimpleNamespace(**{**values, **facts})


def make_gallery_app() -> Flask:
    """The gallery as a Flask site under the product's content policy; `chrome` follows the page."""
    app = Flask(__name__, static_folder=str(STATIC), template_folder=None)
    app.config["LAST_FORMS"] = []
    app.jinja_env.loader = FileSystemLoader([TEMPLATES, Path(__file__).parent / "gallery"])
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        static_url=lambda name: f"/static/{name}?v=1",
        kind_of=lambda thing: type(thing).__name__,
        print_subtitle=print_subtitle,
        csrf_token=lambda: "gallery-token",
        new_request_key=lambda: "gallery-key",
    )

    def show(template: str, role: str, chrome: dict[str, object] | None = None, **facts: object) -> str:
        return render_template(template, page=make_page(**facts), chrome=make_chrome(role, **(chrome or {})))

    @app.after_request
    def set_policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CSP
        return response

    @app.get("/")
    def dashboard() -> str:
        return show("dashboard.html", "bureau")

    @app.get("/review")
    def review() -> str:
        return show("review.html", "reviewer", title="评审 037 号")

    @app.get("/parts")
    def parts() -> str:
        return show("parts.html", "unit", {"messages": [("undo", ("037 号已提交 86 分", "/echo"))]}, title="各种部件")

    @app.get("/parts-with-errors")
    def parts_with_errors() -> str:
        return show(
            "parts.html",
            "unit",
            title="报送作品",
            errors={"title": "请填写题目", "group": "请选择组别", "original": "请勾选承诺", "": "报送已经截止"},
        )

    @app.get("/reading")
    def reading() -> str:
        return show("reading.html", "bureau", title="作品预览", manuscript=EVERY_BLOCK)

    @app.get("/login")
    def login() -> str:
        return show("login.html", "", title="登录")

    @app.get("/missing")
    def missing() -> str:
        return show(
            "errors.html", "unit", title="没有找到这一页", advice="内容可能已被移走，请回到首页。", reference="9f2c41d0"
        )

    @app.get("/blank")
    def blank() -> str:
        return ""

    for endpoint in ("home", "sign_out", "choose_language", "change_password"):
        app.add_url_rule(f"/account/{endpoint}", f"account.{endpoint}", blank)

    @app.get("/picture.svg")
    def picture() -> Response:
        return Response(
            '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="400"><rect width="640" height="400" fill="#cfd8d3"/></svg>',
            mimetype="image/svg+xml",
        )

    @app.post("/echo")
    def echo() -> object:
        app.config["LAST_FORMS"].append(request.form.to_dict(flat=False))
        return redirect("/", 303)

    @app.post("/marks/<path:act>")
    def keep_mark(act: str) -> object:
        app.config["LAST_FORMS"].append(request.form.to_dict(flat=False) | {"act": [act]})
        return redirect("/review", 303)

    @app.post("/autosave")
    def autosave() -> object:
        app.config["LAST_FORMS"].append(request.form.to_dict(flat=False))
        if request.form.get("comment") == "冲突" and "force" not in request.form:
            return make_response(jsonify(saved_at="10:31", version=9), 409)
        return jsonify(saved_at="10:33", version=4)

    @app.get("/search/complete")
    def complete() -> object:
        options = [{"text": "积案化解", "note": "词"}, {"text": "标签:", "note": "标签名含有这几个字"}]
        return jsonify(kept=request.args["q"].rpartition(" ")[0] + " ", options=options)

    @app.post("/order")
    def order() -> object:
        app.config["LAST_FORMS"].append(request.form.to_dict(flat=False))
        return jsonify(version=2)

    return app
