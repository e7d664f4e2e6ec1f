"""Mutation testing of the kernel's logic: ``python -m tests.mutation [MODULE ...] [--sample N] [--seed S]``.

A *mutant* is the kernel with one small change: a comparison turned round, a premise left out, a condition
that is always true, a refusal that refuses nothing. Each is put to the stored proofs, to the wrong
certificates, and to the tests of what was changed. It is *killed* if one of them notices; the others are
listed, and ``docs/mutation.md`` says of each what the change does. Exits with 1 if less than 95 % are killed.

Messages are no logic: what is in a ``raise`` or an f-string is not changed. Nor are annotations, decorators,
imports, and the functions of ``REPORTS``, which only make messages or serve others than the kernel.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import copy
import os
import random
import re
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).parent.parent
KERNEL = ROOT / "symcnn" / "kernel"
WANTED = 95
WORKERS = 2
GIBIBYTES = 4

# The tests that each module is put to, after the proofs and the corpus.
TESTS = {
    "canonical": ("arithmetic", "logic"),
    "arithmetic": ("arithmetic", "logic"),
    "polynomial": ("arithmetic",),
    "laws": ("laws", "logic"),
    "ranges": ("laws", "logic"),
    "logic": ("logic", "certificates"),
    "definedness": ("logic",),
    "goals": ("logic", "certificates"),
    "steps": ("logic", "certificates", "arithmetic"),
    "certificates": ("certificates", "logic"),
    "evaluation": ("statements", "logic", "laws"),
    "sorts": ("statements", "logic", "arithmetic"),
    "terms": ("statements", "logic", "laws"),
    "substitution": ("statements", "logic", "laws"),
}
# What starts another interpreter there runs the kernel as it is; what takes long there is not about logic.
LEFT_OUT = (
    "exit_code or folder or bytes or malformed or unreadable_claim or without_the_rest or standard_library"
    " or test_limits or no_asserts"
)
ABOUT_WORK = {"canonical": "", "steps": "", "evaluation": ""}
REPORTS = {
    "canonical": {"show", "_power"},
    "polynomial": {"power_of_monomial", "power"},
    "steps": {"placed", "rejection"},
}

# -- mutants -----------------------------------------------------------------------------------------------

RELATIONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE,),
    ast.LtE: (ast.Lt,),
    ast.Gt: (ast.GtE,),
    ast.GtE: (ast.Gt,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
OPERATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
}
NAMES = {
    "ONE": ("ZERO",), "ZERO": ("ONE",), "TRUE": ("FALSE",), "FALSE": ("TRUE",),
    "INT": ("REAL",), "REAL": ("INT",), "RING": ("REAL",),
    "POSITIVE": ("NONNEGATIVE",), "NONNEGATIVE": ("POSITIVE",),
    "any": ("all",), "all": ("any",), "max": ("min",), "min": ("max",),
    "_at_most": ("_below",), "_below": ("_at_most",), "_equal": ("_at_most",),
    "And": ("Or",), "Or": ("And",), "Plus": ("Times",), "Times": ("Plus",),
    "ForAll": ("Exists",), "Exists": ("ForAll",), "Sum": ("Max",), "Max": ("Sum",),
}  # fmt: skip
ATTRIBUTES = {
    "left": "right", "right": "left", "low": "high", "high": "low", "top": "bottom", "bottom": "top",
    "then": "otherwise", "otherwise": "then", "premises": "definitions", "scope": "facts",
}  # fmt: skip
# The order of two arguments of these is not seen in what they return.
SYMMETRIC = {"max", "min", "add", "times", "multiply", "same", "_both", "zip"}
STRINGS = {"=": ("<=",), "<=": ("<", "="), "<": ("<=",), "int": ("real",)}


@dataclass(frozen=True)
class Place:
    """Where a node stands in its parent: a field, or an element of a field."""

    parent: ast.AST
    field: str
    index: int | None = None

    def get(self) -> Any:
        found = getattr(self.parent, self.field)
        return found if self.index is None else found[self.index]

    def put(self, new: Any) -> None:
        if self.index is None:
            setattr(self.parent, self.field, new)
        else:
            getattr(self.parent, self.field)[self.index] = new


@dataclass(frozen=True)
class Mutant:
    """One change of a module: what is put where, and how it is shown."""

    module: str
    line: int
    where: str
    before: str
    after: str
    place: Place
    new: Any

    def __str__(self) -> str:
        return f"{self.module}.py:{self.line} {self.where}: {self.before}  ->  {self.after}"

    def code(self, tree: ast.Module) -> CodeType:
        """The changed module, compiled."""
        old = self.place.get()
        self.place.put(self.new)
        try:
            return compile(ast.fix_missing_locations(copy.deepcopy(tree)), str(path_of(self.module)), "exec")
        finally:
            self.place.put(old)


def path_of(module: str) -> Path:
    return KERNEL / f"{module}.py"


def shown(node: Any) -> str:
    """The text of a node or a list of them, in one short line."""
    if node is None:
        return "None"
    parts: list[Any] = node if isinstance(node, list) else [node]
    text = re.sub(r"\s+", " ", ", ".join(ast.unparse(part) for part in parts))
    return text if len(text) <= 90 else text[:87] + "..."


class Mutator:
    """Finds the changes of one module."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
        self.found: list[Mutant] = []
        self.known: set[str] = set()
        self.within: list[str] = []
        for place in children(self.tree):
            self.visit(place)

    def add(self, place: Place, new: Any, around: Any = None) -> None:
        """A change; ``around`` is what is shown where the node itself is too small to say much."""
        old = place.get()
        if ast.dump(new) == ast.dump(old):
            return
        outer = old if around is None else around
        before = shown(outer)
        place.put(new)
        after = shown(new if around is None else around)
        place.put(old)
        if before == after:
            after = f"{shown(old)} becomes {shown(new)}"
        line = getattr(outer, "lineno", None) or getattr(old, "lineno", 0)
        where = ".".join(self.within) or "(module)"
        self.found.append(Mutant(self.module, line, where, before, after, place, new))

    def visit(self, place: Place) -> None:
        node = place.get()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if node.name in REPORTS.get(self.module, ()):
                return
            self.within.append(node.name)
            inside = [Place(node, "body", k) for k in range(len(node.body))]
            if isinstance(node, ast.FunctionDef):
                inside += [Place(node.args, "defaults", k) for k in range(len(node.args.defaults))]
            outside, self.known = self.known, set(parameters(node))
            for each in inside:
                self.visit(each)
            self.known = outside
            self.within.pop()
            return
        if ignored(node):
            return
        if isinstance(node, ast.stmt):
            self.statement(place, node)
        else:
            self.part(place, node)
        if not isinstance(node, ast.Raise):
            for each in children(node):
                self.visit(each)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self.known.add(node.id)

    # -- statements ----------------------------------------------------------------------------------------

    def statement(self, place: Place, node: ast.stmt) -> None:
        nothing = ast.copy_location(ast.Pass(), node)
        match node:
            case ast.Raise() | ast.Expr() | ast.AugAssign() | ast.Break() | ast.Continue() | ast.For():
                self.add(place, nothing)
            case ast.Assign(targets=[target]) if self.again(target):
                self.add(place, nothing)
            case ast.Return(value=value) if value is not None:
                self.add(place, ast.copy_location(ast.Return(ast.Constant(None)), node))
                if place.index is not None and place.index + 1 < len(getattr(place.parent, place.field)):
                    self.add(place, nothing)
            case ast.If() | ast.While():
                self.force(Place(node, "test"), node.test, (False,) if isinstance(node, ast.While) else None)
            case ast.Match(cases=cases):
                for k, case in enumerate(cases):
                    if case.guard is not None:
                        self.force(Place(case, "guard"), case.guard)
                    if len(cases) > 1:
                        rest = [*cases[:k], *cases[k + 1 :]]
                        self.found.append(self.without_case(node, case, rest))
            case _:
                pass

    def without_case(self, node: ast.Match, case: ast.match_case, rest: list[ast.match_case]) -> Mutant:
        before = f"case {ast.unparse(case.pattern)}"
        where = ".".join(self.within)
        return Mutant(self.module, case.pattern.lineno, where, before, "left out", Place(node, "cases"), rest)

    def again(self, target: ast.expr) -> bool:
        """Whether an assignment gives something that has a value a new one."""
        names = [n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        return all(name in self.known for name in names)

    # -- expressions and patterns --------------------------------------------------------------------------

    def part(self, place: Place, node: ast.AST) -> None:
        match node:
            case ast.Compare(ops=operators):
                for k, operator in enumerate(operators):
                    for new in RELATIONS[type(operator)]:
                        self.add(Place(node, "ops", k), new(), node)
            case ast.BoolOp(op=operator, values=values):
                self.add(Place(node, "op"), ast.Or() if isinstance(operator, ast.And) else ast.And(), node)
                for k in range(len(values)):
                    self.add(place, ast.BoolOp(operator, [*values[:k], *values[k + 1 :]]))
            case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
                self.add(place, operand)
            case ast.BinOp(left=left, op=operator, right=right):
                if isinstance(operator, ast.BitOr):
                    self.add(place, left)
                    self.add(place, right)
                elif type(operator) in OPERATIONS and not any(map(is_text, (left, right))):
                    self.add(Place(node, "op"), OPERATIONS[type(operator)](), node)
            case ast.Constant(value=value):
                self.constant(place, node, value)
            case ast.Name(id=name, ctx=ast.Load()):
                for other in NAMES.get(name, ()):
                    if hasattr(builtins, other) or re.search(rf"\b{other}\b", CODE_OF[self.module]):
                        self.add(place, ast.Name(other, ast.Load()), around(place))
            case ast.Attribute(value=value, attr=name, ctx=ast.Load()) if name in ATTRIBUTES:
                self.add(place, ast.Attribute(value, ATTRIBUTES[name], ast.Load()))
            case ast.IfExp(body=body, orelse=orelse):
                self.add(place, body)
                self.add(place, orelse)
            case ast.comprehension(ifs=ifs):
                for k in range(len(ifs)):
                    self.force(Place(node, "ifs", k), ifs[k])
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
                if not isinstance(getattr(node, "ctx", None), ast.Store):
                    for k in range(len(elements)):
                        new = copy.copy(node)
                        rest = [*elements[:k], *elements[k + 1 :]]
                        if isinstance(node, ast.Set) and not rest:
                            self.add(place, ast.Call(ast.Name("set", ast.Load()), [], []))
                            continue
                        new.elts = rest  # pyright: ignore[reportAttributeAccessIssue]
                        self.add(place, new)
            case ast.Dict(keys=keys, values=values):
                for k in range(len(keys)):
                    new = ast.Dict([*keys[:k], *keys[k + 1 :]], [*values[:k], *values[k + 1 :]])
                    key = shown(keys[k]) if keys[k] else f"**{shown(values[k])}"
                    self.add(place, new)
                    last = self.found.pop()
                    self.found.append(
                        Mutant(last.module, values[k].lineno, last.where, key, "left out", place, new)
                    )
            case ast.Call():
                self.call(place, node)
            case ast.MatchOr(patterns=patterns):
                for k in range(len(patterns)):
                    rest = [*patterns[:k], *patterns[k + 1 :]]
                    self.add(place, rest[0] if len(rest) == 1 else ast.MatchOr(rest))
            case ast.MatchClass(cls=cls, patterns=patterns, kwd_attrs=kwd, kwd_patterns=kwds):
                for k in range(len(patterns) - 1):
                    if all(isinstance(p, ast.MatchAs) for p in patterns[k : k + 2]):
                        new = [*patterns[:k], patterns[k + 1], patterns[k], *patterns[k + 2 :]]
                        self.add(place, ast.MatchClass(cls, new, kwd, kwds))
            case _:
                pass

    def constant(self, place: Place, node: ast.Constant, value: object) -> None:
        outer = around(place)
        if isinstance(value, bool):
            self.add(place, ast.Constant(not value), outer)
        elif isinstance(value, int):
            self.add(place, ast.Constant(value + 1), outer)
            self.add(place, ast.Constant(value - 1), outer)
        elif isinstance(value, str):
            for other in STRINGS.get(value, ()):
                self.add(place, ast.Constant(other), outer)

    def call(self, place: Place, node: ast.Call) -> None:
        arguments = node.args
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "isinstance":
            return
        for k in range(0 if name_of(node.func) in SYMMETRIC else len(arguments) - 1):
            if not any(isinstance(a, ast.Starred) for a in arguments[k : k + 2]):
                new = [*arguments[:k], arguments[k + 1], arguments[k], *arguments[k + 2 :]]
                self.add(place, ast.Call(node.func, new, node.keywords))
        for k in range(len(node.keywords)):
            rest = [*node.keywords[:k], *node.keywords[k + 1 :]]
            self.add(place, ast.Call(node.func, arguments, rest))
        if name and not name[0].isupper() and arguments and not isinstance(arguments[0], ast.Starred):
            self.add(place, arguments[0])

    def force(self, place: Place, test: ast.expr, values: tuple[bool, ...] | None = None) -> None:
        """A condition that is always true, or always false."""
        for value in values or (True, False):
            self.add(place, ast.copy_location(ast.Constant(value), test))


def around(place: Place) -> ast.AST:
    return place.parent if isinstance(place.parent, ast.expr | ast.pattern | ast.stmt) else place.get()


def name_of(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def parameters(node: ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        arguments = node.args
        yield from (a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))


def ignored(node: ast.AST) -> bool:
    """Imports, docstrings, names of types, messages."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.JoinedStr() | ast.expr_context() | ast.operator():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return True
        case ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar"))):
            return True
        case _:
            return False


def children(node: ast.AST) -> Iterator[Place]:
    """The places directly inside a node, without those of annotations."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "type_comment"):
            continue
        if isinstance(value, list):
            elements: list[object] = value
            yield from (Place(node, field, k) for k, v in enumerate(elements) if isinstance(v, ast.AST))
        elif isinstance(value, ast.AST):
            yield Place(node, field)


CODE_OF = {module: path_of(module).read_text(encoding="utf-8") for module in TESTS}

# -- what they are put to ----------------------------------------------------------------------------------


class Changed(SourceFileLoader):
    """Loads one module from other code than that of its file."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self.code = code

    def get_code(self, fullname: str) -> CodeType:
        return self.code

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None


def corpus() -> bool:
    """Whether the wrong certificates are rejected for their reasons, and the false claims refuted."""
    from symcnn.kernel.certificates import replay
    from tests import test_kernel_corpus as suite

    for file in sorted(suite.WRONG, key=lambda path: path.stat().st_size):
        found = replay(suite.statements(file), suite.certificates(file))
        for wrong, verdict in zip(suite.wanted(file), found, strict=True):
            if (wrong.name, "REJECTED") != (verdict.name, verdict.status):
                return False
            if wrong.reason not in verdict.reason:
                return False
    return not suite.not_refuted(replay)


def proofs() -> bool:
    """Whether all stored proofs are accepted, and those of the false neighbours."""
    from symcnn.kernel.certificates import replay_file

    stored = sorted((ROOT / "proofs").rglob("*.cert"), key=lambda path: path.stat().st_size)
    return all(
        verdict.status == ("PROVED" if kind == "prove" else "REFUTED") and verdict.name == name
        for path in [*stored, *sorted((ROOT / "tests" / "corpus").glob("neighbours*.cert"))]
        for (kind, name), verdict in zip(
            re.findall(r"^(prove|refute) (\S+)", path.read_text(encoding="utf-8"), re.M),
            replay_file(path),
            strict=True,
        )
    )


def neighbours() -> bool:
    """Whether no false statement is proved by the certificate of its true neighbour."""
    from symcnn.kernel.certificates import replay
    from tests.test_kernel_negative import wrongly_accepted

    return not wrongly_accepted(replay)


def tests_of(module: str) -> bool:
    """Whether the tests of a module pass."""
    import pytest

    names = ["mutants", *TESTS[module]]
    files = [path for name in names if (path := ROOT / "tests" / f"test_kernel_{name}.py").exists()]
    left_out = f"not ({LEFT_OUT}{'' if module in ABOUT_WORK else ' or too_much_work or 9999999'})"
    options = ["-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-p", "no:faulthandler"]
    return pytest.main([*options, f"--rootdir={ROOT}", "-k", left_out, *map(str, files)]) == 0


STAGES: dict[str, Callable[[str], bool]] = {
    "corpus": lambda _: corpus(),
    "proofs": lambda _: proofs(),
    "neighbours": lambda _: neighbours(),
    "tests": tests_of,
}
NOTICED, SURVIVED, NO_MUTANT = 10, 0, 2


def judge(mutant: Mutant, tree: ast.Module, seconds: dict[str, float]) -> None:
    """Put a mutant to each stage; the exit code says which one noticed. Does not return."""
    module = mutant.module
    try:
        code = mutant.code(tree)
    except (SyntaxError, ValueError, TypeError):
        os._exit(NO_MUTANT)
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    resource.setrlimit(resource.RLIMIT_AS, (GIBIBYTES << 30, GIBIBYTES << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.meta_path.insert(0, Changed(f"symcnn.kernel.{module}", str(path_of(module)), code))
    for number, (stage, passes) in enumerate(STAGES.items()):
        limit = int(time.process_time() + 3 + 4 * seconds.get(stage, 60)) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        signal.alarm(10 * limit)
        try:
            noticed = not passes(module)
        except BaseException:
            noticed = True
        if noticed:
            os._exit(NOTICED + number)
    os._exit(SURVIVED)


def verdict_of(status: int) -> str:
    """What the end of a child says: the stage that noticed, "time", or "survived"."""
    if os.WIFSIGNALED(status):
        stopped = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL)
        return "time" if stopped else "crash"
    code = os.WEXITSTATUS(status)
    if code == NO_MUTANT:
        return "no mutant"
    return "survived" if code == SURVIVED else [*STAGES][code - NOTICED] if code >= NOTICED else "crash"


def measured(module: str) -> dict[str, float]:
    """The time that each stage takes for the module as it is; that all of them pass is required."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_RDWR)
        os.dup2(quiet, 1)
        for stage, passes in STAGES.items():
            start = time.process_time()
            if not passes(module):
                os.write(write, f"{stage} fails without any change".encode())
                os._exit(1)
            os.write(write, f"{stage} {time.process_time() - start}\n".encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as stream:
        text = stream.read()
    if os.waitpid(child, 0)[1]:
        raise SystemExit(f"{module}: {text}")
    return {line.split()[0]: float(line.split()[1]) for line in text.splitlines()}


def judged(module: str, tree: ast.Module, mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Each mutant with its verdict, as they come in."""
    seconds = measured(module)
    running: dict[int, Mutant] = {}
    waiting = list(reversed(mutants))
    while waiting or running:
        while waiting and len(running) < WORKERS:
            mutant = waiting.pop()
            child = os.fork()
            if child == 0:
                judge(mutant, tree, seconds)
            running[child] = mutant
        child, status = os.wait()
        mutant, verdict = running.pop(child), verdict_of(status)
        if verdict != "no mutant":
            yield mutant, verdict


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make mutants", description="Mutation testing of the kernel.")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(TESTS)}; all if none")
    parser.add_argument("--sample", type=int, metavar="N", help="at most N mutants of each module")
    parser.add_argument("--seed", type=int, help="which ones; a number that is printed")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    asked = parser.parse_args(arguments)
    unknown = set(asked.modules) - set(TESTS)
    if unknown:
        parser.error(f"no module to mutate: {', '.join(sorted(unknown))}")
    seed = random.randrange(10**6) if asked.seed is None else asked.seed
    if asked.sample:
        print(f"seed {seed}")
    # Tests with random inputs take the same ones each time, so that a mutant is killed again or never.
    os.environ |= {"CI": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    sys.path.insert(0, str(ROOT))
    sys.dont_write_bytecode = False
    # What does not import the kernel is imported once, here.
    for name in ("pytest", "hypothesis.strategies"):
        import_module(name)
    survivors: list[Mutant] = []
    total: Counter[str] = Counter()
    print(f"{'module':14}{'mutants':>8}{'killed':>8}{'by time':>8}{'survive':>8}{'killed %':>10}")
    for module in asked.modules or TESTS:
        mutator = Mutator(module)
        mutants = mutator.found
        if asked.sample and asked.sample < len(mutants):
            mutants = random.Random(f"{seed} {module}").sample(mutants, asked.sample)
        if asked.list:
            print(*mutants, sep="\n")
            continue
        found: Counter[str] = Counter()
        for mutant, verdict in judged(module, mutator.tree, mutants):
            found[verdict] += 1
            if verdict == "survived":
                survivors.append(mutant)
                print(f"  survives: {mutant}", file=sys.stderr, flush=True)
        print(row(module, found), flush=True)
        print(dict(found), file=sys.stderr)
        total += found
    print(row("all", total))
    print(*sorted(map(str, survivors)), sep="\n")
    return 0 if total["survived"] * 100 <= (100 - WANTED) * total.total() else 1


def row(name: str, found: Counter[str]) -> str:
    number, left = found.total(), found["survived"]
    percent = 100 * (number - left) / number if number else 100
    return f"{name:14}{number:8}{number - left:8}{found['time']:8}{left:8}{percent:10.1f}"


if __name__ == "__main__":
    sys.exit(main())
