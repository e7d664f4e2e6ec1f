"""The commands and letters that may occur in a formula: how each is written, and what kind of sign it is."""

from __future__ import annotations

ORDINARY, LARGE, FUNCTION = "ordinary", "large", "function"
BINARY, RELATION, OPENING, CLOSING, PUNCTUATION = "binary", "relation", "opening", "closing", "punctuation"


def _named(listing: str) -> frozenset[str]:
    return frozenset(listing.split())


def _listed(kind: str, listing: str) -> dict[str, tuple[str, str]]:
    pairs = (entry.split("=", 1) for entry in listing.split())
    return {command: (letter, kind) for command, letter in pairs}


# Commands, each with its letter in Unicode.
SIGNS: dict[str, tuple[str, str]] = {
    **_listed(
        ORDINARY,
        "alpha=α beta=β gamma=γ delta=δ epsilon=ϵ varepsilon=ε zeta=ζ eta=η theta=θ vartheta=ϑ iota=ι "
        "kappa=κ lambda=λ mu=μ nu=ν xi=ξ pi=π varpi=ϖ rho=ρ varrho=ϱ sigma=σ varsigma=ς tau=τ upsilon=υ "
        "phi=ϕ varphi=φ chi=χ psi=ψ omega=ω Gamma=Γ Delta=Δ Theta=Θ Lambda=Λ Xi=Ξ Pi=Π Sigma=Σ Upsilon=Υ "
        "Phi=Φ Psi=Ψ Omega=Ω infty=∞ partial=∂ nabla=∇ ell=ℓ hbar=ℏ emptyset=∅ varnothing=∅ forall=∀ "
        "exists=∃ nexists=∄ neg=¬ lnot=¬ top=⊤ bot=⊥ angle=∠ prime=′ backslash=\\ Re=ℜ Im=ℑ aleph=ℵ "
        "imath=ı jmath=ȷ "
        "dots=… ldots=… cdots=⋯ vdots=⋮ ddots=⋱ dotsc=… dotsb=⋯ square=□ Box=□ blacksquare=■ checkmark=✓ "
        "degree=° %=% #=# $=$ &=& _=_ S=§ P=¶",
    ),
    **_listed(
        LARGE,
        "sum=∑ prod=∏ coprod=∐ int=∫ iint=∬ oint=∮ bigcup=⋃ bigcap=⋂ bigvee=⋁ bigwedge=⋀ "
        "bigoplus=⨁ bigotimes=⨂",
    ),
    **_listed(
        BINARY,
        "times=× cdot=⋅ ast=∗ star=⋆ div=÷ pm=± mp=∓ circ=∘ bullet=∙ oplus=⊕ ominus=⊖ otimes=⊗ odot=⊙ cup=∪ "
        "cap=∩ setminus=∖ wedge=∧ land=∧ vee=∨ lor=∨ dagger=† amalg=⨿",
    ),
    **_listed(
        RELATION,
        "eq== lt=< gt=> ne=≠ neq=≠ le=≤ leq=≤ leqslant=⩽ ge=≥ geq=≥ geqslant=⩾ ll=≪ gg=≫ approx=≈ sim=∼ "
        "simeq=≃ cong=≅ equiv=≡ propto=∝ in=∈ notin=∉ ni=∋ subset=⊂ subseteq=⊆ supset=⊃ supseteq=⊇ mid=∣ "
        "nmid=∤ parallel=∥ perp=⊥ to=→ rightarrow=→ leftarrow=← leftrightarrow=↔ longrightarrow=⟶ "
        "longleftarrow=⟵ Rightarrow=⇒ Leftarrow=⇐ Leftrightarrow=⇔ Longrightarrow=⟹ Longleftrightarrow=⟺ "
        "implies=⟹ iff=⟺ impliedby=⟸ mapsto=↦ longmapsto=⟼ vdash=⊢ models=⊨ prec=≺ succ=≻ preceq=⪯ succeq=⪰ "
        "therefore=∴ because=∵ uparrow=↑ downarrow=↓ triangleq=≜ doteq=≐ asymp=≍ gtrsim=≳ lesssim=≲",
    ),
    **_listed(OPENING, "{={ lbrace={ lbrack=[ lfloor=⌊ lceil=⌈ lvert=| lVert=‖ langle=⟨"),
    **_listed(CLOSING, "}=} rbrace=} rbrack=] rfloor=⌋ rceil=⌉ rvert=| rVert=‖ rangle=⟩"),
    **_listed(PUNCTUATION, "colon=:"),
    "|": ("‖", ORDINARY),
    "vert": ("|", ORDINARY),
    "Vert": ("‖", ORDINARY),
}  # fmt: skip

# Signs that are typed as they are.
TYPED: dict[str, str] = {
    **dict.fromkeys("+-*", BINARY),
    **dict.fromkeys("=<>:", RELATION),
    **dict.fromkeys("([", OPENING),
    **dict.fromkeys(")]!?", CLOSING),
    **dict.fromkeys(",;", PUNCTUATION),
    **dict.fromkeys("/|.\"@`", ORDINARY),
}  # fmt: skip

