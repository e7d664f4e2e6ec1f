"""Claim documents: what is claimed, in which words of the kernel, and where what is broken stands."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from symcnn.documents.checking import Source
from symcnn.documents.document import Claim, Document, read_document
from symcnn.documents.markdown import blocks
from symcnn.kernel.statements import Statement
from symcnn.search.deciding import decide

HEAD = """# Convolution

```symcnn
given   W, H, C, K, S : int >= 1
given   P : int >= 0
assume  K <= W + 2*P
let     W_out = (W + 2*P - K)//S + 1
let     f(i) = i + W
given   x : int -> real
```
"""


def claims(text: str) -> list[Claim]:
    document = read_document(HEAD + text)
    assert document.faults == ()
    return list(document.claims)


def claimed(text: str) -> list[str]:
    """The claims of a document as the kernel shows them."""
    return [
        step.statement.written.partition("claim     ")[2] for claim in claims(text) for step in claim.steps
    ]


def faults(document: Document) -> list[tuple[int, int, str]]:
    """All faults from the top to the bottom."""
    found = [*document.faults, *(c.fault for c in document.claims if c.fault is not None)]
    return sorted((f.line, f.column, f.reason) for f in found)


CLAIMED = {
    "$$ W_{out} = \\left\\lfloor \\frac{W + 2P - K}{S} \\right\\rfloor + 1 $$": ["W_out = (W + 2*P - K)//S + 1"],  # noqa: E501
    "$$ W = K = 3 $$": ["W = K", "K = 3"],
    "$$ W = K \\quad H = C $$": ["W = K", "H = C"],
    "$$ W = K \\\\[2pt]\n[H + 1] C = S $$": ["W = K", "(H + 1)*C = S"],
    "$$\n\\begin{aligned}\nW &= K \\\\\n&= C\n\\end{aligned}\n$$": ["W = K", "K = C"],
    "```math\nW < H\n```": ["W < H"],
    "\\[ W < H \\]": ["W < H"],
    "So $$ W < H $$ and $$ H < C $$.": ["W < H", "H < C"],
    "$$ W = K $$\n\nso\n\n$$ = C + 1 $$": ["W = K", "K = C + 1"],
    "$$ W = K \\quad H = C $$\n\n$$ = S \\quad = S + 1 $$": ["W = K", "H = C", "K = S", "C = S + 1"],
    "$$ f(2) = W + 2 $$": ["f[2] = W + 2"],
    "$$ x_1 = x_{W} $$": ["x[1] = x[W]"],
    "$$ (28 \\cdot 28)^2 = 6.15 \\times 10^{5} $$": ["(28*28)^2 rounds to 6.15e5"],
    "$$ 3/2000 = 1.5 \\times 10^{-3} $$": ["3/2000 rounds to 0.0015"],
    "$$ W H = 6.15 \\times 10^{6} \\text{ MACs} $$": ["W*H rounds to 6.15e6"],
    "$$ W \\approx 61 \\approx 6 \\times 10^1 $$": ["W rounds to 61", "W rounds to 6e1"],
    "$$ W = 6 \\times 10^1 = 60 $$": ["W = 6*10^1", "6*10^1 = 60"],
    "<!-- claim A19 in W, H -->\n$$ W H C \\propto W H $$": ["W*H*C is proportional to W*H in W, H"],
    "<!-- claim A19 as W, H grow -->\n$$ W H + 1 \\sim W H $$": ["W*H + 1 is asymptotic to W*H as W, H grow"],
    "<!-- claim as W grow -->\n$$ W + 1 \\approx W $$": ["W + 1 is asymptotic to W as W grow"],
    "$W = H$ and `$$ W = H $$` and \\$$ and\n\n```\n$$ W = H $$\n```\n<!-- $$ W = H $$ -->": [],
    "<!-- no claim -->\n$$ \\int x $$\n\n$$ W H C $$": [],
    "```claim\ntheorem A1 \"\"\n  given N : int >= 1\n  claim     N is unbounded in N\n```": ["N is unbounded in N"],  # noqa: E501
}  # fmt: skip


@pytest.mark.parametrize("text", CLAIMED)
def test_what_is_claimed(text: str) -> None:
    assert claimed(text) == CLAIMED[text]


def test_ids_and_verdicts() -> None:
    text = """
<!-- claim A24' : refuted -->

$$ W = H $$

