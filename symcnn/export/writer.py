"""What the writers of LaTeX and of HTML share: blocks below one another, and words beside one another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence

from symcnn.export import tree


class Writer(ABC):
    """Writes the blocks of pages as lines of text, and words as text."""

    @abstractmethod
    def block(self, block: tree.Block) -> Iterable[str]:
        """A block as lines."""

    @abstractmethod
    def word(self, word: tree.Inline) -> str:
        """A word."""

    @abstractmethod
    def summary(self, text: str) -> list[str]:
        """What stands below the title of a page, as lines."""

    def page(self, page: tree.Page) -> Iterator[str]:
        """One document, its summary below its title."""
        waiting = self.summary(page.summary) if page.summary else []
        for block in page.blocks:
            title = isinstance(block, tree.Heading) and block.level == 1
            if not title and not isinstance(block, tree.Note):
                yield from waiting
                waiting = []
            yield from self.block(block)
            if title:
                yield from waiting
                waiting = []

    def blocks(self, found: Sequence[tree.Block]) -> list[str]:
        """Blocks one below the other."""
        return [line for block in found for line in self.block(block)]

    def words(self, found: tree.Words) -> str:
        """Words in a line."""
        return "".join(map(self.word, found))
