"""Checked documents as pages: what is on them, what can never be,
and that LaTeX and a browser show them whole."""

import random
import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from symcnn import check
from symcnn.documents.document import read_document
from symcnn.documents.report import Report
from symcnn.export import render, tree, typeset
from symcnn.export.images import local_image
from symcnn.export.mathematics import NotTypeset, formula
from symcnn.export.pdf import compiled
from symcnn.export.reading import page
from tests.browser import browser
from tests.oracles import require_program
from tests.test_docs import ROOT
from tests.test_proving_typesetting import too_wide

SAMPLE = r"""# Sizes & costs of _one_ layer – 50% “done”

A *worked* solution with `code_1 {x}`, **strong** words, ~~struck~~ ones, a [link](https://example.org/a_b?c=1#d),
an <b>inline</b> tag, prices of $5 and $6, an escaped \$, and inline formulas: $C_{in} \times K^2$, $\frac12$.

```symcnn
given   N, K, C_in, C_out : int >= 1
given   P : int >= 0
given   x : int, int -> real
assume  K <= N + 2*P
let     M = N + 2*P - K + 1
let     y(i) = x[i, 0]
```

<!-- claim S1 -->
$$ M + K - 1 = N + 2P = 2P + N $$

<!-- claim S2: refuted -->
$$ K^2 C_{in} C_{out} = K^2 C_{out} \tag{7} $$

<!-- claim S3 -->
$$ N = N/KP $$

<!-- claim S4: unknown -->
$$ N = N $$

- one

  $$ N + 1 > N $$

  more words
  1. deeper
     - and deeper
- two
3. three

> A quote with a display $$ N \le N $$ inside.

| size | value | words |
|---:|:---:|---|
| $N^2$ | 3 | a long text that goes on and on, so that its lines have to be broken or made smaller |
| 1,234 | `x` | b |

```claim
theorem S5 "The sum of ones is their number"
  given  n : int >= 0
  let    total = sum(i in 0..n) 1
  claim  total = n
```

```claim
theorem S6 "Words for a form"
  given  n : int >= 1
  claim  n is unbounded in n
```

<!-- assume -->
$$ K = 3 $$

<!-- no claim -->
$$ \input{x} $$

```python
print("a  b")  # not more than code, in a line that is so long that no page has room for it without a break
```

Text below.

---

##### Last words: α ≤ β, x², 中

<script>alert(1)</script>
"""


@pytest.fixture(scope="module")
def sample() -> Report:
    return check(SAMPLE, seconds=5)


def flat(blocks: tree.Blocks) -> list[tree.Block]:
    out: list[tree.Block] = []
    for block in blocks:
        out.append(block)
        match block:
            case tree.Items(_, items):
                for item in items:
                    out += flat(item)
            case tree.Quote(inside) | tree.Declared(inside) | tree.Claimed(inside):
                out += flat(inside)
            case _:
                pass
    return out


def claimed(report: Report) -> dict[str, tree.Claimed]:
    """What is claimed, by its name."""
    blocks = flat(page(report).blocks)
    return {b.marks[0].name: b for b in blocks if isinstance(b, tree.Claimed) and b.marks}


def of(kind: type, text: str) -> list[tree.Block]:
    return [b for b in flat(page(unchecked(text)).blocks) if isinstance(b, kind)]


def unchecked(text: str) -> Report:
    return Report("", text, read_document(text), ())


# -- the tree ------------------------------------------------------------------------------------------------


def test_each_claim_has_its_verdict(sample: Report) -> None:
    marks = {
        name: (block.marks[0].status, block.marks[0].expected) for name, block in claimed(sample).items()
    }
    named = {name: verdict for name, verdict in marks.items() if name.startswith("S")}
    assert named == {
        "S1": ("proved", ""),
        "S2": ("refuted", ""),
        "S3": ("unreadable", "proved"),
        "S4": ("proved", "unknown"),
        "S5": ("proved", ""),
        "S6": ("proved", ""),
    }
    assert marks[""] == ("assumed", "")
    assert [verdict for name, verdict in marks.items() if name.startswith("L")] == [("proved", "")] * 2


