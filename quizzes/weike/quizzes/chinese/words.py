"""The words and signs by which a line of a paper says what it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# Full-width letters, digits and marks as the usual ones; one sign for one, so places stay.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(sign): plain for sign, plain in zip("〔〕［］﹙﹚“”", '[][]()""', strict=True)
}
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000\u2028\u2029", " "))
_SPACES |= dict.fromkeys(range(8192, 8203), " ")
_NOTHING = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\0"))

CHINESE = "一二三四五六七八九十"
TYPE_WORDS: Mapping[str, str] = {
    "单项选择题": "single", "单项选择": "single", "单选题": "single", "单选": "single",
    "多项选择题": "multiple", "多项选择": "multiple", "多选题": "multiple", "多选": "multiple",
    "不定项选择题": "multiple", "不定项选择": "multiple", "不定项": "multiple",
    "选择题": "choice", "判断改错题": "boolean", "判断题": "boolean", "判断": "boolean",
    "是非题": "boolean", "填空题": "blank", "填空": "blank", "填充题": "blank",
    "数值题": "numeric", "计算题": "numeric", "简答题": "essay", "简答": "essay",
    "问答题": "essay", "问答": "essay", "论述题": "essay", "论述": "essay",
    "名词解释题": "essay", "名词解释": "essay", "案例分析题": "essay", "案例题": "essay",
    "综合题": "essay", "分析题": "essay", "材料题": "material", "连线题": "matching",
    "连线": "matching", "匹配题": "matching", "匹配": "matching", "排序题": "ordering",
    "排序": "ordering", "投票题": "poll", "投票": "poll", "调查题": "poll", "说明": "note",
}  # fmt: skip
_TYPE = "|".join(sorted(TYPE_WORDS, key=len, reverse=True))

# What a field is called, the longest name first.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "answer": ("正确答案", "参考答案", "标准答案", "答案要点", "答案", "答", "Answer", "Ans"),
    "explanation": ("答案解析", "试题解析", "题目解析", "解析", "详解", "Explanation"),
    "difficulty": ("难易程度", "难度系数", "难易度", "难度"),
    "topic": ("知识点", "考点"),
    "points": ("分值", "分数"),
    "tags": ("标签",),
    "source": ("来源", "出处"),
    "type": ("题目类型", "试题类型", "题型"),
    "id": ("题号", "编号"),
    "format": ("格式",),
    "ignored": ("我的答案", "你的答案", "学生答案", "考生答案", "得分", "原因"),
}
_FIELD_OF = {name: kind for kind, names in _FIELDS.items() for name in names}
_NAMES = "|".join(sorted(_FIELD_OF, key=len, reverse=True))
_IN_BRACKETS = rf"【\s*(?P<a>{_NAMES})\s*】\s*:?|\[\s*(?P<b>{_NAMES})\s*\]\s*:?"
_NAMED = re.compile(
    rf"\s*(?:{_IN_BRACKETS}|(?P<c>{_NAMES})\s*(?::|(?<=答案)(?:\s+|[为是]\s*:?|$)|(?<=解析)$))\s*"
)
_INSIDE = re.compile(rf"{_IN_BRACKETS}")
_BARE = re.compile(rf"(?P<c>{_NAMES})\s*:")

_NUMBERED = re.compile(
    r"\s*(?:[*★☆▲△◆●]\s*)?"
    r"(?:(?P<di>第)\s*(?P<a>\d{1,4})\s*题\s*[.:、]?"
    r"|(?P<b>\d{1,4})\s*(?P<sign>[、.):]|(?=\s)|(?=【|\[))"
    r"|[(【\[]\s*(?P<c>\d{1,4})\s*[)】\]]\s*[、.]?"
    r"|Q\s*(?P<d>\d{1,4})\s*[.:、])\s*"
)
_SECTION = re.compile(
    rf"\s*(?P<count>第?\s*[{CHINESE}]{{1,3}}\s*(?:[、.:,]|部分|大题)\s*[:、.]?"
    rf"|\(\s*[{CHINESE}]{{1,3}}\s*\)\s*[、.]?|第?\s*[IVX]{{1,4}}\s*[.、]"
    r"|\d{1,2}(?:\.\d{1,2})+\s)?"
    rf"\s*(?P<open>[【\[])?\s*(?P<type>{_TYPE})\s*(?P<close>[】\]])?(?P<rest>.*)"
)
_CHAPTER = re.compile(rf"\s*第\s*[{CHINESE}\d]{{1,3}}\s*[章节单元篇讲][、.:\s]*(?P<name>.{{1,40}})")
_COUNTED = re.compile(rf"\s*[{CHINESE}]{{1,3}}\s*[、.]\s*(?P<name>\S.{{0,30}})")
_COUNT = re.compile(rf"\s*([{CHINESE}]{{1,3}})\s*[、.:]\s*(?=\(?\d{{1,4}}\s*[、.:)~—–-])")
_EACH = re.compile(r"每\s*(?:小)?\s*(?P<what>[题空])\s*(?P<n>\d{1,3}(?:\.\d+)?)\s*分")
_TAG = re.compile(
    rf"\s*(?:【|\[|\()\s*(?P<type>{_TYPE})\s*(?:[,、;:]?\s*\d+(?:\.\d+)?\s*分\s*)?(?:】|\]|\))\s*"
)
POINTS = re.compile(r"[(（\[【]\s*(?:本题\s*)?(?P<n>\d{1,3}(?:[.．]\d+)?)\s*分\s*[)）\]】]")
_DECORATION = re.compile(r"^\s{0,3}(?:#{1,6}\s+|(?:-\s*){3,}$|(?:\*\s*){3,}$)")
# A longer space, or a longer line to write on, says nothing more, and costs its square to look at.
_RUN = re.compile(r"(\s{40})\s+|(_{40})_+|(＿{40})＿+")
# Behind a digit, a letter or a bracket that closes it is a power: 2**3 = 8, 2**4 = 16.
_BOLD = re.compile(r"(?<![A-Za-z0-9_)\]])\*\*(?=\S)([^*]{1,500}?)(?<=\S)\*\*")
_BOX = re.compile(r"\s*[-*+]\s+\[\s*(?P<tick>[xX√✓✔]?)\s*\]\s*(?P<letter>[A-Z]\s*[.、):]\s*)?")
_BULLET = re.compile(r"\s*[-*+•·]\s+(?=[(\[]?\s*[A-Z]\s*[.、):\]])")
_PAGE = re.compile(
    r"\s*(?:第\s*\d{1,4}\s*页\s*[,/(]?\s*(?:共\s*\d{1,4}\s*页)?\s*\)?|[-–—]\s*\d{1,4}\s*[-–—])\s*"
)
LIST_HEAD = re.compile(
    r"\s*(?:附\s*:?\s*)?[【\[(]?\s*.{0,30}?(?:参考|标准|正确)?\s*答案(?:及解析|与解析|汇总|部分)?"
    r"\s*[】\])]?\s*:?\s*"
)


@dataclass(frozen=True, slots=True)
class Line:
    """`text` as written with plain spaces; `folded` the same with half-width signs."""

    number: int
    text: str
    folded: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    def rest(self, start: int) -> Line:
        return Line(self.number, self.text[start:], self.folded[start:])


@dataclass(frozen=True, slots=True)
class Section:
    """A heading that gives the type of what follows: `一、单选题（每题 2 分）`."""

    type: str | None = None
    points: float | None = None
    per_blank: bool = False
    topic: str = ""
    heading: str = ""

    def is_counted(self, count: str) -> bool:
        """Whether its heading begins with this numeral: 一、 and not 十一、."""
        rest = self.heading.removeprefix(count)
        return rest != self.heading and rest[:1] not in CHINESE


def lines(text: str) -> list[Line]:
    """The lines as Word and people break them; a soft return stays in its line's number."""
    found = []
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, raw in enumerate(whole.split("\n"), 1):
        for part in re.split(r"[\v\f\x85\u2028\u2029]", _undecorated(raw)):
            plain = _RUN.sub(r"\1\2\3", part.translate(_NOTHING).translate(_SPACES))
            found.append(Line(number, plain, plain.translate(_FOLD)))
    return found


