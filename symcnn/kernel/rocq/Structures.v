(* The sorts of the kernel: rings, ordered rings and ordered fields, with whole numbers inside.

   Everything is proved for any of them, so nothing rests on one construction of the real numbers, and no
   axiom is used. The last section gives the whole numbers and the rational numbers as instances, so that
   what is supposed here can be satisfied; the real numbers of the standard library fit as well.

   int     Z
   real    any ordered field (laws that need no division: any ordered ring, Z among them)
   ring    any commutative ring, the one with a single element among them

   A whole number that stands where a real or an element of a ring is needed is [whole n] here.

   The files: Steps.v for the rules of logic, Arithmetic.v for "ring", "cone" and the laws of floors,
   quotients, cases and order, Sums.v, Maxima.v, and SideConditions.v with what each premise is needed for.
   The law above a lemma is the one that the docstring of the rule of this name states, word for word. *)

Require Import ZArith Lia Ring Field QArith Qcanon.
Open Scope Z_scope.

Declare Scope element_scope.
Delimit Scope element_scope with E.

(* -- orders -------------------------------------------------------------------------------------------- *)

Record total_order (T : Type) := TotalOrder {
  below : T -> T -> Prop;
  irreflexive : forall a, ~ below a a;
  transitive : forall a b c, below a b -> below b c -> below a c;
  compare : forall a b, {below a b} + {a = b} + {below b a}
}.
Arguments below {T}.
Arguments irreflexive {T}.
Arguments transitive {T}.
Arguments compare {T}.

Definition at_most {T} (O : total_order T) (a b : T) : Prop := below O a b \/ a = b.

Section Orders.
Variable T : Type.
Variable O : total_order T.

Definition equal_dec (a b : T) : {a = b} + {a <> b}.
Proof.
  destruct (compare O a b) as [[L | E] | L]; [right | left; exact E | right];
    intros ->; exact (irreflexive O _ L).
Defined.

Definition below_dec (a b : T) : {below O a b} + {~ below O a b}.
Proof.
  destruct (compare O a b) as [[L | ->] | L]; [left; exact L | right; apply irreflexive | right].
  intro M. exact (irreflexive O _ (transitive O _ _ _ L M)).
Defined.

Lemma not_below a b : ~ below O a b <-> at_most O b a.
Proof.
  split.
  - intro N. destruct (compare O a b) as [[L | ->] | L]; [contradiction | now right | now left].
  - intros [L | ->]; [intro M; exact (irreflexive O _ (transitive O _ _ _ L M)) | apply irreflexive].
Qed.

Definition at_most_dec (a b : T) : {at_most O a b} + {~ at_most O a b}.
Proof.
  destruct (below_dec b a) as [L | N]; [right | left; now apply not_below].
  intro M. now apply not_below in M.
Defined.

Lemma not_at_most a b : ~ at_most O a b <-> below O b a.
Proof.
  rewrite <- (not_below b a). split; [intro N; destruct (below_dec b a); tauto | tauto].
Qed.

Lemma at_most_refl a : at_most O a a.
Proof. now right. Qed.

Lemma at_most_trans a b c : at_most O a b -> at_most O b c -> at_most O a c.
Proof.
  intros [L | ->]; [| trivial]. intros [M | ->]; left; [exact (transitive O _ _ _ L M) | exact L].
Qed.
End Orders.

(* -- rings --------------------------------------------------------------------------------------------- *)

Record commutative_ring := CommutativeRing {
  element :> Type;
  zero : element;
  one : element;
  plus : element -> element -> element;
  times : element -> element -> element;
  minus : element -> element -> element;
  opposite : element -> element;
  is_ring : ring_theory zero one plus times minus opposite (@eq element);
  whole : Z -> element;
  whole_one : whole 1 = one;
  whole_plus : forall n m, whole (n + m) = plus (whole n) (whole m)
}.
Arguments zero {_}.
Arguments one {_}.
Arguments plus {_}.
Arguments times {_}.
Arguments minus {_}.
Arguments opposite {_}.
Arguments whole {_}.
Notation "0" := zero : element_scope.
Notation "1" := one : element_scope.
Notation "a + b" := (plus a b) : element_scope.
Notation "a * b" := (times a b) : element_scope.
Notation "a - b" := (minus a b) : element_scope.
Notation "- a" := (opposite a) : element_scope.

Section Rings.
Variable A : commutative_ring.
Add Ring A_ring : (is_ring A).

