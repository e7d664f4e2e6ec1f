"""Certificate files: their format, the command that replays them, and what malformed input comes to."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from symcnn.kernel import __main__ as kernel_main
from symcnn.kernel.certificates import PROVED, REFUTED, REJECTED, UNREADABLE, Verdict, replay, replay_file
from symcnn.kernel.statements import Statement, read_statements
from symcnn.kernel.terms import Unreadable

ROOT = Path(__file__).parent.parent
CLAIMS = """theorem T "twice the same"
  given n : int
  claim n + n = 2*n

theorem U "false"
  given n : int >= 1
  claim n + n = 3*n

theorem V "there is one"
  given n : int >= 1
  claim n >= 1
"""
HEADER = "symcnn certificates 1\n"
T = "prove T\n  proof { take n ring }\n"
U = "refute U\n  proof { witness n = 1 compute }\n"
V = "prove V\n  satisfiable { witness n = 1 compute }\n  proof { take n suppose h exactly h }\n"
GOOD = f"{HEADER}\n{T}\n{U}\n{V}"


def verdicts(text: str, claims: str = CLAIMS) -> list[Verdict]:
    return replay(read_statements(claims), text)


# -- the format --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", " \t\n").replace("certificates 1 \t", "certificates 1  "),
        GOOD.replace("prove T", "# before all\nprove T # a comment").replace("ring }", "ring # by a law\n }"),
        GOOD.replace("  ", "\t"),
        GOOD.rstrip("\n"),
        GOOD.replace("{", "{\n\n").replace("}", "\n} # prove U\n"),
        f"{HEADER}{V}{U}{T}",
    ],
)
def test_one_meaning_in_different_clothes(text: str) -> None:
    assert {(v.name, v.status, v.reason) for v in verdicts(text)} == {
        ("T", PROVED, ""),
        ("U", REFUTED, ""),
        ("V", PROVED, ""),
    }


BEGINNING = "line 1, column 1: certificates begin with the line 'symcnn certificates 1'"
UNREADABLE_TEXTS = {
    "nothing": ("", BEGINNING),
    "no header": (T, BEGINNING),
    "a blank line first": (f"\n{GOOD}", BEGINNING),
    "a comment first": (f"# certificates\n{GOOD}", BEGINNING),
    "a header in capitals": (GOOD.replace("symcnn c", "Symcnn C"), BEGINNING),
    "a header with more": (GOOD.replace("certificates 1", "certificates 1 please"), BEGINNING),
    "a negative version": (GOOD.replace("certificates 1", "certificates -1"), BEGINNING),
    "version 2": (
        GOOD.replace("certificates 1", "certificates 2"),
        "line 1, column 1: the format version 2 is unknown; this kernel reads version 1",
    ),
    "version 01": (
        GOOD.replace("certificates 1", "certificates 01"),
        "line 1, column 1: the format version 01 is unknown; this kernel reads version 1",
    ),
    "a version of many digits": (
        GOOD.replace("certificates 1", "certificates " + "1" * 1000),
        f"line 1, column 1: the format version {'1' * 20} is unknown; this kernel reads version 1",
    ),
    "a mark of byte order": ("\ufeff" + GOOD, "line 1, column 1: character '\\ufeff' is not allowed"),
    "a mark that reorders": (GOOD.replace("ring }", "ring \u202e}"), "line 4, column 23: character"
    " '\\u202e' is not allowed"),
    "a space of no width": (GOOD.replace("ring }", "ri\u200bng }"), "line 4, column 20: character '\\u200b'"
    " is not allowed"),
    "a space that does not break": (GOOD.replace("ring }", "ring\u00a0}"), "line 4, column 22: character"
    " '\\xa0' is not allowed"),
    "a form feed": (GOOD.replace("ring }", "ring\f}"), "line 4, column 22: character '\\x0c' is not allowed"),
    "a carriage return alone": (GOOD.replace("ring }", "ring\r}"), "line 4, column 22: character '\\r' is"
    " not allowed"),
    "a null": (GOOD + "\0", "line 12, column 1: character '\\x00' is not allowed"),
    "a header alone": (HEADER, "line 1, column 1: no prove"),
    "comments alone": (HEADER + "# prove T\n", "line 1, column 1: no prove"),
    "something before the first": (f"{HEADER}axiom\n{T}", "line 2, column 1: prove or refute or"
    " lemma must begin here"),
    "an indented certificate": (f"{HEADER}  {T}", "line 2, column 1: prove or refute or lemma must"
     " begin here"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), UNREADABLE_TEXTS.values(), ids=UNREADABLE_TEXTS)
def test_texts_that_are_no_certificates(text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=f"^{re.escape(reason)}$"):
        verdicts(text)


# What stands behind the header, and what is said about the last certificate in it.
ONE: dict[str, tuple[str, str, str, str | None]] = {
    "an unknown theorem": (T.replace("T", "W"), "W", REJECTED, "line 2, column 1: there is no theorem W"),
    "a name in small letters": (T.replace("T", "t"), "t", REJECTED, "line 2, column 1: there is no theorem"
    " t"),
    "a second one": (T + T, "T", REJECTED, "line 4, column 1: a second certificate for T"),
    "proved and refuted": (
        T + "refute T\n proof { witness n = 1 compute }", "T", REJECTED, "line 4, column 1: a second"
        " certificate for T"),
    "no name": ("prove \n proof { ring }", "?", UNREADABLE, "line 2, column 1: 'prove NAME', 'refute"
    " NAME' or 'lemma NAME :' is missing"),
    "two names": ("prove T U\n proof { ring }", "?", UNREADABLE, "line 2, column 1: 'prove NAME', 'refute"
    " NAME' or 'lemma NAME :' is missing"),
    "a proof in the same line": (
        "prove T proof { take n ring }", "?", UNREADABLE, "line 2, column 1: 'prove NAME', 'refute NAME' or"
        " 'lemma NAME :' is missing"),
    "no parts": ("prove T\n", "T", REJECTED, "line 3, column 1: proof: a proof is missing of for all n :"
    " int : n + n = 2*n"),
    "no proof": (
        "prove V\n satisfiable { witness n = 1 compute }\n", "V", REJECTED,
        "line 4, column 1: proof: a proof is missing of for all n : int : 1 <= n implies 1 <= n"),
    "not satisfiable": (
        "prove V\n proof { take n suppose h exactly h }\n", "V", REJECTED,
        "line 3, column 2: satisfiable: a proof is missing of exists n : int : 1 <= n"),
    "parts in another order": (
        "prove V\n proof { take n suppose h exactly h }\n satisfiable { witness n = 1 compute }\n",
        "V", REJECTED,
        "line 3, column 2: satisfiable: a proof is missing of exists n : int : 1 <= n"),
    "a false statement": (
        "prove U\n satisfiable { witness n = 1 compute } proof { take n suppose h ring }", "U", REJECTED,
        "line 3, column 65: ring: the two sides differ by -1*n"),
    "a refutation of what is true": (
        "refute T\n proof { witness n = 1 compute }", "T", REJECTED,
        "line 3, column 24: compute: this is false: 1 + 1 != 2*1"),
    "a case that is not allowed": (
        "refute U\n proof { witness n = 0 compute }", "U", REJECTED,
        "line 3, column 24: compute: this is false: 1 <= 0 and 0 + 0 != 3*0"),
    "a refutation with more parts": (
        "refute U\n satisfiable { witness n = 1 compute } proof { witness n = 1 compute }", "U", REJECTED,
        "line 3, column 2: satisfiable: a refutation has one part, its proof"),
    "the proof of another": (V.replace("V", "T"), "T", UNREADABLE, None),
    "more behind the end": (T + " qed", "T", UNREADABLE, "line 4, column 2: nothing more is expected before"
    " 'qed'"),
    "a bracket behind the end": (T + " }", "T", UNREADABLE, "line 4, column 2: nothing more is expected"
    " before '}'"),
    "steps behind the last": (
        "prove U\n satisfiable { witness n = 1 compute compute }", "U", UNREADABLE,
        "line 3, column 38: '}' is missing before 'compute'"),
    "an open block": ("refute U\n proof { witness n = 1 compute", "U", UNREADABLE,
    "line 3, column 31: '}' is missing at the end"),
    "an empty block": (
        "prove T\n proof { }", "T", REJECTED,
        "line 3, column 10: no step, and this is not proved yet: for all n : int : n + n = 2*n"),
    "an unfinished block": (
        "prove T\n proof { take n }", "T", REJECTED, "line 3, column 17: no step, and this is not proved"
        " yet: n + n = 2*n"),
    "an unknown step": (
        "prove T\n proof { take n obviously }", "T", REJECTED,
        "line 3, column 17: 'obviously' is no step, and this is not proved yet: n + n = 2*n"),
    "a step in quotes": (
        'prove T\n proof { "take" n ring }', "T", REJECTED,
        "line 3, column 10: no step, and this is not proved yet: for all n : int : n + n = 2*n"),
    "a sign without meaning": ("prove T\n proof { take n ring; $ }", "T", UNREADABLE,
    "line 3, column 23: '$' has no meaning here"),
    "a statement in a certificate": (
        "prove T\n claim n = n\n proof { take n ring }", "T", REJECTED,
        "line 3, column 2: 'claim' is no part; the parts are satisfiable, defined, proof, in this order"),
    "an assumption in a certificate": (
        "prove T\n assume false\n proof { take n ring }", "T", REJECTED,
        "line 3, column 2: 'assume' is no part; the parts are satisfiable, defined, proof, in this order"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "name", "status", "reason"), ONE.values(), ids=ONE)
def test_certificates_that_are_not_accepted(text: str, name: str, status: str, reason: str | None) -> None:
    *before, last = verdicts(HEADER + text)
    assert all(one.status == PROVED for one in before)
    if reason is None:
        assert last.status in (REJECTED, UNREADABLE)
        assert last.reason.startswith("line ")
    else:
        assert last == Verdict(name, status, reason)


def test_a_bad_certificate_does_not_spoil_the_others() -> None:
    found = verdicts(f"{HEADER}{T}prove U\n proof {{ $ }}\nprove W\n{V}")
    assert [(one.name, one.status) for one in found] == [
        ("T", PROVED), ("U", UNREADABLE), ("W", REJECTED), ("V", PROVED),
    ]  # fmt: skip


def test_the_statement_is_that_of_the_claim_file_alone() -> None:
    swapped = (
        CLAIMS.replace("theorem T", "theorem X")
        .replace("theorem U", "theorem T")
        .replace("theorem X", "theorem U")
    )
    assert [one.status for one in verdicts(GOOD, swapped)] == [REJECTED, REJECTED, PROVED]
    assert [one.status for one in verdicts(GOOD, CLAIMS.replace("2*n", "2*n + 1"))] == [
        REJECTED,
        REFUTED,
        PROVED,
    ]
    assert [one.status for one in verdicts(GOOD, CLAIMS.replace("claim n >= 1", "claim n > 1"))] == [
        PROVED,
        REFUTED,
        REJECTED,
    ]


# -- control checkers --------------------------------------------------------------------------------------

Checker = Callable[[list[Statement], str], list[Verdict]]
# A claim file, one certificate, and whether it must be accepted.
SUITE: list[tuple[str, str, bool]] = [
    (CLAIMS, T, True),
    (CLAIMS, U, True),
    (CLAIMS, V, True),
    (CLAIMS, T.replace("ring", "ring (1)"), False),
    (CLAIMS, T.replace("T", "U"), False),
    (CLAIMS, U.replace("n = 1", "n = 0"), False),
    (CLAIMS, V.replace("witness n = 1", "witness n = 0"), False),
    (CLAIMS, V.replace("satisfiable { witness n = 1 compute }", ""), False),
]


def fails(checker: Checker) -> list[str]:
    """The certificates of the suite that a checker judges wrongly."""
    wrong: list[str] = []
    for claims, certificate, good in SUITE:
        found = checker(read_statements(claims), HEADER + certificate)
        if (bool(found) and all(one.status in (PROVED, REFUTED) for one in found)) is not good:
            wrong.append(certificate)
    return wrong


def always(status: str) -> Checker:
    return lambda statements, _: [Verdict(one.name, status) for one in statements]


def believes_the_names(statements: list[Statement], text: str) -> list[Verdict]:
    return [Verdict(one.name, PROVED) for one in statements if f"prove {one.name}\n" in text]


def test_the_kernel_judges_all_of_the_suite_rightly() -> None:
    assert fails(replay) == []


@pytest.mark.parametrize(
    "checker",
    [
        always(PROVED),
        always(REFUTED),
        always(REJECTED),
        always(UNREADABLE),
        believes_the_names,
        lambda *_: [],
    ],
)
def test_the_suite_finds_out_a_checker_that_does_not_look(checker: Checker) -> None:
    assert fails(checker)


# -- the command -------------------------------------------------------------------------------------------


def run(where: Path, *arguments: str) -> tuple[int, list[str], str]:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "symcnn" / "kernel"), *arguments],
        capture_output=True, text=True, cwd=where, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, certificate in (
        ("good", GOOD),
        ("deep/rejected", GOOD.replace("ring", "ring (1)")),
        ("deep/er/unreadable", "no certificates"),
    ):
        path = tmp_path / f"{name}.cert"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(certificate)
        path.with_suffix(".claim").write_text(CLAIMS)
    (tmp_path / "alone.cert").write_text(GOOD)
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.txt").write_text(GOOD)
    return tmp_path


def test_exit_code_0_where_all_is_accepted(folder: Path) -> None:
    assert run(folder, "good.cert") == (
        0, ["good.cert: T PROVED", "good.cert: U REFUTED", "good.cert: V PROVED"], "",
    )  # fmt: skip


def test_exit_code_1_where_one_is_rejected(folder: Path) -> None:
    code, lines, _ = run(folder, "deep/rejected.cert", "good.cert")
    assert code == 1
    why = "line 4, column 18: ring: (1) is the factor of no equation"
    assert lines[0].startswith(f"deep/rejected.cert: T REJECTED: {why}")
    assert len(lines) == 6
    assert lines[-1] == "good.cert: V PROVED"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["deep/er/unreadable.cert"], f"deep/er/unreadable.cert: UNREADABLE: {BEGINNING}"),
        (["alone.cert"], "alone.claim: UNREADABLE: No such file or directory"),
        (["missing.cert"], "missing.cert: UNREADABLE: there is no such file or folder"),
        (["good.txt"], "good.txt: UNREADABLE: this is no .cert file"),
        (["empty"], "empty: UNREADABLE: there is no .cert file"),
        (["missing"], "missing: UNREADABLE: there is no such file or folder"),
    ],
)
def test_exit_code_2_where_something_cannot_be_read(folder: Path, arguments: list[str], line: str) -> None:
    assert run(folder, *arguments) == (2, [line], "")
    assert run(folder, *arguments, "good.cert")[0] == 2
    assert run(folder, "deep/rejected.cert", *arguments)[0] == 2


def test_exit_code_2_without_arguments(folder: Path) -> None:
    code, lines, error = run(folder)
    assert (code, lines) == (2, [])
    assert error.startswith("usage: python -I -S symcnn/kernel PATH...")


def test_a_folder_stands_for_the_certificates_below_it(folder: Path) -> None:
    code, lines, _ = run(folder, ".")
    assert code == 2
    assert [line.split(":")[0] for line in lines] == [
        "alone.claim", "deep/er/unreadable.cert", *["deep/rejected.cert"] * 3, *["good.cert"] * 3,
    ]  # fmt: skip
    # A folder with the name of a certificate is a folder.
    odd = folder / "odd"
    (odd / "a.cert").mkdir(parents=True)
    (odd / "a.claim").write_text(CLAIMS)
    assert run(folder, "odd/a.cert")[0] == 2
    code, lines, error = run(folder, "odd")
    assert (code, error) == (2, "")
    assert lines == ["odd/a.cert: UNREADABLE: this is no file"]


def test_a_process_that_was_stopped_is_no_verdict(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(statements: list[Statement], text: str) -> list[Verdict]:
        os._exit(0)

    (folder / "second.claim").write_text((folder / "good.claim").read_text())
    (folder / "second.cert").write_text((folder / "good.cert").read_text())
    monkeypatch.setattr(kernel_main, "replay", stopped)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert kernel_main.main([str(folder / "good.cert"), str(folder / "second.cert")]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all(
        "UNREADABLE: the process that replayed this was stopped, perhaps for want of memory" in line
        for line in lines
    )


def test_bytes_that_are_no_text_are_placed(folder: Path) -> None:
    (folder / "good.cert").write_bytes(HEADER.encode() + b"prove \xff")
    line = "good.cert: UNREADABLE: line 2, column 7: byte 0xff is not UTF-8"
    assert run(folder, "good.cert") == (2, [line], "")


def test_an_unreadable_claim_file_is_told_from_its_certificates(folder: Path) -> None:
    (folder / "good.claim").write_text("nothing")
    code, lines, _ = run(folder, "good.cert")
    assert code == 2
    assert lines == ["good.claim: UNREADABLE: line 1, column 1: theorem must begin here"]


def test_replaying_a_file_is_replaying_its_text(folder: Path) -> None:
    assert replay_file(folder / "good.cert") == verdicts(GOOD)


def test_certificates_are_replayed_without_the_rest_of_the_package(folder: Path) -> None:
    code = (
        "import runpy, sys, json; sys.argv = ['kernel', 'good.cert']\n"
        "try: runpy.run_path(sys.orig_argv[-1], run_name='__main__')\n"
        "except SystemExit as end: code = end.code\n"
        "own = sorted(n for n in sys.modules if n.startswith('symcnn') and not"
        " n.startswith('symcnn.kernel'))\n"
        "roots = {n.split('.')[0] for n in sys.modules} - set(sys.stdlib_module_names) - {'symcnn'}\n"
        "print(json.dumps([code, own, sorted(roots)]))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(ROOT / "symcnn" / "kernel")],
        capture_output=True, text=True, cwd=folder, check=True,
    )  # fmt: skip
    exit_code, own, roots = json.loads(done.stdout.splitlines()[-1])
    assert (exit_code, own) == (0, ["symcnn"])
    assert set(roots) <= {"__main__", "__mp_main__"}


# -- malformed input ---------------------------------------------------------------------------------------

DEEP = 60_000
BLOCKS = "have h : 1 = 1 { "
PROVE = f"{HEADER}prove T\n  proof {{ take n "
MALFORMED = {
    "binary": bytes(range(256)) * 200,
    "long": b"#" * 50_000_000,
    "long with a header": HEADER.encode() + b"# \n" * 17_000_000,
    "a long line": HEADER.encode() + b"prove " + b"T" * 190_000,
    "brackets": f"{PROVE}ring {'(' * DEEP}n{')' * DEEP} }}".encode(),
    "braces": f"{PROVE}{'{' * 100_000}".encode(),
    "closing braces": f"{PROVE}ring {'}' * 100_000}".encode(),
    "blocks": f"{PROVE}{BLOCKS * 10_000}".encode(),
    "some blocks": f"{PROVE}{BLOCKS * 500}".encode(),
    "not": f"{PROVE}have h : {'not ' * 15_000}1 = 1".encode(),
    "quantifiers": f"{PROVE}have h : {'for all n : int : ' * 2_000}1 = 1".encode(),
    "functions": f"{PROVE}witness n = {'fun(i) ' * 4_000}i".encode(),
    "a million digits": f"{PROVE}cone {'9' * 190_000} }}".encode(),
    "digits in parts": f"{PROVE}exactly h.{'9' * 100_000}".encode(),
    "parts of parts": f"{PROVE}exactly h{'.1' * 9_000}".encode(),
    "digits behind choose": f"{PROVE}choose {'9' * 100_000}".encode(),
    "a large exponent": f"{PROVE}cone 1e999999999 }}".encode(),
    "words": f"{PROVE}{'take n ' * 20_000}".encode(),
    "abbreviations": (
        PROVE + "let s0 = n " + "".join(f"let s{k + 1} = s{k}*s{k} " for k in range(60))
    ).encode(),
    "a name": f"{PROVE}take {'n' * 10_000}".encode(),
    "certificates": (HEADER + "prove T\n" * 20_000).encode(),
    "unknown version": b"symcnn certificates 99999999999999999999\n" + T.encode(),
    "a version of many digits": b"symcnn certificates " + b"9" * 100_000,
    "nulls": bytes(1_000_000),
    "half a character": HEADER.encode() + "é".encode()[:1],
}
MEASURE = """
import json, resource, runpy, sys, time
# More memory than this is not given.
resource.setrlimit(resource.RLIMIT_AS, (200 << 20, 200 << 20))
# Once before the clock runs: importing may have to compile first.
for name in ("none.cert", "a.cert"):
    sys.argv = ["kernel", name]
    start = time.process_time()
    try:
        runpy.run_path(sys.orig_argv[-1], run_name="__main__")
    except SystemExit as end:
        code = end.code
        seconds = time.process_time() - start
print(json.dumps([code, seconds]))
"""


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_malformed_input_is_refused_at_once(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.cert").write_bytes(data)
    (tmp_path / "a.claim").write_text(CLAIMS)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", MEASURE, str(ROOT / "symcnn" / "kernel")],
        capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    _, *lines, last = done.stdout.splitlines()
    code, seconds = json.loads(last)
    assert code in (1, 2)
    assert lines
    assert any(" UNKNOWN: " not in line for line in lines)
    for line in lines:
        assert re.fullmatch(
            r"a\.cert: (\S+ )?(REJECTED|UNREADABLE): line \d+, column \d+: .{5,500}"
            r"|a\.cert: \S+ UNKNOWN: there is no certificate",
            line,
        )
    assert seconds < 1
