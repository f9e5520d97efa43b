"""Item statistics against figures that others have published for the same answers.

Rules §4 follow Moodle, so every figure of its reference quiz has to come out. The other sources
use other names: the discrimination index is the corrected point-biserial
correlation (item with rest), CIC is Cronbach's alpha or, for right and wrong, KR-20.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import pytest

from weike.results.analysis.itemstats import ItemStatistics, item_statistics

# Moodle, mod/quiz/report/statistics/tests/fixtures: results00.csv, the marks of 25 attempts.
MOODLE = """
1 1 1 1 1 0 1|1 1 1 1 .5 1 0|1 1 1 1 .5 0 1|0 0 1 1 1 0 0|1 0 1 0 0 1 .5|1 1 1 1 .5 0 .5
0 1 1 1 .5 1 .5|1 1 1 0 .5 1 .5|1 0 1 1 1 1 1|0 1 1 0 .5 1 .5|.8 0 1 1 .5 1 .5|1 1 1 0 .5 1 1
1 0 1 1 .5 1 .5|1 0 1 1 1 0 .5|0 0 1 1 0 1 1|1 0 1 0 .5 1 1|.8 0 1 1 .5 0 1|1 0 1 1 0 1 .5
1 0 1 1 .5 0 .5|0 1 1 0 .5 1 0|1 1 .3333333 1 .5 0 .5|1 1 1 0 .5 0 .5|1 1 1 1 0 1 .5
0 0 1 0 .5 1 1|0 0 1 1 1 1 1
"""
# qstats00.csv, worked out there in a spreadsheet: facility, sd, effective weight, discrimination,
# efficiency.
MOODLE_ITEMS = (
    (0.704, 0.4513682901, 21.2922742344, -7.0650767526, -9.4550536967),
    (0.48, 0.5099019514, 18.8979800309, -28.8982125772, -36.7834118938),
    (0.973333332, 0.13333334, 4.443012573, -9.1230674268, -21.6545012165),
    (0.68, 0.4760952286, 18.9347251357, -22.6306444113, -31.4411395613),
    (0.52, 0.3055050463, 11.1450138688, -17.6997047674, -21.1794802584),
    (0.64, 0.4898979486, 9.8081339177, -45.3785178421, -56.9365974439),
    (0.62, 0.331662479, 15.4788602394, -5.6543166602, -6.5043742058),
)
# stats_from_steps_walkthrough_test.php, the quiz as a whole.
MOODLE_QUIZ = {
    "mean": 4.617333332,
    "sd": 0.8117265554,
    "skewness": -0.092502502,
    "kurtosis": -0.7073968557,
    "cic": -87.2230935542,
    "error_ratio": 136.8294900795,
    "standard_error": 1.1106813066,
}

# Law School Admission Test, sections 6 and 7 (Bock & Lieberman 1970): how many of 1,000 people had
# each pattern, from 00000 to 11111.
LSAT6 = [
    *(3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15),
    *(10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298),
]
LSAT7 = [
    *(12, 19, 1, 7, 3, 19, 3, 17, 10, 5, 3, 7, 7, 23, 8, 28),
    *(7, 39, 11, 34, 14, 51, 15, 90, 6, 25, 7, 35, 18, 136, 32, 308),
]
# R package ltm, descript(LSAT): share of right answers, point-biserial with the item left out of
# the total, alpha; R package mirt, itemstats(LSAT7): the same, and the standard error.
PUBLISHED = {
    "LSAT-6": (
        LSAT6,
        (0.924, 0.709, 0.553, 0.763, 0.870),
        (0.1128, 0.1532, 0.1728, 0.1444, 0.1216),
        {"cic": 29.50},
    ),
    "LSAT-7": (
        LSAT7,
        (0.828, 0.658, 0.772, 0.606, 0.843),
        (0.246, 0.247, 0.313, 0.223, 0.175),
        {"mean": 3.707, "sd": 1.199, "cic": 45.3, "standard_error": 0.886},
    ),
}


def analysed(rows: Sequence[Sequence[float]]) -> ItemStatistics:
    width = len(rows[0])
    frame = pd.DataFrame(rows, columns=[f"q{n}" for n in range(1, width + 1)], dtype=float)
    return item_statistics(frame, [1.0] * width)


def expanded(counts: Sequence[int]) -> list[list[int]]:
    """A row of five marks for each person."""
    return [
        [pattern >> place & 1 for place in (4, 3, 2, 1, 0)]
        for pattern, count in enumerate(counts)
        for _person in range(count)
    ]


def test_moodles_reference_quiz_has_moodles_figures() -> None:
    lines = "|".join(MOODLE.split("\n")).strip("|").split("|")
    found = analysed([[float(mark) for mark in line.split()] for line in lines])
    assert found.attempts == 25
    for item, expected in zip(found.items, MOODLE_ITEMS, strict=True):
        names = ("facility", "sd", "weight", "discrimination", "efficiency")
        for name, value in zip(names, expected, strict=True):
            assert getattr(item, name) == pytest.approx(value, rel=1e-5), (item.item, name)
    for name, value in MOODLE_QUIZ.items():
        assert getattr(found, name) == pytest.approx(value, rel=1.5e-5), name


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_law_school_test_has_its_published_figures(name: str) -> None:
    counts, shares, rests, whole = PUBLISHED[name]
    assert sum(counts) == 1000
    found = analysed(expanded(counts))
    for item, share, rest in zip(found.items, shares, rests, strict=True):
        assert item.facility == pytest.approx(share, abs=1e-9), item.item
        digits = 5e-5 if name == "LSAT-6" else 5e-4
        assert (item.discrimination or 0) / 100 == pytest.approx(rest, abs=digits), item.item
    expected: Mapping[str, float] = whole
    for figure, value in expected.items():
        last = 0.5 * 10.0 ** -len(str(value).partition(".")[2])
        assert getattr(found, figure) == pytest.approx(value, abs=last * 1.01), figure
    if name == "LSAT-6":
        totals = [sum(row) for row in expanded(counts)]
        assert [totals.count(n) for n in range(6)] == [3, 20, 85, 237, 357, 298]


def test_a_perfect_scale_discriminates_as_far_as_it_can() -> None:
    """Guttman's scale of n items and n + 1 people; KR-20 has a closed form there."""
    for n in (2, 3, 5, 10):
        found = analysed([[float(place < person) for place in range(n)] for person in range(n + 1)])
        assert [item.facility for item in found.items] == pytest.approx(
            [(n - place) / (n + 1) for place in range(n)]
        )
        assert [item.efficiency for item in found.items] == pytest.approx([100.0] * n)
        # Σpq = n(n + 2) / 6(n + 1) and Var(T) = n(n + 2) / 12, both over n + 1 people.
        assert found.cic == pytest.approx(100 * n / (n - 1) * (1 - 2 / (n + 1)))
        assert found.skewness is None or found.skewness == pytest.approx(0, abs=1e-9)
        assert found.kurtosis is None or found.kurtosis == pytest.approx(-1.2)
