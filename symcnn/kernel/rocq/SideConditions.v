(* Why the laws have their premises: each lemma here shows that a law is false without one of them.

   The counterexamples are about whole numbers, or about rational numbers where the law speaks of reals. *)

Require Import ZArith List Lia Bool QArith Qcanon.
From SymcnnKernel Require Import Structures Steps Arithmetic Sums Maxima.
Import ListNotations.
Open Scope Z_scope.
Local Coercion is_true : bool >-> Sortclass.

Local Notation sum := (Sums.sum (A := whole_numbers)).
Local Notation largest nothing := (maximum Z whole_order nothing).

(* -- sums ---------------------------------------------------------------------------------------------- *)

(* Two bodies have to agree in the whole range, its last index included. *)
Lemma sum_ext_needs_all : ~ forall a b f h,
  (forall i, a <= i < b - 1 -> f i = h i) -> sum a b everywhere f = sum a b everywhere h.
Proof.
  intro H. specialize (H 0 1 (fun _ => 0) (fun _ => 1)). cbn in H. discriminate H. intros; lia.
Qed.

(* One guard has to imply the other in both directions. *)
Lemma sum_guard_needs_both : ~ forall a b (g h : Z -> bool) f,
  (forall i, a <= i < b -> g i -> h i) -> sum a b g f = sum a b h f.
Proof.
  intro H. specialize (H 0 1 (fun _ => false) everywhere (fun _ => 1)). cbn in H. discriminate H. easy.
Qed.

(* A factor must not depend on the index. *)
Lemma sum_scale_needs_constant : ~ exists choice : (Z -> Z) -> Z, forall a b c f,
  choice c * sum a b everywhere f = sum a b everywhere (fun i => c i * f i).
Proof.
  intros (choice & H). pose proof (H 0 1 (fun i => i) (fun _ => 1)) as E.
  pose proof (H 1 2 (fun i => i) (fun _ => 1)) as E'.
  change (choice (fun i => i) * 1 = 0) in E. change (choice (fun i => i) * 1 = 1) in E'. lia.
Qed.

(* Sums over different ranges are not added term by term. *)
Lemma sum_add_needs_one_range : ~ forall a b b' f h,
  sum a b everywhere f + sum a b' everywhere h = sum a b everywhere (fun i => f i + h i).
Proof. intro H. specialize (H 0 0 1 (fun _ => 1) (fun _ => 1)). discriminate H. Qed.

(* The guard of the inner sum has to go with its body, and the outer one with both. *)
Lemma sum_exchange_needs_guard : ~ forall a b c d g f,
  sum a b g (fun i => sum c d everywhere (f i)) =
  sum c d everywhere (fun j => sum a b everywhere (fun i => f i j)).
Proof. intro H. specialize (H 0 1 0 1 (fun _ => false) (fun _ _ => 1)). discriminate H. Qed.

(* The guard is moved with the body. *)
Lemma sum_shift_needs_guard : ~ forall a b g f k,
  sum a b g f = sum (a + k) (b + k) g (fun i => f (i - k)).
Proof. intro H. specialize (H 0 1 (fun i => i =? 0) (fun _ => 1) 1). discriminate H. Qed.

(* A range is cut inside: not beyond its end, *)
Lemma sum_split_needs_at_most : ~ forall a m b f, a <= m ->
  sum a b everywhere f = sum a m everywhere f + sum m b everywhere f.
Proof. intro H. specialize (H 0 1 0 (fun _ => 1)). cbn in H. discriminate H. lia. Qed.

(* and not before its beginning. *)
Lemma sum_split_needs_at_least : ~ forall a m b f, m <= b ->
  sum a b everywhere f = sum a m everywhere f + sum m b everywhere f.
Proof. intro H. specialize (H 0 (-1) 0 (fun _ => 1)). cbn in H. discriminate H. lia. Qed.

