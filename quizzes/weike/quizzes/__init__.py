"""Questions, banks and grading: pure Python, without web, database or Jupyter."""

from __future__ import annotations

from weike.quizzes.bank import Bank, load_bank
from weike.quizzes.errors import BankError, ResponseError, WeikeError
from weike.quizzes.question import Grade, Question, Ungraded, grade

__all__ = [
    "Bank",
    "BankError",
    "Grade",
    "Question",
    "ResponseError",
    "Ungraded",
    "WeikeError",
    "grade",
    "load_bank",
]
