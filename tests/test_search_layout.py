"""Certificates as people read them say the same as the flat ones."""

from __future__ import annotations

import pytest

from symcnn.kernel.certificates import replay
from symcnn.kernel.statements import Statement, read_statements
from symcnn.search import deciding
from symcnn.search.layout import HEADER, WIDTH, laid_out, steps_of, written

STATEMENTS = [
    "given n, k, s : int >= 1\nassume k <= n\nclaim sum(r in 0..n | s*r + k <= n) 1 = (n - k)//s + 1",
    "given a, b : int\nassume a <= 0 or b <= 0\nclaim a <= 0 or b <= 0 or a*b >= 1",
    "given a : real\nclaim abs(a) >= a and abs(a) >= -a",
    "given a, b : real > 0\nclaim a/b + b/a >= 2",
    "given x : int -> ring\nclaim sum(i in 0..3) x[i] = x[0] + x[1] + x[2]",
    "given N : int >= 1\nclaim N^3/(3*N^2) is unbounded in N",
    # Names that are words of certificates
    "given take, suppose, split, have, floor, cone, law : int >= 1\nassume take = cone\nassume floor <= law\n"
    "claim take*have//have + floor <= law + cone and split >= 1 and suppose + split = split + suppose",
    "given exactly : int\nclaim exists witness, compute : int : witness >= exactly and compute = 3",
]
FALSE_ONES = [
    "given n : int >= 1\nclaim 2*(n//2) = n",
    "given take, witness : int >= 1\ngiven split : int -> ring\nclaim take*split[witness] = split[take]",
]


def statement(body: str) -> Statement:
    lines = "\n".join("  " + line.strip() for line in body.strip().splitlines())
    return read_statements(f'theorem t "t"\n{lines}\n')[0]


def words(text: str) -> list[str]:
    """The words of a certificate, where ``take a take b`` is ``take a, b``."""
    return [word for word in text.replace(",", " ").split() if word not in ("take", "suppose")]


def flat(certificate: str) -> str:
    """All steps of a certificate in one line, each name with a step of its own."""
    head, *rest = certificate.splitlines()
    return head + "\n" + " ".join(" ".join(rest).split()) + "\n"


def verdicts(asked: Statement, certificate: str) -> list[tuple[str, str]]:
    return [(v.status, v.reason) for v in replay([asked], HEADER + certificate)]


@pytest.mark.parametrize("body", STATEMENTS)
def test_proofs_replay_the_same(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = statement(body)
    kept: list[tuple[str, str, list[tuple[str, str]]]] = []

    def keep(kind: str, name: str, parts: list[tuple[str, str]]) -> str:
        kept.append((kind, name, parts))
        return written(kind, name, parts)

    monkeypatch.setattr(deciding, "written", keep)
    certificate = deciding._proof(asked, 8, 0)
    assert certificate is not None
    ((kind, name, parts),) = kept
    one_line = f"{kind} {name}\n" + "\n".join(f"  {part} {{ {steps} }}" for part, steps in parts) + "\n"
    assert verdicts(asked, one_line) == verdicts(asked, certificate) == [("PROVED", "")]
    # Laid out a second time it is the same: what is between the steps does not matter.
    again = written(kind, name, [(part, " ".join(steps.split())) for part, steps in parts])
    assert again == certificate
    assert words(one_line) == words(certificate)


@pytest.mark.parametrize("body", FALSE_ONES)
def test_refutations_replay_the_same(body: str) -> None:
    asked = statement(body)
    decision = deciding.decide(asked, 5)
    assert decision.counterexample is not None
    assert decision.certificate == laid_out(decision.counterexample.certificate)
    assert verdicts(asked, decision.certificate) == [("REFUTED", "")]
    assert laid_out(decision.certificate) == decision.certificate
    assert laid_out(flat(decision.certificate)) == decision.certificate


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ("take a take b cone (a - b)^2", ["take a, b", "cone (a - b)^2"]),
        ("take a suppose h1 suppose h2 exactly h1", ["take a", "suppose h1, h2", "exactly h1"]),
        # Names that are steps
        ("take take take split ring", ["take take, split", "ring"]),
        ("take ring suppose h1 cone h1 (ring)^2", ["take ring", "suppose h1", "cone h1 (ring)^2"]),
        ("take a take take take b compute", ["take a, take, b", "compute"]),
        ("witness cone = take witness x = 3 compute", ["witness cone = take", "witness x = 3", "compute"]),
        ("have h1 : take <= split { ring } exactly h1", ["have h1 : take <= split", "exactly h1"]),
        ("law f1 : floor take, split { compute } cone f1.1", ["law f1 : floor take, split", "cone f1.1"]),
        (
            "decide take < 3 and split <= ring as h1 { ring } { ring }",
            ["decide take < 3 and split <= ring as h1"],
        ),
        ("obtain take, h2 from h1 take x ring", ["obtain take, h2 from h1", "take x", "ring"]),
        ("take x' take x'' ring", ["take x', x''", "ring"]),
        ("choose 2 deny h1 cone h1 using h2", ["choose 2", "deny h1", "cone h1 using h2"]),
        ("use i1 : h1(take, 2) { compute } ring i1", ["use i1 : h1(take, 2)", "ring i1"]),
    ],
)
def test_steps(steps: str, wanted: list[str]) -> None:
    assert [step for step, _ in steps_of(steps)] == wanted


def test_lines_are_short_where_they_can_be() -> None:
    certificate = deciding._proof(statement(STATEMENTS[0]), 8, 0)
    assert certificate is not None
    assert all(len(line) <= WIDTH for line in certificate.splitlines())
    assert all((len(line) - len(line.lstrip())) % 2 == 0 for line in certificate.splitlines())
