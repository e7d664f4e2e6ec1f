"""Submissions against a reference: what is right, wrong or no answer, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symcnn.documents.against import (
    MISSING,
    NOT_READ,
    RIGHT,
    UNDECIDED,
    WRONG,
    Answer,
    Comparison,
    against,
)
from symcnn.documents.checking import check
from symcnn.documents.feedback import comparisons_as_json, exit_code, feedback, rows
from symcnn.documents.report import Report
from tests.test_cli import ROOT, error, run

GIVEN = r"""# An exercise

```symcnn
given   C_in, C_out, H, W, K, S : int >= 1
given   P : int >= 0
layer   conv = Conv2d(C_in, C_out, kernel_size=K, stride=S, padding=P) on (C_in, H, W)
let     H_out = (H + 2*P - K)//S + 1
let     W_out = (W + 2*P - K)//S + 1
```
"""
FORMULAS = {
    "rows": r"H_{out} = \left\lfloor \frac{H + 2P - K}{S} \right\rfloor + 1",
    "macs": r"\text{macs}_{conv} = K^2 C_{in} C_{out} H_{out} W_{out}",
    "params": r"\text{params}_{conv} = C_{out} (K^2 C_{in} + 1) = K^2 C_{in} C_{out} + C_{out}",
    "bound": r"H_{out} \le H + 2P",
    "number": r"784^2 = 614656 \approx 6.15 \times 10^{5}",
    "grows in C_out": r"\text{macs}_{conv} \propto C_{out}",
    "large as H grow": r"H + 2P \sim H",
    "small is bounded in H": r"\frac{1}{H}",
    "both": r"K + S = S + K \quad K S = S K",
    "either": r"K = 1 \text{ or } K \ge 2",
    "wrong: refuted": r"\text{macs}_{conv} = K",
}


def document(formulas: dict[str, str], given: str = "") -> str:
    return given + "".join(
        f"\n<!-- claim {head} -->\n$$ {formula} $$\n" for head, formula in formulas.items()
    )


@pytest.fixture(scope="module")
def reference() -> Report:
    report = check(document(FORMULAS, GIVEN), seconds=20)
    assert report.code == 0, str(report)
    return report


def answer(reference: Report, head: str, formula: str) -> Answer:
    (found,) = against(reference, [document({head: formula})], seconds=20)
    return found[head.partition(" ")[0].rstrip(":")]


# ---------------------------------------------------------------- right

ANSWERS_RIGHT = [
    ("rows", r"H_{out} = \left\lfloor \frac{H + 2P - K}{S} \right\rfloor + 1"),
    ("rows", r"H_{out} = \left\lfloor \frac{H + 2P - K + S}{S} \right\rfloor"),
    ("rows", r"\left\lceil \frac{H + 2P - K + 1}{S} \right\rceil = \lfloor (H - K + 2P)/S + 1 \rfloor"),
    ("macs", r"\text{macs}_{conv} = C_{in} C_{out} H_{out} W_{out} \cdot K \cdot K"),
    ("macs", r"C_{in} K^2 W_{out} H_{out} C_{out} = K K C_{in} C_{out} H_{out} W_{out}"),
    ("params", r"\text{params}_{conv} = K^2 C_{in} C_{out} + C_{out}"),
    ("params", r"\text{params}_{conv} = C_{out} (1 + K^2 C_{in})"),
    ("params", "\\begin{aligned}\n\\text{params}_{conv} &= C_{out} + C_{out} C_{in} K^2 \\\\\n&= C_{out} (C_{in} K^2 + 1)\n\\end{aligned}"),  # noqa: E501
    ("bound", r"H + 2P \ge H_{out}"),
    ("bound", r"H_{out} - H \le 2P"),
    ("number", r"784^2 = 614{,}656"),
    ("number", r"784^2 \approx 6.1 \times 10^{5}"),
    ("number", r"784 \cdot 784 = 614656 = 6.147 \times 10^{5}"),
    ("grows in C_out", r"\text{macs}_{conv} \propto C_{out}"),
    ("grows", r"\text{macs}_{conv} \propto 3 C_{out}"),
    ("large as H grow", r"H + 2P \sim H + 1"),
    ("small is bounded in H", r"\frac{2}{2H}"),
    ("both", r"K + S = S + K \quad K S = S K"),
    ("either", r"K = 1 \text{ or } K \ge 2"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "formula"), ANSWERS_RIGHT)
def test_right(reference: Report, head: str, formula: str) -> None:
    found = answer(reference, head, formula)
    assert (found.status, found.reason) == (RIGHT, "")


# ---------------------------------------------------------------- wrong

ANSWERS_WRONG = [
    ("rows", r"H_{out} = \left\lfloor \frac{H + P - K}{S} \right\rfloor + 1", r"\left\lfloor \frac{H + P - K}{S} \right\rfloor + 1"),  # noqa: E501
    ("macs", r"\text{macs}_{conv} = K^2 C_{out} H_{out} W_{out}", r"K^2 C_{out} H_{out} W_{out}"),
    ("params", r"\text{params}_{conv} = K^2 C_{in} C_{out}", r"K^2 C_{in} C_{out}"),
    ("params", r"2 = 2", "2"),
    ("bound", r"H_{out} \le H", r"H_{out} \le H"),
    ("number", r"784^2 = 614456", "614456"),
    ("number", r"784^2 \approx 6.14 \times 10^{5}", r"6.14 \times 10^{5}"),
    ("grows in C_out", r"\text{macs}_{conv} \propto C_{out}^2", r"\text{macs}_{conv} \propto C_{out}^2"),
    ("grows in C_out", r"C_{out}^2 \propto C_{out}^2", "C_{out}^2"),
    ("large as H grow", r"H + 2P \sim 2H", r"H + 2P \sim 2H"),
    ("small is bounded in H", r"\frac{1}{H + 1}", r"\frac{1}{H + 1}"),
    ("both", r"K + S = S + K \quad K S = S", "S"),
    ("either", r"K = 1 \text{ or } K = 2", r"K = 1 \text{ or } K = 2"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "formula", "part"), ANSWERS_WRONG)
def test_wrong(reference: Report, head: str, formula: str, part: str) -> None:
    found = answer(reference, head, formula)
    assert (found.status, found.reason) in [(WRONG, ""), (WRONG, "it says that something equals itself")]
    assert found.formula in (part, "")
    assert found.verdict is None or found.verdict.status == "REFUTED"


@pytest.mark.parametrize(
    ("head", "formula", "reason"),
    [
        ("macs", r"\text{macs}_{conv} = \text{macs}_{conv}", "it only repeats what is asked for"),
        ("macs", r"\text{macs}_{conv} = \text{macs}_{conv} + 0", "a formula without macs_conv is asked for"),
        ("macs", r"\text{macs}_{conv} = \text{multiplications}_{conv}", "without multiplications_conv"),
        ("rows", r"H_{out} = H_{out}", "it only repeats what is asked for"),
        ("rows", r"H_{out} = 2 H_{out} - H_{out}", "a formula without H_out is asked for"),
        ("rows", r"H_{out} = \text{shape}_{conv,2}", "a formula without shape_conv_2 is asked for"),
        ("macs", "1 = 1", "it says that something equals itself"),
        ("macs", r"K^2 C_{in} = K^2 C_{in} = K^2 C_{in}", "it says that something equals itself"),
        ("number", "784^2 = 784^2", "a number is asked for"),
        ("number", r"784^2 = 784 \cdot 784", "a number is asked for"),
        ("number", r"784^2 \approx 0 \times 10^{7}", "a number with a digit other than 0 is asked for"),
        ("macs", r"\text{macs}_{conv} \le K^2 C_{in} C_{out} H_{out} W_{out}", "an equation is asked for"),
        ("macs: refuted", FORMULAS["macs"], "it is marked as refuted"),
        ("grows in C_out", r"\text{macs}_{conv} \propto \text{macs}_{conv}", "it only repeats"),
        ("grows in C_in", r"\text{macs}_{conv} \propto C_{in}", "it is asked for in C_out"),
        ("grows", r"\text{macs}_{conv} = C_{out}", r"a formula with \propto is asked for"),
    ],
)  # fmt: skip
def test_what_is_true_and_no_answer_does_not_count(
    reference: Report, head: str, formula: str, reason: str
) -> None:
    found = answer(reference, head, formula)
    assert found.status == WRONG
    assert reason in found.reason
    assert (found.sizes, found.value) == ({}, None)


# ---------------------------------------------------------------- neither


@pytest.mark.parametrize(
    ("head", "formula"),
    [
        ("bound", r"1 \le 2"),
        ("bound", r"H_{out} < H + 2P + 1"),
        ("bound", r"H_{out} \le H + 2P + 1"),
        ("either", r"K = K"),
        ("either", r"K \ge 1"),
        ("small is unbounded in H", "H"),
        ("small is bounded in W", "1"),
    ],
)
def test_what_holds_and_may_say_something_else_is_left_to_a_person(
    reference: Report, head: str, formula: str
) -> None:
    found = answer(reference, head, formula)
    assert found.status == UNDECIDED
    assert "has to be read by a person" in found.reason


@pytest.mark.parametrize(
    ("head", "formula", "place", "reason"),
    [
        ("macs", r"\text{macs}_{conv} = M K^2", (3, 25), "M is no letter of the reference"),
        ("macs", "\\text{macs}_{conv} = \nK^2\n+ C_{on}", (5, 3), "C_on is no letter of the reference; did"),
        ("macs", r"\text{macs}_{conv} = \frac{K", (3, 30), "{ is not closed"),
        ("macs", r"\text{macs}_{conv} = K/SH", (3, 26), "a/bc can mean a/(bc) or (a/b)c"),
        ("macs", r"K", (3, 1), "an equation is asked for"),
        ("macs", r"K = S \quad S = K", (3, 1), "1 formula is asked for, not 2"),
        ("both", r"K = S", (3, 1), "2 formulas are asked for, not 1"),
        ("rows", r"H_{out} = \sqrt{H}", (3, 14), "statements have no roots"),
        ("small", r"\frac{1}{H}", (3, 1), "a term is asked for, and what is said of it in the comment"),
        ("number", r"784^2 = 614656\,\text{kB}", (3, 12), "do not fit together"),
    ],
)  # fmt: skip
def test_what_is_not_read_has_its_place(
    reference: Report, head: str, formula: str, place: tuple[int, int], reason: str
) -> None:
    found = answer(reference, head, formula)
    assert found.status == NOT_READ
    assert reason in found.reason
    assert (found.line, found.column) == place


def test_what_is_not_there_is_missing_and_what_is_there_twice_is_not_read(reference: Report) -> None:
    (found,) = against(reference, ["<!-- claim macs -->\n$$ K = K $$\n" * 2])
    assert found["macs"].reason == "the id macs is used twice"
    assert found["rows"].status == MISSING
    assert "wrong" not in [a.name for a in found.answers]
    with pytest.raises(KeyError, match="'wrong' is not asked for; asked are rows, macs"):
        _ = found["wrong"]


def test_a_file_that_cannot_be_read_is_said(reference: Report, tmp_path: Path) -> None:
    (found,) = against(reference, [tmp_path / "nothing.md"])
    assert {a.status for a in found.answers} == {NOT_READ}
    assert "Nothing of the file is read: " in feedback(found)
    assert "## macs" not in feedback(found)
    assert FORMULAS["macs"] in feedback(found, answers=True)
    assert exit_code([found]) == 2


def test_declarations_of_the_submission_do_not_count(reference: Report) -> None:
    own = "```symcnn\ngiven K, C_in, C_out, M : int >= 1\nlet macs_conv = 1\n```\n"
    (found,) = against(reference, [document({"macs": r"\text{macs}_{conv} = 1"}, own)])
    assert found["macs"].status == WRONG
    (found,) = against(reference, [document({"macs": r"\text{macs}_{conv} = M"}, own)])
    assert found["macs"].reason == "M is no letter of the reference"


def test_the_first_wrong_step_is_named(reference: Report) -> None:
    formula = r"\text{params}_{conv} = C_{out} K^2 C_{in} + C_{in} = K^2 C_{out} C_{in} + C_{out}"
    found = answer(reference, "params", formula)
    assert (found.status, found.formula) == (WRONG, "C_{out} K^2 C_{in} + C_{in}")
    assert found.step == r"\text{params}_{conv} = C_{out} K^2 C_{in} + C_{in}"
    formula = r"\text{params}_{conv} = C_{out} + C_{out} K^2 C_{in} = C_{out} K^3"
    assert answer(reference, "params", formula).step == r"C_{out} + C_{out} K^2 C_{in} = C_{out} K^3"


def test_a_refutation_can_be_computed_again(reference: Report) -> None:
    found = answer(reference, "macs", r"\text{macs}_{conv} = K^2 C_{out} H_{out} W_{out}")
    at = {name: int(value) for name, value in found.sizes.items()}
    rows = (at["H"] + 2 * at["P"] - at["K"]) // at["S"] + 1
    columns = (at["W"] + 2 * at["P"] - at["K"]) // at["S"] + 1
    assert found.value == at["K"] ** 2 * at["C_out"] * rows * columns
    assert found.value != at["K"] ** 2 * at["C_in"] * at["C_out"] * rows * columns


def test_a_display_that_goes_on_from_the_one_before() -> None:
    text = "```symcnn\ngiven N : int >= 1\n```\n\n$$ N^2 + N $$\n\n<!-- claim a -->\n$$ = N (N + 1) $$\n"
    reference = check(text)
    (found,) = against(reference, ["so\n\n<!-- claim a -->\n$$ = (N + 1) N $$\n"])
    assert found["a"].status == RIGHT
    (found,) = against(reference, ["so\n\n<!-- claim a -->\n$$ = N^2 + 1 $$\n"])
    assert (found["a"].status, found["a"].formula, found["a"].step) == (WRONG, "N^2 + 1", "")


def test_growth_that_goes_on_from_the_display_before(reference: Report) -> None:
    (found,) = against(reference, ["<!-- claim grows in C_out -->\n$$ \\propto 2 C_{out} $$\n"])
    assert found["grows"].status == RIGHT


def test_statements_in_blocks() -> None:
    def block(claim: str) -> str:
        return f'<!-- claim t -->\n```claim\ntheorem t ""\n  given n : int >= 1\n  claim {claim}\n```\n'

    reference = check("\n" + block("n <= n^2"))
    statuses = {"n <= n^2": RIGHT, "n = n": UNDECIDED, "n^2 <= n": WRONG, "n <=": NOT_READ}
    found = against(reference, ["\n" + block(claim) for claim in statuses])
    assert [comparison["t"].status for comparison in found] == [*statuses.values()]
    (formula,) = against(reference, ["<!-- claim t -->\n$$ n = n $$"])
    assert formula["t"].status == NOT_READ


def test_assumptions_and_domains_of_the_reference_hold() -> None:
    given = "```symcnn\ngiven N, K : int >= 1\n```\n\n<!-- assume -->\n$$ K = 1 $$\n"
    text = document({"a": "N K = N"}, given)
    (found,) = against(check(text), ["<!-- claim a -->\n$$ N K = N K^2 $$"])
    assert found["a"].status == RIGHT


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<!-- claim a -->\n$$ 1 = 2 $$", "a is refuted, expected: proved"),
        ("<!-- claim a -->\n$$ N = 2 $$", "N is not declared"),
        ("<!-- claim a: refuted -->\n$$ 1 = 2 $$", "there is no claim that is expected to be proved"),
    ],
)
def test_a_reference_must_be_as_it_says(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        against(check(text), [])


def test_formulas_in_common_are_decided_once(reference: Report) -> None:
    told: list[int] = []
    texts = [document({"macs": r"\text{macs}_{conv} = K"}, own) for own in ("", "Words.\n", "# Title\n")]
    found = against(reference, texts, progress=lambda words, done, total: told.append(total))
    assert {comparison["macs"].status for comparison in found} == {WRONG}
    # The left side, which is that of the reference, is known.
    assert set(told) == {1}


# ---------------------------------------------------------------- what is said

SUBMISSION = {
    "macs": r"\text{macs}_{conv} = K^2 C_{out} H_{out} W_{out}",
    "params": r"\text{params}_{conv} = K^2 C_{in} C_{out} + C_{out}",
    "number": "784^2 = 614456",
    "bound": r"H_{out} \le H",
    "rows": "H_{out} = M",
    "either": "K = K",
    "both": r"K + S = S + K \quad K S = S C_{out} = K",
    "small": "1",
    "grows in C_out": r"\text{macs}_{conv} \propto C_{out}^2",
}


def test_feedback_does_not_give_the_answers_away(reference: Report) -> None:
    (found,) = against(reference, [document(SUBMISSION)], seconds=20)
    text = feedback(found)
    for said in (
        "1 of 10 right",
        "- params: right",
        "- large: missing",
        "It is wrong, at line 3, column 25: $K^2 C_{out} H_{out} W_{out}$",
        "`C_in = 2`",
        "its value is 1, which is not right",
        "The first wrong step is $K S = S C_{out}$",
        "Its value is 614,456, which is not right.",
        "It is not read, at line 15, column 14: M is no letter of the reference.",
    ):
        assert said in text
    data = json.dumps(comparisons_as_json([found]))
    for secret in ("614,656", "614656", "C_{in} C_{out} H_{out}", "H + 2P", "ratio", "divided"):
        assert secret not in text
        assert secret not in data
    assert "asked" not in comparisons_as_json([found])["submissions"][0]["answers"][0]


def test_feedback_with_answers(reference: Report) -> None:
    (found,) = against(reference, [document(SUBMISSION)], seconds=20)
    text = feedback(found, answers=True)
    for said in (
        f"$$ {FORMULAS['macs']} $$",
        "The right value there is 2.",
        "The right formula divided by this one is `C_in`.",
        "It would be right exactly where `C_in = 1`.",
        "The right value there is 614,656.",
        f"$$ {FORMULAS['large as H grow']} $$",
    ):
        assert said in text
    assert (
        comparisons_as_json([found], answers=True)["submissions"][0]["answers"][1]["asked"]
        == FORMULAS["macs"]
    )


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ([RIGHT, RIGHT], 0),
        ([RIGHT, WRONG], 1),
        ([RIGHT, MISSING], 1),
        ([RIGHT, UNDECIDED], 3),
        ([UNDECIDED, WRONG], 1),
        ([WRONG, NOT_READ], 2),
    ],
)
def test_exit_codes(statuses: list[str], code: int) -> None:
    found = Comparison("a.md", tuple(Answer(str(k), status) for k, status in enumerate(statuses)))
    assert exit_code([found]) == code
    assert next(rows([found]))[:2] == ("a.md", f"{statuses.count(RIGHT)}/2")


# ---------------------------------------------------------------- symcnn check --against


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = "```symcnn\ngiven N, K : int >= 1\n```\n\n<!-- claim a -->\n$$ N (K + 1) = N K + N $$\n"
    for name, content in {
        "reference": text,
        "good": "<!-- claim a -->\n$$ N (K + 1) = N + K N $$\n",
        "bad": "<!-- claim a -->\n$$ N (K + 1) = N K + 1 $$\n",
        "empty": "Nothing.\n",
    }.items():
        (tmp_path / f"{name}.md").write_text(content, encoding="utf-8")
    (tmp_path / "binary.md").write_bytes(b"<!-- claim a -->\n\xff\n")
    return tmp_path


def paths(folder: Path) -> list[str]:
    return [str(path) for path in sorted(folder.glob("*.md"))]


def test_the_table_and_the_feedback(folder: Path) -> None:
    reference, out = str(folder / "reference.md"), folder / "feedback"
    done = run("check", *paths(folder), "--against", reference, "--feedback", str(out))
    assert done.exit_code == 1
    table = [line.split() for line in done.stdout.splitlines()]
    assert table[0] == ["submission", "points", "right", "wrong", "missing", "undecided", "unreadable"]
    found = {Path(line[0]).stem: line[1:] for line in table[1:5]}
    assert found == {
        "bad": ["0/1", "0", "1", "0", "0", "0"],
        "binary": ["0/1", "0", "0", "1", "0", "0"],
        "empty": ["0/1", "0", "0", "1", "0", "0"],
        "good": ["1/1", "1", "0", "0", "0", "0"],
    }
    assert sorted(path.name for path in out.iterdir()) == [f"{n}.feedback.md" for n in sorted(found)]
    assert "- line 2, column 1: byte 0xff is not UTF-8" in (out / "binary.feedback.md").read_text("utf-8")
    text = (out / "bad.feedback.md").read_text(encoding="utf-8")
    assert "$N K + 1$" in text
    assert "N K + N" not in text
    # Once more: old feedback is replaced, and is no submission.
    again = run("check", str(folder), "--against", reference, "--feedback", str(out), "--answers")
    assert again.exit_code == 1
    assert "N K + N" in (out / "bad.feedback.md").read_text(encoding="utf-8")
    assert len(list(out.iterdir())) == 4


def test_details_and_json(folder: Path) -> None:
    reference = str(folder / "reference.md")
    done = run("check", str(folder / "bad.md"), "--against", reference, "--details")
    assert done.exit_code == 1
    assert "It is wrong, at line 2, column 16: $N K + 1$" in done.stdout
    data = json.loads(run("check", str(folder / "bad.md"), "--against", reference, "--json").stdout)
    (found,) = data["submissions"]
    assert (found["points"], found["asked"], found["answers"][0]["status"]) == (0, 1, "wrong")
    assert data["summary"] == {"right": 0, "wrong": 1, "missing": 0, "undecided": 0, "unreadable": 0}
    done = run("check", str(folder / "good.md"), "--against", reference)
    assert done.exit_code == 0


def test_feedback_is_never_written_over_anything_else(folder: Path) -> None:
    reference, mine = str(folder / "reference.md"), folder / "bad.feedback.md"
    mine.write_text("mine", encoding="utf-8")
    args = ("check", str(folder / "bad.md"), "--against", reference, "--feedback", str(folder))
    assert "exists and is no feedback of symcnn" in error(*args)
    assert mine.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["bad.md", "--answers"], "--answers is for --against"),
        (["bad.md", "--feedback", "out"], "--feedback is for --against"),
        (["bad.md", "--against", "reference.md", "--save"], "--against and --save exclude each other"),
        (["bad.md", "--against", "reference.md", "--replay"], "--against and --replay exclude each other"),
        (["--against", "reference.md"], "name the documents to compare"),
        (["bad.md", "--against", "nothing.md"], "'nothing.md' does not exist"),
        (["reference.md", "--against", "reference.md"], "there is no submission to compare with"),
        (["good.md", "--against", "empty.md"], "there is no claim that is expected to be proved"),
        (["bad.md", "inner/bad.md", "--against", "reference.md", "--feedback", "out"], "would both have the feedback file"),  # noqa: E501
    ],
)  # fmt: skip
def test_what_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], reason: str) -> None:
    (folder / "inner").mkdir()
    (folder / "inner" / "bad.md").write_text("<!-- claim a -->\n$$ N = N $$\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    assert reason in error("check", *args)
    assert not (folder / "out").exists()


# ---------------------------------------------------------------- the five documents


@pytest.mark.parametrize("name", ["document_002", "document_003"])
def test_a_document_is_right_against_itself(name: str) -> None:
    path = ROOT / "proofs" / "claims" / f"{name}.md"
    reference = check(path)
    (found,) = against(reference, [path])
    asked = [checked.name for checked in reference if checked.expected == "proved"]
    assert {answer.name: answer.status for answer in found.answers} == dict.fromkeys(asked, RIGHT)
