(* Arithmetic: the laws of floors, quotients, cases and order in laws.py, the steps "ring" and "cone" of
   arithmetic.py, and what the canonical forms of canonical.py rest on.

   Values that the kernel leaves open are left open here: [inverse 0] is any number, and a division of whole
   numbers is any function that [rounds_down] where the divisor is at least 1. *)

Require Import ZArith List Lia Ring.
From SymcnnKernel Require Import Structures Steps.
Import ListNotations.
Open Scope Z_scope.

(* -- floors -------------------------------------------------------------------------------------------- *)

(* A division of whole numbers; nothing is said about divisors below 1. *)
Definition rounds_down (div : Z -> Z -> Z) : Prop := forall n d, 1 <= d -> div n d = n / d.

(* Law: if 1 <= d, then d*(n//d) <= n and n < d*(n//d) + d. *)
Lemma floor (div : Z -> Z -> Z) : rounds_down div ->
  forall n d, 1 <= d -> d * div n d <= n /\ n < d * div n d + d.
Proof.
  intros down n d L. rewrite (down n d L). pose proof (Z.div_mod n d). pose proof (Z.mod_pos_bound n d). lia.
Qed.

(* Only one whole number is a floor. *)
Lemma floor_unique (div : Z -> Z -> Z) : rounds_down div ->
  forall n d q, 1 <= d -> d * q <= n -> n < d * q + d -> div n d = q.
Proof.
  intros down n d q L M N. destruct (floor div down n d L). nia.
Qed.

(* A floor of numbers is computed: the quotient of the standard library is one. *)
Lemma floor_computed : rounds_down Z.div /\ -7 / 2 = -4 /\ 7 / 2 = 3.
Proof. now split. Qed.

(* -- cases --------------------------------------------------------------------------------------------- *)

(* A case as its condition is decided; a condition is any formula. *)
Definition case {T} {c : Prop} (decided : {c} + {~ c}) (a b : T) : T := if decided then a else b.

(* Law: if c, then (if c then a else b) = a. *)
Lemma if_true (T : Type) (c : Prop) (decided : {c} + {~ c}) (a b : T) : c -> case decided a b = a.
Proof. intro H. now destruct decided. Qed.

(* Law: if not c, then (if c then a else b) = b. *)
Lemma if_false (T : Type) (c : Prop) (decided : {c} + {~ c}) (a b : T) : ~ c -> case decided a b = b.
Proof. intro H. now destruct decided. Qed.

(* -- order --------------------------------------------------------------------------------------------- *)

Section Order.
Variable T : Type.
Variable O : total_order T.

(* Law: if a <= b and b <= a, then a = b. *)
Lemma antisymmetry a b : at_most O a b -> at_most O b a -> a = b.
Proof.
  intros [L | E] [M | E']; auto. destruct (irreflexive O _ (transitive O _ _ _ L M)).
Qed.

(* Law: a < b or a = b or b < a. *)
Lemma trichotomy a b : below O a b \/ a = b \/ below O b a.
Proof. destruct (compare O a b) as [[L | E] | L]; auto. Qed.
End Order.

(* The reals have a least upper bound wherever they have a bound, and so have the whole numbers. *)
Definition complete (F : ordered_ring) : Prop := forall P : F -> Prop,
  (exists a, P a) -> (exists bound, forall a, P a -> (a <= bound)%E) ->
  exists least, (forall a, P a -> (a <= least)%E) /\
    (forall bound, (forall a, P a -> (a <= bound)%E) -> (least <= bound)%E).

(* -- the two rules of arithmetic ----------------------------------------------------------------------- *)

Section CommutativeRing.
Variable A : commutative_ring.
Add Ring A_ring : (is_ring A).

(* An equation that is cited: l = r with its factor c. *)
Record multiple := Multiple { by' : A; left' : A; right' : A }.

Definition multiples (cited : list multiple) : A :=
  fold_right (fun e rest => by' e * (left' e - right' e) + rest)%E 0%E cited.

(* Law: if l = r for each cited equation, and a - b is the sum of c*(l - r), then a = b; without any, a and b
   have the same canonical form. Side conditions: each product holds an equation. A goal between elements of a
   ring takes whole numbers and equations between whole numbers or elements of a ring; one between numbers
   takes nothing of a ring. *)
Lemma ring (cited : list multiple) (a b : A) :
  (forall e, In e cited -> left' e = right' e) -> (a - b)%E = multiples cited -> a = b.
Proof.
  intros equations E. assert (Z : multiples cited = 0%E).
  { clear E. induction cited as [| e cited IH]; [reflexivity |]. simpl.
    rewrite IH, (equations e) by (intros; try apply equations; simpl; auto). ring. }
  transitivity (a - b + b)%E; [ring | rewrite E, Z; ring].
Qed.

(* What equations and elements of a ring have in common with their canonical forms: an equation holds if the
   difference of its sides is 0, and so does one with the opposite difference. *)
Lemma equation_canonical (a b c d : A) :
  (a - b)%E = (c - d)%E \/ (a - b)%E = (- (c - d))%E -> (a = b <-> c = d).
Proof.
  assert (H : forall x y : A, x = y <-> (x - y)%E = 0%E).
  { intros x y. split; [intros ->; ring |]. intro E. transitivity (x - y + y)%E; [ring | rewrite E; ring]. }
  intros E. rewrite (H a b), (H c d). destruct E as [-> | ->]; [reflexivity |].
  split; intro E; [transitivity (- - (c - d))%E; [ring | rewrite E; ring] | rewrite E; ring].
Qed.
End CommutativeRing.

(* Equal arguments give equal entries, floors, inverses, cases. *)
Lemma congruence (X Y : Type) (f : X -> Y) (x x' : X) : x = x' -> f x = f x'.
Proof. now intros ->. Qed.

(* An equation that is cited as a rewrite may be used in any place of its own sort. *)
Lemma rewriting (X : Type) (P : X -> Prop) (left right : X) : left = right -> (P left <-> P right).
Proof. now intros ->. Qed.

(* The name that a quantifier binds says nothing. *)
Lemma renaming (X : Type) (P : X -> Prop) :
  ((forall x, P x) <-> (forall y, P y)) /\ ((exists x, P x) <-> (exists y, P y)).
Proof. tauto. Qed.

Section OrderedRing.
Variable F : ordered_ring.
Add Ring F_ring : (is_ring F).
Implicit Types a b c d : F.

(* Inequalities with the same difference hold together or not at all. *)
Lemma inequality_canonical a b c d : (b - a)%E = (d - c)%E ->
  ((a <= b)%E <-> (c <= d)%E) /\ ((a < b)%E <-> (c < d)%E).
Proof.
  intro E. rewrite (at_most_difference F a b), (at_most_difference F c d).
  rewrite (below_difference F a b), (below_difference F c d). now rewrite E.
Qed.

(* Law: there is a whole number n with a <= n. *)
Lemma archimedes : excluded_middle -> complete F -> forall a, exists n : Z, (a <= whole n)%E.
Proof.
  intros middle least a. destruct (middle (exists n : Z, (a <= whole n)%E)) as [H | none]; [exact H |].
  destruct (least (fun b => exists n : Z, b = whole n)) as (s & upper & smallest).
  - now exists (whole 0), 0.
  - exists a. intros b (n & ->). left. apply not_at_most. intro L. apply none. now exists n.
  - assert (L : (s <= s - 1)%E).
    { apply smallest. intros b (n & ->).
      assert (M : (whole (n + 1)%Z <= s)%E) by (apply upper; now exists (n + 1)).
      rewrite whole_plus, whole_one in M. apply (at_most_difference F). apply (at_most_difference F) in M.
      now replace (s - 1 - whole n)%E with (s - (whole n + 1))%E by ring. }
    apply (at_most_difference F) in L. replace (s - 1 - s)%E with (0 - 1 : F)%E in L by ring.
    apply (at_most_difference F) in L. destruct L as [L | L].
    + destruct (irreflexive _ _ (transitive _ _ _ _ L (zero_below_one F))).
    + pose proof (zero_below_one F) as M. rewrite L in M at 1. destruct (irreflexive _ _ M).
Qed.

(* What is known of a number, as "= 0", "> 0" and ">= 0" in arithmetic.py. *)
Inductive sign := is_zero | is_positive | is_nonnegative.

Definition has (s : sign) (a : F) : Prop :=
  match s with is_zero => a = 0%E | is_positive => (0 < a)%E | is_nonnegative => (0 <= a)%E end.

Definition both (s t : sign) : sign :=
  match s, t with
  | is_zero, _ | _, is_zero => is_zero
  | is_positive, is_positive => is_positive
  | _, _ => is_nonnegative
  end.

Lemma both_times s t a b : has s a -> has t b -> has (both s t) (a * b)%E.
Proof.
  assert (forget : forall c, (0 < c)%E -> (0 <= c)%E) by (now left).
  destruct s, t; simpl; intros H K; try (rewrite H; ring); try (rewrite K; ring);
    try (apply nonnegative_times; auto; fail). now apply below_times.
Qed.

(* What a fact stands for: its value and what is known of that. *)
Lemma fact_equal a b : a = b -> has is_zero (a - b)%E.
Proof. intros ->. simpl. ring. Qed.

Lemma fact_at_most a b : (a <= b)%E -> has is_nonnegative (b - a)%E.
Proof. apply at_most_difference. Qed.

Lemma fact_below a b : (a < b)%E -> has is_positive (b - a)%E.
Proof. apply below_difference. Qed.

(* Between whole numbers a < b is a + 1 <= b. *)
Lemma fact_below_whole (n m : Z) : n < m -> has is_nonnegative (whole m - whole n - 1 : F)%E.
Proof.
  intro L. simpl. replace (whole m - whole n - 1 : F)%E with (whole m - (whole n + 1) : F)%E by ring.
  apply fact_at_most. rewrite <- (whole_one F), <- whole_plus. apply whole_at_most. lia.
Qed.

(* A product as a certificate lists it; its multiplier is 1 where none is written. *)
Record product := Product {
  factor : F; facts : list (sign * F); squares : list F; multiplier : F
}.

Definition all_times (values : list F) : F := fold_right times 1%E values.

Definition value (p : product) : F :=
  (factor p * all_times (map snd (facts p)) * all_times (map (fun a => a * a) (squares p))
   * multiplier p)%E.

Definition sign_of (p : product) : sign :=
  both (fold_right both is_positive (map fst (facts p)))
       (fold_right both is_positive (map (fun _ => is_nonnegative) (squares p))).

Definition valid (p : product) : Prop :=
  (forall s a, In (s, a) (facts p) -> has s a) /\
  (sign_of p = is_zero \/ ((0 < factor p)%E /\ multiplier p = 1%E)).

Definition total (products : list product) : F :=
  fold_right (fun p rest => value p + rest)%E 0%E products.

Definition strict (products : list product) : Prop :=
  exists p, In p products /\ sign_of p = is_positive.

Lemma value_has_sign p : valid p -> has (sign_of p) (value p).
Proof.
  destruct p as [c facts squares m]. unfold valid, sign_of, value. simpl. intros [known ok].
  assert (H : has (fold_right both is_positive (map fst facts)) (all_times (map snd facts))).
  { clear ok. induction facts as [| [s a] facts IH]; simpl; [apply zero_below_one |].
    apply both_times; [now apply known; left | apply IH; intros; now apply known; right]. }
  assert (K : has (fold_right both is_positive (map (fun _ => is_nonnegative) squares))
    (all_times (map (fun a => a * a)%E squares))).
  { clear. induction squares as [| a squares IH]; simpl; [apply zero_below_one |].
    apply (both_times is_nonnegative); [apply square_nonnegative | exact IH]. }
  pose proof (both_times _ _ _ _ H K) as L. destruct ok as [zero | [positive ->]].
  - rewrite zero in *. simpl in *.
    match type of L with ?x = _ => transitivity (c * x * m)%E end; [ring | rewrite L; ring].
  - pose proof (both_times is_positive _ c _ positive L) as M.
    match goal with |- has _ ?x => replace x with
      (c * (all_times (map snd facts) * all_times (map (fun a => a * a) squares)))%E by ring end.
    revert M. now destruct (both _ _).
Qed.

(* Law: a product of numbers >= 0, of squares and of a positive factor is >= 0; it is > 0 if every factor is,
   and 0 if one of them is 0. So is a sum of such products, and > 0 if one of them is. To show - a <= b, the
   sum is b - a; - a < b, it is b - a and holds a product > 0, or, between whole numbers, it is b - a - 1; -
   false, it is a number < 0, or it is 0 and holds a product > 0. Side conditions: numbers only, no elements
   of a ring; factors > 0, except where the product is 0. *)
Lemma cone (products : list product) : (forall p, In p products -> valid p) ->
  (forall a b, (b - a)%E = total products -> (a <= b)%E) /\
  (forall a b, (b - a)%E = total products -> strict products -> (a < b)%E) /\
  (forall n m : Z, (whole m - whole n - 1)%E = total products -> n < m) /\
  ((total products < 0)%E -> False) /\
  (total products = 0%E -> strict products -> False).
Proof.
  intro known.
  assert (least : (0 <= total products)%E /\ (strict products -> (0 < total products)%E)).
  { induction products as [| p products IH]; [split; [now right | now intros (p & [] & _)] |].
    destruct IH as [at_least more]; [intros; now apply known; right |].
    assert (H := value_has_sign p (known p (or_introl eq_refl))).
    assert (K : (0 <= value p)%E) by (destruct (sign_of p); simpl in H; [now right | now left | exact H]).
    simpl. split; [now apply nonnegative_plus |]. intros (q & [<- | I] & S).
    - rewrite S in H. now apply positive_plus.
    - replace (value p + total products)%E with (total products + value p)%E by ring.
      apply positive_plus; [apply more; now exists q | exact K]. }
  destruct least as [at_least more]. repeat split.
  - intros a b E. apply at_most_difference. now rewrite E.
  - intros a b E S. apply below_difference. rewrite E. now apply more.
  - intros n m E. apply (whole_below F). apply below_difference.
    replace (whole m - whole n)%E with (1 + (whole m - whole n - 1) : F)%E by ring.
    rewrite E. apply positive_plus; [apply zero_below_one | exact at_least].
  - intro L. destruct at_least as [M | E].
    + destruct (irreflexive _ _ (transitive _ _ _ _ L M)).
    + rewrite <- E in L. destruct (irreflexive _ _ L).
  - intros E S. specialize (more S). rewrite E in more. destruct (irreflexive _ _ more).
Qed.

(* [ring] and [cone] where the goal is about whole numbers and the certificate uses reals, 1/2 among them. *)
Lemma ring_whole (cited : list (multiple F)) (n m : Z) :
  (forall e, In e cited -> left' F e = right' F e) -> (whole n - whole m)%E = multiples F cited -> n = m.
Proof. intros equations E. apply (whole_equal F). exact (ring F cited _ _ equations E). Qed.

Lemma cone_whole (products : list product) (n m : Z) : (forall p, In p products -> valid p) ->
  (whole m - whole n)%E = total products -> n <= m.
Proof. intros known E. apply (whole_at_most F). now apply (proj1 (cone products known)). Qed.
End OrderedRing.

(* -- quotients ----------------------------------------------------------------------------------------- *)

Section Quotients.
Variable F : ordered_field.
Add Ring F_ring' : (is_ring F).
Implicit Types a b c : F.

(* Law: if b != 0, then (a/b)*b = a. *)
Lemma quotient a b : b <> 0%E -> (a / b * b)%E = a.
Proof.
  intro N. transitivity (a * (inverse b * b))%E; [ring | rewrite (inverse_times F b N); ring].
Qed.

(* Only one number is a quotient. *)
Lemma quotient_unique a b c : b <> 0%E -> (c * b)%E = a -> (a / b)%E = c.
Proof.
  intros N <-. transitivity (c * (inverse b * b))%E; [ring | rewrite (inverse_times F b N); ring].
Qed.

(* In a canonical form a quotient is a product with an inverse, whatever is divided by; the inverse of a
   number other than 0 is computed. *)
Lemma quotient_canonical a b : (a / b)%E = (a * inverse b)%E.
Proof. reflexivity. Qed.

Lemma inverse_computed b c : (c * b)%E = 1%E -> b <> 0%E -> inverse b = c.
Proof. intros E N. rewrite <- (quotient_unique 1%E b c N E). ring. Qed.
End Quotients.

(* -- the instances fit --------------------------------------------------------------------------------- *)

(* What [archimedes] says holds in the whole numbers, which are complete, and in the rational numbers. *)
Lemma whole_numbers_complete : excluded_middle -> complete whole_numbers.
Proof.
  intros middle P (a & Ha) (bound & upper). simpl in *.
  assert (H : forall k, 0 <= k -> forall m, (forall x, P x -> x <= m) -> m = a + k ->
    exists m, P m /\ forall x, P x -> x <= m).
  { apply (natlike_ind (fun k => forall m, (forall x, P x -> x <= m) -> m = a + k ->
      exists m, P m /\ forall x, P x -> x <= m)).
    - intros m all E. exists a. split; [exact Ha |]. intros x Hx. specialize (all x Hx). lia.
    - intros k _ IH m all E. destruct (middle (P m)) as [Hm | Nm]; [now exists m |].
      apply (IH (m - 1)); [| lia]. intros x Hx. specialize (all x Hx).
      assert (x <> m) by (intros ->; contradiction). lia. }
  destruct (H (bound - a)) with (m := bound) as (m & Hm & all); [| | lia |].
  - specialize (upper a Ha). apply whole_order_at_most in upper. lia.
  - intros x Hx. now apply whole_order_at_most, upper.
  - exists m. split; [intros x Hx; apply whole_order_at_most; auto | intros other above; now apply above].
Qed.

Lemma archimedes_whole (a : Z) : exists n : Z, a <= n.
Proof. exists a. lia. Qed.
