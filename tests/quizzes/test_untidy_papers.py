"""A paper as it is pasted from Word: thirty questions, each written in another untidy way."""

from __future__ import annotations

import time

import pytest

from weike.quizzes import BankError
from weike.quizzes.formats import chinese

from .papers import key, only, problems

PAPER = """
2026年度储运车间安全知识考试题库（第三版）
部门：______   姓名：______   得分：______

第一章  消防基础知识
一、单项选择题（每题2分，共20分。每题只有一个正确答案）
１．使用灭火器的第一步是（　Ａ　）。
Ａ．提起灭火器　　Ｂ．拔掉保险销　　Ｃ．压下压把　　Ｄ．对准火焰根部
2、火警电话是（ B ）
A. 110    B. 119
C. 120    D. 122
3. 灭火器压力表指针在(  )区为正常。
（A）红色 （B）黄色 （C）绿色 （D）蓝色
4.下列哪种灭火器适合扑灭电气火灾？（ ）（2分）
A、水基型 B、干粉 C、泡沫 D、清水
5、发现火情后应首先____。
A．报警
B．逃跑
C．拍照
D．继续工作
6、胸外按压的频率为每分钟(C )次
A 60-80 B 80-100 C 100-120 D 120-140
7．安全帽的使用期限一般不超过（ ）个月
a. 12  b. 24  c. 30  d. 60
8、《安全生产法》规定，发现直接危及人身安全的情况时，有权（  ）。A.停止 B.继续 C.等待 D.无
9、皮带机检修前必须（　）
A．停电、挂牌、上锁
B. 直接检修
C．口头通知
D． 拍照留存
10、有限空间作业氧含量应在（  ）之间
A.19.5%~21%  B.15%~18%  C.25%~30%  D.10%-15%

第二章 作业安全
二、多选题（每题3分，多选、少选、错选均不得分）
11、三违是指（ABC）。
A.违章指挥 B.违章作业 C.违反劳动纪律 D.违反交通规则
12. 进入有限空间前应该做到（  ）
A、通风；B、检测；C、办理作业票；D、监护
13、灭火的基本方法有（A、B、C、D）
A冷却法 B窒息法 C隔离法 D抑制法
14、下列属于特种作业的是：
A. 电工作业  B. 焊接作业  C. 高处作业  D. 文员
【答案】ABC
【解析】见《特种作业目录》。
15、劳保用品包括（）。
A. 安全帽
B. 安全鞋
C. 手机

三、判断题（对的打“√”，错的打“×”，每题1分）
16、干粉灭火器可以扑灭电气火灾。（√）
17、酒后可以上岗。（ × ）
18、高处作业必须系安全带。（ ）
19、(×)班组长可以不参加班前会。
20、消防通道可以临时堆放物品。 ×
21、发现隐患应立即报告。（对）
22. 动火作业结束后，可立即离开现场。(错）
23、特种作业人员必须持证上岗 ( T )

四、填空题（每空1分）
24、我国的安全生产方针是安全第一、________、综合治理。
25、火警电话____，急救电话____。
26、氧气瓶与乙炔瓶的间距不小于（5）米。
27、灭火器使用口诀：提、____、握、____。
答案：拔；压

五、简答题（每题5分）
28、什么是“四不放过”？
答：（1）事故原因未查清不放过；
（2）责任人未处理不放过；
（3）整改措施未落实不放过；
（4）有关人员未受教育不放过。
29、简述灭火器的使用方法。

六、案例分析题（10分）
30、阅读下面材料，回答问题。
某班组焊工张某在皮带机头部动火前没有清理周围落煤，收工40分钟后起火，监护人已经离开。
（1）起火的直接原因是（ ）。
A.没有清理落煤 B.皮带跑偏 C.电机过热
（2）监护人应当在收工后继续监护，不得立即离开。（ ）
（3）谈谈你的看法。

参考答案
一、单选题
1-5 ABCBA    6-10 CCAAA
二、多选题
11.ABC 12.ABCD 13.ABCD  15.AB
三、判断题
16-20 √×√××  21-23 √×√
四、填空题
24、预防为主
25、119 120
27、拔；压
五、简答题
29、提、拔、握、压。
六、案例分析题
30、（1）A （2）√ （3）略
"""
KEYS = ["A", "B", "C", "B", "A", "C", "C", "A", "A", "A", "ABC", "ABCD", "ABCD", "ABC", "AB"]
TRUTHS = [True, False, True, False, False, True, False, True]


