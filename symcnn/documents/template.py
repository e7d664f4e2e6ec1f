"""The claim document that a newcomer fills in."""

from __future__ import annotations

from importlib.resources import files


def template() -> str:
    """A small worked solution with one claim of each kind, itself a document in which all is as expected.

    >>> print(template().splitlines()[0])
    # The size and the cost of a convolution
    """
    return files("symcnn.documents").joinpath("template.txt").read_text(encoding="utf-8")
