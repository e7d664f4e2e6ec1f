"""The suite that guards soundness: what would notice a prover, a normal form or a derivation that lies."""
