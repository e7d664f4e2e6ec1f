(* The steps of certificates that are rules of logic, with the rules of the same names in logic.py.

   A sequent is an implication here: its facts imply its goal. A step is then a lemma that says how the goal
   follows from the goals that the step leaves. "And" and "or" have any number of parts, in lists; with no
   parts they are true and false, so that [split] proves true and [cases] concludes anything from false.

   The logic of the kernel is classical. Where a rule needs that, excluded middle is a premise of its lemma.

   The step "let" has no lemma, since it brings in nothing but an abbreviation. The steps "ring" and "cone"
   stand in Arithmetic.v. *)

Require Import ZArith List Lia.
From SymcnnKernel Require Import Structures.
Import ListNotations.
Open Scope Z_scope.

Definition excluded_middle : Prop := forall P : Prop, P \/ ~ P.

(* "And" and "or" of any number of parts. *)
Definition every (parts : list Prop) : Prop := fold_right and True parts.
Definition some (parts : list Prop) : Prop := fold_right or False parts.

Lemma every_In (parts : list Prop) : every parts <-> forall P, In P parts -> P.
Proof.
  induction parts as [| Q parts IH]; simpl; [now split; intros |]. rewrite IH. split.
  - intros [HQ H] P [<- | I]; [exact HQ | now apply H].
  - intro H. split; [now apply H; left | intros P I; now apply H; right].
Qed.

Lemma some_In (parts : list Prop) : some parts <-> exists P, In P parts /\ P.
Proof.
  induction parts as [| Q parts IH]; simpl; [split; [tauto | now intros (P & I & _)] |]. rewrite IH. split.
  - intros [HQ | (P & I & HP)]; [exists Q | exists P]; auto.
  - intros (P & [<- | I] & HP); [now left | right; now exists P].
Qed.

(* -- what a goal leaves to be proved ------------------------------------------------------------------- *)

(* Law: if P(c) holds for a new name c, then for all x : P(x). *)
Lemma take (X : Type) (P : X -> Prop) : (forall c, P c) -> forall x, P x.
Proof. trivial. Qed.

(* Law: if Q holds whenever P does, then P implies Q; if false follows from P, then not P. *)
Lemma suppose (P Q : Prop) : ((P -> Q) -> (P -> Q)) /\ ((P -> False) -> ~ P).
Proof. now split. Qed.

(* Law: if P and Q hold, then P and Q; if P implies Q and Q implies P, then P iff Q. *)
Lemma split :
  (forall parts : list Prop, (forall P, In P parts -> P) -> every parts) /\
  (forall P Q : Prop, (P -> Q) -> (Q -> P) -> (P <-> Q)).
Proof. split; [intros parts H; now apply every_In | now split]. Qed.

(* Law: if P holds, then P or Q. *)
Lemma choose (parts : list Prop) k P : nth_error parts k = Some P -> P -> some parts.
Proof. intros E H. apply some_In. exists P. split; [exact (nth_error_In _ _ E) | exact H]. Qed.

(* Law: if P(t) holds, then exists x : P(x). Side conditions: t is of the sort of x, and the name that the
   certificate gives is the one that the goal binds. *)
Lemma witness (X : Type) (P : X -> Prop) (t : X) : P t -> exists x, P x.
Proof. intro H. now exists t. Qed.

(* Law: if P(a), and P(n) implies P(n + 1) for all n >= a, then P(n) for all n >= a. Side condition: a is a
   whole number that does not depend on n. *)
Lemma induct (a : Z) (P : Z -> Prop) :
  P a -> (forall n, a <= n -> P n -> P (n + 1)) -> forall n, a <= n -> P n.
Proof.
  intros start step n L. replace n with (a + (n - a)) by lia. assert (H : 0 <= n - a) by lia.
  revert H. generalize (n - a). apply natlike_ind; [now rewrite Z.add_0_r |].
  intros k H IH. unfold Z.succ. rewrite Z.add_assoc. apply step; [lia | exact IH].
Qed.

(* -- what facts lead to -------------------------------------------------------------------------------- *)

(* Law: if exists x : P(x), and Q follows from P(c) for a new name c, then Q. *)
Lemma obtain (X : Type) (P : X -> Prop) (Q : Prop) : (exists x, P x) -> (forall c, P c -> Q) -> Q.
Proof. intros (x & H) follows. exact (follows x H). Qed.

