(* The laws of sums, with the functions of the same names in laws.py.

   [sum a b g f] is the sum of f over the whole numbers from a up to, but not including, b where the guard g
   holds; it is 0 when b <= a. A guard is a truth value for each index, and [range a b g i] says that i is in
   the range. The sum is the loop that adds the terms one by one. What a sum or a premise binds is the
   variable of a function, so that its name says nothing, and "f does not depend on i" means that f is no
   function. *)

Require Import ZArith Lia Bool Ring.
From SymcnnKernel Require Import Structures Arithmetic.
Open Scope Z_scope.
Local Coercion is_true : bool >-> Sortclass.

Definition everywhere : Z -> bool := fun _ => true.

Definition range (a b : Z) (g : Z -> bool) (i : Z) : Prop := a <= i < b /\ g i.

Section Sums.
Variable A : commutative_ring.
Add Ring A_ring : (is_ring A).
Implicit Types (a b c d i j k m n t : Z) (g h : Z -> bool) (f : Z -> A).

Fixpoint loop (count : nat) (a : Z) (g : Z -> bool) (f : Z -> A) : A :=
  match count with
  | O => 0%E
  | S count => let rest := loop count (a + 1) g f in if g a then (f a + rest)%E else rest
  end.

Definition sum a b g f : A := loop (Z.to_nat (b - a)) a g f.

(* -- what the proofs below use ------------------------------------------------------------------------- *)

Definition term g f i : A := if g i then f i else 0%E.

Lemma loop_step count a g f : loop (S count) a g f = (term g f a + loop count (a + 1) g f)%E.
Proof. simpl. unfold term. destruct (g a); ring. Qed.