def test_a_refuted_claim_says_why_and_a_proved_one_nothing(sample: Report) -> None:
    blocks = claimed(sample)
    said = [tree.plain(note.words) for note in blocks["S2"].notes]
    assert said[0].startswith("Counterexample: ")
    assert "It holds exactly when C_{in} = 1" in said
    assert blocks["S1"].notes == ()
    assert "a/bc can mean" in tree.plain(blocks["S3"].notes[0].words)


def test_the_summary_counts_the_verdicts(sample: Report) -> None:
    assert page(sample).summary == (
        "8 claims: 6 proved, 1 refuted, 1 unreadable; 2 not as the document expects"
    )


def test_plain_pages_have_no_verdicts(sample: Report) -> None:
    found = page(sample, plain=True)
    assert found.summary == ""
    assert not any(b.marks or b.notes for b in flat(found.blocks) if isinstance(b, tree.Claimed))
    for form in ("html", "tex"):
        body = "<body" if form == "html" else r"\begin{document}"
        shown = str(render(sample, form, plain=True)).partition(body)[2]
        assert not re.search(r"proved|refuted|Counterexample|S2\b", shown)


def test_declarations_are_words() -> None:
    (declared,) = of(tree.Declared, SAMPLE)
    assert isinstance(declared, tree.Declared)
    shown = [tree.plain(b.words) if isinstance(b, tree.Paragraph) else b for b in declared.blocks]
    assert shown == [
        r"Here N, K, C_{in}, C_{out} \ge 1 are integers, P \ge 0 is an integer and x is a function of "
        r"two integers with values that are real numbers, and K \le N + 2 P.",
        "We write M = N + 2 P - K + 1 and y(i) = x[i, 0].",
    ]


def test_abbreviations_have_round_brackets_and_tensors_square_ones() -> None:
    text = "```symcnn\ngiven x : int -> real\nlet f(i) = x[i]\nlet g(i) = f(i + 1)*f(2) + x[i]\n```\n"
    (declared,) = of(tree.Declared, text)
    assert isinstance(declared, tree.Declared)
    words = declared.blocks[-1]
    assert isinstance(words, tree.Paragraph)
    assert tree.plain(words.words) == "We write f(i) = x[i] and g(i) = f(i + 1) f(2) + x[i]."


def test_layers_and_abbreviations_keep_their_order() -> None:
    first = "given N : int >= 1\nlayer a = Linear(N, N) on (N)\nlet M = params_a\n"
    second = "given N : int >= 1\nlet M = N + 1\nlayer a = Linear(M, N) on (M)\n"
    for lines, order in (
        (first, ["Here", "The layer", "We write"]),
        (second, ["Here", "We write", "The layer"]),
    ):
        (declared,) = of(tree.Declared, f"```symcnn\n{lines}```\n")
        assert isinstance(declared, tree.Declared)
        shown = [tree.plain(b.words) for b in declared.blocks if isinstance(b, tree.Paragraph)]
        assert [words.startswith(word) for words, word in zip(shown, order, strict=True)] == [True] * 3


def test_statements_are_words_with_a_display(sample: Report) -> None:
    blocks = claimed(sample)
    title, words, let, more, display = blocks["S5"].blocks
    assert isinstance(title, tree.Paragraph)
    assert tree.plain(title.words) == "S5. The sum of ones is their number."
    assert isinstance(words, tree.Paragraph)
    assert tree.plain(words.words) == r"For all integers n \ge 0, where"
    assert let == tree.Display(r"\mathrm{total} = \sum_{i=0}^{n - 1} 1")
    assert isinstance(more, tree.Paragraph)
    assert display == tree.Display(r"\mathrm{total} = n")
    assert blocks["S6"].blocks[-1] == tree.Display(r"n \text{ is unbounded in } n")


