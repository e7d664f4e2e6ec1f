"""Random equations give the same by arrays, by symcnn's loops, and by loops over their definition."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from symcnn.equations.notation import Equation, Reduction, Scatter
from symcnn.evaluation.evaluate import METHODS, evaluate
from symcnn.symbols import Size
from symcnn.symbols.size import Sym, substitute
from tests.brute import Undefined
from tests.soundness.effort import random_rounds
from tests.soundness.random_equations import (
    RANGES,
    Drawn,
    Refused,
    extents_of,
    random_arrays,
    random_equation,
    run,
    symbols_in,
    tensors_of,
    with_other_guards,
)


def outcome(equation: Equation, arrays: Any) -> Any:
    """The shape and the entries by brute force, or the name of what is wrong."""
    try:
        return run(equation, arrays)
    except (Refused, Undefined) as error:
        return type(error).__name__


def test_random_equations_hold_what_they_are_to_try() -> None:
    dice = random.Random(0)
    found: Counter[str] = Counter()
    for _ in range(250):
        drawn = random_equation(dice)
        equation = drawn.equation
        arrays = random_arrays(dice, equation)
        result = outcome(equation, arrays)
        found[result if isinstance(result, str) else "a result"] += 1
        nodes = list(equation.right.walk())
        reductions = [k for k in nodes if isinstance(k, Reduction)]
        found["scatter"] += any(isinstance(k, Scatter) for k in nodes)
        found["guards"] += any(k.where for k in reductions)
        found["nested reductions"] += len(reductions) > 1
        found["several tensors"] += len(tensors_of(equation)) > 2
        found["a stride above 2"] += drawn.windows > 0 and drawn.numbers["S_0"] > 2
        found["two windows"] += drawn.windows == 2
        found["padding beyond the kernel"] += (
            drawn.windows > 0 and drawn.numbers["P_0"] > drawn.numbers["K_0"]
        )
        if not isinstance(result, str):
            found["an empty sum"] += any(
                all(extents_of(equation)[k.name] == 0 for k in node.indices) for node in reductions
            )
    wanted = {
        "a result": 120, "Refused": 40, "Undefined": 8, "scatter": 25, "guards": 80, "nested reductions": 80,
        "several tensors": 100, "a stride above 2": 80, "two windows": 25, "padding beyond the kernel": 40,
        "an empty sum": 5,
    }  # fmt: skip
    assert {k: v for k, v in wanted.items() if found[k] < v} == {}, found


def check(equation: Equation, arrays: Any, named: Mapping[str, int], wanted: Any) -> None:
    """Both methods give the wanted entries, exactly, or refuse what has none."""
    for method in METHODS:
        for dtype in (np.int64, object):
            given = {**as_arrays(equation, arrays, named, dtype), **named}
            if isinstance(wanted, str):
                with pytest.raises(ValueError, match=r"."):
                    evaluate(equation, method=method, **given)
                continue
            found: Any = evaluate(equation, method=method, **given)
            shape, entries = wanted
            assert found.shape == shape
            assert all(Fraction(found[at]) == value for at, value in entries.items())


def as_arrays(equation: Equation, arrays: Any, named: Mapping[str, int], dtype: Any) -> dict[str, Any]:
    values = {Sym(k, min(RANGES[k][0], 1)): n for k, n in named.items()}
    out: dict[str, Any] = {}
    for name, tensor in tensors_of(equation).items():
        made = np.zeros([value_at(k, values) for k in tensor.known_shape], dtype=dtype)
        for at, value in arrays[name].items():
            made[at] = value if dtype is object else int(value)
        out[name] = made
    return out


def value_at(length: Size, values: Mapping[Any, Size]) -> Any:
    return substitute(length, values)


@random_rounds(quick=120)
def test_numbers(dice: random.Random) -> None:
    drawn = random_equation(dice)
    equation = drawn.equation
    if dice.random() < 0.3:
        equation = with_other_guards(equation, dice)
    arrays = random_arrays(dice, equation)
    check(equation, arrays, {}, outcome(equation, arrays))


@random_rounds(quick=60)
def test_symbols(dice: random.Random) -> None:
    """Symbols in an equation take their numbers from the arrays and from the call."""
    drawn = random_equation(dice)
    arrays = random_arrays(dice, drawn.equation)
    equation = symbolic(drawn, dice)
    named = {s.name: drawn.numbers[s.name] for s in symbols_in(equation)}
    check(equation, arrays, named, outcome(drawn.equation, arrays))


def symbolic(drawn: Drawn, dice: random.Random) -> Equation:
    names = {name for name in drawn.numbers if dice.random() < 0.5}
    return drawn.with_symbols(names)