(* A range has a first term only if it is not empty. *)
Lemma sum_first_needs_below : ~ forall a b f,
  sum a b everywhere f = f a + sum (a + 1) b everywhere f.
Proof. intro H. specialize (H 0 0 (fun _ => 1)). discriminate H. Qed.

(* Only a sum over nothing is 0. *)
Lemma sum_empty_needs_nothing : ~ forall a b f, sum a b everywhere f = 0.
Proof. intro H. specialize (H 0 1 (fun _ => 1)). discriminate H. Qed.

(* The term has to be the only one, *)
Lemma sum_point_needs_alone : ~ forall a b f t, range a b everywhere t -> sum a b everywhere f = f t.
Proof. intro H. specialize (H 0 2 (fun _ => 1) 0). cbn in H. discriminate H. split; [lia | easy]. Qed.

(* it has to be in the range, *)
Lemma sum_point_needs_range : ~ forall a b f t,
  (forall i, range a b everywhere i -> i = t) -> sum a b everywhere f = f t.
Proof. intro H. specialize (H 0 0 (fun _ => 1) 0). cbn in H. discriminate H. intros i [L _]. lia. Qed.

(* and it has to be a whole number. *)
Lemma sum_point_needs_whole : ~ forall (a b : Z) (g : Qc -> bool) (f : Qc -> Z) (t : Qc),
  (rational_whole a <= t)%Qc /\ (t < rational_whole b)%Qc /\ g t ->
  (forall i, range a b (fun i => g (rational_whole i)) i -> rational_whole i = t) ->
  sum a b (fun i => g (rational_whole i)) (fun i => f (rational_whole i)) = f t.
