"""What is tested at random: cases that are drawn, what fails in one of them, and simpler cases near it."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Case = TypeVar("Case")


class Skipped(Exception):
    """A case in which nothing can be compared; says why."""


class TooLong(Skipped):
    """A case that takes too long; smaller ones may not."""


class Undefined(Skipped):
    """A case in which the identity has no value, although all that it assumes holds."""


@dataclass(frozen=True)
class Failure:
    """What is found where an identity fails: both sides, or what is false where there are none."""

    left: Any
    right: Any
    claim: str


class Experiment(ABC, Generic[Case]):
    """An identity as something to be tried out.

    ``name`` is how it is shown, ``missed`` counts the assumptions that a draw failed on, ``tolerance`` is how
    far apart equal sides may be, ``untested`` names the parts that no case can decide.
    """

    name: str
    missed: Counter[str]
    tolerance: float = 0
    untested: tuple[str, ...] = ()

    @abstractmethod
    def draw(self, dice: random.Random, width: int) -> Case | None:
        """A case of sizes up to about ``width`` above their least; None where the assumptions do not hold."""

    @abstractmethod
    def key(self, case: Case) -> Hashable:
        """What tells a case from others."""

    @abstractmethod
    def failure(self, case: Case) -> Failure | None:
        """What fails in a case; raises ``Skipped`` where that cannot be found out."""

    @abstractmethod
    def simpler(self, case: Case) -> Iterator[Case]:
        """Cases that are simpler in one respect, the simplest first."""

    @abstractmethod
    def shown(self, case: Case) -> Mapping[str, Any]:
        """The case by names: numbers, arrays, entries of tensors."""

    @abstractmethod
    def script(self, case: Case, failure: Failure, found: str) -> str:
        """A program that fails in the same way; ``found`` says where it comes from."""

    def unmet(self, keys: Collection[Hashable]) -> Iterator[str]:
        """The parts of the identity that none of the cases with these keys was about."""
        return iter(())

    def only_case(self) -> bool:
        """Whether there is nothing to choose, so that one case is all."""
        return False
