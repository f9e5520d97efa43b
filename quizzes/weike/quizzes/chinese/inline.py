"""Answers that stand in the stem itself: `（B）`, `（√）`, `（绿色）`."""

from __future__ import annotations

import re

from weike.quizzes.answers import AnswerError, folded
from weike.quizzes.i18n import _

ARROW = re.compile(r"->|→|－>|—>|=>|＝>")
_GAP = re.compile(r"_{2,}|＿{2,}|[（(]\s*[）)]")
_LETTERS = re.compile(
    r"[（(]\s*([A-HＡ-Ｈa-h](?:\s*[、,，;；]?\s*[A-HＡ-Ｈa-h]){0,7})\s*[）)]"
    r"|_+\s*([A-HＡ-Ｈ]{1,8})\s*_+"
    r"|[【\[]\s*([A-HＡ-Ｈ]{1,8})\s*[】\]](?=\s*[。.？?]?\s*$)"
)
_TRUTH = re.compile(
    r"[（(【\[]\s*(正确|错误|对|错|√|✓|✔|☑|×|✗|✘|[xXＸTFtf])\s*[）)】\]]|([√✓✔×✗✘])(?=\s*$)"
)
_SAID = re.compile(
    r"[（(【]\s*(?:正确|参考|标准)?答案\s*[:：]\s*([^（()）】]+?)\s*[）)】]\s*[。.]?\s*$"
)
_FILLED = re.compile(r"【\s*([^】\n]+?)\s*】")
_FILLED_BRACKETS = re.compile(r"[（(]\s*([^（()）\n]{1,40}?)\s*[）)]")
_AT_END = re.compile(r"\s*[。.?？!！：:]?\s*")


def given(stem: str, said: str, kind: str | None, options: bool) -> tuple[str, str]:
    """The stem without its answer, and the answer; `said` is what stands elsewhere."""
    if found := _SAID.search(stem):
        stem, said = stem[: found.start()].rstrip(), said or found[1]
    if kind in (None, "choice", "single", "multiple") and options:
        return _letters(stem, said)
    if kind == "boolean" or (kind is None and not options and not said):
        return _truth(stem, said)
    if kind == "blank" and not said and not gaps(stem):
        return _filled(stem)
    return stem, said


def has_gap(stem: str) -> bool:
    return _GAP.search(stem) is not None


def gaps(stem: str) -> int:
    return len(_GAP.findall(stem))


def without_last_gap(stem: str) -> str:
    """The brackets at the end of a statement, where its truth was to be written."""
    return re.sub(r"\s*[（(【\[]\s*[）)】\]]\s*([。.]?)\s*$", r"\1", stem).rstrip()


def _letters(stem: str, said: str) -> tuple[str, str]:
    found = [(one, _upper(one)) for one in _LETTERS.finditer(stem)]
    wanted = set(re.findall("[A-Z]", folded(said).upper()))
    if not said:
        # (C) inside a sentence may be a part of it; in the last brackets it is the answer.
        if not found:
            return stem, said
        if len({answer for _one, answer in found}) > 1:
            raise AnswerError(
                _("the text holds two answers: {first} and {second}").format(
                    first=found[0][1], second=found[-1][1]
                ),
                _("write 答案： and the answer below the question"),
            )
        said, wanted = found[0][1], set(found[0][1])
    parts, at = [], 0
    for one, answer in found:
        if set(answer) == wanted:
            parts += [stem[at : one.start()], "（ ）"]
            at = one.end()
        elif _AT_END.fullmatch(stem, one.end()):
            raise AnswerError(
                _("two different answers: {first} and {second}").format(
                    first=answer, second=said[:20]
                ),
                _("leave the right one"),
            )
    return "".join([*parts, stem[at:]]), said


def _upper(found: re.Match[str]) -> str:
    written = folded(found[1] or found[2] or found[3]).upper()
    return "".join(re.findall("[A-Z]", written))


def _truth(stem: str, said: str) -> tuple[str, str]:
    found = list(_TRUTH.finditer(stem))
    at_end = [one for one in found if _AT_END.fullmatch(stem, one.end())]
    at_start = [one for one in found[:1] if one[1] and not stem[: one.start()].strip()]
    chosen = at_end[-1:] or at_start or (found if len(found) == 1 and not said else [])
    if not chosen:
        return stem, said
    one = chosen[0]
    answer = one[1] or one[2]
    if said and _sign(said) != _sign(answer):
        raise AnswerError(
            _("two different answers: {first} and {second}").format(first=answer, second=said[:20]),
            _("leave the right one"),
        )
    rest = stem[one.end() :].strip() if one in at_end else stem[one.end() :]
    return f"{stem[: one.start()].rstrip()}{rest}", said or answer


def _sign(text: str) -> str:
    plain = folded(text).casefold().rstrip("。.")
    return "√" if plain in ("√", "✓", "✔", "☑", "对", "正确", "t", "true", "是", "a") else "×"


def _filled(stem: str) -> tuple[str, str]:
    """`指针在【绿色】区` and, where nothing else could be the answer, `指针在（绿色）区`."""
    for pattern in (_FILLED, _FILLED_BRACKETS):
        found = pattern.findall(stem)
        if found:
            return pattern.sub("____", stem), "|".join(text.replace("|", " ") for text in found)
    return stem, ""