def _undecorated(line: str) -> str:
    """A line without what Markdown puts around it: headings, rules, bold words."""
    line = _DECORATION.sub("", line)
    return _BOLD.sub(r"\1", line) if "**" in line else line


def unboxed(every: list[Line]) -> list[Line]:
    """`- B. …` and `- [x] B. …` of Markdown as `B. …`; below them the answer that ticks give."""
    found: list[Line] = []
    ticked: list[str] = []
    signs: set[str] = set()
    options = 0
    for line in [*every, Line(0, "", "")]:
        box = _BOX.match(line.folded)
        if box is None:
            if not ((line.blank and line.number) or (options and _goes_on(line))):
                if ticked and not {"x", "√"} <= signs:  # of the two, x may be a cross
                    said = f"答案：{''.join(ticked)}"
                    found.append(Line(found[-1].number, said, said.translate(_FOLD)))
                ticked, signs, options = [], set(), 0
            bullet = _BULLET.match(line.folded)
            found.append(line.rest(bullet.end()) if bullet else line)
            continue
        letter = (box["letter"] or "")[:1] or chr(ord("A") + min(options, 25))
        options += 1
        if box["tick"]:
            ticked.append(letter)
            signs.add("x" if box["tick"] in "xX" else "√")
        text = f"{letter}. {line.text[box.end() :]}"
        found.append(Line(line.number, text, text.translate(_FOLD)))
    return found[:-1]


