"""Claims and verdicts: relations that keep what they say, their translation into statements, and the answers.

``relations``, ``sameness`` and ``translation`` make statements of the kernel. ``verdict`` is the public side
of the search, ``calculation`` that of chains of steps, and ``decomposing`` that of kernels as two layers;
``explaining`` says how a claim is wrong, ``typesetting`` writes LaTeX. Nothing in here is trusted but the
translation: what counts is that the kernel accepts the certificate.
"""