$$ W = H \\tag{E16.2} $$
<!-- claim : unknown -->
$$ W = H $$
<!-- a remark -->
$$ W = H $$
"""
    found = [(c.name, c.expected, c.line) for c in claims(text)]
    assert found == [
        ("A24'", "refuted", 14),
        ("E16.2", "proved", 16),
        ("L18", "unknown", 18),
        ("L20", "proved", 20),
    ]
    steps = claims("\n<!-- claim E7 -->\n$$ W = H = C $$")[0].steps
    assert [(s.statement.name, s.line, s.column) for s in steps] == [("E7.1", 13, 4), ("E7.2", 13, 8)]
    first, second = claims('$$ W = H\n $$\n```claim\ntheorem T ""\n  claim 1 = 1\n```')
    assert (first.source, first.line, first.last_line, first.latex) == (" W = H\n ", 11, 12, True)
    assert (second.line, second.last_line, second.latex) == (14, 15, False)
    assert second.steps[0].statement.line == 14


def own(text: str) -> list[str]:
    """What the steps of the last claim say of its first term."""
    return ["" if s.own is None else shown(s.own) for s in claims(text)[-1].steps]


def shown(statement: Statement) -> str:
    return statement.written.partition("claim     ")[2]


OWN = {
    "W = H": [""],
    "W = H = C = K": ["", "W = C", "W = K"],
    "W = H \\le C = K": ["", "W <= C", "W <= K"],
    "W \\le H < C \\le K": ["", "W < C", "W < K"],
    "W > H \\ge C": ["", "C < W"],
    "W < H > C = K": ["", "", ""],
    "W = H \\ne C = K": ["", "", ""],
    "W = H \\approx 61 = C": ["", "W rounds to 61", "W = C"],
    "W = H = 6.1 \\times 10^1 = 61": ["", "W rounds to 6.1e1", "W = 61"],
    "W \\le H \\approx 61": ["", ""],
    "W + 1 = H = C \\quad K = S = 1": ["", "W + 1 = C", "", "K = 1"],
    "W = 3 \\text{ and } H = C": [""],
}


@pytest.mark.parametrize("formula", OWN)
def test_the_relations_of_a_chain_are_put_together(formula: str) -> None:
    assert own(f"$$ {formula} $$") == OWN[formula]


def test_the_first_term_may_stand_in_the_display_before() -> None:
    first, second = claims("$$ W + 2 = H $$\n$$ = \\tfrac{C}{2} = K $$")
    assert [(s.left, s.right) for s in first.steps] == [("W + 2", "H")]
    assert [(s.left, s.right) for s in second.steps] == [("H", "\\tfrac{C}{2}"), ("\\tfrac{C}{2}", "K")]
    assert second.steps[1].own is not None
    assert (shown(second.steps[1].own), second.steps[1].own.name) == ("H = K", "L12.2.own")
    rounded = claims("$$ W = H \\approx 6 \\times 10^{1} $$\n$$ = K $$")
    assert [(s.rounded, s.left, s.right) for c in rounded for s in c.steps] == [
        ("", "W", "H"), ("6e1", "H", "6 \\times 10^{1}"), ("", "H", "K"),
    ]  # fmt: skip


FORMS = {
    "is bounded in W, H": "W*H is bounded in W, H",
    "is unbounded in W": "W*H is unbounded in W",
    "is independent of C: refuted": "W*H is independent of C",
    "is proportional to W*H in W, H": "W*H is proportional to W*H in W, H",
    "is asymptotic to W_out*H as W grow": "W*H is asymptotic to W_out*H as W grow",
    "is largest exactly where W = 1 and for all k : int : k = k for W": "W*H is largest exactly where W = 1 and for all k : int : k = k for W",  # noqa: E501
    "has no largest value in W, H": "W*H has no largest value in W, H",
    "has a largest value in W : unknown": "W*H has a largest value in W",
    "does not depend on\n  x[W + 1]": "W*H does not depend on x[W + 1]",
    "rounds to 6.15e6": "W*H rounds to 6.15e6",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_comment_says_something_of_a_term(form: str) -> None:
    claim, unnamed = claims(f"<!-- claim A1 {form} -->\n$$ WH $$\n<!-- claim {form} -->\n$$ WH $$")
    assert (claim.name, [shown(step.statement) for step in claim.steps]) == ("A1", [FORMS[form]])
    assert claim.expected == (form.rpartition(": ")[2] if form[-7:] in ("refuted", "unknown") else "proved")
    assert shown(unnamed.steps[0].statement) == FORMS[form]


LINKED = """
<!-- claim E5 -->
$$ W = H = C $$