FORMS = {
    "claim A in N, M": r"\quad \text{in } N, M",
    "claim A as N grow": r"\quad \text{as } N \text{ grows}",
    "claim A as N, M grow": r"\quad \text{as } N, M \text{ grow}",
    "claim A is bounded in N": r"\text{ is bounded in } N",
    "claim A is independent of N, M": r"\text{ is independent of } N, M",
    "claim A is largest exactly where N = M for N, M": (
        r"\text{ is largest exactly where } N = M \text{ for } N, M"
    ),
    "claim A does not depend on x[1, 2]": r"\text{ does not depend on } x[1, 2]",
}


@pytest.mark.parametrize("comment", FORMS)
def test_what_a_comment_says_of_a_formula_is_on_the_page(comment: str) -> None:
    declared = "```symcnn\ngiven N, M : int >= 1\ngiven x : int, int -> real\n```\n\n"
    text = f"{declared}<!-- {comment} -->\n$$ N $$\n"
    (display,) = of(tree.Display, text)
    assert display == tree.Display(f"N {FORMS[comment]}")


INLINE = {
    "a $x$ b": ["x"],
    "$5 and $6": [],
    "$5 and 6$": ["5 and 6"],
    "costs $5, or 5$": ["5, or 5"],
    "$ x $": [],
    "$x$3": [],
    r"\$x\$": [],
    r"$a \$ b$": [r"a \$ b"],
    "`$x$`": [],
    "$x$ and $y$": ["x", "y"],
    r"\(x\) and \\(y\\)": ["x"],
    "**$x$**": ["x"],
    "[$x$](https://example.org)": ["x"],
    "# A heading with $$x$$": ["x"],
    "| $a$ |\n|---|\n| $b$ |": ["a", "b"],
    "$a_1 * b * c_2$": ["a_1 * b * c_2"],
    "$$": [],
    "$": [],
}


@pytest.mark.parametrize("text", INLINE)
def test_formulas_in_a_line(text: str) -> None:
    found = re.findall(r"Math\(latex=('(?:[^'\\]|\\.)*')\)", repr(page(unchecked(text)).blocks))
    assert [eval(each) for each in found] == INLINE[text]


PLACES = {
    "$$ a $$": ["a"],
    "words $$ a $$ words": ["a"],
    "- item\n  $$ a $$\n- item": ["a"],
    "> quote\n> $$ a $$": ["a"],
    "1. item\n\n   $$ a $$\n   $$ b $$": ["a", "b"],
    "```math\na\n```": ["a"],
    "$$ a $$\n---\nwords": ["a"],
    "    $$ a $$": ["a"],
    "[x]($$a$$)": ["a"],
    "![$$a$$](b.png)": ["a"],
    r"\[ a \]": ["a"],
    "$$\na\n$$ $$ b $$": ["a", "b"],
    "$$ a": ["a"],
}


@pytest.mark.parametrize("text", PLACES)
def test_each_display_is_shown_once(text: str) -> None:
    found = repr(page(unchecked(text)).blocks)
    for latex in PLACES[text]:
        shown = found.count(f"Display(latex='{latex}')") + found.count(f"Math(latex=' {latex} ')")
        assert shown == (0 if text == "$$ a" else 1)


def test_nothing_that_was_typed_is_lost() -> None:
    found = repr(page(unchecked(SAMPLE)).blocks)
    for words in ("<b>inline</b>", "$5 and $6", "<script>alert(1)</script>", "code_1 {x}", "more words"):
        assert words in found


def test_declarations_that_are_refused_are_shown_as_they_were_typed() -> None:
    text = "```symcnn\ngiven N : int >= 1\nlet M = X\n```\n"
    report = unchecked(text)
    found = flat(page(report).blocks)
    assert tree.Listing("let M = X") in found
    assert any(isinstance(b, tree.Note) and "line 3" in tree.plain(b.words) for b in found)