Proof.
  intro H. set (half := Q2Qc (1 # 2)).
  specialize (H 0 1 (fun q => if Qc_eq_dec q half then true else false) (fun _ => 1) half).
  cbn in H. discriminate H; [easy |]. intros i [L G]. assert (i = 0) as -> by lia. discriminate G.
Qed.

(* A range has a size only if its ends are in order. *)
Lemma sum_constant_needs_at_most : ~ forall a b f, sum a b everywhere (fun _ => f) = (b - a) * f.
Proof. intro H. specialize (H 1 0 1). discriminate H. Qed.

(* The terms have to be equal. *)
Lemma sum_constant_needs_constant : ~ exists choice : (Z -> Z) -> Z, forall a b f, a <= b ->
  sum a b everywhere f = (b - a) * choice f.
Proof.
  intros (choice & H). pose proof (H 0 1 (fun i => i) ltac:(lia)) as E.
  pose proof (H 1 2 (fun i => i) ltac:(lia)) as E'.
  change (0 = 1 * choice (fun i => i)) in E. change (1 = 1 * choice (fun i => i)) in E'. lia.
Qed.

(* Negative numbers of rows and columns have a positive product. *)
Lemma sum_flat_needs_sizes : ~ forall m n f,
  sum 0 m everywhere (fun i => sum 0 n everywhere (fun j => f i j)) =
  sum 0 (m * n) everywhere (fun i => f (i / n) (i - n * (i / n))).
Proof. intro H. specialize (H (-1) (-1) (fun _ _ => 1)). discriminate H. Qed.

(* A map that takes two terms to one, and has an inverse on one side only, does not keep a sum; *)
Lemma sum_reindex_needs_left_inverse : ~ forall a b f c d h (u v : Z -> Z),
  (forall i, range a b everywhere i -> range c d everywhere (u i)) ->
  (forall j, range c d everywhere j -> range a b everywhere (v j) /\ u (v j) = j /\ f (v j) = h j) ->
  sum a b everywhere f = sum c d everywhere h.
Proof.
  intro H. specialize (H 0 2 (fun _ => 1) 0 1 (fun _ => 1) (fun _ => 0) (fun _ => 0)).
  cbn in H. discriminate H; unfold range; intros; repeat split; lia.
Qed.

(* nor does one that misses a term, *)
Lemma sum_reindex_needs_right_inverse : ~ forall a b f c d h (u v : Z -> Z),
  (forall i, range a b everywhere i -> range c d everywhere (u i) /\ v (u i) = i) ->
  (forall j, range c d everywhere j -> range a b everywhere (v j) /\ f (v j) = h j) ->
  sum a b everywhere f = sum c d everywhere h.
Proof.
  intro H. specialize (H 0 1 (fun _ => 1) 0 2 (fun _ => 1) (fun _ => 0) (fun _ => 0)).
  cbn in H. discriminate H; unfold range; intros; repeat split; lia.
Qed.

(* nor one to numbers that are not whole: halving takes 0 and 1 into 0..1, and doubling takes them back. *)
Lemma sum_reindex_needs_whole : ~ forall a b f c d h (u v : Qc -> Qc),
  (forall i, a <= i < b -> (rational_whole c <= u (rational_whole i))%Qc /\
    (u (rational_whole i) < rational_whole d)%Qc /\ v (u (rational_whole i)) = rational_whole i) ->
  (forall j, c <= j < d -> (rational_whole a <= v (rational_whole j))%Qc /\
    (v (rational_whole j) < rational_whole b)%Qc /\ u (v (rational_whole j)) = rational_whole j /\
    f (v (rational_whole j)) = h (rational_whole j)) ->
  sum a b everywhere (fun i => f (rational_whole i)) = sum c d everywhere (fun j => h (rational_whole j)).
Proof.
  intro H. set (half := Q2Qc (1 # 2)). set (two := Q2Qc 2).
  specialize (H 0 2 (fun _ => 1) 0 1 (fun _ => 1) (fun q => half * q)%Qc (fun q => two * q)%Qc).
  cbn in H. discriminate H.
  - intros i L. assert (E : i = 0 \/ i = 1) by lia.
    destruct E as [-> | ->]; (split; [easy | split; [easy | apply Qc_is_canon; reflexivity]]).
  - intros j L. assert (j = 0) as -> by lia. split; [easy |].
    split; [easy |]. split; [apply Qc_is_canon |]; reflexivity.
Qed.

(* A sum is >= 0 only if its terms are, *)
Lemma sum_nonnegative_needs_terms : ~ forall a b f, 0 <= sum a b everywhere f.
Proof. intro H. specialize (H 0 1 (fun _ => -1)). change (0 <= -1) in H. lia. Qed.

(* and > 0 only if there is one. *)
Lemma sum_positive_needs_something : ~ forall a b f,
  (forall i, range a b everywhere i -> 0 < f i) -> 0 < sum a b everywhere f.
Proof. intro H. specialize (H 0 0 (fun _ => 1)). cbn in H. assert (0 < 0) by (apply H; lia). lia. Qed.

(* -- maxima -------------------------------------------------------------------------------------------- *)

(* A maximum is no bound for what is outside its range. *)
Lemma max_bound_needs_range nothing : ~ forall a b f t, f t <= largest nothing a b everywhere f.
Proof. intro H. specialize (H 0 1 (fun i => i) 1). change (1 <= 0) in H. lia. Qed.

(* A maximum of nothing is no term, *)
Lemma max_attained_needs_something nothing : ~ forall a b f,
  exists i, range a b everywhere i /\ largest nothing a b everywhere f = f i.
Proof. intro H. destruct (H 0 0 (fun _ => 0)) as (i & [L _] & _). lia. Qed.

(* and below no bound, whatever its value is. *)
Lemma max_least_needs_something nothing : ~ forall a b f c,
  (forall i, range a b everywhere i -> f i <= c) -> largest nothing a b everywhere f <= c.
Proof.
  intro H. specialize (H 0 0 (fun _ => 0) (nothing - 1)). cbn in H.
  assert (nothing <= nothing - 1) by (apply H; intros i [L _]; lia). lia.
Qed.

(* Each term of the one has to be a term of the other, and the other way round. *)
Lemma max_reindex_needs_cover nothing : ~ forall a b f c d h (v : Z -> Z),
  (exists i, range a b everywhere i) ->
  (forall j, range c d everywhere j -> range a b everywhere (v j) /\ f (v j) = h j) ->
  largest nothing a b everywhere f = largest nothing c d everywhere h.
Proof.
  intro H. specialize (H 0 2 (fun i => i) 0 1 (fun _ => 0) (fun _ => 0)).
  cbn in H. discriminate H; unfold range; [exists 0 | intros]; repeat split; lia.
Qed.

(* -- floors, quotients, cases, order ------------------------------------------------------------------- *)

(* No value of a floor by 0 leaves a remainder from 0 up to, but not including, 0. *)
Lemma floor_needs_divisor (div : Z -> Z -> Z) : ~ forall n d, d * div n d <= n /\ n < d * div n d + d.
Proof. intro H. specialize (H 1 0). lia. Qed.

(* No value of a quotient by 0 gives back what was divided. *)
Lemma quotient_needs_divisor (div : Qc -> Qc -> Qc) : ~ forall a b, (div a b * b)%Qc = a.
Proof. intro H. specialize (H 1%Qc 0%Qc). rewrite Qcmult_0_r in H. discriminate H. Qed.

(* A case is its first term only where its condition holds. *)
Lemma if_true_needs_condition : ~ forall (c : bool) (a b : Z), (if c then a else b) = a.
Proof. intro H. specialize (H false 0 1). discriminate H. Qed.

Lemma if_false_needs_condition : ~ forall (c : bool) (a b : Z), (if c then a else b) = b.
Proof. intro H. specialize (H true 0 1). discriminate H. Qed.

Lemma antisymmetry_needs_both : ~ forall a b : Z, a <= b -> a = b.
Proof. intro H. specialize (H 0 1). lia. Qed.

(* -- steps --------------------------------------------------------------------------------------------- *)

(* An induction needs its start, *)
Lemma induct_needs_start : ~ forall (a : Z) (P : Z -> Prop),
  (forall n, a <= n -> P n -> P (n + 1)) -> forall n, a <= n -> P n.
Proof. intro H. exact (H 0 (fun _ => False) (fun n _ no => no) 0 (Z.le_refl 0)). Qed.

(* it needs its step, *)
Lemma induct_needs_step : ~ forall (a : Z) (P : Z -> Prop), P a -> forall n, a <= n -> P n.
Proof. intro H. specialize (H 0 (fun n => n = 0) eq_refl 1). lia. Qed.

(* it says nothing below its start, *)
Lemma induct_needs_at_least : ~ forall (a : Z) (P : Z -> Prop),
  P a -> (forall n, a <= n -> P n -> P (n + 1)) -> forall n, P n.
Proof. intro H. specialize (H 0 (fun n => 0 <= n) (Z.le_refl 0)). assert (0 <= -1); [apply H |]; lia. Qed.

(* and it needs a whole number to start from: from 1/2 on, each would be 1/2 and a whole number. *)
Lemma induct_needs_whole : ~ forall (a : Qc) (P : Qc -> Prop),
  P a -> (forall n : Z, (a <= rational_whole n)%Qc -> P (rational_whole n) -> P (rational_whole (n + 1))) ->
  forall n : Z, (a <= rational_whole n)%Qc -> P (rational_whole n).
Proof.
  intro H. set (half := Q2Qc (1 # 2)).
  destruct (H half (fun q => exists k : Z, q = rational_whole k + half)%Qc) with (n := 1) as (k & E).
  - exists 0. apply Qc_is_canon. reflexivity.
  - intros n _ (k & E). exists (k + 1). rewrite !rational_whole_plus, E. ring.
  - easy.
  - assert (F : rational_whole (1 + 1) = rational_whole (k + k + 1)).
    { rewrite !rational_whole_plus.
      transitivity (rational_whole k + half + (rational_whole k + half))%Qc; [now rewrite <- E |].
      replace (rational_whole 1) with (half + half)%Qc by (apply Qc_is_canon; reflexivity). ring. }
    assert (1 + 1 = k + k + 1) by (apply (whole_equal rationals); exact F). lia.
Qed.

(* Only "and" and "or" of what holds can be taken apart or put together. *)
Lemma split_needs_each : ~ forall P Q : Prop, P -> P /\ Q.
Proof. intro H. now destruct (H True False). Qed.

Lemma cases_needs_each : ~ forall P Q G : Prop, P \/ Q -> (P -> G) -> G.
Proof. intro H. apply (H False True False); tauto. Qed.

(* What exists need not be what is named: the new name must stand in nothing else. *)
Lemma obtain_needs_new_name : ~ forall (P : Z -> Prop) (c : Z), (exists x, P x) -> P c.
Proof. intro H. specialize (H (fun x => x = 0) 1). discriminate H. now exists 0. Qed.

Lemma take_needs_new_name : ~ forall (P : Z -> Prop) (c : Z), P c -> forall x, P x.
Proof. intro H. specialize (H (fun x => x = 0) 0 eq_refl 1). discriminate H. Qed.

(* -- arithmetic ---------------------------------------------------------------------------------------- *)

(* A sum that is only >= 0 gives no strict inequality; *)
Lemma cone_needs_strict : ~ forall (products : list (product whole_numbers)) (a b : Z),
  (forall p, In p products -> valid whole_numbers p) -> b - a = total whole_numbers products -> a < b.
Proof. intro H. specialize (H [] 0 0). assert (0 < 0); [apply H; easy | lia]. Qed.

(* a factor has to be positive; *)
Lemma cone_needs_factor : ~ forall (c x a b : Z), 0 <= x -> b - a = c * x -> a <= b.
Proof. intro H. specialize (H (-1) 1 0 (-1)). lia. Qed.

(* only between whole numbers a < b is a + 1 <= b. *)
Lemma cone_needs_whole : ~ forall a b : Qc, (a < b)%Qc -> (a + 1 <= b)%Qc.
Proof. intro H. specialize (H 0%Qc (Q2Qc (1 # 2))). cbn in H. now apply H. Qed.

(* Without an equation, a product says nothing about an equation. *)
Lemma ring_needs_equation : ~ forall c l r a b : Z, l <= r -> a - b = c * (l - r) -> a = b.
Proof. intro H. specialize (H 1 0 1 0 1). lia. Qed.

(* -- sorts --------------------------------------------------------------------------------------------- *)

(* In the ring with two elements 2 is 0, so equal elements of a ring need not be equal whole numbers: such an
   equation is cited as a rewrite in places of its own sort only. *)
Lemma rewriting_needs_sort : ~ forall (A : commutative_ring) (n m : Z), (whole n : A) = whole m -> n = m.
Proof. intro H. specialize (H two_elements 2 0 eq_refl). discriminate H. Qed.

(* Nor does a fact about all elements of a ring say anything of whole numbers as such: where a value is put in
   place of a variable, an equation keeps its sort, *)
Lemma instance_needs_sort : ~ forall A : commutative_ring,
  (forall q : A, (q + q)%E = 0%E) -> (forall n : Z, n + n = 0).
Proof. intro H. specialize (H two_elements (fun q => xorb_nilpotent q) 1). discriminate H. Qed.

(* and so it does where a value is given for what exists. *)
Lemma witness_needs_sort : ~ forall A : commutative_ring,
  (exists n : Z, n + n <> 0) -> (exists q : A, (q + q)%E <> 0%E).
Proof.
  intro H. destruct (H two_elements) as (q & N); [now exists 1 | destruct N; apply xorb_nilpotent].
Qed.