<!-- claim E6: refuted -->
$$ W + 1 = H $$

<!-- step E6 from E5.2 -->
$$ W + 1 = H $$

<!-- step E5.1 from E6 -->
```claim
theorem because ""
  given n : int
  claim n = n
```
"""


def test_steps_say_what_follows_from_another_claim() -> None:
    document = read_document(HEAD + LINKED)
    assert document.faults == ()
    assert [c.name for c in document.claims] == ["E5", "E6"]
    assert [(k.name, k.source_name, k.statement.name, k.line) for k in document.links] == [
        ("E6", "E5.2", "E6.from.E5.2", 19),
        ("E5.1", "E6", "because", 23),
    ]
    assert shown(document.links[0].statement) == "W + 1 = H"


def test_a_statement_holds_what_its_claim_has_to_do_with() -> None:
    (claim,) = claims("\n<!-- claim T -->\n$$ W_{out} \\le W + 2P $$")
    assert claim.steps[0].statement.written == (
        'theorem T ""\n  given     W, K, S : int >= 1\n  given     P : int >= 0\n'
        "  let       W_out = (W + 2*P - K)//S + 1\n  assume    K <= W + 2*P\n  claim     W_out <= W + 2*P"
    )
    (claim,) = claims("\n<!-- claim T -->\n$$ H + C = C + H $$")
    assert claim.steps[0].statement.written == (
        'theorem T ""\n  given     H, C : int >= 1\n  claim     H + C = C + H'
    )


FENCED = [
    ("claim B", "the comment names B, but the block below it A; write one name"),
    ("claim A in n", "what is claimed stands in the block; name the claim alone"),
    ("claim A is bounded in n", "what is claimed stands in the block; name the claim alone"),
    ("assume", "an assumption is a formula; write it in a block ```symcnn, with assume"),
]


@pytest.mark.parametrize(("comment", "reason"), FENCED)
def test_comments_above_a_block_of_statements(comment: str, reason: str) -> None:
    document = read_document(f'<!-- {comment} -->\n```claim\ntheorem A ""\n  claim 1 = 1\n```')
    assert faults(document) == [(1, 5, reason)]


def test_a_broken_statement_spoils_no_other() -> None:
    text = '```claim\ntheorem A ""\n  claim 1 = n\n\ntheorem B ""\n  claim 2 = 2\n```'
    document = read_document(text)
    assert [(c.name, c.line, c.fault is None) for c in document.claims] == [("A", 2, False), ("B", 5, True)]
    assert faults(document) == [(3, 13, "n is not declared")]
    several = read_document("<!-- claim A -->\n" + text)
    assert several.faults[0].reason.startswith(
        "the comment speaks of one statement, but the block below it has 2"
    )


def test_declarations_and_assumptions_hold_to_the_end_of_the_section() -> None:
    text = """
## Numbers

<!-- assume -->
$$ W = 256 \\quad C = 3 $$

```symcnn
given Q : int >= 1
```

### Deeper

<!-- claim one -->
$$ W C Q = 768 Q $$

## Other

<!-- claim two -->
$$ C + 1 = 1 + C $$

```symcnn
given Q : real
```

