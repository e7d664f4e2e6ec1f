"""Each test begins with the symbols of its own module in their order, whatever other tests have declared."""

from collections.abc import Iterator

import pytest
import sympy
from sympy.core.cache import clear_cache

from symcnn.symbols import order
from symcnn.symbols.size import Dim, symbols_of


@pytest.fixture(autouse=True)
def order_of_symbols(request: pytest.FixtureRequest) -> None:
    """Sizes are written in the order in which the module has its symbols; no other name is declared."""
    module = request.node.getparent(pytest.Module)
    values = vars(module.obj).values() if module is not None and module.obj is not None else ()
    names = list(dict.fromkeys(name for value in values for name in _names(value)))
    if list(order._declared) != names:
        order._declared.clear()
        order.declare(names)
        clear_cache()  # SymPy keeps sort keys of whole expressions


def _names(value: object) -> Iterator[str]:
    """The name of a symbol that a module has as a variable, alone or in a tuple."""
    if isinstance(value, tuple):
        for part in value:
            yield from _names(part)
    elif isinstance(value, sympy.Symbol):
        yield value.name
    elif isinstance(value, Dim):
        yield from (symbol.name for symbol in symbols_of(value))
