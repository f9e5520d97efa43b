"""What lecturers call the types of questions, and how hard they are."""

from __future__ import annotations

from collections.abc import Mapping

TYPES: Mapping[str, tuple[str, ...]] = {
    "single": ("单选", "单选题", "单项选择", "单项选择题", "single"),
    "multiple": ("多选", "多选题", "多项选择", "多项选择题", "不定项", "不定项选择题", "multiple"),
    "boolean": ("判断", "判断题", "是非题", "boolean", "truefalse", "true/false"),
    "blank": ("填空", "填空题", "blank"),
    "numeric": ("数值", "数值题", "计算题", "numeric"),
    "essay": ("简答", "简答题", "问答", "问答题", "论述题", "essay"),
    "matching": ("连线", "匹配", "匹配题", "连线题", "matching"),
    "ordering": ("排序", "排序题", "ordering"),
    "poll": ("投票", "投票题", "调查", "poll"),
    "note": ("说明", "note"),
    "material": ("材料", "材料题", "材料分析题", "material"),
}
CHOICE = ("选择", "选择题", "choice")  # single or multiple, as its answer says
BY_WORD = {word: name for name, words in TYPES.items() for word in words}
DIFFICULTIES: Mapping[str, int] = {
    "易": 1,
    "容易": 1,
    "较易": 2,
    "中": 3,
    "中等": 3,
    "较难": 4,
    "难": 5,
    "困难": 5,
}
SOURCE_TAG = "来源:"