def _goes_on(line: Line) -> bool:
    """Whether a line below an option with a box belongs to it, as Markdown sets it."""
    return (
        line.folded[:1] in (" ", "\t")
        and not line.folded.lstrip().startswith(">")  # feedback, which no paper has
        and field(line) is None
        and number(line) is None
    )


def is_page_number(line: Line) -> bool:
    """`第 1 页 共 2 页` or `- 1 -`, which a copied paper carries along."""
    return _PAGE.fullmatch(line.folded) is not None


def count_of(line: Line) -> tuple[str, int] | None:
    """`一、` before the answers `1.A 2.B`: which section is meant, and where they begin."""
    found = _COUNT.match(line.folded)
    return (found[1], found.end()) if found else None


def field(line: Line) -> tuple[str, int] | None:
    """The field that a line begins with, and where its text starts."""
    found = _NAMED.match(line.folded)
    if not found:
        return None
    name = found["a"] or found["b"] or found["c"]
    return _FIELD_OF[name], found.end()


def next_field(folded: str, start: int, *, loose: bool) -> int:
    """Where the next field of a line begins, its length where there is none.

    `loose` also takes 解析： without brackets, as behind an answer.
    """
    found = _INSIDE.search(folded, start)
    end = found.start() if found else len(folded)
    if loose and (bare := _BARE.search(folded, start, end)):
        # 答： inside a sentence is no field.
        end = bare.start() if bare["c"] != "答" else end
    return end


@dataclass(frozen=True, slots=True)
class Number:
    """The number before a question; `style` tells （1） from 1、."""

    value: int
    style: str
    end: int
    bare: bool  # nothing but a space or a digit behind it: a question only if it is expected


def number(line: Line) -> Number | None:
    found = _NUMBERED.match(line.folded)
    if not found:
        return None
    value = int(found["a"] or found["b"] or found["c"] or found["d"])
    decimal = found["sign"] == "." and line.folded[found.end("sign") :][:1].isdigit()
    return Number(
        value=value,
        style="()" if found["c"] else "1",
        end=found.end(),
        bare=decimal or found["sign"] in ("", ":"),
    )


def section(line: Line) -> Section | None:
    found = _SECTION.fullmatch(line.folded)
    if not found:
        return None
    rest = found["rest"].strip()
    if not found["count"] or found["count"].strip()[0].isdigit():
        # A sentence that begins with 判断 is none, nor is `1.2 【判断题】…` about a material.
        alone = re.fullmatch(r"(?:\(.*\)|[:。.]|部分)*\s*", rest)
        if not alone or (found["open"] and not found["close"]):
            return None
    elif len(rest) > 120:
        return None
    each = _EACH.search(rest)
    return Section(
        type=TYPE_WORDS[found["type"]],
        points=float(each["n"]) if each else None,
        per_blank=bool(each and each["what"] == "空"),
        heading=line.text.strip(),
    )


def chapter(line: Line) -> str | None:
    """The name of a chapter, which is the topic of its questions."""
    found = _CHAPTER.fullmatch(line.folded)
    return found["name"].strip() if found else None


def counted(line: Line) -> str | None:
    """The words behind 一、, which may be a topic or a question."""
    found = _COUNTED.fullmatch(line.folded)
    return found["name"].strip() if found else None


def tag(line: Line) -> tuple[str, int] | None:
    """`【单选题】` before a stem: the type and where the stem starts."""
    found = _TAG.match(line.folded)
    return (TYPE_WORDS[found["type"]], found.end()) if found else None
