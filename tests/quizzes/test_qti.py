"""QTI 2.2: what is written is well-formed, resolves, and scores as our own grading does.

The official schema cannot be had here. Instead a small interpreter of response processing plays
the part of the program that reads the package, and knows only the elements that we write.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given

from weike.quizzes import Bank, BankError, Question, grade
from weike.quizzes.formats import markdown, qti
from weike.quizzes.loss import export
from weike.quizzes.question import Grade
from weike.quizzes.rules import Rules

from .generated import WILD, banks

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\npicture").decode()
ITEM = "{http://www.imsglobal.org/xsd/imsqti_v2p2}"
PACKAGE = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
MATHS = "{http://www.w3.org/1998/Math/MathML}"
BANK = f"""\
## 第一步？ {{#single points=2}}
- [x] **提起**
  > 对
- [ ] 拔掉 {{weight=0.5}}
- [ ] $x^2$

> 口诀 ![图](data:image/png;base64,{PNG})

## 哪些？ {{#multiple points=3}}
- [x] 甲
- [x] 乙
- [ ] 丙

## 对吗？ {{#boolean}}
- [x] 正确
  > 好
- [ ] 错误

## 指针在 [[绿色|绿|浅绿 {{weight=0.5}}]] 区，[[红色]] 区送修。 {{#blank points=2}}

## 几次？ {{#numeric}}
= 110 ± 10 次
= 90..130 次 {{weight=0.5}}

## 连线 {{#matching}}
- 红 -> 禁止
- 黄 -> 警告
- -> 提示

## 排序 {{#ordering}}
1. 通风
2. 检测
3. 作业

## 说说。 {{#essay type=essay}}

## 长短？ {{#poll}}
- ( ) 长
- ( ) 短

## 读经过 {{#material}}

### 原因？ {{points=2}}
- [x] 没有清理
- [ ] 天气

> 见第一句