(* Law: if P or Q, and G follows from P and from Q, then G. *)
Lemma cases (parts : list Prop) (G : Prop) : some parts -> (forall P, In P parts -> P -> G) -> G.
Proof. intros H follows. apply some_In in H as (P & I & HP). exact (follows P I HP). Qed.

(* The part of a fact that is an "and", and the two directions of one that is an "iff". *)
Lemma part_of (parts : list Prop) k P : nth_error parts k = Some P -> every parts -> P.
Proof. intros E H. exact (proj1 (every_In parts) H P (nth_error_In _ _ E)). Qed.

Lemma part_of_iff (P Q : Prop) : (P <-> Q) -> (P -> Q) /\ (Q -> P).
Proof. tauto. Qed.

(* Law: if for all x : P(x), then P(t). Side condition: t is of the sort of x. *)
Lemma instance (X : Type) (P : X -> Prop) (t : X) : (forall x, P x) -> P t.
Proof. trivial. Qed.

(* Law: if P implies Q and P, then Q; if not P and P, then false. *)
Lemma consequence (P Q : Prop) : ((P -> Q) -> P -> Q) /\ (~ P -> P -> False).
Proof. tauto. Qed.

(* The step "use": an instance of a fact, then what follows from it, is a fact for the rest of the proof. *)
Lemma use (X : Type) (P Q : X -> Prop) (t : X) (G : Prop) :
  (forall x, P x -> Q x) -> P t -> (Q t -> G) -> G.
Proof. auto. Qed.

(* The step "law": where the premises of a law hold, its conclusion is a fact for the rest of the proof. *)
Lemma law (premises : list Prop) (conclusion G : Prop) :
  (every premises -> conclusion) -> (forall P, In P premises -> P) -> (conclusion -> G) -> G.
Proof. intros holds proved follows. apply follows, holds, every_In, proved. Qed.

(* Law: if P holds, and G follows from P, then G. *)
Lemma have (P G : Prop) : P -> (P -> G) -> G.
Proof. auto. Qed.

(* The step "exactly": a fact that says the same as the goal proves it; so does false, whatever the goal. *)
Lemma exactly (P G : Prop) : ((P <-> G) -> P -> G) /\ (False -> G).
Proof. tauto. Qed.

(* -- classical logic ----------------------------------------------------------------------------------- *)

(* Law: if G follows from P and from not P, then G. *)
Lemma decide : excluded_middle -> forall P G : Prop, (P -> G) -> (~ P -> G) -> G.
Proof. intros middle P G yes no. destruct (middle P); auto. Qed.

(* Law: if false follows from not G, then G. *)
Lemma deny : excluded_middle -> forall G : Prop, (~ G -> False) -> G.
Proof. intros middle G H. destruct (middle G); [trivial | now destruct H]. Qed.

(* -- formulas as data: negation and evaluation --------------------------------------------------------- *)

Section Formulas.
Variable T : Type.
Variable O : total_order T.

(* The formulas of the kernel. [Equation] is an equation between elements of a ring, which have no order. *)
Inductive formula : Type :=
  | Equal (left right : T)
  | AtMost (left right : T)
  | Below (left right : T)
  | Equation (A : commutative_ring) (left right : A)
  | And (parts : list formula)
  | Or (parts : list formula)
  | Not (inner : formula)
  | Implies (left right : formula)
  | Iff (left right : formula)
  | ForAll (X : Type) (body : X -> formula)
  | Exists (X : Type) (body : X -> formula).

Fixpoint holds (f : formula) : Prop :=
  match f with
  | Equal a b => a = b
  | AtMost a b => at_most O a b
  | Below a b => below O a b
  | Equation _ a b => a = b
  | And parts => every (map holds parts)
  | Or parts => some (map holds parts)
  | Not f => ~ holds f
  | Implies f h => holds f -> holds h
  | Iff f h => holds f <-> holds h
  | ForAll X body => forall x : X, holds (body x)
  | Exists X body => exists x : X, holds (body x)
  end.

