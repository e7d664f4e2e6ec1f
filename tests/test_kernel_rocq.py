"""The kernel's rules in a second kernel: each has a lemma in Rocq, which coqc compiles without any axiom.

What the functions of laws.py return for general terms over whole numbers is translated as well, and follows
from the lemma of the same name.
"""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from symcnn.kernel import arithmetic, logic
from symcnn.kernel.laws import LAWS, Law
from symcnn.kernel.steps import STEPS
from symcnn.kernel.terms import (
    ZERO,
    And,
    Call,
    Compare,
    Exists,
    Floor,
    ForAll,
    Formula,
    If,
    Iff,
    Implies,
    Max,
    Not,
    Number,
    Or,
    Plus,
    Sum,
    Term,
    Times,
    Variable,
    free,
)
from tests.oracles import REQUIRE_ORACLES, require_program

ROCQ = Path(__file__).parent.parent / "symcnn" / "kernel" / "rocq"
FILES = [name for name in (ROCQ / "_CoqProject").read_text().split() if name.endswith(".v")]
TEXTS = {name: (ROCQ / name).read_text() for name in FILES}

COMMENT = re.compile(r"\(\*.*?\*\)", re.DOTALL)
LEMMA = re.compile(r"^ *Lemma ([\w']+)", re.MULTILINE)
DOCUMENTED_LEMMA = re.compile(r"\(\*((?:(?!\*\)).)*)\*\)\s*Lemma ([\w']+)", re.DOTALL)
ASSUMES = re.compile(
    r"\b(?:Axioms?|Conjectures?|Parameters?|Admitted|admit|give_up|Abort|Unset|Set|bypass_check|type_in_type"
    r"|Reals|Classical\w*|FunctionalExtensionality|ProofIrrelevance|Ltac2|native_compute)\b"
)

# "let" brings in an abbreviation and proves nothing.
RULES = [*LAWS, *(step for step in STEPS if step != "let")]
# Rules that are no step by themselves; "use" is an instance and its consequence.
PARTS_OF_RULES = ["instance", "consequence", "part_of", "negation"]
STATED: dict[str, Callable[..., object]] = {
    **{name: law for name, (law, _) in LAWS.items()},
    **{
        name: getattr(logic, name)
        for name in (
            "take", "suppose", "split", "choose", "witness", "obtain", "cases", "decide", "deny", "have",
            "instance", "consequence", "induct",
        )
    },
    "ring": arithmetic.ring,
    "cone": arithmetic.cone,
}  # fmt: skip


def code(text: str) -> str:
    return COMMENT.sub(" ", text)


def lemmas(name: str) -> list[str]:
    return LEMMA.findall(code(TEXTS[name]))


def law_of(text: str) -> str:
    """What a docstring or a comment says from "Law:" on, without line breaks and code marks."""
    _, law, stated = text.partition("Law:")
    assert law, f"this states no law: {text}"
    return " ".join((law + stated).replace("``", "").split())