def test_thirty_untidy_questions_come_in_whole() -> None:
    reading = chinese.read(PAPER)
    assert reading.problems == ()
    bodies = [question.to_json() for question in reading.bank]
    assert len(bodies) == 30
    assert [key(one) for one in bodies[:15]] == KEYS
    assert all(len(one["options"]) == 4 for one in bodies[:14])
    assert [one["right"] for one in bodies[15:23]] == TRUTHS
    assert [one["blanks"] for one in bodies[23:27]] == [
        [["预防为主"]],
        [["119"], ["120"]],
        [["5"]],
        [["拔"], ["压"]],
    ]
    assert [one["type"] for one in bodies[27:]] == ["essay", "essay", "material"]


@pytest.mark.parametrize(
    "options",
    [
        "A冷却法 B窒息法 C隔离法",
        "A冷却法　B窒息法\nC隔离法 D抑制法",
        "a. 冷却法  b. 窒息法  c. 隔离法",
    ],
)
def test_letters_may_stand_without_a_sign_or_be_small(options: str) -> None:
    body = only(f"1、灭火的方法（B）\n{options}\n")
    assert [one["text"] for one in body["options"]][:3] == ["冷却法", "窒息法", "隔离法"]
    assert key(body) == "B"


def test_a_word_that_begins_with_a_letter_is_no_option() -> None:
    body = only("1、检查项目（A）\nA.血压\nB.心率\n判断：B超检查另约\n")
    assert [one["text"] for one in body["options"]] == ["血压", "心率\n\n判断：B超检查另约"]


def test_the_truth_may_stand_before_the_statement() -> None:
    assert only("判断题\n1、(×)可以不戴安全帽。\n")["stem"] == "可以不戴安全帽。"
    assert only("判断题\n1、（√）要戴。\n参考答案\n判断题\n1、√\n")["right"] is True
    (found,) = problems("判断题\n1、（√）要戴。\n参考答案\n判断题\n1、×\n")
    assert found == (2, "two different answers: √ and ×")


@pytest.mark.parametrize("listed", ["1~3 BCB", "1.B 2.C 3.B", "1B 2C 3B", "1、B，2、C，3、B"])
def test_a_list_of_keys_behind_an_essay_is_not_its_answer(listed: str) -> None:
    options = "A.甲 B.乙 C.丙\n"
    text = f"一、单选题\n1、一\n{options}2、二\n{options}3、三\n{options}二、简答题\n4、为何？\n"
    *singles, essay = (one.to_json() for one in chinese.loads(f"{text}\n答案：\n{listed}\n"))
    assert [key(one) for one in singles] == ["B", "C", "B"]
    assert "explanation" not in essay


def test_signs_stand_right_behind_their_numbers() -> None:
    found = chinese.loads("判断题\n9.甲。\n10.乙。\n11.丙。\n答案：\n9√ 10× 11×\n")
    assert [one.to_json()["right"] for one in found] == [True, False, False]


def test_an_option_that_was_left_out_is_named() -> None:
    text = "1、哪项不是（A）\nA.安全帽\nB.安全鞋\nD.手机\n"
    assert problems(text) == [(1, "option C is missing before D")]


def test_the_list_at_the_end_answers_each_question_about_a_material() -> None:
    case = (
        "一、案例分析题\n1、阅读材料，回答问题。\n经过。\n"
        "（1）原因（ ）\nA.甲 B.乙\n（2）对吗？\n（3）谈谈看法。\n"
    )
    body = only(f"{case}参考答案\n一、案例分析题\n1、（1）B（2）×（3）略\n")
    first, second, third = body["questions"]
    assert (key(first), second["right"], third["type"]) == ("B", False, "essay")
    (wrong,) = problems(f"{case}参考答案\n一、案例分析题\n1、（1）B（2）×\n")
    assert wrong == (
        2,
        "the answer （1）B（2）× does not say which of the 3 questions it belongs to",
    )


def test_a_type_in_brackets_may_tell_the_points_too() -> None:
    body = only("3、(单选题,2.5分) 问（ ）\nA、甲;B、乙;C、丙\n我的答案：A\n正确答案：C\n")
    assert (body["stem"], body["points"], key(body)) == ("问（ ）", 2.5, "C")


