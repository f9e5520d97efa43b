"""Word's equations (OMML) as LaTeX, as far as pages can show it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_SIGNS = {
    "×": r"\times ", "÷": r"\div ", "±": r"\pm ", "∓": r"\mp ", "·": r"\cdot ", "≤": r"\le ",
    "≥": r"\ge ", "≠": r"\ne ", "≈": r"\approx ", "≡": r"\equiv ", "∝": r"\propto ",
    "∞": r"\infty ", "∂": r"\partial ", "∇": r"\nabla ", "→": r"\to ", "⇒": r"\Rightarrow ",
    "∈": r"\in ", "∉": r"\notin ", "⊂": r"\subset ", "⊆": r"\subseteq ", "∪": r"\cup ",
    "∩": r"\cap ", "∀": r"\forall ", "∃": r"\exists ", "∠": r"\angle ", "°": r"^{\circ}",
    "…": r"\ldots ", "⋯": r"\cdots ", "−": "-", "α": r"\alpha ", "β": r"\beta ",
    "γ": r"\gamma ", "δ": r"\delta ", "ε": r"\varepsilon ", "θ": r"\theta ", "λ": r"\lambda ",
    "μ": r"\mu ", "π": r"\pi ", "ρ": r"\rho ", "σ": r"\sigma ", "τ": r"\tau ", "φ": r"\varphi ",
    "ω": r"\omega ", "η": r"\eta ", "Δ": r"\Delta ", "Σ": r"\Sigma ", "Ω": r"\Omega ",
    "Φ": r"\Phi ", "%": r"\%", "#": r"\#", "&": r"\&", "$": r"\$", "_": r"\_", "{": r"\{",
    "}": r"\}", "\\": r"\backslash ",
}  # fmt: skip
_LARGE = {"∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∬": r"\iint", "∮": r"\oint", "⋃": r"\bigcup"}
_ACCENTS = {"̂": r"\hat", "̃": r"\tilde", "̇": r"\dot", "⃗": r"\vec", "̅": r"\overline"}
_NAMED = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "log",
        "ln",
        "lg",
        "exp",
        "lim",
        "max",
        "min",
        "arcsin",
        "arccos",
        "arctan",
    ]
)
_BRACKETS = {"{": r"\{", "}": r"\}", "⟨": r"\langle ", "⟩": r"\rangle ", "|": "|", "": "."}


def latex(element: Element) -> str | None:
    """The LaTeX of an `oMath`; None where it holds what has no word here."""
    try:
        return _inside(element).strip() or None
    except _UnknownError:
        return None


class _UnknownError(Exception):
    pass


def _inside(element: Element | None) -> str:
    return "" if element is None else "".join(map(_one, element))


def _one(element: Element) -> str:
    name = element.tag.removeprefix(M)
    if not element.tag.startswith(M):
        return ""
    if name == "r":
        return "".join(_text(one.text or "") for one in element.iter(f"{M}t"))
    if name.endswith("Pr"):
        return ""

    def part(name: str) -> str:
        return _inside(element.find(f"{M}{name}"))

    match name:
        case "f":
            return rf"\frac{{{part('num')}}}{{{part('den')}}}"
        case "sSup":
            return rf"{{{part('e')}}}^{{{part('sup')}}}"
        case "sSub":
            return rf"{{{part('e')}}}_{{{part('sub')}}}"
        case "sSubSup":
            return rf"{{{part('e')}}}_{{{part('sub')}}}^{{{part('sup')}}}"
        case "rad":
            degree = part("deg")
            return rf"\sqrt{f'[{degree}]' if degree else ''}{{{part('e')}}}"
        case "nary":
            sign = _LARGE.get(_said(element, "naryPr", "chr", "∫"), "")
            if not sign:
                raise _UnknownError
            low, high = part("sub"), part("sup")
            limits = (f"_{{{low}}}" if low else "") + (f"^{{{high}}}" if high else "")
            return f"{sign}{limits}{{{part('e')}}}"
        case "d":
            left = _said(element, "dPr", "begChr", "(")
            right = _said(element, "dPr", "endChr", ")")
            inside = ",".join(map(_inside, element.findall(f"{M}e")))
            return rf"\left{_bracket(left)}{inside}\right{_bracket(right)}"
        case "func":
            called = part("fName").strip()
            word = f"\\{called} " if called in _NAMED else called
            return f"{word}{{{part('e')}}}"
        case "limLow":
            return rf"\underset{{{part('lim')}}}{{{part('e')}}}"
        case "limUpp":
            return rf"\overset{{{part('lim')}}}{{{part('e')}}}"
        case "acc":
            accent = _ACCENTS.get(_said(element, "accPr", "chr", "̂"))
            if accent is None:
                raise _UnknownError
            return f"{accent}{{{part('e')}}}"
        case "bar":
            line = r"\overline" if _said(element, "barPr", "pos", "bot") == "top" else r"\underline"
            return f"{line}{{{part('e')}}}"
        case "eqArr":
            rows = r"\\".join(map(_inside, element.findall(f"{M}e")))
            return rf"\begin{{array}}{{l}}{rows}\end{{array}}"
        case "m":
            rows = r"\\".join(
                "&".join(map(_inside, row.findall(f"{M}e"))) for row in element.findall(f"{M}mr")
            )
            return rf"\begin{{matrix}}{rows}\end{{matrix}}"
        case "box" | "borderBox" | "phant" | "groupChr" | "e" | "oMath":
            return part("e") or _inside(element)
        case _:
            raise _UnknownError


def _said(element: Element, properties: str, name: str, usual: str) -> str:
    found = element.find(f"{M}{properties}/{M}{name}")
    return usual if found is None else found.get(f"{M}val", "")


def _bracket(sign: str) -> str:
    if sign not in _BRACKETS and sign not in ("(", ")", "[", "]"):
        raise _UnknownError
    return _BRACKETS.get(sign, sign)


def _text(text: str) -> str:
    written = "".join(_SIGNS.get(sign, sign) for sign in text)
    chinese = any("\u3000" < sign < "\uffef" for sign in text)
    return rf"\text{{{written}}}" if chinese else written
