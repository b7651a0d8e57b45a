"""The first page of the WeChat package: how to paste, and for every page its title, author, digest and pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from compile.manifest import Manifest, Problem
from compile.manuscript import Paragraph, plain_text
from compile.writing.leaves import Leaf, book_title
from compile.writing.text import escape, one_line

GUIDE: Final = "00_粘贴说明.html"
DIGEST_LIMIT: Final = 128
# What WeChat itself shows where no digest is given.
_OWN_DIGEST: Final = 54

_SENTENCE_END: Final = re.compile("[。！？…][”’」』）]*")
_STEPS: Final = (
    "用浏览器打开要发的一篇，按 Ctrl+A 全选、Ctrl+C 复制。要从打开的网页上复制，不要复制网页源代码。",
    "在公众号后台新建图文，把光标放在正文里按 Ctrl+V 粘贴；标题、作者、摘要从下表复制。",
    "找到“〔图1：请在此处插入 …〕”这样的字，删去这一行，在原处上传 pictures 文件夹里同名的图片。",
    "封面图片须另外上传，按 2.35:1 和 1:1 裁剪。",
    "保存草稿后重新打开，核对字号、缩进、图片和表格，再用手机预览。",
)
_LOOK: Final = (
    "body{max-width:60em;margin:2em auto;padding:0 1em;font:15px/1.7 sans-serif}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #999;padding:.3em .5em;vertical-align:top;text-align:left}th{white-space:nowrap}"
)


@dataclass(frozen=True, slots=True)
class Post:
    """One work as it is posted: file name and title of each part, what goes into the other fields, its pictures and problems."""

    parts: tuple[tuple[str, str], ...]
    author: str
    digest: str
    pictures: tuple[str, ...]
    problems: tuple[Problem, ...]


def make_digest(leaf: Leaf) -> str:
    """The first paragraph, cut after a sentence where it is longer than a digest may be; "" without any."""
    texts = (one_line(plain_text(block.runs)).strip() for block in leaf.blocks if isinstance(block, Paragraph))
    text = next(filter(None, texts), "")
    if len(text) <= DIGEST_LIMIT:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text) if match.end() <= DIGEST_LIMIT]
    return text[: ends[-1] if ends else _OWN_DIGEST]


def guide_markup(manifest: Manifest, posts: Iterable[Post]) -> Iterator[str]:
    """The page in pieces."""
    title = escape(f"{book_title(manifest)} 公众号粘贴说明")
    yield (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head><meta charset="utf-8"/><title>{title}</title>\n<style>{_LOOK}</style>'
        f"</head>\n<body>\n<h1>{title}</h1>\n<ol>{''.join(f'<li>{step}</li>' for step in _STEPS)}</ol>\n"
        "<table>\n<tr><th>文件</th><th>标题</th><th>作者</th><th>摘要</th><th>图片</th><th>需要留意</th></tr>\n"
    )
    for post in posts:
        yield from _iter_rows(post)
    yield "</table>\n</body>\n</html>\n"


def _iter_rows(post: Post) -> Iterator[str]:
    """A row for every part; author, digest, pictures and problems stand in the first and hold for all."""
    span = f' rowspan="{len(post.parts)}"' if len(post.parts) > 1 else ""
    pictures = "<br/>".join(escape(name.rpartition("/")[2]) for name in post.pictures)
    problems = "<br/>".join(escape(problem.message) for problem in post.problems)
    shared = "".join(
        f"<td{span}>{text}</td>" for text in (escape(one_line(post.author)), escape(post.digest), pictures, problems)
    )
    for index, (name, title) in enumerate(post.parts):
        link = f'<a href="{quote(name)}">{escape(name)}</a>'
        yield f"<tr><td>{link}</td><td>{escape(title)}</td>{'' if index else shared}</tr>\n"
