"""Claims: relations that keep what they say, their translation into statements of the kernel, and the search.

``relations``, ``sameness`` and ``translation`` make statements. ``deciding`` searches for a proof
(``tactics``: logic, laws of sums and floors; ``reordering``: the order of sums; ``rules`` and ``agreeing``:
rewriting by facts; ``induction`` and ``recurrences``: functions defined by recursion; ``combining`` and
``linear``: arithmetic) or a counterexample (``refuting``: small cases, ``models``: those of z3). ``verdict``
is the public side, and ``calculation`` that of chains of steps; ``typesetting`` writes LaTeX. Nothing in here
is trusted but the translation: what counts is that the kernel accepts the certificate.
"""