def coqc(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [require_program("coqc", "coq"), "-q", "-Q", ".", "SymcnnKernel", name],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all files, compiled in the order of the project file."""
    folder = tmp_path_factory.mktemp("rocq")
    for name in FILES:
        shutil.copy(ROCQ / name, folder)
        run = coqc(folder, name)
        assert run.returncode == 0, run.stderr
    return folder


def compile_more(compiled: Path, name: str, text: str) -> subprocess.CompletedProcess[str]:
    modules = " ".join(Path(file).stem for file in FILES)
    (compiled / name).write_text(f"From SymcnnKernel Require {modules}.\n{text}")
    return coqc(compiled, name)


def one_group(test: Callable[..., None]) -> Callable[..., None]:
    """Tests that share the compiled files run in one worker, which compiles them once."""
    return pytest.mark.xdist_group("rocq")(test)


def test_each_file_is_in_the_project_file() -> None:
    assert sorted(FILES) == sorted(path.name for path in ROCQ.glob("*.v"))


def test_each_rule_has_one_lemma() -> None:
    found = [lemma for name in FILES for lemma in lemmas(name)]
    assert sorted(set(found)) == sorted(found)
    assert [rule for rule in [*RULES, *PARTS_OF_RULES] if rule not in found] == []


def test_each_rule_that_states_a_law_is_compared() -> None:
    rules = {name for name in vars(logic) if "Law:" in (getattr(logic, name).__doc__ or "")}
    assert rules | set(LAWS) | {"ring", "cone"} == set(STATED)


@pytest.mark.parametrize("rule", STATED)
def test_the_lemma_states_the_law_of_the_rule(rule: str) -> None:
    comments = {
        lemma: comment for text in TEXTS.values() for comment, lemma in DOCUMENTED_LEMMA.findall(text)
    }
    assert law_of(comments[rule]) == law_of(STATED[rule].__doc__ or "")


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_assumed_in_the_text(name: str) -> None:
    assert ASSUMES.findall(code(TEXTS[name])) == []
    # Hypotheses and variables are those of sections, which become premises when the section ends.
    depth = 0
    for line in code(TEXTS[name]).splitlines():
        if line.startswith("Section "):
            depth += 1
        elif re.match(r"End \w+\.", line):
            depth -= 1
        elif re.match(r"\s*(?:Variables?|Hypothes[ie]s|Context)\b", line):
            assert depth > 0, line
    assert depth == 0


@pytest.mark.parametrize("text", ["Axiom a : False.", "Parameter p : nat.", "Proof. Admitted.", "admit."])
def test_what_is_assumed_would_be_found(text: str) -> None:
    assert len(ASSUMES.findall(code(f"Lemma l : True. (* Axiom *)\n{text}"))) == 1


@one_group
def test_all_files_compile(compiled: Path) -> None:
    assert sorted(path.name for path in compiled.glob("*.vo")) == sorted(
        Path(name).with_suffix(".vo").name for name in FILES
    )


@one_group
def test_no_lemma_depends_on_an_axiom(compiled: Path) -> None:
    """One definition speaks of all lemmas, so that what they have in common is looked through once."""
    names = [f"{Path(name).stem}.{lemma}" for name in FILES for lemma in lemmas(name)]
    names += [f"Structures.{name}" for name in ("whole_numbers", "rationals", "two_elements")]
    text = f"Definition all := ({', '.join(f'@{name}' for name in names)}).\nPrint Assumptions all.\n"
    run = compile_more(compiled, "Printed.v", text)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines() == ["Closed under the global context"]


@one_group
def test_an_axiom_would_be_seen(compiled: Path) -> None:
    text = "Axiom wrong : False.\nLemma anything : 0 = 1.\nProof. destruct wrong. Qed.\n"
    text += "Definition all := (@Steps.take, @anything, @Sums.sum_ext).\nPrint Assumptions all.\n"
    run = compile_more(compiled, "WithAxiom.v", text)
    assert run.returncode == 0, run.stderr
    assert "wrong : False" in run.stdout
    assert "Closed under the global context" not in run.stdout


# Each is a line of a file and a wrong one in its place: a premise that is missing, or another conclusion.
WRONG = [
    ("Sums.v", "Lemma sum_empty a b g f : b <= a -> ", "Lemma sum_empty a b g f : "),
    ("Sums.v", "(whole (b - a)%Z * f)%E.\nProof.", "(whole (b - a + 1)%Z * f)%E.\nProof."),
    ("Sums.v", "f t.\nProof.\n  intros [L G] alone.", "f (t + 1).\nProof.\n  intros [L G] alone."),
    ("Maxima.v", "max_bound a b g f t : range a b g t -> ", "max_bound a b g f t : "),
    ("Steps.v", "| Below a b => AtMost b a", "| Below a b => Below b a"),
    ("Arithmetic.v", "1 <= d -> d * div n d <= n /\\", "0 <= d -> d * div n d <= n /\\"),
]


@one_group
@pytest.mark.parametrize("name", sorted({name for name, _, _ in WRONG}))
def test_a_right_file_compiles_in_the_same_place(compiled: Path, name: str) -> None:
    run = compile_more(compiled, "Right.v", TEXTS[name])
    assert run.returncode == 0, run.stderr


@one_group
@pytest.mark.parametrize(("name", "right", "wrong"), WRONG)
def test_a_wrong_lemma_does_not_compile(compiled: Path, name: str, right: str, wrong: str) -> None:
    text = TEXTS[name]
    assert text.count(right) == 1
    run = compile_more(compiled, "Wrong.v", text.replace(right, wrong))
    assert run.returncode != 0
    assert "Error" in run.stderr


def test_most_laws_have_a_lemma_that_they_need_their_premises() -> None:
    needs = [lemma for lemma in lemmas("SideConditions.v") if "_needs_" in lemma]
    assert needs == lemmas("SideConditions.v")
    shown = {lemma.partition("_needs_")[0] for lemma in needs}
    assert set(LAWS) - shown == {"sum_indicator", "trichotomy", "archimedes"}, "only these have no premises"


@pytest.mark.parametrize("value", [None, "0"])
def test_without_coqc_the_lemmas_are_skipped(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    if value is None:
        monkeypatch.delenv(REQUIRE_ORACLES, raising=False)
    else:
        monkeypatch.setenv(REQUIRE_ORACLES, value)
    with pytest.raises(pytest.skip.Exception, match="coqc is not installed"):
        coqc(ROCQ, FILES[0])


def test_without_coqc_the_tests_fail_where_oracles_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setenv(REQUIRE_ORACLES, "1")
    with pytest.raises(pytest.fail.Exception, match="coqc is not installed"):
        coqc(ROCQ, FILES[0])


# -- what the functions of laws.py return, translated --------------------------------------------------------


def term(node: Term) -> str:
    match node:
        case Number(value):
            return f"({value})"
        case Variable(name):
            return name
        case Plus(terms):
            return "(" + " + ".join(map(term, terms)) + ")"
        case Times(terms):
            return "(" + " * ".join(map(term, terms)) + ")"
        case Floor(top, bottom):
            return f"({term(top)} / {term(bottom)})"
        case Call(name, arguments):
            return f"({name} {' '.join(map(term, arguments))})"
        case If(condition, then, otherwise):
            return f"(if {truth_value(condition)} then {term(then)} else {term(otherwise)})"
        case Sum(index, low, high, guard, body) | Max(index, low, high, guard, body):
            head = "sum" if isinstance(node, Sum) else "maximum Z whole_order nothing"
            where = "everywhere" if guard is None else f"(fun {index} => {truth_value(guard)})"
            return f"({head} {term(low)} {term(high)} {where} (fun {index} => {term(body)}))"
        case _:
            raise TypeError(f"no translation of {node}")


def truth_value(node: Formula) -> str:
    match node:
        case Compare("=", left, right):
            return f"({term(left)} =? {term(right)})"
        case And(parts):
            return "(" + " && ".join(map(truth_value, parts)) + ")"
        case _:
            raise TypeError(f"no translation of {node}")


def proposition(node: Formula) -> str:
    match node:
        case Compare(relation, left, right):
            return f"({term(left)} {relation} {term(right)})"
        case And(parts):
            return "(" + " /\\ ".join(map(proposition, parts)) + ")"
        case Or(parts):
            return "(" + " \\/ ".join(map(proposition, parts)) + ")"
        case Not(inner):
            return f"(~ {proposition(inner)})"
        case Implies(left, right):
            return f"({proposition(left)} -> {proposition(right)})"
        case Iff(left, right):
            return f"({proposition(left)} <-> {proposition(right)})"
        case ForAll(name, _, body):
            return f"(forall {name} : Z, {proposition(body)})"
        case Exists(name, _, body):
            return f"(exists {name} : Z, {proposition(body)})"


def is_zero(name: str, *arguments: Term) -> Formula:
    return Compare("=", Call(name, arguments), ZERO)


A, B, C, D, I, J, K, M, N, T = map(Variable, "abcdijkmnt")
FUNCTIONS = {"f": "Z -> Z", "g": "Z -> Z", "h": "Z -> Z", "w": "Z -> Z", "u": "Z -> Z", "v": "Z -> Z",
             "f2": "Z -> Z -> Z", "g2": "Z -> Z -> Z"}  # fmt: skip
SUM = Sum("i", A, B, is_zero("g", I), Call("f", (I,)))
OTHER_SUM = Sum("j", C, D, is_zero("w", J), Call("h", (J,)))
MAX = Max("i", A, B, is_zero("g", I), Call("f", (I,)))
OTHER_MAX = Max("j", C, D, is_zero("w", J), Call("h", (J,)))
INNER = Sum("j", C, D, is_zero("g2", I, J), Call("f2", (I, J)))
FLAT = Sum("i", ZERO, M, None, Sum("j", ZERO, N, None, Call("f2", (I, J))))
THERE, BACK = Call("u", (I,)), Call("v", (J,))

# The general arguments of each law, and how what it returns follows from its lemma.
IMPLEMENTED: dict[str, tuple[tuple[Term | Formula, ...], str]] = {
    "sum_ext": ((SUM, Call("h", (I,))), "apply sum_ext; meet."),
    "sum_guard": ((SUM, is_zero("h", I)), "apply sum_guard; meet."),
    "sum_indicator": ((SUM,), "apply sum_indicator."),
    "sum_scale": ((SUM, C), "exact (sum_scale whole_numbers a b _ f c)."),
    "sum_add": (
        (SUM, Sum("j", A, B, is_zero("g", J), Call("h", (J,)))),
        "exact (sum_add whole_numbers a b _ f h).",
    ),
    "sum_exchange": ((replace(SUM, body=INNER),), "apply sum_exchange."),
    "sum_shift": (
        (SUM, K),
        "rewrite (sum_shift whole_numbers a b _ _ k). apply sum_congruence; intros; now rewrite ?back.",
    ),
    "sum_split": ((SUM, M), "now apply sum_split."),
    "sum_first": ((SUM,), "now apply (sum_first whole_numbers a b (fun i => g i =? 0) f)."),
    "sum_empty": ((SUM,), "now apply sum_empty."),
    "sum_point": ((SUM, T), "apply (sum_point whole_numbers _ _ _ f); meet."),
    "sum_constant": (
        (Sum("i", A, B, None, C),),
        "rewrite back. now apply (sum_constant whole_numbers a b c).",
    ),
    "sum_flat": (
        (FLAT,),
        "rewrite (sum_flat whole_numbers m n f2 Z.div) by easy. apply sum_congruence; intros; try easy. "
        "now replace (i + -1 * n * (i / n)) with (i - n * (i / n)) by ring.",
    ),
    "sum_reindex": (
        (SUM, OTHER_SUM, THERE, BACK),
        "apply (sum_reindex whole_numbers) with (u := u) (v := v); meet.",
    ),
    "sum_nonnegative": (
        (SUM,),
        "apply order, (sum_nonnegative whole_numbers). intros. apply order. meet.",
    ),
    "sum_positive": ((SUM,), "apply (sum_positive whole_numbers); meet."),
    "max_bound": ((MAX, T), "apply order, (max_bound Z whole_order nothing _ _ _ f). meet."),
    "max_attained": (
        (MAX,),
        "destruct (max_attained Z whole_order nothing a b (fun i => g i =? 0) f) as (k & K); meet.",
    ),
    "max_least": ((MAX, C), "apply order, max_least; intros; try apply order; meet."),
    "max_reindex": (
        (MAX, OTHER_MAX, THERE, BACK),
        "apply max_reindex with (u := u) (v := v); meet.",
    ),
    "floor": ((N, D), "now apply (Arithmetic.floor Z.div)."),
    "if_true": ((If(Compare("=", A, ZERO), B, C),), "now destruct (Z.eqb_spec a 0)."),
    "if_false": ((If(Compare("=", A, ZERO), B, C),), "now destruct (Z.eqb_spec a 0)."),
    "antisymmetry": ((A, B), "apply (antisymmetry Z whole_order); now apply order."),
    "trichotomy": ((A, B), "exact (trichotomy Z whole_order a b)."),
}

PREAMBLE = """
Require Import ZArith Lia Bool.
From SymcnnKernel Require Import Structures Arithmetic Sums Maxima.
Open Scope Z_scope.
Local Notation sum := (Sums.sum (A := whole_numbers)).
Lemma back i k : i + -1 * k = i - k.
Proof. lia. Qed.
Lemma order a b : at_most whole_order a b <-> a <= b.
Proof. apply whole_order_at_most. Qed.
Ltac meet := unfold range, is_true in *;
  repeat match goal with
  | H : exists x, _ |- _ => destruct H as (x & H)
  | |- exists x, _ => eexists
  | |- context [_ =? _] => progress setoid_rewrite Z.eqb_eq
  | H : context [_ =? _] |- _ => progress setoid_rewrite Z.eqb_eq in H
  end;
  solve [intuition eauto | intros; match goal with H : _ |- _ => apply H; intuition eauto end | firstorder].
"""


def implemented(name: str, law: Law) -> str:
    formulas = (*law.premises, law.conclusion)
    names = sorted({name for formula in formulas for name in free(formula)})
    binders = " ".join(f"({name} : {FUNCTIONS.get(name, 'Z')})" for name in names)
    statement = " -> ".join(map(proposition, formulas))
    return (
        f"Lemma {name} (nothing : Z) {binders} : {statement}.\nProof. intros. {IMPLEMENTED[name][1]} Qed.\n"
    )


def returned(name: str) -> Law:
    return LAWS[name][0](*IMPLEMENTED[name][0])


def test_each_law_of_whole_numbers_is_translated() -> None:
    assert set(LAWS) - set(IMPLEMENTED) == {"quotient", "archimedes"}, "only these are about reals alone"


@one_group
def test_what_the_laws_return_follows_from_their_lemmas(compiled: Path) -> None:
    text = "".join(
        f"Module M_{name}.\n{implemented(name, returned(name))}End M_{name}.\n" for name in IMPLEMENTED
    )
    run = compile_more(compiled, "Implemented.v", PREAMBLE + text)
    assert run.returncode == 0, run.stderr


@one_group
@pytest.mark.parametrize("name", ["sum_split", "sum_point", "sum_reindex", "max_least", "floor"])
def test_a_law_without_its_premises_does_not_follow(compiled: Path, name: str) -> None:
    law = replace(returned(name), premises=returned(name).premises[1:])
    run = compile_more(compiled, "Weaker.v", PREAMBLE + implemented(name, law))
    assert run.returncode != 0
    assert "Error" in run.stderr
