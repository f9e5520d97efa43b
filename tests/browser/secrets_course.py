"""A course whose secrets can be nothing else: unique words in every key, feedback, explanation."""

from __future__ import annotations

import json
from pathlib import Path

from .serving import ROOT

BEHAVIOURS = {
    "practice": "behaviour: practice",
    "test": "behaviour: test",
    "exam": "behaviour: exam\nclose: 2199-01-01 08:00",
}

# Two of each type, so that one can stay unanswered. QUOKKA words may be told after the release
# only, and the marks `[x]` of right options never.
QUESTIONS = """
## One of three ({n}) {{#single-{n}}}
- [x] Alpha {n}
  > QUOKKAfeedbackright{n}
- [ ] Beta {n}
  > QUOKKAfeedbackwrong{n}
- [ ] Gamma {n}

> QUOKKAexplainsingle{n}

## Several of four ({n}) {{#multiple-{n}}}
- [x] Delta {n}
- [x] Epsilon {n}
- [ ] Zeta {n}
- [ ] Eta {n}

> QUOKKAexplainmultiple{n}

## True or not ({n}) {{#boolean-{n}}}
- [x] true
  > QUOKKAboolyes{n}
- [ ] false
  > QUOKKAboolno{n}

> QUOKKAexplainboolean{n}

## Fill [[QUOKKAblank{n}|QUOKKAsynonym{n}]] in ({n}) {{#blank-{n}}}

> QUOKKAexplainblank{n}

## How many ({n})? {{#numeric-{n}}}
= 73519{n} ± 0.25

> QUOKKAexplainnumeric{n}

## Which belongs to which ({n})? {{#matching-{n}}}
- Theta {n} -> Iota {n}
- Kappa {n} -> Lambda {n}

> QUOKKAexplainmatching{n}

## In which order ({n})? {{#ordering-{n}}}
1. First {n}
2. Second {n}
3. Third {n}

> QUOKKAexplainordering{n}

## What do you think ({n})? {{#poll-{n}}}
- ( ) Long {n}
  > QUOKKApollthanks{n}
- ( ) Short {n}

> QUOKKAexplainpoll{n}

## Tell us of a near miss ({n}) {{#essay-{n} type=essay}}

> QUOKKAexplainessay{n}

## Read this ({n}) {{#material-{n}}}

Passage {n}

### Why ({n})?
- [x] Mu {n}
  > QUOKKAinnerright{n}
- [ ] Nu {n}

> QUOKKAexplaininner{n}

### Who ({n})? [[QUOKKAinnerblank{n}]]

###

> QUOKKAexplainmaterial{n}

## That is all ({n}) {{#note-{n} type=note}}

> QUOKKAexplainnote{n}
"""
SECRETS = ("QUOKKA", "73519", "- [x]")
# Names that a body about an attempt uses only when it tells what is right.
TELLING = {
    "right: true or false", "key", "correct", "weight", "pairs", "order",
    "explanation", "explanation_html", "feedback",
    "feedback_html", "answers_key", "tolerance", "seed", "layout", "version",
}  # fmt: skip
TYPES = ("single", "multiple", "boolean", "blank", "numeric", "matching", "ordering", "poll",
         "essay", "material", "note")  # fmt: skip

LEAK = """\
from weike.quizzes.html import render
from weike.quizzes.question import Question

shown = Question.shown


def leaking(self):
    fields = shown(self)
    return {**fields, "html": fields["html"] + render(self.explanation or "")}


Question.shown = leaking
"""


def cells(behaviour: str, *before: str) -> list[str]:
    questions = "".join(QUESTIONS.format(n=n) for n in (1, 2))
    title = f"---\ntitle: Quiz\n{BEHAVIOURS[behaviour]}\n---\n"
    return ["%load_ext weike.widgets", *before, f"%%quiz q\n{title}{questions}"]


def write_notebook(path: Path, sources: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    weike = {"title": path.stem, "topic": "t", "minutes": 5, "audience": "all", "language": "en"}
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "weike": weike,
        },
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{number}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": source,
            }
            for number, source in enumerate(sources)
        ],
    }
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def make_course(root: Path) -> Path:
    """One lesson for each behaviour, and the roster of the demo."""
    root.mkdir(parents=True)
    (root / "weike.toml").write_text('title = "Secrets"\nlanguage = "en"\n', encoding="utf-8")
    (root / "members.csv").write_bytes((ROOT / "members.csv").read_bytes())
    for behaviour in BEHAVIOURS:
        write_notebook(root / "lessons" / "t" / f"{behaviour}.ipynb", cells(behaviour))
    return root