def test_faults_that_stand_nowhere_else_are_at_the_top() -> None:
    note = page(unchecked("words\n\n<!-- claim E1 -->\n")).blocks[0]
    assert isinstance(note, tree.Note)
    assert tree.plain(note.words) == "Not read: line 3, column 1: no formula stands below this comment"


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    text = "# A\n\n$$ a\n= b $$\n\n```symcnn\ngiven N : int >= 1\n```\n"
    assert page(unchecked("\ufeff" + text.replace("\n", "\r\n"))).blocks == page(unchecked(text)).blocks


# -- what can never be on a page -----------------------------------------------------------------------------

INJECTIONS = [
    r"$\input{/etc/passwd}$ and $$\immediate\write18{touch /tmp/x}$$",
    r"\input{/etc/passwd} \write18{ls} \end{document} ^^5cinput{x} %",
    r"# \input{x} \end{document} $\write18{ls}$",
    r"[\input{x}](https://example.org/}\input{y}) ![\input{x}](a}.png) `\input{x}`",
    "```\n\\end{document}\\input{x}\n```",
    "| \\input{x} | } |\n|---|---|\n| \\\\ & | { |",
    "| [2pt] x | * |\n|---|---|\n| [3pt] y | b |\n| * | [x] |",
    "```claim\ntheorem x \"\\input{x}}{$\"\n claim 1 = 1\n```",
    "```symcnn\ngiven input : int >= 1 # \\input{x}\nlet x = \\input{y}\n```",
    "<!-- claim \\input{x} -->\n$$ a \\tag{\\input{x}} $$",
    "$$ \\text{\\input{x}} \\begin{array}{\\input{x}} a \\end{array} $$",
    "<img src=x onerror=alert(1)> <script>alert(1)</script> <!-- x --><style>*{display:none}</style>",
    "[x](javascript:alert(1)) [y](data:text/html;base64,xx) <javascript:alert(1)> [z](//evil.example)",
    "![x](../../../etc/passwd) ![y](/etc/passwd) ![z](https://example.org/a.png) ![w](file:///etc/passwd)",
    "$\\text{<script>alert(1)</script>}$ $$ <script>alert(1)</script> $$ `<script>`",
    "[\"><script>alert(1)</script>](https://example.org/\"><script>)",
    "# <script>alert(1)</script>\n\n# \" onmouseover=\"alert(1)",
    "&lt;script&gt; &#60;script&#62; &amp;",
]  # fmt: skip