### 几分钟？
= 40
"""


class Package:
    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        manifest = ElementTree.fromstring(self.archive.read("imsmanifest.xml"))
        self.resources = list(manifest.iter(f"{PACKAGE}resource"))
        self.items = {
            root.attrib["identifier"]: root
            for resource in self.resources
            for root in [ElementTree.fromstring(self.archive.read(resource.attrib["href"]))]
        }


def package(text: str = BANK, **rules: Any) -> Package:
    bank = markdown.loads(text)
    return Package(qti.dumps(Bank(questions=bank.questions, rules=Rules(**rules))))


def named(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return list(root.iter(f"{ITEM}{name}"))


def correct(root: ElementTree.Element) -> list[str]:
    return [str(value.text) for one in named(root, "correctResponse") for value in one]


class Program:
    """Runs the response processing of one item."""

    def __init__(self, root: ElementTree.Element, given: Mapping[str, Any]) -> None:
        self.declared = {
            one.attrib["identifier"]: one for one in named(root, "responseDeclaration")
        }
        assert set(given) <= set(self.declared)
        self.values: dict[str, Any] = {name: given.get(name) for name in self.declared}
        self.base = {name: one.attrib["baseType"] for name, one in self.declared.items()}
        for one in named(root, "outcomeDeclaration"):
            value = one.find(f"{ITEM}defaultValue/{ITEM}value")
            self.values[one.attrib["identifier"]] = (
                None if value is None else float(str(value.text))
            )
        for rules in named(root, "responseProcessing"):
            for rule in rules:
                self.run(rule)

    def run(self, rule: ElementTree.Element) -> None:
        name = rule.tag.removeprefix(ITEM)
        if name == "setOutcomeValue":
            assert rule.attrib["identifier"] in self.values, "every outcome is declared"
            self.values[rule.attrib["identifier"]] = self.value(rule[0])
            return
        assert name == "responseCondition"
        for branch in rule:
            assert branch.tag.removeprefix(ITEM) in ("responseIf", "responseElseIf")
            if self.value(branch[0]):
                for inner in branch[1:]:
                    self.run(inner)
                return

    def value(self, one: ElementTree.Element) -> Any:
        name, id = one.tag.removeprefix(ITEM), one.attrib.get("identifier", "")
        match name:
            case "variable":
                return self.values[id]
            case "correct":
                values = [v.text for v in self.declared[id].find(f"{ITEM}correctResponse") or ()]
                many = self.declared[id].attrib["cardinality"] != "single"
                return values if many else values[0]
            case "baseValue":
                kind = one.attrib["baseType"]
                return float(str(one.text)) if kind == "float" else one.text
            case "mapResponse":
                return self.mapped(id)
            case "isNull":
                return self.value(one[0]) in (None, [], "")
            case "match":
                left, right = map(self.value, one)
                ordered = self.declared[one[0].attrib["identifier"]].attrib["cardinality"]
                if ordered == "multiple":
                    return sorted(left or ()) == sorted(right)
                return left == right
            case "contains":
                left, right = map(self.value, one)
                return set(right) <= set(left)
            case "not":
                return not self.value(one[0])
            case "and":
                return all(self.value(inner) for inner in one)
            case "gte":
                left, right = map(self.value, one)
                return left is not None and left >= right
            case "lte":
                left, right = map(self.value, one)
                return left is not None and left <= right
            case "sum":
                return sum(self.value(inner) for inner in one)
        raise AssertionError(f"no element {name}")

    def mapped(self, id: str) -> float:
        mapping = self.declared[id].find(f"{ITEM}mapping")
        assert mapping is not None
        worth = {e.attrib["mapKey"]: float(e.attrib["mappedValue"]) for e in mapping}
        given = self.values[id]
        many = given if isinstance(given, list) else [] if given in (None, "") else [given]
        total = sum(worth.get(one, 0.0) for one in many)
        return min(float(mapping.attrib["upperBound"]), max(0.0, total))


def score(root: ElementTree.Element, given: Mapping[str, Any]) -> float:
    return round(float(Program(root, given).values["SCORE"]), 6)


def question(id: str) -> Question:
    return next(one for one in markdown.loads(BANK) if one.id == id)


def ours(id: str, response: Any, partial: Any = "all-or-nothing") -> float:
    found = grade(question(id), response, partial=partial)
    assert isinstance(found, Grade)
    return round(found.score, 6)


def test_every_resource_of_the_manifest_is_in_the_package_and_none_besides() -> None:
    made = package()
    listed = [f.attrib["href"] for r in made.resources for f in r.iter(f"{PACKAGE}file")]
    assert sorted(listed) == sorted(set(made.archive.namelist()) - {"imsmanifest.xml"})
    assert all(r.attrib["type"] == "imsqti_item_xmlv2p2" for r in made.resources)
    assert len({r.attrib["identifier"] for r in made.resources}) == len(made.resources) == 10
    assert set(made.items) == {f"item-{one.id}" for one in markdown.loads(BANK)}
    assert made.archive.read("items/images/1-picture-1.png") == base64.b64decode(PNG)


def test_every_item_is_of_the_namespace_and_its_names_resolve() -> None:
    for root in package().items.values():
        assert root.tag == f"{ITEM}assessmentItem"
        assert {"identifier", "title", "adaptive", "timeDependent"} <= set(root.attrib)
        order = [child.tag.removeprefix(ITEM) for child in root]
        places = [
            "responseDeclaration",
            "outcomeDeclaration",
            "itemBody",
            "responseProcessing",
            "modalFeedback",
        ]
        assert order == sorted(order, key=places.index)
        declared = [one.attrib["identifier"] for one in named(root, "responseDeclaration")]
        used = [
            one.attrib["responseIdentifier"]
            for one in root.iter()
            if "responseIdentifier" in one.attrib
        ]
        assert sorted(declared) == sorted(used)
        outcomes = {one.attrib["identifier"] for one in named(root, "outcomeDeclaration")}
        told = {
            one.attrib["outcomeIdentifier"]
            for one in root.iter()
            if "outcomeIdentifier" in one.attrib
        }
        assert told <= outcomes
        for interaction in (*named(root, "choiceInteraction"), *named(root, "orderInteraction")):
            names = [one.attrib["identifier"] for one in interaction]
            assert len(set(names)) == len(names)
            assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in names)
        assert all(one.tag.startswith((ITEM, MATHS)) for one in root.iter())
        assert all(child.tag == f"{ITEM}div" for body in named(root, "itemBody") for child in body)


def test_the_right_answers_are_the_right_ones() -> None:
    items = package().items
    assert correct(items["item-single"]) == ["A"]
    assert correct(items["item-multiple"]) == ["A", "B"]
    assert correct(items["item-boolean"]) == ["true"]
    assert correct(items["item-blank"]) == ["绿色", "红色"]
    assert correct(items["item-numeric"]) == ["110"]
    assert correct(items["item-matching"]) == ["L0 R0", "L1 R1"]
    assert correct(items["item-essay"]) == correct(items["item-poll"]) == []
    order = items["item-ordering"]
    (interaction,) = named(order, "orderInteraction")
    shown = {one.attrib["identifier"]: one.text for one in interaction}
    assert [shown[name] for name in correct(order)] == ["通风", "检测", "作业"]
    assert list(shown) != correct(order)


@pytest.mark.parametrize("partial", ["all-or-nothing", "missed-half", "per-option"])
def test_a_program_that_reads_the_items_gives_the_points_that_we_give(partial: Any) -> None:
    items = package(partial=partial).items

    def same(id: str, given: Mapping[str, Any], response: Any) -> None:
        assert score(items[f"item-{id}"], given) == ours(id, response, partial), (id, given)

    for place, name in enumerate("ABC"):
        same("single", {"RESPONSE": name}, place)
    for picks in ([], [0], [1], [2], [0, 1], [0, 2], [0, 1, 2]):
        same("multiple", {"RESPONSE": ["ABC"[place] for place in picks]}, picks)
    same("boolean", {"RESPONSE": "true"}, True)
    same("boolean", {"RESPONSE": "false"}, False)
    for texts in (["绿色", "红色"], ["绿", "x"], ["浅绿", "红色"], ["", ""]):
        same("blank", {"RESPONSE_1": texts[0], "RESPONSE_2": texts[1]}, texts)
    for number in (110, 100, 120.5, 95, 130, 131):
        same("numeric", {"RESPONSE": float(number)}, str(number))
    same("matching", {"RESPONSE": ["L0 R0", "L1 R1"]}, [[0, 0], [1, 1]])
    same("matching", {"RESPONSE": ["L0 R2", "L1 R1"]}, [[0, 2], [1, 1]])
    right = correct(items["item-ordering"])
    same("ordering", {"RESPONSE": right}, [0, 1, 2])
    same("material", {"RESPONSE_1": "A", "RESPONSE_2": 40.0}, [0, "40"])
    same("material", {"RESPONSE_1": "B", "RESPONSE_2": 40.0}, [1, "40"])
    for root in items.values():
        assert score(root, {}) == 0


def test_feedback_and_explanation_are_there_to_be_shown() -> None:
    items = package().items
    (said,) = named(items["item-single"], "feedbackInline")
    assert (said.attrib["identifier"], said.text) == ("A", "对")
    program = Program(items["item-single"], {"RESPONSE": "A"})
    assert program.values["FEEDBACK"] == "A"
    assert program.values["EXPLANATION"] == "shown"
    (explained,) = named(items["item-single"], "modalFeedback")
    assert "口诀" in "".join(explained.itertext())
    assert named(explained, "img")[0].attrib == {"src": "images/1-picture-1.png", "alt": "图"}
    assert next(items["item-single"].iter(f"{MATHS}math")) is not None


def test_what_qti_cannot_hold_is_named() -> None:
    text = (
        "---\ntitle: 题\n---\n## 看图 {#note type=note}\n"
        "## 一 {#a topic=消防 difficulty=3 tags=x}\n![图](media/a.png)\n\n- [x] 甲\n- [ ] 乙\n"
        "## 二 [[绿 {feedback=好}]] {#b}\n"
    )
    made = export(markdown.loads(text), qti)
    assert made.written == 2
    assert {str(loss) for loss in made.losses} == {
        "title is lost",
        "note: left out, QTI has no form for the type note",
        *(f"a: {name} is lost" for name in ("topic", "difficulty", "tags", "pictures")),
        "b: feedback is lost",
    }
    assert set(Package(bytes(made.data)).items) == {"item-a", "item-b"}  # type: ignore[arg-type]


def test_a_package_is_not_read() -> None:
    with pytest.raises(BankError, match="can be written here, and not be read"):
        qti.loads(qti.dumps(markdown.loads(BANK)))


def test_the_same_bank_gives_the_same_package() -> None:
    assert qti.dumps(markdown.loads(BANK)) == qti.dumps(markdown.loads(BANK))


@given(banks(WILD))
def test_any_bank_gives_items_that_a_program_can_read_and_run(bank: Bank) -> None:
    made = export(bank, qti)
    items = Package(bytes(made.data)).items  # type: ignore[arg-type]
    assert len(items) == made.written
    for root in items.values():
        assert score(root, {}) == 0
        assert all(one.tag.startswith((ITEM, MATHS)) for one in root.iter())