<!-- claim three -->
$$ Q^2 \\ge 0 $$
"""
    first, second, third = (c.steps[0].statement.written for c in claims(text))
    assert "assume    W = 256\n  assume    C = 3" in first
    assert "given     W, C, K, Q : int >= 1" in first
    assert second == 'theorem two ""\n  given     C : int >= 1\n  claim     C + 1 = 1 + C'
    assert third == 'theorem three ""\n  given     Q : real\n  claim     0 <= Q^2'


BROKEN = [
    ("$$ W = Q $$", (11, 8, "Q is not declared; declare it, as in given Q : int >= 1")),
    ("text $$ W +\n  W_{aut} = 1 $$", (12, 3, "W_aut is not declared; did you mean W_{out}?")),
    ("$$ \\sqrt{W} = 1 $$", (11, 4, "statements have no roots; state the claim about the powers")),
    ("$$ W \\propto H $$", (11, 4, "\\propto is no relation of two values; say in which sizes it is proportional")),  # noqa: E501
    ("$$ W = 1", (11, 1, "$$ is not closed with $$")),
    ("a <!-- comment", (11, 3, "<!-- is not closed with -->")),
    ("```symcnn\ngiven z : int", (11, 1, "the block ```symcnn is not closed")),
    ("```symcnn\ngiven z : integer\n```", (12, 11, "a sort (int, real or ring) is missing before 'integer'")),
    ("```symcnn\nlet   z = W +\n      Q\n```", (13, 7, "Q is not declared")),
    ("```symcnn\ngiven W : int\n```", (12, 7, "W is declared twice")),
    ("```symcnn\ngiven W1, W_1 : int\n```", (12, 1, "W1 and W_1 look the same in a formula, W_{1}; rename one")),  # noqa: E501
    ("```symcnn\nclaim W = 1\n```", (12, 1, "a declaration begins with given, let, assume or layer")),
    ("<!-- claim A1: right -->\n$$ W = W $$", (11, 5, "'right' is no verdict; write proved, refuted, unknown")),  # noqa: E501
    ("<!-- Claim A: refuted -->\n$$ W = W $$", (11, 5, "'Claim' is not understood; write 'claim', or begin the remark otherwise")),  # noqa: E501
    ("<!-- no-claim -->\n$$ W = W $$", (11, 5, "'no-claim' is not understood; write 'no claim', or begin the remark otherwise")),  # noqa: E501
    ("\\begin{align}\nW &= 1\n\\end{align}", (11, 1, "\\begin{align} is read between $$ and $$ alone; write them around it")),  # noqa: E501
    ("$$ W = H $$\n\n$$ W = 1", (13, 1, "$$ is not closed with $$")),
    ("<!-- claim A 1 -->\n$$ W = W $$", (11, 5, "'claim A 1' is not understood; write <!-- claim ID: refuted -->")),  # noqa: E501
    ("<!-- claim A1 -->\n\ntext\n\n$$ W = W $$", (11, 1, "no formula stands below this comment")),
    ("<!-- assume -->\n$$ W = Q $$", (12, 8, "Q is not declared; declare it, as in given Q : int >= 1")),
    ("<!-- claim in Q -->\n$$ W \\propto W $$", (11, 5, "Q is no declared variable; one is needed at the end")),  # noqa: E501
    ("<!-- claim A -->\n$$W = W$$\n<!-- claim A -->\n$$W = W$$", (14, 1, "the id A is used twice")),
    ("$$ = W $$", (11, 4, "a term is missing before the relation")),
    ("```claim\ntheorem A1 \"\"\n  claim 1 = n\n```", (13, 13, "n is not declared")),
    ("```claim\nx\n```", (12, 1, "theorem must begin here")),
    ("```claim\n```", (12, 1, "no theorem")),
    ("<!-- claim A -->\n$$ W H $$", (12, 3, "a term alone says nothing; write a relation, or in the comment what is said of it: <!-- claim A13 is bounded in N -->")),  # noqa: E501
    ("$$ W = H \\\\ C K $$", (11, 13, "a term alone stands beside formulas; write its relation; a product that goes on in the next row needs a sign, \\cdot")),  # noqa: E501
    ("$$ -W = -1.5 \\times 10^6 $$", (11, 10, "a rounded number stands alone behind its sign, in a formula of its own; write -a \\approx 6 for a \\approx -6, or the exact number")),  # noqa: E501
    ("$$ W = (1.5 \\times 10^6) $$", (11, 9, "a rounded number stands alone behind its sign, in a formula of its own; write -a \\approx 6 for a \\approx -6, or the exact number")),  # noqa: E501
    ("$$ W = 1.5 \\times 10^6 \\text{ and } H = C $$", (11, 8, "a rounded number stands alone behind its sign, in a formula of its own; write -a \\approx 6 for a \\approx -6, or the exact number")),  # noqa: E501
    ("<!-- claim A is bounded in W -->\n$$ W = H $$", (12, 3, "the comment says of a term that it is bounded in W, but below it stands a relation; write one term")),  # noqa: E501
    ("<!-- claim A is bounded in W -->\n$$ W \\quad H $$", (12, 3, "the comment says of a term that it is bounded in W, but below it stands more than one formula; write one term")),  # noqa: E501
    ("<!-- claim A is bounded in Q -->\n$$ W $$", (11, 5, "Q is no declared variable; one is needed at the end")),  # noqa: E501
    ("<!-- claim A is bounded in W # x -->", (11, 5, "'is bounded in W # x' holds a number sign, behind which nothing is read; leave it out")),  # noqa: E501
    ("<!-- claim A is bounded by W -->", (11, 5, "'is bounded by W' is no form of a claim; write is proportional to, is independent of, is asymptotic to, is bounded in, is unbounded in, is largest exactly where, has a largest value in, has no largest value in, rounds to, does not depend on")),  # noqa: E501
    ("<!-- claim A in W -->\n$$ W = H $$", (12, 3, "the comment names sizes, but the formula has no \\propto; leave them out")),  # noqa: E501
    ("<!-- claim A as W grow -->\n$$ W \\approx 3 $$", (12, 3, "the comment names growing sizes, but the formula has no \\sim; leave them out")),  # noqa: E501
    ("<!-- claim A -->\n$$W = W = W$$\n<!-- claim A.2 -->\n$$W = W$$", (14, 1, "the id A.2 is used twice")),
    ("<!-- step A -->\n$$ W = H $$", (11, 5, "'step A' is not understood; write <!-- step E16.6 from E16.5 -->")),  # noqa: E501
    ("<!-- step A from last -->\n$$ W = H $$", (12, 1, "no claim of this document is called A")),
    ("<!-- step last from last -->\n$$ W = Q $$", (12, 8, "Q is not declared; declare it, as in given Q : int >= 1")),  # noqa: E501
    ("<!-- step last from last -->\n$$ W = W = W $$", (12, 3, "a step is one relation; write a display for each")),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("text", "fault"), BROKEN)
def test_what_is_broken_does_not_hide_the_rest(text: str, fault: tuple[int, int, str]) -> None:
    document = read_document(f"{HEAD}{text}\n\n<!-- claim last -->\n$$ W + H = H + W $$\n")
    assert faults(document) == [fault]
    last = document.claims[-1]
    assert (last.name, last.fault) == ("last", None)
    assert last.steps[0].statement.written.endswith("claim     W + H = H + W")


def test_nothing_goes_on_from_before_what_is_not_read() -> None:
    found = faults(read_document(f"{HEAD}$$ W = H $$\n\n$$ W = 1\n\n$$ = C $$\n"))
    assert found == [(13, 1, "$$ is not closed with $$"), (15, 4, "a term is missing before the relation")]


LAYERS = """
```symcnn
layer   conv = Conv2d(C, 8, kernel_size=K, padding=P) on (1, C, H, W)
layer   pool = MaxPool2d(2)
        on (1, C, H, W)
```
"""


def test_layers_bring_their_counts_and_their_domain() -> None:
    text = r"""
