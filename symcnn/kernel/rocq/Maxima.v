(* The laws of maxima, with the functions of the same names in laws.py.

   [maximum a b g f] is the largest f(i) over the whole numbers i from a up to, but not including, b where the
   guard g holds. Where there is none, it is [nothing], which may be anything: every law that speaks of the
   value demands that there is a term. *)

Require Import ZArith Lia Bool.
From SymcnnKernel Require Import Structures Sums.
Open Scope Z_scope.
Local Coercion is_true : bool >-> Sortclass.

Section Maxima.
Variable T : Type.
Variable O : total_order T.
Variable nothing : T.
Implicit Types (a b c d i t : Z) (g h : Z -> bool) (f : Z -> T).
Local Notation "a <=! b" := (at_most O a b) (at level 70).

Definition larger (x y : T) : T := if at_most_dec T O x y then y else x.

Fixpoint largest (count : nat) (a : Z) (g : Z -> bool) (f : Z -> T) : option T :=
  match count with
  | 0%nat => None
  | S count =>
    let rest := largest count (a + 1) g f in
    if g a then Some (match rest with Some x => larger (f a) x | None => f a end) else rest
  end.

Definition maximum a b g f : T :=
  match largest (Z.to_nat (b - a)) a g f with Some x => x | None => nothing end.

(* -- what a maximum is --------------------------------------------------------------------------------- *)

Definition is_largest a b g f (x : T) : Prop :=
  (exists i, range a b g i /\ x = f i) /\ (forall i, range a b g i -> f i <=! x).

Lemma larger_spec x y : x <=! larger x y /\ y <=! larger x y /\ (larger x y = x \/ larger x y = y).
Proof.
  unfold larger. destruct (at_most_dec T O x y) as [L | N]; [repeat split; auto; now right |].
  apply not_at_most in N. repeat split; [now right | now left | now left].
Qed.

Lemma largest_spec count a g f :
  match largest count a g f with
  | Some x => is_largest a (a + Z.of_nat count) g f x
  | None => forall i, ~ range a (a + Z.of_nat count) g i
  end.