class Page(HTMLParser):
    """All elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_code_reaches_a_page(text: str) -> None:
    html = str(render(unchecked(text), "html"))
    reader = Page()
    reader.feed(html)
    assert not {"script", "iframe", "object", "embed", "form", "link", "base", "svg"} & set(reader.tags)
    assert reader.tags.count("style") == 1
    assert not any(name.startswith("on") for name, _ in reader.attributes)
    for name, value in reader.attributes:
        if name in ("src", "href"):
            assert re.match(r"data:image/|https?://|mailto:|#|[\w.][^:]*$", value), value
    assert "default-src 'none'" in html


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_command_of_a_document_reaches_latex(text: str) -> None:
    body = typeset(unchecked(text)).text.partition(r"\begin{document}")[2]
    assert body.isascii()
    assert not re.search(r"\\(?:input|write|immediate|def|csname|catcode|include(?!graphics)|openin)\b", body)
    assert body.count(r"\end{document}") == 1
    assert "^^" not in body


def test_the_injections_compile(tmp_path: Path) -> None:
    require_program("pdflatex", "texlive-latex-base")
    found = typeset([unchecked(text) for text in INJECTIONS])
    pdf, log = compiled(found.text, found.files)
    assert pdf.startswith(b"%PDF")
    assert too_wide(log, 2) == []


def test_images_are_read_below_the_folder_of_the_document_alone(tmp_path: Path) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    png = b"\x89PNG\r\n\x1a\n" + bytes(20)
    (folder / "a b.png").write_bytes(png)
    (folder / "wrong.png").write_bytes(b"GIF89a")
    (folder / "large.png").write_bytes(png + bytes(6_000_000))
    (folder / "x.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "out.png").write_bytes(png)
    (folder / "link.png").symlink_to(tmp_path / "out.png")
    document = str(folder / "solution.md")
    assert local_image(document, "a%20b.png") is not None
    assert local_image(document, "x.svg") is not None
    refused = ["../out.png", str(tmp_path / "out.png"), "link.png", "wrong.png", "large.png", "none.png", "",
               "file:a.png", "https://example.org/a.png", "a\0b.png", "solution.md"]  # fmt: skip
    assert [path for path in refused if local_image(document, path) is not None] == []
    assert local_image("", "a%20b.png") is None


HOSTILE = {
    "quotes": ">" * 50_000,
    "lists": "\n".join("  " * k + "- x" for k in range(200)),
    "brackets": "[" * 50_000,
    "emphasis": "*a **b " * 10_000,
    "code": "`" * 50_000,
    "backticks": " ".join("`" * k for k in range(1, 400)),
    "dollars": "$" * 50_000,
    "dollars with words": "$a " * 30_000,
    "escaped dollars": "\\$" * 50_000,
    "open formulas": "\\( " * 30_000,
    "displays": "$$a$$ " * 5_000,
    "tables": "|" * 20_000 + "\n" + "|-" * 20_000,
    "headings": "# x\n" * 10_000,
    "comments": "<!--" * 20_000,
    "fences": "```symcnn\n```\n" * 5_000,
    "entities": "&amp;" * 30_000,
    "a long word": "x" * 100_000,
    "private letters": "".join(map(chr, range(0xE000, 0xF900))) + "$$a$$",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_take_no_time(name: str) -> None:
    report = Report("", HOSTILE[name], read_document("x"), ())
    start = time.monotonic()
    render(report, "html")
    render(report, "tex")
    assert time.monotonic() - start < 20


# -- LaTeX ---------------------------------------------------------------------------------------------------


def compile_report(report: Report | list[Report], plain: bool = False) -> str:
    require_program("pdflatex", "texlive-latex-base")
    found = typeset(report, plain=plain)
    pdf, log = compiled(found.text, found.files)
    assert pdf.startswith(b"%PDF")
    assert "LaTeX Warning" not in log.replace("LaTeX Warning: Label(s) may have changed", "")
    return log


@pytest.mark.parametrize("plain", [False, True])
def test_the_sample_compiles_and_fits_onto_its_page(sample: Report, plain: bool) -> None:
    assert too_wide(compile_report(sample, plain), 2) == []


def documents() -> list[Report]:
    """The claim documents of the project; what their verdicts are does not matter here."""
    paths = [ROOT / "docs/examples/convolution.md", *sorted((ROOT / "proofs/claims").glob("*.md"))]
    reports = [check(path, search=False, stored=False) for path in paths]
    # Without the reasons why nothing is known, which take half of the pages.
    return [replace(report, claims=()) for report in reports]


@pytest.mark.xdist_group("pages")
def test_the_documents_of_the_project_fit_onto_their_pages() -> None:
    assert too_wide(compile_report(documents()), 2) == []


def test_deep_lists_compile() -> None:
    nested = "\n".join("  " * k + "- x" for k in range(15))
    assert too_wide(compile_report(unchecked(nested + "\n\n" + ">" * 12 + " x\n")), 2) == []


def test_every_kind_of_letter_compiles() -> None:
    letters = "".join(chr(c) for c in range(0x20, 0x2FFF) if chr(c).isprintable())
    letters = letters.replace("$", "").replace("`", "")
    text = "\n\n".join(letters[k : k + 60] for k in range(0, len(letters), 60))
    compile_report(unchecked(text))


WORDS = [
    "\\frac", "{", "}", "^", "_", "a", "12", "\\left(", "\\right)", "\\lfloor", "\\rfloor", "&", "\\\\",
    "\\begin{cases}",
    "\\end{cases}", "\\begin{aligned}", "\\end{aligned}", "\\sum", "\\text{ a }", "\\sqrt", "[", "]", "'",
    "=", "+", "-",
    "\\quad", ",", "\\big(", "\\binom", "\\overset", "\\tag{1}", "\\not", "\\hat", "(", ")", "!", "~", " ",
    "*", "\\max",
]  # fmt: skip
PIECES = [
    "# ", "\n", "\n\n", "$$", "$", "a", "\\(", "\\)", "\\[", "\\]", "- ", "> ", "1. ", "```", "```symcnn\n",
    "```claim\n",
    "given N : int >= 1\n", "let M = N\n", "<!-- claim A -->", "<!-- assume -->", "<!--", "-->", "`", "|",
    "|---|\n", "*",
    "**", "~~", "[", "](x)", "![", "<b>", "\\", "é", "\ue000", "    ", "---\n", "N", "=", "\r\n", "^", "_",
    "{", "}", "%", "&",
]  # fmt: skip


def test_whatever_is_typed_compiles() -> None:
    """Random formulas and documents; the same ones each time."""
    draw = random.Random(5)
    texts = ["".join(draw.choices(WORDS, k=draw.randrange(1, 18))) for _ in range(1500)]
    texts = [f"words ${text}$ words\n\n<!-- no claim -->\n$${text}$$\n" for text in texts if typesets(text)]
    texts += ["".join(draw.choices(PIECES, k=draw.randrange(1, 30))) for _ in range(100)]
    assert len(texts) > 150
    compile_report([unchecked(text) for text in texts], plain=True)


def typesets(text: str) -> bool:
    try:
        formula(text)
    except NotTypeset:
        return False
    return True


def test_a_failure_of_latex_names_the_line() -> None:
    require_program("pdflatex", "texlive-latex-base")
    text = "\\documentclass{article}\n\\begin{document}\n\\nonsense\n\\end{document}\n"
    with pytest.raises(ValueError, match=r"Undefined control sequence\., in line 3 of the LaTeX: \\nonsense"):
        compiled(text, {})


def test_pdflatex_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ValueError, match="pdflatex is not installed"):
        compiled("x", {})


# -- HTML ----------------------------------------------------------------------------------------------------

WIDTHS = (1100, 400)


@pytest.mark.xdist_group("pages")
def test_nothing_stands_out_of_the_page_in_a_browser(sample: Report, tmp_path: Path) -> None:
    pages = {
        "sample": render(sample, "html"),
        "plain": render(sample, "html", plain=True),
        "documents": render(documents(), "html"),
        "injections": render([unchecked(text) for text in INJECTIONS], "html"),
    }
    with browser() as shown:
        for name, html in pages.items():
            path = tmp_path / f"{name}.html"
            path.write_text(str(html), encoding="utf-8")
            for width in WIDTHS:
                shown.open(path, width)
                assert shown.overflow() == (0, []), (name, width)
                # Formulas and verdicts are there.
                assert shown.value("document.querySelectorAll('math').length") > 0 or name == "injections"
        wide = tmp_path / "wide.html"
        wide.write_text("<p style='width: 2000px'>x</p>")
        shown.open(wide, 400)
        assert shown.overflow()[0] > 1000


def test_links_within_a_page_lead_to_its_headings() -> None:
    text = "# One two\n\n[there](#one-two), [again](#one-two-1)\n\n# One two\n"
    single = str(render(unchecked(text), "html"))
    assert 'id="one-two"' in single
    assert 'href="#one-two-1"' in single
    assert 'id="one-two-1"' in single
    several = str(render([unchecked(text), unchecked(text)], "html"))
    assert 'id="d2-one-two"' in several
    assert 'href="#d2-one-two"' in several


def test_several_reports_begin_with_a_table_of_their_verdicts(sample: Report) -> None:
    html = str(render([sample, sample], "html"))
    assert '<td class="l">S2</td><td class="l">S3, S4</td>' in html
    assert 'href="#document-2"' in html


def test_unknown_formats_are_refused(sample: Report) -> None:
    with pytest.raises(ValueError, match="'docx' is no format; write one of tex, pdf, html"):
        render(sample, "docx")