Section Induction.
Variable P : formula -> Prop.
Hypothesis equal : forall a b, P (Equal a b).
Hypothesis at_most' : forall a b, P (AtMost a b).
Hypothesis below' : forall a b, P (Below a b).
Hypothesis equation : forall A a b, P (Equation A a b).
Hypothesis and' : forall parts, Forall P parts -> P (And parts).
Hypothesis or' : forall parts, Forall P parts -> P (Or parts).
Hypothesis not' : forall f, P f -> P (Not f).
Hypothesis implies : forall f h, P f -> P h -> P (Implies f h).
Hypothesis iff' : forall f h, P f -> P h -> P (Iff f h).
Hypothesis for_all : forall X body, (forall x, P (body x)) -> P (ForAll X body).
Hypothesis exists' : forall X body, (forall x, P (body x)) -> P (Exists X body).

Fixpoint formula_induction (f : formula) : P f :=
  let each := fix each (parts : list formula) : Forall P parts :=
    match parts with
    | [] => Forall_nil P
    | f :: parts => Forall_cons f (formula_induction f) (each parts)
    end in
  match f with
  | Equal a b => equal a b
  | AtMost a b => at_most' a b
  | Below a b => below' a b
  | Equation A a b => equation A a b
  | And parts => and' parts (each parts)
  | Or parts => or' parts (each parts)
  | Not f => not' f (formula_induction f)
  | Implies f h => implies f h (formula_induction f) (formula_induction h)
  | Iff f h => iff' f h (formula_induction f) (formula_induction h)
  | ForAll X body => for_all X body (fun x => formula_induction (body x))
  | Exists X body => exists' X body (fun x => formula_induction (body x))
  end.
End Induction.

(* [negation] of logic.py, case by case. *)
Fixpoint negated (f : formula) : formula :=
  match f with
  | AtMost a b => Below b a
  | Below a b => AtMost b a
  | Not f => f
  | And parts => Or (map negated parts)
  | Or parts => And (map negated parts)
  | Implies f h => And [f; negated h]
  | ForAll X body => Exists X (fun x => negated (body x))
  | Exists X body => ForAll X (fun x => negated (body x))
  | Equal _ _ | Equation _ _ _ | Iff _ _ => Not f
  end.

(* A formula that holds exactly when this one does not, with "not" moved inside as far as it goes. *)
Lemma negation : excluded_middle -> forall f, holds (negated f) <-> ~ holds f.
Proof.
  intros middle f.
  induction f as [a b | a b | a b | A a b | parts IH | parts IH | f _ | f h _ IH | f h _ _ | X body IH
    | X body IH] using formula_induction; simpl.
  - tauto.
  - symmetry. apply not_at_most.
  - symmetry. apply not_below.
  - tauto.
  - induction IH as [| f parts IH _ IHs]; simpl; [tauto |]. rewrite IH, IHs.
    destruct (middle (holds f)); tauto.
  - induction IH as [| f parts IH _ IHs]; simpl; [tauto |]. rewrite IH, IHs. tauto.
  - destruct (middle (holds f)); tauto.
  - rewrite IH. destruct (middle (holds f)); tauto.
  - tauto.
  - split.
    + intros (x & H) every_x. exact (proj1 (IH x) H (every_x x)).
    + intro N. destruct (middle (exists x, holds (negated (body x)))) as [H | none]; [exact H |].
      destruct N. intro x. destruct (middle (holds (body x))) as [H | H]; [exact H |].
      destruct none. exists x. now apply IH.
  - split.
    + intros H (x & Hx). exact (proj1 (IH x) (H x) Hx).
    + intros N x. apply IH. intro H. destruct N. now exists x.
Qed.

(* [Evaluator.holds]: the value of a formula; its parts are evaluated until it is decided. A quantifier has
   no value, nor has an equation between elements of a ring that is not given. *)
Definition truth {P : Prop} (decided : {P} + {~ P}) : option bool := Some (if decided then true else false).

Fixpoint evaluate (f : formula) : option bool :=
  match f with
  | Equal a b => truth (equal_dec T O a b)
  | AtMost a b => truth (at_most_dec T O a b)
  | Below a b => truth (below_dec T O a b)
  | And parts => (fix all parts := match parts with
      | [] => Some true
      | f :: parts => match evaluate f with Some true => all parts | decided => decided end
      end) parts
  | Or parts => (fix any parts := match parts with
      | [] => Some false
      | f :: parts => match evaluate f with Some false => any parts | decided => decided end
      end) parts
  | Not f => option_map negb (evaluate f)
  | Implies f h => match evaluate f with
      | Some true => evaluate h | Some false => Some true | None => None end
  | Iff f h => match evaluate f, evaluate h with
      | Some p, Some q => Some (Bool.eqb p q) | _, _ => None end
  | Equation _ _ _ | ForAll _ _ | Exists _ _ => None
  end.

