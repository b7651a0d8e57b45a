"""What can go wrong while reading or building, each with a code, a message and a remedy a clerk can follow."""

from __future__ import annotations

from typing import Final


def N_(text: str) -> str:  # noqa: N802  (the name translators' tools look for)
    """Mark a text for translation; the caller's shell translates it."""
    return text


REFUSALS: Final[dict[str, tuple[str, str]]] = {
    "empty": (N_("文件是空的"), N_("请检查文件内容，保存后重新上传。")),
    "encrypted": (N_("文件设有密码，打不开"), N_("请在 WPS 或 Word 里取消密码，另存后重新上传。")),
    "macro": (N_("文件带有宏"), N_("请另存为不带宏的 .docx 后重新上传。")),
    "damaged": (N_("文件已损坏，打不开"), N_("请用 WPS 或 Word 打开确认，另存为 .docx 后重新上传。")),
    "unsafe": (
        N_("文件结构异常，可能被改动过"),
        N_("请用 WPS 或 Word 打开，全选复制到新文档，另存为 .docx 后重新上传。"),
    ),
    "too-large": (N_("文件展开后过大"), N_("请压缩图片或拆分内容后重新上传。")),
    "wrong-type": (N_("不是可接受的文稿类型"), N_("请上传 .docx、.doc、.wps、.odt、.rtf 或 .txt 文稿。")),
    "pdf": (N_("PDF 不能作为参评文稿"), N_("请上传可编辑的 Word 或 WPS 文稿；PDF 可作为证明材料另行提交。")),
    "only-pictures": (N_("文件里只有图片，没有文字"), N_("请把文字录入文稿后重新上传。")),
    "no-text": (N_("文件里没有正文"), N_("请检查是否选错了文件。")),
    "needs-office": (
        N_("本机未安装 LibreOffice，无法读取这种文件"),
        N_("请在 WPS 或 Word 里选择“另存为”，类型选 .docx，再上传。"),
    ),
    "conversion-failed": (
        N_("文件转换失败"),
        N_("请在 WPS 或 Word 里选择“另存为”，类型选 .docx，再上传。"),
    ),
    "too-slow": (N_("文件太复杂，读取超时"), N_("请另存为 .docx，删去嵌入对象后重新上传。")),
}


class Refused(Exception):
    """A file that is not accepted. `code` is a key of REFUSALS; `message` and `remedy` are its Chinese texts."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.message, self.remedy = REFUSALS[code]
        super().__init__(f"{code}: {self.message}")


class UnusableTemplate(Exception):
    """A file that cannot frame a book; `message` and `remedy` are Chinese texts as those of Refused."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message, self.remedy = message, remedy
        super().__init__(message)


class BuildError(Exception):
    """The anthology cannot be built at all (an empty manifest, an unreadable manifest file)."""