FUNCTIONS = _named(
    "max min sup inf lim log ln lg exp sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos "
    "arctan det dim ker gcd arg deg hom Pr limsup liminf"
)
# Functions below which limits are set in displays.
WITH_LIMITS = _named("max min sup inf lim det gcd Pr limsup liminf")

# What can stand behind \left, \right, \middle and \big.
DELIMITERS: dict[str, str] = {
    "(": "(", ")": ")", "[": "[", "]": "]", "|": "|", "/": "/", ".": "", "<": "⟨", ">": "⟩",
    "\\{": "{", "\\}": "}", "\\|": "‖",
    **{f"\\{name}": SIGNS[name][0] for name in _named(
        "lbrace rbrace lbrack rbrack lfloor rfloor lceil rceil lvert rvert lVert rVert vert Vert "
        "langle rangle uparrow downarrow backslash")},
}  # fmt: skip
SIZES = {
    f"{size}{side}": em
    for size, em in (("big", 1.2), ("Big", 1.8), ("bigg", 2.4), ("Bigg", 3.0))
    for side in ("", "l", "r", "m")
}

# Blanks by their widths in em.
BLANKS: dict[str, float] = {
    ",": 0.167, "thinspace": 0.167, ":": 0.222, ">": 0.222, "medspace": 0.222, ";": 0.278,
    "thickspace": 0.278,
    "!": -0.167, "negthinspace": -0.167, " ": 0.25, "\n": 0.25, "\t": 0.25, "space": 0.25, "enspace": 0.5,
    "enskip": 0.5, "quad": 1.0, "qquad": 2.0,
}  # fmt: skip

# Commands with one argument that change its look, and how the letters look in MathML.
STYLES: dict[str, str] = {
    "mathrm": "normal", "mathit": "italic", "mathnormal": "italic", "mathsf": "normal", "mathtt": "monospace",
    "mathbf": "bold", "boldsymbol": "bold-italic", "bm": "bold-italic", "mathbb": "double-struck",
    "mathcal": "script",
    "mathfrak": "fraktur", "operatorname": "normal",
}  # fmt: skip
WORDS = {
    "text": "", "textrm": "", "textnormal": "", "mbox": "", "textup": "", "textit": "italic",
    "emph": "italic",
    "textsl": "italic", "textsf": "", "texttt": "monospace", "textbf": "bold",
}  # fmt: skip
ACCENTS = {
    "hat": "^", "widehat": "^", "tilde": "~", "widetilde": "~", "bar": "¯", "overline": "¯", "vec": "→",
    "dot": "˙", "ddot": "¨", "underline": "_",
}  # fmt: skip
BRACES = {"overbrace": "⏞", "underbrace": "⏟"}
FRACTIONS = {"frac": "", "dfrac": "display", "tfrac": "text", "cfrac": "display"}
BINOMIALS = {"binom": "", "dbinom": "display", "tbinom": "text"}
# Environments: how columns are set (l, r, c again and again), and the brackets around them.
GRIDS: dict[str, tuple[str, str, str]] = {
    "aligned": ("rl", "", ""), "align": ("rl", "", ""), "align*": ("rl", "", ""), "split": ("rl", "", ""),
    "alignedat": ("rl", "", ""), "eqnarray": ("rcl", "", ""), "eqnarray*": ("rcl", "", ""),
    "gathered": ("c", "", ""), "gather": ("c", "", ""), "gather*": ("c", "", ""), "multline": ("c", "", ""),
    "multline*": ("c", "", ""), "equation": ("c", "", ""), "equation*": ("c", "", ""),
    "cases": ("l", "{", ""), "dcases": ("l", "{", ""), "matrix": ("c", "", ""), "pmatrix": ("c", "(", ")"),
    "bmatrix": ("c", "[", "]"), "Bmatrix": ("c", "{", "}"), "vmatrix": ("c", "|", "|"), "smallmatrix": ("c",
    "", ""),
    "array": ("c", "", ""), "substack": ("c", "", ""),
}  # fmt: skip
# Of what only changes the look nothing is kept.
UNSEEN = _named(
    "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag hfill "
    "allowbreak nobreak strut mathstrut relax hline toprule midrule bottomrule"
)

# Letters outside ASCII that are pasted into formulas, as the commands for them.
PASTED: dict[str, str] = {
    letter: command
    for command, (letter, _) in reversed(SIGNS.items())
    if len(letter) == 1 and not letter.isascii()
} | {
    "−": "-", "·": "cdot", "•": "bullet", "≤": "le", "≥": "ge", "≠": "ne", "→": "to", "∅": "emptyset",
    "…": "dots",
    "φ": "varphi", "ϕ": "phi", "∧": "land", "∨": "lor", "¬": "lnot", "∥": "parallel", "⊥": "perp",
    "Ω": "Omega",
    "µ": "mu", "′": "'", "’": "'", "∗": "ast", "□": "square", "ℝ": "mathbb R", "ℕ": "mathbb N",
    "ℤ": "mathbb Z",
}  # fmt: skip
