"""One question of each type, in the JSON form."""

from __future__ import annotations

from typing import Any

SINGLE = {
    "type": "single",
    "stem": "第一步？",
    "options": [{"text": "提起", "right": True}, {"text": "拔销", "right": False}],
}
# The example of each type as the rules write it.
EXAMPLES: list[dict[str, Any]] = [
    SINGLE,
    {
        **SINGLE,
        "type": "multiple",
        "id": "fire-1",
        "points": 2,
        "topic": "操作",
        "difficulty": 3,
        "tags": ["x"],
        "explanation": "解析",
        "options": [
            {"text": "甲", "right": True, "feedback": "对", "weight": 0.5},
            {"text": "乙", "right": True},
        ],
    },
    {"type": "boolean", "stem": "一", "right": True, "feedback": {"right": "对", "wrong": "错"}},
    {
        "type": "blank",
        "stem": "指针在 ____ 区",
        "blanks": [["绿色", "绿", {"text": "浅绿", "weight": 0.5, "feedback": "接近"}]],
    },
    {
        "type": "numeric",
        "stem": "多少？",
        "answers": [
            {"value": 110, "tolerance": 10, "unit": "次"},
            {"min": 3, "max": 5.5, "weight": 0.5, "feedback": "接近"},
        ],
    },
    {
        "type": "matching",
        "stem": "连线",
        "pairs": [["红色", "禁止"], ["黄色", "警告"]],
        "distractors": ["指令"],
    },
    {"type": "ordering", "stem": "按先后排序", "items": ["通风", "检测", "作业"]},
    {
        "type": "poll",
        "stem": "建议",
        "points": 0,
        "options": [{"text": "太长", "feedback": "谢谢"}, {"text": "正好"}],
    },
    {"type": "essay", "stem": "讲一次未遂事故", "explanation": "时间、地点、原因、办法"},
    {"type": "note", "stem": "下面三题看图回答", "points": 0},
    {
        "type": "material",
        "stem": "读事故经过，回答问题",
        "points": 3,
        "questions": [
            {**SINGLE, "id": "why", "points": 1},
            {"id": "how", "type": "essay", "stem": "怎样避免？", "points": 2},
        ],
    },
]