<!-- claim E3 -->
$$ \text{params}_{conv} = 8 (K^2 C + 1) $$

<!-- claim E4 -->
$$ \text{macs}_{\text{conv}} = 8 K^2 C \,\text{shape}_{conv,3}\, \text{shape}_{conv,4} $$

<!-- claim E5 -->
$$ \text{comparisons}_{pool} = 3 C \lfloor H/2 \rfloor \lfloor W/2 \rfloor $$
"""
    params, macs, comparisons = (c.steps[0].statement for c in claims(LAYERS + text))
    assert params.abbreviations.keys() == {"params_conv"}
    assert macs.abbreviations.keys() == {"macs_conv", "shape_conv_3", "shape_conv_4"}
    assert "assume    0 <= H + 2*P - K" in macs.written
    assert "assume    0 <= H - 2" not in macs.written
    assert "assume    0 <= H - 2" in comparisons.written
    assert decide(params, 20).status == "PROVED"


def test_a_layer_keeps_its_whole_domain() -> None:
    text = """
```symcnn
layer  half = Conv2d(C, 8, kernel_size=K, padding=P) on (C, H, W)
layer  more = Conv2d(C, 8, kernel_size=K, padding=P) on (C, H, W + 1)
```

$$ \\text{outputs}_{more} \\ge 1 $$