Lemma loop_terms count a g h f f' :
  (forall i, a <= i < a + Z.of_nat count -> term g f i = term h f' i) ->
  loop count a g f = loop count a h f'.
Proof.
  revert a. induction count as [| count IH]; intros a H; [reflexivity |].
  rewrite !loop_step, H, IH by (intros; try apply H; lia). reflexivity.
Qed.

Lemma sum_terms a b g h f f' :
  (forall i, a <= i < b -> term g f i = term h f' i) -> sum a b g f = sum a b h f'.
Proof. intro H. apply loop_terms. intros i L. apply H. lia. Qed.

Lemma sum_step a b g f : a < b -> sum a b g f = (term g f a + sum (a + 1) b g f)%E.
Proof.
  intro L. unfold sum. replace (Z.to_nat (b - a)) with (S (Z.to_nat (b - (a + 1)))) by lia. apply loop_step.
Qed.

(* Induction over ranges, from the end. *)
Lemma range_induction (P : Z -> Z -> Prop) :
  (forall a b, b <= a -> P a b) -> (forall a b, a < b -> P (a + 1) b -> P a b) -> forall a b, P a b.
Proof.
  intros nothing step a b. remember (Z.to_nat (b - a)) as count eqn:E. revert a E.
  induction count as [| count IH]; intros a E; [apply nothing; lia | apply step; [lia | apply IH; lia]].
Qed.

(* -- the laws ------------------------------------------------------------------------------------------ *)

(* Law: if f = h for all i in R, then sum(R) f = sum(R) h. *)
Lemma sum_ext a b g f (h : Z -> A) : (forall i, range a b g i -> f i = h i) -> sum a b g f = sum a b g h.
Proof.
  intro H. apply sum_terms. intros i L. unfold term. destruct (g i) eqn:G; [now apply H | reflexivity].
Qed.

(* Law: if g iff h for all a <= i < b, then sum(i in a..b | g) f = sum(i in a..b | h) f. *)
Lemma sum_guard a b g h f : (forall i, a <= i < b -> (g i <-> h i)) -> sum a b g f = sum a b h f.
Proof.
  intro H. apply sum_terms. intros i L. unfold term. now rewrite (proj2 (eq_iff_eq_true _ _) (H i L)).
Qed.

(* Law: sum(i in a..b | g) f = sum(i in a..b) (if g then f else 0). *)
Lemma sum_indicator a b g f : sum a b g f = sum a b everywhere (fun i => if g i then f i else 0%E).
Proof. now apply sum_terms. Qed.

(* Law: if b <= a, then sum(i in a..b | g) f = 0. *)
Lemma sum_empty a b g f : b <= a -> sum a b g f = 0%E.
Proof. intro L. unfold sum. now replace (Z.to_nat (b - a)) with O by lia. Qed.

(* Law: if a < b, then sum(i in a..b | g) f = (if g(a) then f(a) else 0) + sum(i in a + 1..b | g) f. *)
Lemma sum_first a b g f :
  a < b -> sum a b g f = ((if g a then f a else 0) + sum (a + 1)%Z b g f)%E.
Proof. exact (sum_step a b g f). Qed.

(* Law: c * sum(R) f = sum(R) c*f. Side condition: c does not depend on i (it is renamed). *)
Lemma sum_scale a b g f (c : A) : (c * sum a b g f)%E = sum a b g (fun i => c * f i)%E.
Proof.
  revert a b. apply range_induction; intros a b L; [rewrite !sum_empty by lia; ring |].
  intro IH. rewrite !(sum_step a b) by lia. rewrite <- IH. unfold term. destruct (g a); ring.
Qed.

(* Law: sum(R) f + sum(R) h = sum(R) (f + h). Side condition: both have the same bounds and guard. *)
Lemma sum_add a b g f (h : Z -> A) : (sum a b g f + sum a b g h)%E = sum a b g (fun i => f i + h i)%E.
Proof.
  revert a b. apply range_induction; intros a b L; [rewrite !sum_empty by lia; ring |].
  intro IH. rewrite !(sum_step a b) by lia. rewrite <- IH. unfold term. destruct (g a); ring.
Qed.

(* Where no term is in the range, or all of them are 0, the sum is 0. *)
Lemma sum_nothing a b g f : (forall i, range a b g i -> f i = 0%E) -> sum a b g f = 0%E.
Proof.
  intro H. rewrite (sum_ext a b g f (fun i => 0 * f i)%E).
  - rewrite <- sum_scale. ring.
  - intros i I. rewrite (H i I). ring.
Qed.

(* Law: sum(i in a..b | g) sum(j in c..d | h) f = sum(j in c..d) sum(i in a..b | g and h) f. Side condition:
   c and d do not depend on i. *)
Lemma sum_exchange a b c d g (h : Z -> Z -> bool) (f : Z -> Z -> A) :
  sum a b g (fun i => sum c d (h i) (f i)) =
  sum c d everywhere (fun j => sum a b (fun i => g i && h i j) (fun i => f i j)).
Proof.
  revert a b. apply range_induction; intros a b L.
  - rewrite sum_empty by lia. symmetry. apply sum_nothing. intros j _. now apply sum_empty.
  - intro IH. rewrite (sum_step a b), IH by lia.
    rewrite (sum_ext c d everywhere (fun j => sum a b _ _) (fun j =>
      term (fun i => g i && h i j) (fun i => f i j) a + sum (a + 1)%Z b (fun i => g i && h i j)
      (fun i => f i j))%E) by (intros; now apply sum_step).
    rewrite <- sum_add. f_equal. unfold term. destruct (g a); simpl.
    + apply sum_indicator.
    + symmetry. now apply sum_nothing.
Qed.

(* Law: sum(i in a..b | g(i)) f(i) = sum(i in a + k..b + k | g(i - k)) f(i - k). Side condition: k does not
   depend on i (it is renamed). *)
Lemma sum_shift a b g f k :
  sum a b g f = sum (a + k) (b + k) (fun i => g (i - k)) (fun i => f (i - k)).
Proof.
  revert a b. apply range_induction; intros a b L; [now rewrite !sum_empty by lia |].
  intro IH. rewrite (sum_step a b), (sum_step (a + k)), IH by lia. f_equal.
  - unfold term. now replace (a + k - k) with a by lia.
  - now replace (a + 1 + k) with (a + k + 1) by lia.
Qed.

(* Law: if a <= m and m <= b, then sum(i in a..b) f = sum(i in a..m) f + sum(i in m..b) f, with one guard
   everywhere. *)
Lemma sum_split a m b g f : a <= m -> m <= b -> sum a b g f = (sum a m g f + sum m b g f)%E.
Proof.
  revert a m. apply (range_induction (fun a m =>
    a <= m -> m <= b -> sum a b g f = (sum a m g f + sum m b g f)%E)); intros a m L.
  - intros K _. rewrite (sum_empty a m) by lia. replace m with a by lia. ring.
  - intros IH _ M. rewrite (sum_step a b), (sum_step a m), IH by lia. ring.
Qed.

(* Law: if t is in R, and i = t for all i in R, then sum(R) f = f(t). *)
Lemma sum_point a b g f t : range a b g t -> (forall i, range a b g i -> i = t) -> sum a b g f = f t.
Proof.
  intros [L G] alone. rewrite (sum_split a t b), (sum_step t b) by lia.
  rewrite (sum_nothing a t), (sum_nothing (t + 1) b).
  - unfold term. rewrite G. ring.
  - intros i [M H]. assert (i = t) by (apply alone; split; [lia | exact H]). lia.
  - intros i [M H]. assert (i = t) by (apply alone; split; [lia | exact H]). lia.
Qed.

(* Law: if a <= b, then sum(i in a..b) f = (b - a)*f. Side conditions: no guard; f is free of i. *)
Lemma sum_constant a b (f : A) : a <= b -> sum a b everywhere (fun _ => f) = (whole (b - a)%Z * f)%E.
Proof.
  revert a b. apply (range_induction (fun a b =>
    a <= b -> sum a b everywhere (fun _ => f) = (whole (b - a)%Z * f)%E)); intros a b L.
  - intro M. rewrite sum_empty by lia. replace (b - a) with 0 by lia. rewrite whole_zero. ring.
  - intros IH _. rewrite sum_step, IH by lia. unfold term. simpl.
    replace (b - a) with (1 + (b - (a + 1))) by lia. rewrite (whole_plus A), whole_one. ring.
Qed.

(* Law: if 0 <= m and 1 <= n, then sum(i in 0..m) sum(j in 0..n) f(i, j) = sum(i in 0..m*n) f(i//n, i -
   n*(i//n)). Side conditions: no guards; n does not depend on i. *)
Lemma sum_flat m n (f : Z -> Z -> A) (div : Z -> Z -> Z) : rounds_down div -> 0 <= m -> 1 <= n ->
  sum 0 m everywhere (fun i => sum 0 n everywhere (fun j => f i j)) =
  sum 0 (m * n) everywhere (fun i => f (div i n) (i - n * div i n)).
Proof.
  intros down M N. revert m M. apply natlike_ind; [reflexivity |].
  intros m M IH. unfold Z.succ. rewrite (sum_split 0 m), IH by lia.
  rewrite (sum_split 0 (m * n) ((m + 1) * n)) by nia. f_equal.
  rewrite sum_step, (sum_empty (m + 1)) by lia. unfold term. simpl.
  rewrite (sum_shift 0 n _ _ (m * n)).
  replace (0 + m * n) with (m * n) by lia. replace (n + m * n) with ((m + 1) * n) by lia.
  rewrite (sum_ext (m * n) ((m + 1) * n) _ (fun i => f (div i n) _) (fun i => f m (i - m * n))).
  - unfold everywhere. ring.
  - intros i [L _]. assert (E : div i n = m) by (apply (floor_unique div down); lia). rewrite E.
    now replace (i - n * m) with (i - m * n) by lia.
Qed.

(* Law: if u(i) is in R' and v(u(i)) = i for all i in R, and v(j) is in R, u(v(j)) = j and f(v(j)) = h(j) for
   all j in R', then sum(R) f(i) = sum(R') h(j). there is u(i), with the index of the first sum, and back is
   v(j), with that of the second. *)
Lemma sum_reindex a b g f c d g' (h : Z -> A) (u v : Z -> Z) :
  (forall i, range a b g i -> range c d g' (u i) /\ v (u i) = i) ->
  (forall j, range c d g' j -> range a b g (v j) /\ u (v j) = j /\ f (v j) = h j) ->
  sum a b g f = sum c d g' h.
Proof.
  intros forth home.
  (* Each term of the first sum is a sum over the second range with one term. *)
  transitivity (sum a b g (fun i => sum c d (fun j => g' j && (j =? u i)) (fun _ => f i))).
  - apply sum_ext. intros i I. destruct (forth i I) as [[L G] _]. symmetry.
    apply (sum_point c d _ (fun _ => f i) (u i)).
    + split; [exact L |]. now rewrite G, Z.eqb_refl.
    + intros j [_ H]. apply andb_true_iff in H. now apply Z.eqb_eq.
  - rewrite sum_exchange, (sum_indicator c d g'). apply sum_ext. intros j [L _].
    destruct (g' j) eqn:G; simpl.
    + destruct (home j (conj L G)) as ([M H] & U & <-). apply sum_point.
      * split; [exact M |]. now rewrite H, U, Z.eqb_refl.
      * intros i [K I]. apply andb_true_iff in I as [I E]. apply Z.eqb_eq in E. rewrite E.
        now destruct (forth i (conj K I)).
    + apply sum_nothing. intros i [_ H]. now rewrite andb_false_r in H.
Qed.

(* -- what canonical forms rest on ---------------------------------------------------------------------- *)

(* Two sums are one atom if their bounds are equal, and guard and body are for each value of the index. *)
Lemma sum_congruence a a' b b' g h f f' : a = a' -> b = b' ->
  (forall i, g i <-> h i) -> (forall i, f i = f' i) -> sum a b g f = sum a' b' h f'.
Proof.
  intros <- <- G E. rewrite (sum_guard a b g h) by (intros; apply G). now apply sum_ext.
Qed.

(* The name of an index says nothing. *)
Lemma sum_renamed a b g f : sum a b (fun i => g i) (fun i => f i) = sum a b (fun k => g k) (fun k => f k).
Proof. reflexivity. Qed.
End Sums.
Arguments sum {A}.

(* A sum of whole numbers is the same sum where reals or elements of a ring are needed. *)
Lemma sum_widened (A : commutative_ring) a b g (f : Z -> Z) :
  whole (sum (A := whole_numbers) a b g f) = sum a b g (fun i => whole (f i) : A).
Proof.
  revert a b. apply range_induction; intros a b L; [rewrite !sum_empty by lia; apply whole_zero |].
  intro IH. rewrite !(sum_step _ a b) by lia. rewrite <- IH. simpl. rewrite whole_plus. f_equal.
  unfold term. destruct (g a); [reflexivity | apply whole_zero].
Qed.

(* Evaluation is by definition. *)
Lemma sum_computed :
  sum (A := whole_numbers) 0 4 (fun i => negb (i =? 2)) (fun i => i * i) = 10 /\
  sum (A := whole_numbers) 3 1 everywhere (fun i => i) = 0.
Proof. split; reflexivity. Qed.

(* -- order --------------------------------------------------------------------------------------------- *)

Section OrderedSums.
Variable F : ordered_ring.
Implicit Types (a b : Z) (g : Z -> bool) (f : Z -> F).

(* Law: if 0 <= f for all i in R, then 0 <= sum(R) f. *)
Lemma sum_nonnegative a b g f : (forall i, range a b g i -> (0 <= f i)%E) -> (0 <= sum a b g f)%E.
Proof.
  revert a b. apply (range_induction (fun a b =>
    (forall i, range a b g i -> (0 <= f i)%E) -> (0 <= sum a b g f)%E)); intros a b L.
  - intros _. rewrite sum_empty by lia. now right.
  - intros IH H. rewrite sum_step by lia. apply nonnegative_plus.
    + unfold term. destruct (g a) eqn:G; [apply H; split; [lia | exact G] | now right].
    + apply IH. intros i [M G]. apply H. split; [lia | exact G].
Qed.

(* Law: if 0 < f for all i in R, and there is an i in R, then 0 < sum(R) f. *)
Lemma sum_positive a b g f :
  (forall i, range a b g i -> (0 < f i)%E) -> (exists i, range a b g i) -> (0 < sum a b g f)%E.
Proof.
  intros H (t & L & G).
  assert (part : forall c d, a <= c -> d <= b -> (0 <= sum c d g f)%E).
  { intros c d C D. apply sum_nonnegative. intros i [M K]. left. apply H. split; [lia | exact K]. }
  rewrite (sum_split _ a t b), (sum_step _ t b) by lia. unfold term. rewrite G.
  replace (sum a t g f + (f t + sum (t + 1) b g f))%E with (f t + (sum a t g f + sum (t + 1) b g f))%E.
  - apply positive_plus; [now apply H | apply nonnegative_plus; apply part; lia].
  - destruct (is_ring F). rewrite !Radd_assoc. now rewrite (Radd_comm (f t)).
Qed.
End OrderedSums.
