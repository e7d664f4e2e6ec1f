"""Certificates in files: what is read, added and expected, and the cases of stored refutations."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from symcnn.kernel.certificates import PROVED, REFUTED
from symcnn.kernel.statements import Statement, read_statements
from symcnn.proving import stored as stored_module
from symcnn.proving.replaying import stored_case, stored_verdict
from symcnn.proving.stored import ClaimFile, replace_file, witnesses

HEAD = "symcnn certificates 1\n"
CLAIMS = """theorem whole ""
  given n : int >= 1
  claim n <= n^2
theorem half ""
  given n : int >= 1
  claim 2*(n//2) = n
theorem zero_fails ""
  claim 0 = 1
"""
LEMMA = "lemma own : for all n : int : n = n\n  { take n ring }\n"
WHOLE = (
    "prove whole\n  satisfiable { witness n = 1 compute }\n  proof { take n suppose n1 cone n1 n1 + n1 }\n"
)
HALF = "refute half\n  proof { witness n = 1 compute }\n"


def stored(folder: Path, cert: str | None) -> ClaimFile:
    path = folder / "my.claim"
    path.write_text(CLAIMS, encoding="utf-8")
    if cert is not None:
        path.with_suffix(".cert").write_text(cert, encoding="utf-8")
    return ClaimFile.read(path)


# -- files -------------------------------------------------------------------------------------------------


def test_without_certificates_there_are_none(tmp_path: Path) -> None:
    file = stored(tmp_path, None)
    assert [s.name for s in file.statements] == ["whole", "half", "zero_fails"]
    assert (file.text, file.certificates, file.lemmas) == ("", {}, "")
    assert next(file.replay(), None) is None


def test_certificates_are_found_by_their_names(tmp_path: Path) -> None:
    file = stored(tmp_path, f"{HEAD}# first\n\n{WHOLE}\n# the half\n{LEMMA}\n# again\n\n{HALF}\n")
    assert file.certificates == {"whole": WHOLE, "half": HALF}
    assert file.lemmas == f"\n{LEMMA}\n# again\n"
    assert [(v.name, v.status) for v in file.replay()] == [("whole", PROVED), ("half", REFUTED)]


def test_the_first_certificate_of_a_theorem_counts(tmp_path: Path) -> None:
    again = "prove whole\n  proof { compute }\n"
    path = tmp_path / "my.claim"
    file = ClaimFile(path, read_statements(CLAIMS), HEAD + WHOLE + again)
    assert file.certificates == {"whole": WHOLE}


@pytest.mark.parametrize(("name", "cert", "expected"), [
    ("whole", None, PROVED),
    ("whole", HEAD + WHOLE, PROVED),
    ("half", None, PROVED),
    ("half", HEAD + HALF, REFUTED),
    ("zero_fails", None, REFUTED),
])  # fmt: skip
def test_what_is_expected(name: str, cert: str | None, expected: str, tmp_path: Path) -> None:
    assert stored(tmp_path, cert).expected(name) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, f"{HEAD}\n{HALF}"),
        (f"{HEAD}{WHOLE}\n\n", f"{HEAD}{WHOLE}\n{HALF}"),
        # Certificates stand before lemmas, which cannot be in the way of their names then.
        (f"{HEAD}\n{LEMMA}{WHOLE}", f"{HEAD}\n{HALF}\n{LEMMA}{WHOLE}"),
    ],
)
def test_a_certificate_is_added(before: str | None, after: str, tmp_path: Path) -> None:
    file = stored(tmp_path, before)
    assert file.save("half", f"\n{HALF}\n")
    assert file.cert.read_text(encoding="utf-8") == after
    assert not file.save("half", HALF)
    assert file.cert.read_text(encoding="utf-8") == after


@pytest.mark.parametrize("cert", ["refuse half\n", ""])
def test_what_is_no_certificate_is_not_added(cert: str, tmp_path: Path) -> None:
    file = stored(tmp_path, None)
    with pytest.raises(ValueError, match=r"my\.cert: half cannot be saved: "):
        file.save("half", cert)
    assert not file.cert.exists()


@pytest.mark.parametrize(
    ("claim", "cert", "message"),
    [
        (CLAIMS, "no certificates\n", r"my\.cert: line 1, column 1: certificates begin"),
        (CLAIMS, HEAD, r"my\.cert: line 1, column 1: no prove"),
        ("nothing", None, r"my\.claim: line 1, column 1: "),
        (f'theorem deep ""\n  claim {"(" * 9_000}1{")" * 9_000} = 1\n', None, r"my\.claim: .*deep"),
    ],
    ids=["no certificates", "no part", "no claim", "deep"],
)
def test_a_file_that_cannot_be_read_is_named(
    claim: str, cert: str | None, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "my.claim"
    path.write_text(claim, encoding="utf-8")
    if cert is not None:
        path.with_suffix(".cert").write_text(cert, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        ClaimFile.read(path)


@pytest.mark.parametrize(("reads", "name"), [("read_file", "my.claim"), ("read_text", "my.cert")])
def test_a_file_that_is_too_deep_for_python_is_named(
    reads: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deeper(_: Path) -> Any:
        raise RecursionError

    monkeypatch.setattr(stored_module, reads, deeper)
    with pytest.raises(ValueError, match=rf"{name}: terms and formulas are nested too deeply$"):
        stored(tmp_path, HEAD + HALF)


@pytest.mark.parametrize("name", ["my.claim", "my.cert"])
def test_a_folder_in_the_place_of_a_file_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    if name != "my.claim":
        (tmp_path / "my.claim").write_text(CLAIMS, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"{name}: Is a directory"):
        ClaimFile.read(tmp_path / "my.claim")


def test_a_file_is_replaced_where_it_is(tmp_path: Path) -> None:
    real, link, new = tmp_path / "real", tmp_path / "link", tmp_path / "new"
    real.write_text("before", encoding="utf-8")
    real.chmod(0o604)
    link.symlink_to(real)
    for path in (link, new):
        replace_file(path, "é\r\n")
        assert path.read_bytes() == "é\r\n".encode()
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o604
    real.chmod(0o641)
    replace_file(real, "")
    assert real.stat().st_mode & 0o777 == 0o641
    assert {path.name for path in tmp_path.iterdir()} == {"real", "link", "new"}


def test_a_file_that_cannot_be_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    path = tmp_path / "my.cert"
    path.write_text("before", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(PermissionError):
        replace_file(path, "after")
    monkeypatch.setattr(Path, "write_text", refused)
    with pytest.raises(PermissionError):
        replace_file(path, "after")
    assert path.read_bytes() == b"before"
    assert [p.name for p in tmp_path.iterdir()] == ["my.cert"]


# -- cases -------------------------------------------------------------------------------------------------


def statement(*lines: str) -> Statement:
    (found,) = read_statements('theorem t ""\n' + "".join(f"  {line}\n" for line in lines))
    return found


TENSORS = statement(
    "given n : int", "given q : real", "given x : int -> real", "given z : int, int -> int", "claim x[n] = q"
)


@pytest.mark.parametrize(
    ("proof", "values"),
    [
        ("{witness n = 1 compute }", {"n": 1}),
        ("{ witness n = 1 }", {"n": 1}),
        ("{ witness n = 12", {"n": 12}),
        ("{ witness n = -1 witness q = 1/2 compute }", {"n": -1, "q": "1/2"}),
        # Names that the statement does not declare are those of the claim itself.
        ("{ witness m = 1 witness n = 1 compute }", {}),
        ("{ witness n = 1 witness m = 2 witness q = 3 compute }", {"n": 1}),
        ("{ witness n = 1 witness n = 2 witness q = 3 compute }", {"n": 1}),
    ],
)
def test_the_values_that_a_refutation_begins_with(proof: str, values: dict[str, Any]) -> None:
    assert witnesses(f"refute t proof {proof}", TENSORS) == values
    assert witnesses(f"prove t proof {proof}", TENSORS) == {}


CASES: list[tuple[str, dict[str, Any], dict[str, str], Any, Any]] = [
    ("witness n = 3 witness q = 1/2 witness x = fun(i) i + 1 compute",
     {"n": 3, "q": Fraction(1, 2)}, {"x": "fun(i) i + 1"}, 4, Fraction(1, 2)),
    ("witness n = 0 witness q = 2 witness x = fun(i) 1/2 witness z = fun(i, j) i + 2*j compute",
     {"n": 0, "q": 2}, {"x": "fun(i) 1/2", "z": "fun(i, j) i + 2*j"}, Fraction(1, 2), 2),
]  # fmt: skip


@pytest.mark.parametrize(("proof", "values", "functions", "left", "right"), CASES)
def test_the_case_of_a_refutation(
    proof: str, values: dict[str, Any], functions: dict[str, str], left: Any, right: Any
) -> None:
    certificate = f"refute t proof {{ {proof} }}"
    case = stored_case(TENSORS, certificate)
    assert case is not None
    assert (case.values, case.functions, case.inner) == (values, functions, {})
    assert (case.left, case.right, case.certificate) == (left, right, certificate)


@pytest.mark.parametrize(
    "value",
    [
        "x = 1/0", "x = fun(i, j) i", "x = fun(i) (i", "x = fun(i) i i", "x = fun(i) k", "q = n", "q = 1/0",
        "q = fun(i) i", "x = i",
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_no_case(value: str) -> None:
    assert stored_case(TENSORS, f"refute t proof {{ witness {value} compute }}") is None


def test_a_proof_of_the_negation_has_no_case() -> None:
    assert stored_case(TENSORS, "refute t proof { suppose h compute }") is None
    case = stored_case(statement("claim 0 = 1"), "refute t proof { compute }")
    assert case is not None
    assert (case.values, case.functions, case.left, case.right) == ({}, {}, 0, 1)


@pytest.mark.parametrize(
    ("status", "certificate", "by", "values"),
    [
        ("REFUTED", "refute t proof { witness n = 1 compute }", "counterexample", (1, 2)),
        ("PROVED", "prove t proof { take n ring }", "ring", None),
    ],
)
def test_the_verdict_of_a_stored_certificate(status: str, certificate: str, by: str, values: Any) -> None:
    found = statement("given n : int", "claim n = 2*n")
    verdict = stored_verdict(found, status, certificate, 5.0)
    assert (verdict.statement, verdict.status, verdict.certificate) == (found, status, certificate)
    assert (verdict.by, verdict.tried, verdict.values) == (by, (), values)
    assert 5.0 <= verdict.seconds < 6.0
    assert (verdict.case is None) == (values is None)
