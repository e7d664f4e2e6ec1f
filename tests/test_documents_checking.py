"""Documents are checked: verdicts, what is said of wrong claims, stored certificates, and the report."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from symcnn import check
from symcnn.documents.checking import check_all, save
from symcnn.documents.findings import rounded
from symcnn.documents.report import Report, exit_code, reports_as_json
from symcnn.kernel.certificates import replay
from symcnn.kernel.reading import read_text
from symcnn.kernel.statements import read_file

HEAD = """# Weights

```symcnn
given C_in, C_out, K, H, W, n : int >= 1
layer conv = Conv2d(C_in, C_out, kernel_size=K, bias=False) on (C_in, H, W)
```
"""


def checked(text: str) -> Report:
    return check(HEAD + text, seconds=10)


def said(report: Report, name: str) -> dict[str, str]:
    """What is said of a claim, by the kind of thing."""
    return {finding.kind: finding.text for finding in report[name].findings}


WRONG = checked(
    r"""
<!-- claim weights: refuted -->
$$ \text{weights}_{conv} = K^2 C_{out} $$

<!-- claim weights' -->
$$ \text{weights}_{conv} = K^2 C_{in} C_{out} $$

<!-- claim chain: refuted -->
$$ \text{weights}_{conv} = K^2 C_{out} = K \cdot K \cdot C_{out} = K^2 C_{in} C_{out} = C_{out} $$

<!-- claim rounded: refuted -->
$$ (28 \cdot 28)^2 = 6.15 \times 10^{6} $$

<!-- claim product: refuted -->
$$ 3 \cdot 3 \cdot 256 \cdot 256 \cdot 128 = 74{,}908{,}800 $$

<!-- claim bounded is bounded in n: refuted -->
$$ n^2 $$
"""
)


def test_a_wrong_formula_has_a_counterexample_and_what_would_be_right() -> None:
    assert said(WRONG, "weights") == {
        "counterexample": "C_in = 2, C_out = 1, K = 1, H = 1, W = 1",
        "values": "2 and 1",
        "derived": "C_in*C_out*K^2",
        "difference": "C_out*K^2*(C_in - 1)",
        "ratio": "C_in",
        "condition": "C_in = 1",
        "corrected": r"weights': \text{weights}_{conv} = K^2 C_{in} C_{out}",
    }


def test_a_claim_is_corrected_by_what_is_proved_alone() -> None:
    wrong = "<!-- claim {0}: refuted -->\n$$ n = K $$\n\n<!-- claim {0}' -->\n"
    broken = '```claim\ntheorem c\' ""\n  claim n =\n```\n'
    corrected = {"a": "$$ n + K = K + n $$\n\n", "b": "$$ n = n + K $$\n\n", "c": broken}
    report = checked("\n".join(wrong.format(name) + text for name, text in corrected.items()))
    assert [report[name].status for name in ("a'", "b'", "c'")] == ["proved", "refuted", "unreadable"]
    assert ["corrected" in said(report, name) for name in corrected] == [True, False, False]


def test_the_sides_of_a_wrong_relation_are_in_the_order_of_its_author() -> None:
    report = checked("<!-- claim a -->\n$$ n \\ge 2 $$\n\n<!-- claim b -->\n$$ 2 \\le n $$\n")
    assert said(report, "a")["values"] == "1 and 2"
    assert said(report, "b")["values"] == "2 and 1"
    found = [claim["refutation"] for claim in reports_as_json([report])["claims"]]
    assert [(each["left"], each["right"]) for each in found] == [(1, 2), (2, 1)]


def test_of_a_chain_the_first_wrong_step_is_named_and_later_ones_are_judged_twice() -> None:
    found = WRONG["chain"]
    assert found.first_wrong is found.steps[0]
    assert [judged.status for judged in found.steps] == ["refuted", "proved", "refuted", "refuted"]
    own = [None if judged.own is None else judged.own.status for judged in found.steps]
    assert own == [None, "REFUTED", "PROVED", "REFUTED"]
    steps = [str(finding) for finding in found.findings if finding.kind in ("step", "later", "own")]
    assert steps == [
        "first wrong step: weights_conv = K^2*C_out",
        "step chain.2 follows from the step before: K^2*C_out = K*K*C_out",
        "wrong on its own: weights_conv = K*K*C_out",
        "step chain.3 does not follow from the step before: K*K*C_out = K^2*C_in*C_out",
        "right on its own: weights_conv = K^2*C_in*C_out",
        "step chain.4 does not follow from the step before: K^2*C_in*C_out = C_out",
        "wrong on its own: weights_conv = C_out",
    ]


def test_a_rounded_number_is_shown_beside_the_right_one() -> None:
    assert said(WRONG, "rounded") == {"derived": "614,656", "rounded": "6.15e5"}
    assert said(WRONG, "product")["derived"] == "75,497,472"


def test_of_a_proof_of_the_opposite_there_is_no_counterexample() -> None:
    assert said(WRONG, "bounded") == {"negation": ""}


@pytest.mark.parametrize(
    ("value", "digits", "scientific", "shown"),
    [
        (614656, "6.15", True, "6.15e5"),
        (69800, "6.9", True, "7.0e4"),
        (99999, "9.9", True, "1.0e5"),
        (5, "5", True, "5e0"),
        (Fraction(1, 300), "3.4", True, "3.3e-3"),
        (-614656, "6.15", True, "-6.15e5"),
        (0, "1.0", True, "0"),
        (Fraction(5, 2), "3", False, "3"),
        (Fraction(-5, 2), "3", False, "-2"),
        (Fraction(1, 3), "0.34", False, "0.33"),
        (Fraction(1, 200), "0.01", False, "0.01"),
        (61, "60", False, "61"),
    ],
)
def test_numbers_are_rounded_half_up(
    value: int | Fraction, digits: str, scientific: bool, shown: str
) -> None:
    assert rounded(value, digits, scientific)[0] == shown


STEPS = r"""
```claim
theorem first "the first range is too small"
  given  i, p : int
  claim  (i - 1 <= p <= i + 1) iff (i - 1 <= p <= i + 2)
```