Lemma whole_zero : whole 0 = (0 : A)%E.
Proof.
  assert (H : whole 0 = (whole 0 + whole 0 : A)%E) by (rewrite <- whole_plus; reflexivity).
  transitivity (whole 0 + whole 0 - whole 0 : A)%E; [ring | rewrite <- H; ring].
Qed.

Lemma whole_opposite n : whole (- n) = (- whole n : A)%E.
Proof.
  assert (H : (whole n + whole (- n) : A)%E = 0%E)
    by (rewrite <- whole_plus, Z.add_opp_diag_r; exact whole_zero).
  transitivity (whole n + whole (- n) - whole n : A)%E; [ring | rewrite H; ring].
Qed.

Lemma whole_minus n m : whole (n - m) = (whole n - whole m : A)%E.
Proof. unfold Z.sub. rewrite whole_plus, whole_opposite. ring. Qed.

Lemma whole_times n m : whole (n * m) = (whole n * whole m : A)%E.
Proof.
  assert (H : forall k, 0 <= k -> whole (k * m) = (whole k * whole m : A)%E).
  { apply natlike_ind; [rewrite Z.mul_0_l, whole_zero; ring |].
    intros k _ IH. unfold Z.succ. rewrite Z.mul_add_distr_r, !whole_plus, IH, Z.mul_1_l, whole_one. ring. }
  destruct (Z.le_ge_cases 0 n) as [L | L]; [exact (H n L) |].
  replace (n * m) with (- (- n * m)) by lia.
  rewrite whole_opposite, H, whole_opposite by lia. ring.
Qed.
End Rings.

(* -- ordered rings and fields -------------------------------------------------------------------------- *)

Record ordered_ring := OrderedRing {
  numbers :> commutative_ring;
  order : total_order numbers;
  below_plus : forall a b c, below order a b -> below order (a + c)%E (b + c)%E;
  below_times : forall a b, below order 0%E a -> below order 0%E b -> below order 0%E (a * b)%E;
  zero_below_one : below order 0%E 1%E
}.
Arguments order {_}.
Notation "a < b" := (below order a b) : element_scope.
Notation "a <= b" := (at_most order a b) : element_scope.

(* A quotient is the product with an inverse. The inverse of 0 is any number: nothing is known of it. *)
Record ordered_field := OrderedField {
  reals :> ordered_ring;
  inverse : reals -> reals;
  inverse_times : forall b : reals, b <> 0%E -> (inverse b * b)%E = 1%E
}.
Arguments inverse {_}.
Notation "a / b" := (times a (inverse b)) : element_scope.

Section OrderedRings.
Variable F : ordered_ring.
Add Ring F_ring : (is_ring F).
Implicit Types a b c : F.

Lemma below_difference a b : (a < b)%E <-> (0 < b - a)%E.
Proof.
  split; intro L.
  - apply (below_plus F _ _ (- a)%E) in L.
    replace (a + - a)%E with (0 : F)%E in L by ring. now replace (b - a)%E with (b + - a)%E by ring.
  - apply (below_plus F _ _ a) in L.
    replace (0 + a)%E with a in L by ring. now replace (b - a + a)%E with b in L by ring.
Qed.

Lemma at_most_difference a b : (a <= b)%E <-> (0 <= b - a)%E.
Proof.
  unfold at_most. rewrite below_difference. split; (intros [L | E]; [now left | right]).
  - rewrite E. ring.
  - transitivity (b - (b - a))%E; [ring | rewrite <- E; ring].
Qed.

Lemma positive_plus a b : (0 < a)%E -> (0 <= b)%E -> (0 < a + b)%E.
Proof.
  intros L [M | <-]; [| now replace (a + 0)%E with a by ring].
  apply (transitive _ _ _ _ M). apply (below_plus F _ _ b) in L. now replace (0 + b)%E with b in L by ring.
Qed.

Lemma nonnegative_plus a b : (0 <= a)%E -> (0 <= b)%E -> (0 <= a + b)%E.
Proof.
  intros [L | <-] M; [left; now apply positive_plus | now replace (0 + b)%E with b by ring].
Qed.

Lemma nonnegative_times a b : (0 <= a)%E -> (0 <= b)%E -> (0 <= a * b)%E.
Proof.
  intros [L | <-] [M | <-]; [left; now apply below_times | right; ring | right; ring | right; ring].
Qed.

Lemma square_nonnegative a : (0 <= a * a)%E.
Proof.
  destruct (compare order 0%E a) as [[L | <-] | L]; [left; now apply below_times | right; ring |].
  apply below_difference in L. replace (a * a)%E with ((0 - a) * (0 - a))%E by ring.
  left. now apply below_times.
Qed.

