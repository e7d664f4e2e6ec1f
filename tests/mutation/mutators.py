"""The changes that are made: one thing in a module, as a change of its syntax tree.

Messages are no logic: what is in a ``raise`` or an f-string is not changed. Nor are annotations, decorators,
imports, docstrings, and the functions that only show something (``SHOWS`` and those of ``Module.reports``).
"""

from __future__ import annotations

import ast
import builtins
import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).parent.parent.parent
# What these return is read by people only.
SHOWS = {"__repr__", "__str__", "_repr_latex_", "latex"}

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
    "maximum": ("minimum",), "minimum": ("maximum",), "least": ("greatest",), "greatest": ("least",),
    "floor_div": ("ceil_div",), "ceil_div": ("floor_div",), "gcd": ("lcm",), "lcm": ("gcd",),
    "add": ("subtract",), "subtract": ("add",), "plus": ("times",), "times": ("plus",),
    "total": ("product",), "product": ("total",), "at_least": ("equal",), "equal": ("at_least",),
    "ceil": ("floor",), "floor": ("ceil",), "sum": ("max",),
}  # fmt: skip
ATTRIBUTES = {
    "left": "right", "right": "left", "low": "high", "high": "low", "top": "bottom", "bottom": "top",
    "then": "otherwise", "otherwise": "then", "premises": "definitions", "scope": "facts",
    "numerator": "denominator", "denominator": "numerator", "inputs": "outputs", "outputs": "inputs",
    "macs": "params", "stride": "offset", "is_integer": "is_real", "maximum": "minimum", "minimum": "maximum",
}  # fmt: skip
# The order of two arguments of these is not seen in what they return.
SYMMETRIC = {"max", "min", "add", "times", "multiply", "same", "_both", "zip"}
STRINGS = {
    "=": ("<=",), "<=": ("<", "="), "<": ("<=",), "int": ("real",), "real": ("int",), "ge": ("eq",),
    "eq": ("ge",), "le": ("lt",), "lt": ("le",), "gt": ("ge",), "max": ("min",), "min": ("max",),
    "+": ("-",), "-": ("+",), "*": ("+",), "/": ("*",),
}  # fmt: skip


@dataclass(frozen=True)
class Module:
    """A module to change, such as ``kernel.laws``, and the functions in it that only make messages."""

    name: str
    reports: frozenset[str] = frozenset()

    def answers_to(self, names: Sequence[str]) -> bool:
        """Whether it is meant by one of these, with or without its folder."""
        return any(name in (self.name, self.name.rpartition(".")[2]) for name in names)

    @property
    def imported(self) -> str:
        return f"symcnn.{self.name}"

    @property
    def path(self) -> Path:
        return ROOT / "symcnn" / (self.name.replace(".", "/") + ".py")

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def code(self) -> CodeType:
        """The module as it is, compiled as its mutants are."""
        return compile(self.tree, str(self.path), "exec")


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

    module: Module
    lines: range
    where: str
    before: str
    after: str
    place: Place
    new: Any

    def __str__(self) -> str:
        return f"{self.module.name}, {self.where}: {self.before} -> {self.after}"

    def code(self) -> CodeType:
        """The changed module, compiled."""
        old = self.place.get()
        self.place.put(self.new)
        try:
            tree = copy.deepcopy(self.module.tree)
        finally:
            self.place.put(old)
        return compile(ast.fix_missing_locations(tree), str(self.module.path), "exec")


def shown(node: Any) -> str:
    """The text of a node or a list of them, in one short line."""
    if node is None:
        return "None"
    parts: list[Any] = node if isinstance(node, list) else [node]
    text = re.sub(r"\s+", " ", ", ".join(ast.unparse(part) for part in parts))
    return text if len(text) <= 90 else text[:87] + "..."


class Mutator:
    """Finds the changes of one module."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.found: list[Mutant] = []
        self.known: set[str] = set()
        self.within: list[str] = []
        for place in children(module.tree):
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
        where = ".".join(self.within) or "(module)"
        self.found.append(Mutant(self.module, lines_of(outer, old), where, before, after, place, new))

    def visit(self, place: Place) -> None:
        node = place.get()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if node.name in SHOWS | self.module.reports:
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
        lines = lines_of(case.pattern)
        return Mutant(self.module, lines, where, before, "left out", Place(node, "cases"), rest)

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
                    rest = [*values[:k], *values[k + 1 :]]
                    self.add(place, rest[0] if len(rest) == 1 else ast.BoolOp(operator, rest))
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
                    if hasattr(builtins, other) or re.search(rf"\b{other}\b", self.module.source):
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
                    self.found.append(replace(self.found.pop(), before=key, after="left out"))
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


def lines_of(*nodes: Any) -> range:
    """The lines of the first of these that has some; of a statement with a block, those before the block."""
    for each in nodes:
        node: Any = each[0] if isinstance(each, list) and each else each
        if hasattr(node, "lineno"):
            block = getattr(node, "body", None)
            inner = block if isinstance(block, list) else getattr(node, "cases", None)
            end = node.lineno if inner else node.end_lineno
            return range(node.lineno, end + 1)
    return range(0)


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
