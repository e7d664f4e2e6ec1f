"""Claim documents: Markdown with LaTeX formulas, read without evaluation and without a guess.

``document`` reads a claim document: ``markdown`` finds its parts, ``directives`` understands the comments
above formulas, ``declarations`` and ``layers`` know what is declared and assumed where.

``display`` cuts a display into formulas, and ``latex`` reads each of them into one of the ``trees``. Its
parts are ``words``, ``naming``, ``numerals``, ``reductions``, ``factors`` and ``products``, from the word
to the term; ``tokens`` finds the words, ``names`` knows what the author declared. ``writing`` writes
trees back, and ``meaning`` turns them into terms of the kernel. What can be read in two ways is refused:
every refusal is a ``FormulaError`` of ``faults``, with a caret under the spot and with what to write
instead.

``solution`` writes documents from the objects of a script, and ``template`` one to fill in. ``against``
compares submissions with a reference, and ``feedback`` says what came of it.
"""
