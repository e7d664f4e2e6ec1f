"""The search for proofs and counterexamples. Nothing in here is trusted: the kernel replays what is found.

``deciding`` takes a statement to a certificate, by turns of ``tactics`` (proofs) and ``refuting``
(counterexamples); ``worker`` runs it in a process of its own, and ``outline`` follows the lines of a person.
A tactic is a function that takes a search and what is to be proved, and returns the steps or None.

- *Arithmetic*: ``combining`` and ``linear`` (sums of products of facts), ``products``, ``signs``, ``guided``;
  ``denominators`` and ``clearing`` (quotients), ``whole_numbers``, ``floors``, ``exact_floors``, ``stairs``,
  ``squeezing``.
- *Sums*: ``sums``, with ``conversions``, ``flattening``, ``renumbering``, ``normal_sums``, ``equating`` and
  ``known_entries``; ``reordering``, ``termwise``, ``guards``; ``maxima``.
- *Facts "for all"*: ``matching``, ``rules``, ``agreeing``, ``congruence``, ``places``; ``induction`` and
  ``recurrences``.
- *Existence*: ``choosing``, ``branching``, ``solutions``, ``defining``, ``growth``.
- *Counterexamples*: ``points``, ``candidates``, ``models`` (z3), ``cases``; ``witnesses``, ``steps``,
  ``ranges`` and ``unfolding`` write their proofs.
"""