Proof.
  revert a. induction count as [| count IH]; intro a; [intros i [L _]; lia |].
  specialize (IH (a + 1)). replace (a + Z.of_nat (S count)) with (a + 1 + Z.of_nat count) by lia.
  set (b := a + 1 + Z.of_nat count) in *. assert (L : a < b) by lia.
  assert (cut : forall i, range a b g i -> i = a \/ range (a + 1) b g i).
  { intros i [M G]. destruct (Z.eq_dec i a) as [E | N]; [now left | right; split; [lia | exact G]]. }
  assert (wider : forall i, range (a + 1) b g i -> range a b g i).
  { intros i [M G]. split; [lia | exact G]. }
  simpl. destruct (g a) eqn:G.
  - assert (I : range a b g a) by (split; [lia | exact G]).
    destruct (largest count (a + 1) g f) as [x |].
    + destruct IH as [(k & K & ->) above]. destruct (larger_spec (f a) (f k)) as (P & Q & R). split.
      * destruct R as [-> | ->]; [now exists a | exists k; auto].
      * intros i J. destruct (cut i J) as [-> | J']; [exact P |].
        exact (at_most_trans T O _ _ _ (above i J') Q).
    + split; [now exists a |]. intros i J. destruct (cut i J) as [-> | J']; [now right |].
      destruct (IH i J').
  - assert (same : forall i, range a b g i -> range (a + 1) b g i).
    { intros i J. destruct (cut i J) as [-> | J']; [destruct J as [_ K]; congruence | exact J']. }
    destruct (largest count (a + 1) g f) as [x |].
    + destruct IH as [(k & K & E) above]. split; [exists k; auto | auto].
    + intros i J. exact (IH i (same i J)).
Qed.

Lemma maximum_spec a b g f : (exists i, range a b g i) -> is_largest a b g f (maximum a b g f).
Proof.
  intros (i & I). unfold maximum. pose proof (largest_spec (Z.to_nat (b - a)) a g f) as H.
  assert (L : a < b) by (destruct I; lia).
  replace (a + Z.of_nat (Z.to_nat (b - a))) with b in H by lia.
  destruct (largest _ a g f); [exact H | destruct (H i I)].
Qed.

(* Only one value is the largest. *)
Lemma maximum_unique a b g f x : is_largest a b g f x -> maximum a b g f = x.
Proof.
  intros [(k & K & ->) above]. destruct (maximum_spec a b g f) as [(i & I & E) above']; [now exists k |].
  apply (Arithmetic.antisymmetry T O); [rewrite E; now apply above | now apply above'].
Qed.

(* -- the laws ------------------------------------------------------------------------------------------ *)

(* Law: if t is in R, then f(t) <= max(R) f. *)
Lemma max_bound a b g f t : range a b g t -> f t <=! maximum a b g f.
Proof. intro I. apply maximum_spec; [now exists t | exact I]. Qed.

(* Law: if there is an i in R, then there is one with max(R) f = f(i). *)
Lemma max_attained a b g f :
  (exists i, range a b g i) -> exists i, range a b g i /\ maximum a b g f = f i.
Proof. intro H. exact (proj1 (maximum_spec a b g f H)). Qed.

(* Law: if there is an i in R, and f(i) <= c for all of them, then max(R) f <= c. Side condition: c does not
   depend on i (it is renamed). *)
Lemma max_least a b g f (c : T) :
  (exists i, range a b g i) -> (forall i, range a b g i -> f i <=! c) -> maximum a b g f <=! c.
Proof. intros H bound. destruct (max_attained a b g f H) as (i & I & ->). now apply bound. Qed.

(* Law: if there is an i in R, u(i) is in R' and h(u(i)) = f(i) for all i in R, and v(j) is in R and f(v(j)) =
   h(j) for all j in R', then max(R) f = max(R') h. there is u(i), with the index of the first maximum, and
   back is v(j), with that of the second. *)
Lemma max_reindex a b g f c d g' (h : Z -> T) (u v : Z -> Z) :
  (exists i, range a b g i) ->
  (forall i, range a b g i -> range c d g' (u i) /\ h (u i) = f i) ->
  (forall j, range c d g' j -> range a b g (v j) /\ f (v j) = h j) ->
  maximum a b g f = maximum c d g' h.
Proof.
  intros some covered covers. symmetry. apply maximum_unique.
  destruct (maximum_spec a b g f some) as [(i & I & E) above].
  destruct (covered i I) as [J E']. split; [exists (u i); split; congruence |].
  intros j K. destruct (covers j K) as [M <-]. now apply above.
Qed.

(* Two maxima are one atom if their bounds are equal, and guard and body are for each value of the index. *)
Lemma max_congruence a a' b b' g h f f' : a = a' -> b = b' ->
  (forall i, g i <-> h i) -> (forall i, f i = f' i) -> maximum a b g f = maximum a' b' h f'.
Proof.
  intros <- <- G E. unfold maximum. replace (largest (Z.to_nat (b - a)) a h f')
    with (largest (Z.to_nat (b - a)) a g f); [reflexivity |].
  generalize a at 2 4. generalize (Z.to_nat (b - a)). intro count.
  induction count as [| count IH]; intro k; simpl; [reflexivity |].
  now rewrite IH, E, (proj2 (eq_iff_eq_true _ _) (G k)).
Qed.
End Maxima.

(* A maximum of whole numbers is the same maximum where reals are needed. *)
Lemma max_widened (F : ordered_ring) (n : Z) (x : F) a b g (f : Z -> Z) : (exists i, range a b g i) ->
  whole (maximum Z whole_order n a b g f) = maximum F order x a b g (fun i => whole (f i)).
Proof.
  intro some. symmetry. apply maximum_unique.
  destruct (maximum_spec Z whole_order n a b g f some) as [(i & I & ->) above].
  split; [now exists i |]. intros j J. apply whole_at_most, whole_order_at_most. now apply above.
Qed.

(* Evaluation is by definition. *)
Lemma max_computed : maximum Z whole_order 0 0 4 (fun i => negb (i =? 2)) (fun i => i * (4 - i)) = 3.
Proof. reflexivity. Qed.
