"""Documents for people: checked claim documents as LaTeX, PDF and HTML.

``render`` is the entrance. ``reading`` turns the Markdown of a document into a neutral tree (``tree``), in
which ``parts`` puts formulas and verdicts, and ``declared`` declarations and statements in words.
``latex`` and ``html`` write the tree, ``pdf`` runs pdflatex.

A formula is never passed through. ``mathematics`` reads it into a tree of its own, in which only what is
listed in ``signs`` can occur; ``breaking`` cuts it into lines, and ``texmath`` and ``mathml`` write it.
``characters`` knows how to write text in LaTeX. Whatever is not understood is shown as it was typed.
"""

from symcnn.export.rendering import Typeset, render, typeset

__all__ = ["Typeset", "render", "typeset"]