$$ \\text{outputs}_{more} \\ge \\text{outputs}_{half} $$
"""
    more, both = (c.steps[0].statement.written for c in claims(text))
    assert more.count("assume    0 <= H + 2*P - K") == both.count("assume    0 <= H + 2*P - K") == 1
    assert "assume    0 <= W + 2*P - K + 1" in more


def test_operations_that_do_not_occur_are_none() -> None:
    text = "$$ \\text{multiplications}_{pool} + \\text{square\\_roots}_{pool} = \\text{macs}_{pool} = 0 $$"
    first, second = (step.statement for step in claims(LAYERS + text)[0].steps)
    assert "let       multiplications_pool = 0" in first.written
    assert {decide(first, 20).status, decide(second, 20).status} == {"PROVED"}


NETWORKS = """
```symcnn
given   B : int >= 1
layer   lenet = lenet5 on (B, 1, 32, 32)
layer   small = Sequential(Conv2d(1, 2, kernel_size=3), ReLU(), MaxPool2d(2))
        on (1, 1, 8, 8)
let     activations = outputs_lenet_1 + outputs_lenet_2
```
"""

COUNTED = {
    "\\text{params}_{lenet} = 61706": "PROVED",
    "\\text{params}_{lenet,1} = \\text{params}_{\\text{lenet},\\text{conv1}} = 156": "PROVED",
    "\\text{params}_{lenet,6} = 400 \\cdot 120": "REFUTED",
    "\\text{outputs}_{lenet,3} = 1600 B": "PROVED",
    "\\text{shape}_{lenet,3,2} = 16": "PROVED",
    "\\text{shape}_{lenet,1} = B": "PROVED",
    "\\text{shape}_{lenet,2} = 10": "PROVED",
    "activations = 4704 B + 1176 B": "PROVED",
    "\\text{macs}_{small} = \\text{macs}_{small,1} = 2 \\cdot 6 \\cdot 6 \\cdot 9": "PROVED",
    "\\text{comparisons}_{small,3} = 18 \\cdot 3": "PROVED",
}


@pytest.mark.parametrize("formula", COUNTED)
def test_networks_bring_their_totals_and_those_of_their_rows(formula: str) -> None:
    (claim,) = claims(NETWORKS + f"$$ {formula} $$")
    assert claim.fault is None
    assert {decide(step.statement, 20).status for step in claim.steps} == {COUNTED[formula]}
    assert all(len(step.statement.abbreviations) <= 3 for step in claim.steps)


@pytest.mark.parametrize("model", ["resnet50", "densenet121", "mobilenet_v2"])
def test_large_networks_are_read_at_once(model: str) -> None:
    start = time.process_time()
    text = f"layer net = {model} on (1, 3, 2*H, H)"
    (claim,) = claims(f"```symcnn\n{text}\n```\n$$ \\text{{params}}_{{net,1}} = 9408 $$\n")
    assert claim.fault is None
    assert time.process_time() - start < 5


BAD_LAYERS = {
    "layer conv = Conv2d(C, Q, K) on (1, C, H, W)": "Q is not declared; write given Q : int >= 1",
    "layer conv = Conv2d(C, 8) on (1, C, H, W)": "Conv2d needs kernel_size",
    "layer conv = Conv9d(C) on (1, C, H, W)": "layer 'Conv9d' is unknown",
    "layer conv = Conv2d(C, 8, K)": "write layer conv = Conv2d(C, D, kernel_size=K) on (N, C, H, W)",
    "layer conv = Conv2d(P, 8, K) on (1, P, H, W)": "declare P with its limit, given P : int >= 1",
    "layer two = Sequential(ReLU(), Linear(3, 4)) on (1, 2)": "1: Linear(in_features=3, out_features=4): in_features=3 does not match",  # noqa: E501
    "layer net = lenet on (1, 1, 32, 32)": "'lenet' is no layer of this document and no model",
    "layer net = lenet5 on (B, 1, 32, 32)": "B is not declared; write given B : int >= 1",
    "layer net = lenet5 on (1, 3, 32, 32)": "conv1",
    "layer net = lenet5 on (1, 1, 32, 32)\nlet n = inputs_net": "inputs_net is not declared",
    "layer net = lenet5 on (1, 1, 32, 32)\nlet params_net_conv1 = 3": "params_net_conv1 is declared twice",
    "layer net = lenet5 on (1, 1, 32, 32)\nlayer net = lenet5 on (1, 1, 32, 32)": "macs_net is declared twice",  # noqa: E501
    "layer conv = __import__('os') on (1, C)": "is unknown",
    "given Z : int\nlayer conv = Conv2d(Z, 8, K) on (1, Z, H, W)": "declare Z with its limit, given Z : int >= 1",  # noqa: E501
    "let macs_conv = 1\nlayer conv = Conv2d(C, 8, K) on (1, C, H, W)": "macs_conv is declared twice",
}


@pytest.mark.parametrize("text", BAD_LAYERS)
def test_layers_that_are_refused(text: str) -> None:
    document = read_document(f"{HEAD}```symcnn\n{text}\n```\n$$ W = W $$")
    (fault,) = document.faults
    assert BAD_LAYERS[text] in fault.reason
    assert fault.line == 12 + text.count("\n")
    assert document.claims[0].steps


def test_parts_know_where_they_stand() -> None:
    headings = [b.text for b in blocks("# A #\n## B ##  \n# C#\n#\n### #\n# D # E")]
    assert headings == ["A", "B", "C#", "", "", "D # E"]
    text = "# A #\n\nSo `$$` $$a\n= b$$ holds\n~~~ math\nc\n~~~\n<!-- d -->"
    assert [(b.kind, b.text, b.line, b.column) for b in blocks(text)] == [
        ("heading", "A", 1, 1),
        ("prose", "So `$$`", 3, 1),
        ("display", "a\n= b", 3, 11),
        ("prose", "holds", 4, 7),
        ("display", "c", 6, 1),
        ("comment", " d ", 8, 5),
    ]


def test_the_example_is_as_it_expects() -> None:
    document = Source.of(Path(__file__).parent.parent / "docs" / "examples" / "convolution.md").document
    assert document.faults == ()
    assert [claim.name for claim in document.claims] == ["E1", "E2", "E3", "E4", "E7", "E8", "E14a"]
    for claim in document.claims:
        found = {decide(step.statement, 20).status for step in claim.steps}
        assert found == {claim.expected.upper()}, claim.name


HOSTILE = {
    "code": " ".join("`" * k for k in range(1, 600)),
    "more code": "``a `b" * 30_000,
    "dollars": "$$" * 90_000,
    "comments": "<!--\n" * 30_000,
    "brackets": "\\[" * 90_000,
    "blanks in a heading": "# a" + " " * 190_000 + "b",
    "blanks behind a fence": "```" + " " * 190_000 + "`",
    "blanks in a layer": "```symcnn\nlayer c = x" + " " * 190_000 + "\n```",
    "blanks in a comment": "<!-- claim as" + " " * 190_000 + "x-->",
    "a long comment": "<!-- claim A is bounded in N" + ": a" * 60_000 + "-->",
    "blocks": "```claim\n\n" * 20_000,
    "other blocks": "~~~ x\n\n" * 25_000,
    "networks": "```symcnn\n"
    + "".join(f"layer n{k} = resnet152 on (1, 3, H, H)\n" for k in range(40))
    + "```",
    "open fences": "\n".join("`" * k for k in range(3, 600)),
    "abbreviations": "```symcnn\nlet b0 = 1\n"
    + "".join(f"let b{k + 1} = b{k}*b{k} + b{k}\n" for k in range(150))
    + "```",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_documents_are_read_at_once(what: str) -> None:
    start = time.process_time()
    read_document(HOSTILE[what])
    assert time.process_time() - start < 5


GOOD = b"```symcnn\ngiven N : int\n```\n\n<!-- claim A -->\n$$ N + 1 = 1 + N $$\n"
LAST = b"\n<!-- claim B -->\n$$ N = N $$\n"

# What a file holds, its faults with line and column, and the claims that are read.
FILES = {
    "empty": (b"", [], []),
    "blank": (b"\n \n", [], []),
    "Windows": (b"\xef\xbb\xbf" + (GOOD + LAST).replace(b"\n", b"\r\n"), [], ["A", "B"]),
    "old line ends": ((GOOD + LAST).replace(b"\n", b"\r"), [], ["A", "B"]),
    "a byte in prose": (GOOD + b"caf\xe9 and \xe9\n" + LAST, [(7, 4, "byte 0xe9 is not UTF-8")], ["A", "B"]),
    "a byte in a formula": (GOOD + b"$$ N = \xff $$" + LAST, [(7, 8, "byte 0xff is not UTF-8"), (7, 8, "\ufffd has no meaning here")], ["A", "L7", "B"]),  # noqa: E501
    "a byte in an id": (b"<!-- claim \xc3( -->\n" + GOOD, [(1, 5, "'claim \ufffd(' is not understood; write <!-- claim ID: refuted -->"), (1, 12, "byte 0xc3 is not UTF-8")], ["A"]),  # noqa: E501
    "a cut character": (GOOD + LAST + b"\xe2\x82", [(10, 1, "byte 0xe2 is not UTF-8")], ["A", "B"]),
    "a zero": (GOOD + b"a \x00 b\n" + LAST, [(7, 3, "character '\\x00' is not allowed")], ["A", "B"]),
    "a mark that turns text": (GOOD + "a \u202e b\n".encode() + LAST, [(7, 3, "character '\\u202e' is not allowed")], ["A", "B"]),  # noqa: E501
    "UTF-16": (GOOD.decode().encode("utf-16"), [(1, 1, "the file is in UTF-16; save it as UTF-8")], []),
    "an open block": (b"```claim\ntheorem T \"\"\n  claim 1 = 2\n\n  or 1 = 1\n" + LAST, [(1, 1, "the block ```claim is not closed"), (8, 4, "N is not declared; declare it, as in given N : int >= 1")], ["B"]),  # noqa: E501
    "an open block above another": (b"```symcnn\ngiven M : int\n" + GOOD + LAST, [(1, 1, "the block ```symcnn is not closed")], ["A", "B"]),  # noqa: E501
    "an open block of a claim": (b"<!-- claim C: refuted -->\n```claim\ntheorem C \"\"\n  claim 1 = 2\n\n" + GOOD, [(2, 1, "the block ```claim is not closed")], ["C", "A"]),  # noqa: E501
    "an open formula": (GOOD + b"\n<!-- claim C -->\n$$ N =\n\n" + LAST, [(9, 1, "$$ is not closed with $$")], ["A", "C", "B"]),  # noqa: E501
    "an open comment": (GOOD + b"\n<!-- claim C\n\n" + LAST, [(8, 1, "<!-- is not closed with -->")], ["A", "B"]),  # noqa: E501
    "an unknown letter": (GOOD + b"$$ N = M $$\n" + LAST, [(7, 8, "M is not declared; declare it, as in given M : int >= 1")], ["A", "L7", "B"]),  # noqa: E501
    "a bad layer": (b"```symcnn\nlayer c = Linear(2, 8) on (1, 5)\n```\n" + GOOD, [(2, 1, "Linear(in_features=2, out_features=8): in_features=2 does not match axis 1 of x, which has length 5")], ["A"]),  # noqa: E501
    "one id twice": (GOOD + GOOD[26:], [(10, 1, "the id A is used twice")], ["A", "A"]),
    "too long": (GOOD + b"prose\n" * 50_000 + LAST, [(33329, 1, "the document has more than 200000 characters; what stands from here on is not read")], ["A"]),  # noqa: E501
    "one long line": (b"x" * 300_000, [(1, 1, "the document has more than 200000 characters; what stands from here on is not read")], []),  # noqa: E501
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
def test_broken_files_are_read_as_far_as_they_can_be(tmp_path: Path, what: str) -> None:
    data, expected, names = FILES[what]
    path = tmp_path / "claims.md"
    path.write_bytes(data)
    document = Source.of(path).document
    assert faults(document) == expected
    assert [claim.name for claim in document.claims] == names


def test_fifty_megabytes_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "claims.md"
    path.write_bytes(GOOD + b"prose\n" * 8_500_000)
    start = time.monotonic()
    document = Source.of(path).document
    assert time.monotonic() - start < 1
    assert [claim.name for claim in document.claims] == ["A"]
    assert [fault.line for fault in document.faults] == [33329]


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"{tmp_path}: this is a folder; name a document"):
        Source.of(tmp_path)
    with pytest.raises(ValueError, match=r"claims.md: No such file or directory"):
        Source.of(tmp_path / "claims.md")


def test_statements_of_documents_can_be_decided() -> None:
    text = """
<!-- claim E3 -->
$$ \\sum_{u=0}^{K-1} \\sum_{v=0}^{K-1} 1 = K^2 $$

<!-- claim E4: refuted -->
$$ K^2 C = K^2 $$
"""
    found = [decide(c.steps[0].statement, 20).status for c in claims(text)]
    assert found == ["PROVED", "REFUTED"]


def test_the_signs_of_a_quotation_are_no_relations() -> None:
    document = read_document(HEAD + "> $$ W + H\n> + K = C $$\n\n> $$ W = W $$\n")
    assert faults(document) == [(11, 3, "a formula in a quotation must stand in one line")]
    assert [claim.source for claim in document.claims] == [" W = W "]
