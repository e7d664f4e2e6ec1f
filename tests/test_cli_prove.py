"""``symcnn prove``: verdicts, exit codes, what is saved, and what happens to errors."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from symcnn.kernel.certificates import replay_file
from symcnn.kernel.statements import read_file, read_statements
from symcnn.proving import stored
from symcnn.proving.stored import witnesses
from symcnn.search.deciding import closing_steps
from tests.test_cli import CLEAN, ROOT, error, output, run

HEADER = "symcnn certificates 1\n"


def theorem(name: str, claim: str, given: str = "n : int >= 1") -> str:
    return f'theorem {name} "What {name} says."\n  given {given}\n  claim {claim}\n'


TRUE = theorem("true", "n <= n^2")
FALSE = theorem("false", "2*(n//2) = n")
HARD = theorem("hard", "a^3 + b^3 != c^3", "a, b, c : int >= 1")
PROOF = "prove true\n  satisfiable { witness n = 1 compute }\n  proof { take n suppose n1 cone n1 n1 + n1 }\n"
WRONG = PROOF.replace("n1 n1 + n1", "n1 n1")
REFUTATION = "refute false\n  proof { witness n = 1 compute }\n"
TENSOR = theorem("t", "x[n] = q", "n : int\n  given q : real\n  given x : int -> real")
LEMMA = "lemma h1 : for all n : int : n = n\n  { take n ring }\n"


def files(folder: Path, claim: str, cert: str | None = None) -> Path:
    path = folder / "my.claim"
    path.write_text(claim, encoding="utf-8")
    if cert is not None:
        path.with_suffix(".cert").write_text(cert, encoding="utf-8")
    return path


def report(*args: str) -> tuple[int, dict[str, Any]]:
    done: Result = run("prove", *args, "--json")
    assert done.stderr == ""
    return done.exit_code, json.loads(done.stdout)


# ---------------------------------------------------------------- verdicts and exit codes


@pytest.mark.parametrize(
    ("claim", "cert", "args", "code", "verdicts"),
    [
        # what has no certificate is searched for
        (TRUE, None, "", 0, "PROVED"),
        (FALSE, None, "", 1, "REFUTED"),
        (HARD, None, "--seconds 0.2", 3, "UNKNOWN"),
        (TRUE + FALSE, HEADER + PROOF, "", 1, "PROVED REFUTED"),
        # the name says what to expect
        (FALSE.replace("false", "it_fails"), None, "", 0, "REFUTED"),
        (TRUE.replace("true", "it_fails"), None, "", 1, "PROVED"),
        # so does a stored refutation, also where it is not replayed
        (FALSE, HEADER + REFUTATION, "", 0, "REFUTED"),
        (FALSE, HEADER + REFUTATION, "--search", 0, "REFUTED"),
        (TRUE, HEADER + REFUTATION.replace("false", "true"), "", 1, "REJECTED"),
        # only what is stored
        (TRUE, None, "--replay", 3, "UNKNOWN"),
        (TRUE + FALSE, HEADER + REFUTATION, "--replay", 3, "UNKNOWN REFUTED"),
        (TRUE + FALSE, HEADER + PROOF + REFUTATION, "--replay", 0, "PROVED REFUTED"),
        # a certificate that is rejected is no reason to search, unless that is asked for
        (TRUE, HEADER + WRONG, "", 1, "REJECTED"),
        (TRUE, HEADER + WRONG, "--search", 0, "PROVED"),
        (TRUE + HARD, HEADER + WRONG, "--replay", 1, "REJECTED UNKNOWN"),
        # what the kernel says beyond that
        (FALSE, HEADER + PROOF + REFUTATION, "", 1, "REFUTED REJECTED"),
        (TRUE, HEADER + PROOF + PROOF, "", 1, "PROVED REJECTED"),
        (TRUE, HEADER + LEMMA.replace("ring", "compute") + PROOF, "", 1, "PROVED REJECTED"),
        (TRUE, HEADER + LEMMA + PROOF, "--replay", 0, "PROVED"),
        (TRUE, HEADER + PROOF.replace("suppose", "§"), "", 2, "UNREADABLE"),
        (TRUE, HEADER + PROOF.replace("suppose", "supose"), "", 1, "REJECTED"),
    ],
)  # fmt: skip
def test_verdicts(claim: str, cert: str | None, args: str, code: int, verdicts: str, tmp_path: Path) -> None:
    path = files(tmp_path, claim, cert)
    got, found = report(str(path), *args.split())
    assert (got, " ".join(line["status"] for line in found["claims"])) == (code, verdicts)
    counts = {status: verdicts.split().count(status.upper()) for status in found["summary"]}
    for status in ("proved", "refuted", "unknown", "rejected", "unreadable"):
        assert found["summary"][status] == counts[status]
    if cert is not None:
        assert path.with_suffix(".cert").read_text(encoding="utf-8") == cert


def test_what_is_reported(tmp_path: Path) -> None:
    path = files(tmp_path, TRUE + FALSE + HARD, HEADER + PROOF)
    code, found = report(str(path), "--seconds", "2")
    assert code == 1
    true, false, hard = found["claims"]
    assert [line.pop("milliseconds") is None for line in found["claims"]] == [False, False, True]
    assert [line.pop("search_milliseconds") is None for line in found["claims"]] == [True, False, False]
    same = {"file": str(path), "saved": False}
    assert true == same | {
        "name": "true", "meaning": "What true says.", "status": "PROVED", "expected": "PROVED", "by": "cone",
        "bytes": len(PROOF), "reason": "", "counterexample": None,
    }  # fmt: skip
    assert false["counterexample"] == {"n": 1}
    assert (false["by"], false["bytes"] > 0) == ("counterexample", True)
    assert hard["bytes"] == 0
    assert hard["reason"].startswith("tried: small counterexamples")


def test_without_a_path_it_is_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["symcnn.cli.prove"]
    assert module.library() == ROOT / "proofs"
    monkeypatch.setattr(module, "library", lambda: ROOT / "proofs" / "pooling")
    for here, shown in ((ROOT, Path("proofs/pooling")), (tmp_path, ROOT / "proofs" / "pooling")):
        monkeypatch.chdir(here)
        code, found = report("--replay")
        assert code == 0
        names = [(line["file"], line["name"]) for line in found["claims"]]
        library = [
            (shown / file.name, file) for file in sorted((ROOT / "proofs" / "pooling").glob("*.claim"))
        ]
        assert names == [(str(path), s.name) for path, file in library for s in read_file(file)]
        assert {line["status"] for line in found["claims"]} == {"PROVED", "REFUTED"}
        assert all(line["by"] and line["bytes"] for line in found["claims"])


@pytest.mark.parametrize(
    ("certificate", "by"),
    [
        (PROOF, "cone"),
        ("prove t\n  satisfiable { witness n = 1 compute }\n  proof { take n exactly h }", "exactly"),
        ("prove t\n  proof { take n }", "logic"),
        ("prove t\n  # ring\n  proof { law e : sum_empty sum(i in 0..0) 1 { compute } ring using e }",
         "sum_empty, compute, ring"),
        ("prove t\n  defined { cone h }\n  proof { law f : floor n, 2 { compute } exactly f }",
         "floor, compute, exactly"),
        (REFUTATION, "counterexample"),
        ("refute t\n  proof { witness x = fun(i) 1 split { compute } { suppose h cone h } }",
         "counterexample"),
        ("refute t\n  proof { witness n = 1 take m suppose h cone h }", "proof"),
    ],
)  # fmt: skip
def test_what_settles_a_certificate(certificate: str, by: str) -> None:
    assert closing_steps(certificate) == by


@pytest.mark.parametrize(
    ("certificate", "values"),
    [
        (REFUTATION, {"n": 1}),
        ("refute t\n  proof {\n    witness n = -3 # why\n    witness q = 1/2\n    split { compute } }",
         {"n": -3, "q": "1/2"}),
        ("refute t\n  proof { witness x = fun(i) if i = 1 then 0\n  else 1 witness m = 2 compute }",
         {"x": "fun(i) if i = 1 then 0 else 1"}),
        ("refute t\n  proof { compute }", {}),
        (PROOF, {}),
    ],
)  # fmt: skip
def test_the_case_of_a_stored_refutation(certificate: str, values: dict[str, Any]) -> None:
    (statement,) = read_statements(TENSOR)
    assert witnesses(certificate, statement) == values


# ---------------------------------------------------------------- the table


def test_the_table(tmp_path: Path) -> None:
    path = files(tmp_path, TRUE + FALSE, HEADER + PROOF)
    done = run("prove", str(path))
    assert done.exit_code == 1
    shown = re.sub(r" +\d+\.\d", "  0.0", done.stdout).replace(str(tmp_path), "HERE")
    head, rule, *rest = shown.splitlines()
    assert head.split() == ["name", "verdict", "by", "bytes", "replay", "ms", "search", "s"]
    assert set(rule) == {"-"}
    assert rest == [
        "HERE/my.claim",
        "  true   PROVED   cone               97  0.0",
        "  false  REFUTED  counterexample     47  0.0  0.0",
        "      expected: PROVED",
        rule,
        "1 proved, 1 refuted, 0 unknown, 0 rejected;  0.0 s; 1 not as expected",
        "",
        "false",
        "REFUTED: 2*(n//2) = n",
        "  counterexample: n = 1",
        "  there the sides are 0 and 1",
        *rest[11:],
    ]


def test_it_takes_the_width_there_is() -> None:
    wide = output("prove", "proofs/convolution/kinds.claim", "--replay")
    narrow = output("prove", "proofs/convolution/kinds.claim", "--replay", columns=90).splitlines()
    assert max(map(len, wide.splitlines())) > 110
    assert max(map(len, narrow)) <= 90
    words = [line.split() for line in wide.splitlines() if " PROVED " in line]
    assert [line.split()[:2] for line in narrow if " PROVED " in line] == [line[:2] for line in words]


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help(flag: str) -> None:
    text = output("prove", flag)
    assert text.startswith("Usage: ")
    assert max(map(len, text.splitlines())) <= 104


# ---------------------------------------------------------------- what is saved


@pytest.mark.parametrize("cert", [None, HEADER + REFUTATION, HEADER + LEMMA + REFUTATION])
def test_save(cert: str | None, tmp_path: Path) -> None:
    path = files(tmp_path, FALSE + TRUE + HARD, cert)
    assert run("prove", str(path), "--seconds", "1", "--save").exit_code == (1 if cert is None else 3)
    verdicts = {verdict.name: verdict.status for verdict in replay_file(path.with_suffix(".cert"))}
    assert verdicts == {"false": "REFUTED", "true": "PROVED"}
    assert sorted(file.name for file in tmp_path.iterdir()) == ["my.cert", "my.claim"]
    before = path.with_suffix(".cert").read_bytes()
    done = run("prove", str(path), "--seconds", "1", "--search", "--save")
    assert done.exit_code == 3
    assert re.search(r"^not saved, since \S+ has a certificate already: false, true$", done.stdout, re.M)
    assert path.with_suffix(".cert").read_bytes() == before


def test_a_certificate_that_appeared_meanwhile_is_kept(tmp_path: Path) -> None:
    file = stored.ClaimFile.read(files(tmp_path, TRUE))
    (tmp_path / "my.cert").write_text(HEADER + PROOF, encoding="utf-8")
    (tmp_path / "my.cert").chmod(0o640)
    assert not file.save("true", "prove true\n  proof { }\n")
    assert file.save("false", REFUTATION)
    assert (tmp_path / "my.cert").read_text(encoding="utf-8") == f"{HEADER}{PROOF}\n{REFUTATION}"
    assert (tmp_path / "my.cert").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("there", "message"),
    [
        (f"{HEADER}# {'.' * 499_900}\n{REFUTATION}", "true cannot be saved: line 1, column 1: the text has"),
        ("something else", "line 1, column 1: certificates begin with"),
    ],
    ids=["full", "no certificates"],
)
def test_what_would_not_be_read_again_is_not_saved(there: str, message: str, tmp_path: Path) -> None:
    file = stored.ClaimFile.read(files(tmp_path, TRUE))
    (tmp_path / "my.cert").write_text(there, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        file.save("true", PROOF)
    assert (tmp_path / "my.cert").read_text(encoding="utf-8") == there


def test_what_cannot_be_saved_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, text: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(stored, "replace_file", refuse)
    done = run("prove", str(files(tmp_path, TRUE + HARD)), "--save")
    assert done.exit_code == 2
    assert re.search(r"^  true +PROVED ", done.stdout, re.M)
    assert "not reached" in done.stdout
    assert done.stderr.startswith("error: [Errno 13] Permission denied")


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("nope", "nope: there is no such file or folder"),
        ("nope.cert", "nope.cert: there is no such file or folder"),
        ("alone.cert", "alone.cert: there is no alone.claim beside it, which would say what is proved"),
        ("folder", "folder: there is no .claim file below this folder"),
        ("text.txt", "text.txt: this is no .claim file"),
        ("bad.claim", "bad.claim: line 2, column 13: a name is missing before '='"),
        ("good.claim bad.claim", "bad.claim: line 2, column 13: a name is missing before '='"),
        ("bad.cert", "bad.claim: line 2, column 13: a name is missing before '='"),
        ("empty.claim", "empty.claim: line 1, column 1: no theorem"),
        ("latin.claim", "latin.claim: line 1, column 1: byte 0xe9 is not UTF-8"),
        ("headless.claim", "headless.cert: line 1, column 1: certificates begin with the line "
         "'symcnn certificates 1'"),
        ("without.claim", "without.cert: line 1, column 1: no prove"),
        ("blank.claim", "blank.cert: line 1, column 1: certificates begin with the line "
         "'symcnn certificates 1'"),
        ("taken.claim", "taken.cert: Is a directory"),
        ("good.claim --seconds 0",
         "--seconds 0 must be a number above 0, and at most 86400 (see symcnn prove --help)"),
        ("good.claim --seconds -1",
         "--seconds -1 must be a number above 0, and at most 86400 (see symcnn prove --help)"),
        ("good.claim --seconds nan",
         "--seconds nan must be a number above 0, and at most 86400 (see symcnn prove --help)"),
        ("good.claim --seconds inf",
         "--seconds inf must be a number above 0, and at most 86400 (see symcnn prove --help)"),
        ("good.claim --seconds x",
         "Invalid value for '--seconds': 'x' is not a valid float (see symcnn prove --help)"),
        ("good.claim --replay --search",
         "--replay and --search exclude each other (see symcnn prove --help)"),
        ("good.claim --replay --save", "--replay and --save exclude each other (see symcnn prove --help)"),
    ],
)  # fmt: skip
def test_errors_name_what_is_wrong(
    args: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = {
        "alone.cert": HEADER, "text.txt": TRUE, "bad.claim": 'theorem a ""\n  claim 1 = = 2\n',
        "bad.cert": HEADER, "empty.claim": "", "good.claim": TRUE, "headless.claim": TRUE,
        "headless.cert": PROOF, "without.claim": TRUE, "without.cert": HEADER, "taken.claim": TRUE,
        "blank.claim": TRUE, "blank.cert": "",
    }  # fmt: skip
    for name, text in written.items():
        Path(name).write_text(text, encoding="utf-8")
    Path("latin.claim").write_bytes(b"\xe9")
    Path("folder").mkdir()
    Path("taken.cert").mkdir()
    assert error("prove", *args.split()) == message


def test_a_certificate_stands_for_the_claim_beside_it(tmp_path: Path) -> None:
    path = files(tmp_path, TRUE, HEADER + PROOF)
    code, found = report(str(path.with_suffix(".cert")), str(path), str(tmp_path))
    assert (code, [line["name"] for line in found["claims"]]) == (0, ["true"])


# ---------------------------------------------------------------- a real process


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "symcnn", "prove", *args]


def test_what_is_decided_when_it_is_interrupted_is_kept(tmp_path: Path) -> None:
    path = files(tmp_path, TRUE + HARD + FALSE)
    with subprocess.Popen(
        command(str(path), "--save", "--seconds", "100", "--processes", "1"),
        cwd=ROOT, env=CLEAN, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        until = time.monotonic() + 60
        while not path.with_suffix(".cert").exists() and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.3)  # by now it searches for the second
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")
    lines = out.splitlines()
    assert [line.split()[:3] for line in lines if re.match(r"  \w", line)][1:] == [
        ["true", "PROVED", "cone"], ["hard", "UNKNOWN", "interrupted"], ["false", "UNKNOWN", "interrupted"],
    ]  # fmt: skip
    assert "interrupted" in lines
    assert [verdict.status for verdict in replay_file(path.with_suffix(".cert"))] == ["PROVED"]


def test_a_terminal_is_told_how_far_it_is(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    path = files(tmp_path, TRUE + FALSE, HEADER + PROOF + REFUTATION)
    leader, follower = pty.openpty()
    done = subprocess.run(
        command(str(path)),
        cwd=ROOT, env=CLEAN | {"TERM": "xterm"}, stdout=subprocess.PIPE, stderr=follower, timeout=60,
        check=False,
    )  # fmt: skip
    os.close(follower)
    told = os.read(leader, 1 << 16).decode()
    os.close(leader)
    assert done.returncode == 0
    assert "my.claim" in told
    assert b"my.claim" in done.stdout
    assert b"\x1b" not in done.stdout


def test_a_replay_does_not_import_sympy(tmp_path: Path) -> None:
    path = files(tmp_path, TRUE, HEADER + PROOF)
    code = f"""
import sys
from symcnn.cli import main
try:
    main(["prove", {str(path)!r}])
except SystemExit as stop:
    print(stop.code, sorted({{"sympy", "z3", "flint"}} & set(sys.modules)), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=CLEAN, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr.strip() == "0 []"