(* Whole numbers have the same order wherever they stand. *)
Lemma whole_positive n : 0 < n -> (0 < (whole n : F))%E.
Proof.
  intro L. replace n with (Z.succ (n - 1)) by lia. assert (H : 0 <= n - 1) by lia.
  revert H. generalize (n - 1). apply natlike_ind.
  - unfold Z.succ. rewrite Z.add_0_l, whole_one. apply zero_below_one.
  - intros k _ IH. unfold Z.succ in *. rewrite whole_plus, whole_one.
    apply positive_plus; [exact IH | left; apply zero_below_one].
Qed.

Lemma whole_below n m : n < m <-> ((whole n : F) < whole m)%E.
Proof.
  assert (H : forall k l, k < l -> ((whole k : F) < whole l)%E)
    by (intros k l L; apply below_difference; rewrite <- whole_minus; apply whole_positive; lia).
  split; [apply H |]. intro L. destruct (Z.lt_trichotomy n m) as [M | [-> | M]]; [exact M | |].
  - destruct (irreflexive _ _ L).
  - destruct (irreflexive _ _ (transitive _ _ _ _ L (H _ _ M))).
Qed.

Lemma whole_at_most n m : n <= m <-> ((whole n : F) <= whole m)%E.
Proof. rewrite <- Z.nlt_ge, <- not_below, whole_below. reflexivity. Qed.

Lemma whole_equal n m : n = m <-> (whole n : F) = whole m.
Proof.
  split; [now intros -> |]. intro E. apply Z.le_antisymm; apply whole_at_most; rewrite E; now right.
Qed.
End OrderedRings.

(* -- instances ----------------------------------------------------------------------------------------- *)

Definition whole_order : total_order Z.
Proof.
  refine (TotalOrder Z Z.lt Z.lt_irrefl Z.lt_trans (fun a b => _)).
  destruct (Z_lt_le_dec a b) as [L | L]; [left; now left |].
  destruct (Z.eq_dec a b) as [E | N]; [left; now right | right; lia].
Defined.

Lemma whole_order_at_most a b : at_most whole_order a b <-> a <= b.
Proof. unfold at_most. simpl. lia. Qed.

Lemma whole_numbers_ring : ring_theory 0 1 Z.add Z.mul Z.sub Z.opp (@eq Z).
Proof. split; intros; ring. Qed.

Definition whole_numbers : ordered_ring.
Proof.
  refine (OrderedRing (CommutativeRing Z 0 1 Z.add Z.mul Z.sub Z.opp whole_numbers_ring
    (fun n => n) eq_refl (fun n m => eq_refl)) whole_order _ _ _); simpl; intros; nia.
Defined.

Definition rational_order : total_order Qc.
Proof.
  refine (TotalOrder Qc Qclt _ Qclt_trans (fun a b => _)).
  - intros a L. exact (Qclt_not_eq _ _ L eq_refl).
  - destruct (Qc_dec a b) as [[L | L] | E]; [left; now left | now right | left; now right].
Defined.

Definition rational_whole (n : Z) : Qc := Q2Qc (inject_Z n).

Lemma rational_whole_plus n m : rational_whole (n + m) = (rational_whole n + rational_whole m)%Qc.
Proof.
  apply Qc_is_canon. unfold rational_whole, Qcplus, Q2Qc, this.
  rewrite !Qred_correct. unfold Qeq. simpl. lia.
Qed.

Definition rational_numbers : ordered_ring.
Proof.
  refine (OrderedRing (CommutativeRing Qc 0%Qc 1%Qc Qcplus Qcmult Qcminus Qcopp Qcrt
    rational_whole eq_refl rational_whole_plus) rational_order _ _ _); simpl.
  - intros a b c L. rewrite 2 (Qcplus_comm _ c). unfold Qclt, Qcplus, Q2Qc, this in *.
    rewrite !Qred_correct. now apply Qplus_lt_r.
  - intros a b L M. replace 0%Qc with (0 * b)%Qc by ring. now apply Qcmult_lt_compat_r.
  - reflexivity.
Defined.

Definition rationals : ordered_field.
Proof.
  refine (OrderedField rational_numbers Qcinv _). simpl.
  intros b N. rewrite Qcmult_comm. now apply Qcmult_inv_r.
Defined.

(* The ring with two elements, in which 2 is 0. *)
Definition two_elements : commutative_ring.
Proof.
  refine (CommutativeRing bool false true xorb andb xorb (fun b => b) _ Z.odd eq_refl Z.odd_add).
  split; repeat intros []; reflexivity.
Defined.
