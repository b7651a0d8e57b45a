"""Texts that have broken somebody's file before."""

from __future__ import annotations

HOSTILE_TEXTS = (
    "控制\x00\x01\x08\x0b\x1f字符",
    "非字符\ufffe\uffff",
    "<w:p>&amp;]]></w:t><!-- x --> \"引\" '号'",
    "表情😀👨‍👩‍👧国旗🇨🇳",
    "עברית مرحبا",
    "翻转\u202e左右\u2066隔离\u2069",
    "生僻𠀀𪚥㐂龘",
    '{ TOC \\o "1-3" } HYPERLINK "file:///etc/passwd" \\* MERGEFORMAT',
    "=HYPERLINK(1) {{ jinja }} %s %(x)s",
    "组合e\u0301与零宽\u200b\u200d空\u00a0格",
)