def test_answers_of_several_blanks_may_be_counted() -> None:
    body = only("填空题\n12、是：______、______。\n答案：1.甲；2.乙\n")
    assert body["blanks"] == [["甲"], ["乙"]]
    assert only("填空题\n1、先____后____。\n答案：1.5；2.5\n")["blanks"] == [["1.5"], ["2.5"]]


def test_a_line_of_thousands_of_signs_takes_no_long_time() -> None:
    begun = time.process_time()
    listed = f"1.A{' ' * 20_000}{'1.答案:' * 3_000}"
    reading = chinese.read(f"一、单选题\n1、甲（ ）\nA.甲 B.乙\n参考答案\n{listed}\n")
    assert reading.problems
    assert time.process_time() - begun < 3


def test_a_list_of_answers_may_name_sections_by_their_numerals_alone() -> None:
    paper = (
        "一、单选题\n1．甲（ ）\nA．x B．y\n二、判断题\n1．乙。（ ）\n2．丙。（ ）\n"
        "三、填空题\n1．丁____戊____\n四、简答题\n1．己\n"
        "参考答案\n一、1．B\n二、1．× 2．√\n三、1．红 绿\n四、1．提、拔\n"
    )
    one, two, three, four, five = [q.to_json() for q in chinese.loads(paper)]
    assert [option["right"] for option in one["options"]] == [False, True]
    assert (two["right"], three["right"]) == (False, True)
    assert four["blanks"] == [["红"], ["绿"]]
    assert five["explanation"] == "提、拔"


def test_check_boxes_of_markdown_are_options_and_their_ticks_the_answer() -> None:
    paper = (
        "### 1. 选（ ）\n- [ ] 甲\n- [x] 乙\n- [x] 丙\n\n### 2. 选二\n* [ ] A、甲\n* [X] B、乙\n"
    )
    keys = [[o["right"] for o in q.to_json()["options"]] for q in chinese.loads(paper)]
    assert keys == [[False, True, True], [False, True]]
    (bare,) = chinese.loads("1. 选\n- A. 甲\n- B. 乙\n答案：B\n")
    assert [o["text"] for o in bare.to_json()["options"]] == ["甲", "乙"]
    with pytest.raises(BankError, match="two different answers: B and A"):
        chinese.loads("1. 选（ ）\n- [ ] A. 甲\n- [x] B. 乙\n答案：A\n")
    with pytest.raises(BankError, match="no right answer"):  # of √ and x, x may be a cross
        chinese.loads("1. 选（ ）\n- [√] A. 甲\n- [x] B. 乙\n")


def test_page_numbers_are_left_out_and_english_words_for_the_answer_are_known() -> None:
    (first, second) = chinese.loads(
        "1. x（A）\nA. 1\nB. 2\n第 1 页 共 2 页\n2. y\nA. 1\nB. 2\nAnswer: B\n"
    )
    assert [o["text"] for o in first.to_json()["options"]] == ["1", "2"]
    assert [o["right"] for o in second.to_json()["options"]] == [False, True]
    answers = "参考答案\n一、填空题\n1. 蓝\n第 2 页 共 2 页\n2. 黄\n- 2 -\n"
    found = chinese.loads(f"一、填空题\n1. 天是____\n2. 地是____\n{answers}")
    assert [q.to_json()["blanks"] for q in found] == [[["蓝"]], [["黄"]]]


def test_an_option_with_a_box_may_go_on_below() -> None:
    body = only("1. 选（ ）\n- [ ] 甲\n- [ ] 乙\n  接着说\n- [x] 丙\n")
    assert [o["text"] for o in body["options"]] == ["甲", "乙\n\n接着说", "丙"]
    assert key(body) == "C"


def test_boxes_before_statements_make_no_true_ones() -> None:
    text = "一、判断题\n- [√] 1. 地球是圆的。\n- [×] 2. 地球是方的。\n- [√] 3. 水是湿的。\n"
    assert [why for _line, why in problems(text)][-1] == (
        "a true/false question has other options than these two"
    )


def test_a_numeral_that_the_paper_does_not_have_names_no_other_section() -> None:
    options = "A.甲 B.乙 C.丙\n"
    paper = f"一、单选题\n1、一（ ）\n{options}2、二（ ）\n{options}"
    more = f"三、多选题\n1、三（AB）\n{options}2、四（BC）\n{options}"
    reading = chinese.read(f"{paper}{more}参考答案\n一、1.A\n二、2.B\n")
    assert [key(one.to_json()) for one in reading.bank] == ["A", "AB", "BC"]
    assert "no right answer" in str(reading.problems[0])