Lemma evaluate_sound f value : evaluate f = Some value -> if value then holds f else ~ holds f.
Proof.
  revert value.
  induction f as [a b | a b | a b | A a b | parts IH | parts IH | f IH | f h IHf IHh | f h IHf IHh
    | X body IH | X body IH] using formula_induction; simpl; intros value E; try discriminate.
  - injection E as <-. now destruct (equal_dec T O a b).
  - injection E as <-. now destruct (at_most_dec T O a b).
  - injection E as <-. now destruct (below_dec T O a b).
  - induction IH as [| f parts IH _ IHs]; [now injection E as <- |].
    destruct (evaluate f) as [[] |]; simpl; [| | discriminate].
    + specialize (IH true eq_refl). specialize (IHs E). destruct value; simpl in *; tauto.
    + specialize (IH false eq_refl). injection E as <-. simpl in *. tauto.
  - induction IH as [| f parts IH _ IHs]; [injection E as <-; tauto |].
    destruct (evaluate f) as [[] |]; simpl; [| | discriminate].
    + specialize (IH true eq_refl). injection E as <-. now left.
    + specialize (IH false eq_refl). specialize (IHs E). destruct value; simpl in *; tauto.
  - destruct (evaluate f) as [value' |]; [| discriminate]. injection E as <-.
    specialize (IH value' eq_refl). destruct value'; simpl; tauto.
  - destruct (evaluate f) as [[] |]; [| | discriminate].
    + specialize (IHf true eq_refl). specialize (IHh value E). simpl in *. destruct value; tauto.
    + specialize (IHf false eq_refl). injection E as <-. simpl in *. tauto.
  - destruct (evaluate f) as [p |]; [| discriminate]. destruct (evaluate h) as [q |]; [| discriminate].
    injection E as <-. specialize (IHf p eq_refl). specialize (IHh q eq_refl).
    destruct p, q; simpl in *; tauto.
Qed.

(* A goal without names and quantifiers is true where its evaluation says so. *)
Lemma compute f : evaluate f = Some true -> holds f.
Proof. exact (evaluate_sound f true). Qed.
End Formulas.

(* -- where a formula means something ------------------------------------------------------------------- *)

(* The conditions of definedness.py: a formula says the same, whatever values are taken for quotients by 0,
   floors by less than 1 and maxima of nothing, if each part says the same wherever it is reached. P and P'
   are a formula under two such choices. That quotients, floors and maxima themselves have one value where
   their conditions hold is said by [quotient_unique], [floor_unique] and [maximum_unique]. *)

(* The right side of "and" needs a meaning only where the left side holds. *)
Lemma defined_and (P P' Q Q' : Prop) : (P <-> P') -> (P -> (Q <-> Q')) -> (P /\ Q <-> P' /\ Q').
Proof. tauto. Qed.

(* The right side of "or" needs a meaning only where the left side does not hold. *)
Lemma defined_or : excluded_middle -> forall P P' Q Q' : Prop,
  (P <-> P') -> (~ P -> (Q <-> Q')) -> (P \/ Q <-> P' \/ Q').
Proof. intros middle P P' Q Q'. destruct (middle P); tauto. Qed.

(* The right side of "implies" needs a meaning only where the left side holds. *)
Lemma defined_implies (P P' Q Q' : Prop) : (P <-> P') -> (P -> (Q <-> Q')) -> ((P -> Q) <-> (P' -> Q')).
Proof. tauto. Qed.

(* What a quantifier speaks of needs a meaning everywhere. *)
Lemma defined_for_all (X : Type) (P P' : X -> Prop) :
  (forall x, P x <-> P' x) -> ((forall x, P x) <-> (forall x, P' x)).
Proof. intro H. split; intros K x; apply H, K. Qed.

Lemma defined_exists (X : Type) (P P' : X -> Prop) :
  (forall x, P x <-> P' x) -> ((exists x, P x) <-> (exists x, P' x)).
Proof. intro H. split; intros (x & K); exists x; apply H, K. Qed.

(* Each term of a case needs a meaning only where the case takes it. *)
Lemma defined_if (T : Type) (c : bool) (a a' b b' : T) :
  (c = true -> a = a') -> (c = false -> b = b') -> (if c then a else b) = (if c then a' else b').
Proof. destruct c; auto. Qed.