<!-- step second from first -->
```claim
theorem second.step "if the first range were right, so would be the second"
  given  i, p : int
  claim  (exists j, u : int : i - 1 <= j <= i + 2 and 0 <= u < 2 and p = 2*j + u)
         iff 2*i - 2 <= p <= 2*i + 5
```

```claim
theorem second "the second range"
  given  i, p : int
  claim  (i - 2 <= p <= i + 2) iff (i - 2 <= p <= i + 4)
```
"""


def test_a_wrong_claim_may_follow_from_a_wrong_one() -> None:
    report = checked(STEPS)
    assert report["second"].follows_from == "first"
    assert "it follows correctly from first, which is wrong" in str(report)
    assert reports_as_json([report])["claims"][1]["follows_from"] == "first"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<!-- claim a -->\n$$ K + K = 2K $$", 0),
        ("<!-- claim a: refuted -->\n$$ K + K = K $$", 0),
        ("<!-- claim a -->\n$$ K + K = K $$", 1),
        ("<!-- claim a: refuted -->\n$$ K + K = 2K $$", 1),
        ("<!-- claim a -->\n$$ K + K = L $$", 2),
        ("<!-- claim a: perhaps -->\n$$ K + K = 2K $$", 2),
        ("<!-- claim a -->\n$$ K + K = K $$\n<!-- claim b -->\n$$ K = L $$", 2),
        ("", 0),
    ],
)
def test_the_exit_code(text: str, code: int) -> None:
    assert checked(text).code == code


def test_what_is_not_decided_is_unknown_and_never_a_pass() -> None:
    report = check(HEAD + "<!-- claim a -->\n$$ K + K = 2K $$", search=False)
    assert report["a"].status == "unknown"
    assert said(report, "a") == {"tried": "no stored certificate"}
    assert report.code == 3
    assert exit_code([report, checked("<!-- claim b -->\n$$ K = 2K $$")]) == 1


def test_certificates_are_stored_and_replayed(tmp_path: Path) -> None:
    path = tmp_path / "solution.md"
    path.write_text(HEAD + STEPS + "<!-- claim a -->\n$$ K = 2K = K + K $$\n", encoding="utf-8")
    found = check(path, seconds=10)
    claim, cert = save(found)
    assert {v.status for v in replay(read_file(claim), read_text(cert))} == {"PROVED", "REFUTED"}
    again = check(path, search=False)
    assert [c.status for c in again.claims] == [c.status for c in found.claims]
    assert again["a"].steps[0].verdict.values == (1, 2)
    assert again["second"].follows_from == "first"
    assert save(again) == (claim, cert)
    assert [c.status for c in check(path, search=False).claims] == [c.status for c in found.claims]


def test_a_certificate_counts_for_the_statement_of_now_only(tmp_path: Path) -> None:
    path = tmp_path / "solution.md"
    path.write_text(HEAD + "<!-- claim a -->\n$$ K + K = 2K $$", encoding="utf-8")
    save(check(path, seconds=10))
    path.write_text(HEAD + "<!-- claim a -->\n$$ K + K = 3K $$", encoding="utf-8")
    assert check(path, search=False)["a"].status == "unknown"
    assert check(path, seconds=10)["a"].status == "refuted"


def test_a_text_has_no_file_to_save_beside() -> None:
    with pytest.raises(ValueError, match="a text has no file beside which"):
        save(checked("<!-- claim a -->\n$$ K + K = 2K $$"))


@pytest.mark.parametrize("name", ["missing.md", "folder"])
def test_a_path_that_is_no_document_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ValueError, match=name):
        check(tmp_path / name)


def test_the_report_can_be_asked_for_a_claim() -> None:
    assert WRONG["product"].status == "refuted"
    with pytest.raises(KeyError, match="there is no claim 'x'; there are weights, weights', chain"):
        WRONG["x"]


def test_the_machine_readable_report() -> None:
    found = json.loads(json.dumps(WRONG.as_json()))
    assert found["summary"] | {"seconds": 0} == {
        "proved": 1,
        "refuted": 5,
        "unknown": 0,
        "unreadable": 0,
        "claims": 6,
        "deviating": 0,
        "faults": 0,
        "seconds": 0,
    }
    claim = found["claims"][0]
    assert {k: claim[k] for k in ("id", "status", "expected", "corrected", "follows_from", "line")} == {
        "id": "weights",
        "status": "refuted",
        "expected": "refuted",
        "corrected": r"weights': \text{weights}_{conv} = K^2 C_{in} C_{out}",
        "follows_from": None,
        "line": 9,
    }
    assert claim["refutation"]["kind"] == "assignment"
    assert (claim["refutation"]["left"], claim["refutation"]["right"]) == (2, 1)
    assert found["claims"][5]["refutation"] == {
        "kind": "negation",
        "counterexample": None,
        "left": None,
        "right": None,
    }


def test_several_documents_are_checked_together(tmp_path: Path) -> None:
    paths = [tmp_path / f"{k}.md" for k in (1, 2)]
    for k, path in enumerate(paths, start=1):
        path.write_text(HEAD + f"<!-- claim a -->\n$$ K + K = {k} K $$", encoding="utf-8")
    reports = check_all(paths, seconds=10, processes=2)
    assert [report["a"].status for report in reports] == ["refuted", "proved"]
    assert [report.path for report in reports] == [str(path) for path in paths]


TWICE = r"""
<!-- claim a -->
$$ K + K = 2K $$

<!-- claim a -->
$$ K + K = 3K $$

<!-- claim b -->
$$ K = K = K \cdot 1 $$

<!-- claim b.1 -->
$$ K = 2K $$
"""


def test_no_claim_has_the_verdict_of_another_one_that_shares_its_id(tmp_path: Path) -> None:
    path = tmp_path / "twice.md"
    path.write_text(HEAD + TWICE, encoding="utf-8")
    report = check(path, seconds=10)
    assert [checked.status for checked in report.claims] == ["proved", "refuted", "proved", "refuted"]
    assert [fault.reason for fault in report.faults] == ["the id a is used twice", "the id b.1 is used twice"]
    with pytest.raises(ValueError, match=r"twice\.md: claims that share an id cannot be stored: a, b.1"):
        save(report)
