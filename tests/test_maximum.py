"""The maximum is exact: brute force is the judge, greedy fails where it must, and a thousand projects take no time.

The oracle enumerates every selection and every owner of a shared line; the caps of one selection are an exact linear
programme, solved by a small simplex of its own (nothing of policies/payout.py is used).
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.maximum import solve
from policies.money import Fen
from policies.problem import Item, Net, Pick, Plan, Problem

WAN = 10_000
CI = settings(max_examples=250, deadline=None, derandomize=True)

Rows = list[tuple[frozenset[int], Fen]]

# ---- the oracle ----


def most(amounts: dict[int, Fen], rows: Rows) -> Fraction:
    """The largest Σ z with 0 ≤ z ≤ amounts and Σ over each row ≤ its bound: a dense simplex, Bland's rule."""
    names = list(amounts)
    table = [[Fraction(name in members) for name in names] + [Fraction(bound)] for members, bound in rows]
    table += [[Fraction(own == name) for name in names] + [Fraction(amounts[own])] for own in names]
    size, height = len(names), len(table)
    for number, row in enumerate(table):
        row[size:size] = [Fraction(number == other) for other in range(height)]
    cost = [Fraction(1)] * size + [Fraction(0)] * (height + 1)
    basis = list(range(size, size + height))
    while True:
        column = next((j for j, gain in enumerate(cost[:-1]) if gain > 0), None)
        if column is None:
            return -cost[-1]
        _, _, pivot = min((row[-1] / row[column], basis[i], i) for i, row in enumerate(table) if row[column] > 0)
        lead = table[pivot] = [cell / table[pivot][column] for cell in table[pivot]]
        for i, row in enumerate(table):
            if i != pivot and row[column]:
                table[i] = [cell - row[column] * own for cell, own in zip(row, lead, strict=True)]
        cost = [cell - cost[column] * own for cell, own in zip(cost, lead, strict=True)]
        basis[pivot] = column


def rows_of(problem: Problem, amounts: dict[int, Fen]) -> Rows:
    """The caps of one selection, with what money from elsewhere leaves of it."""
    rows: Rows = [(members & amounts.keys(), bound) for members, bound in problem.caps]
    for net in problem.nets:
        own = {number: amounts[number] for number in net.members if number in amounts}
        rows.append((frozenset(own), max(Fraction(0), most(own, list(net.within)) - net.had)))
    return [row for row in rows if row[0]]


def selections(problem: Problem) -> Iterable[frozenset[int]]:
    """Every set of items that the picks allow and that cannot be enlarged."""
    numbers = range(len(problem.items))
    allowed = [
        frozenset(chosen)
        for size in range(len(problem.items) + 1)
        for chosen in itertools.combinations(numbers, size)
        if all(sum(not group.isdisjoint(chosen) for group in pick.groups) <= pick.at_most for pick in problem.picks)
    ]
    allowed.sort(key=len, reverse=True)
    kept: list[frozenset[int]] = []
    for chosen in allowed:
        if not any(chosen < other for other in kept):
            kept.append(chosen)
    return kept


def splits(problem: Problem, chosen: frozenset[int]) -> Iterable[dict[int, Fen]]:
    """The amounts of a selection for each way to give every shared line to one of its items."""
    takers: dict[Any, list[int]] = {}
    for number in sorted(chosen):
        for line in problem.items[number].lines:
            takers.setdefault(line, []).append(number)
    for owners in itertools.product(*takers.values()):
        owner = dict(zip(takers, owners, strict=True))
        amounts = {}
        for number in chosen:
            item = problem.items[number]
            amounts[number] = item.amount
            if item.pay is not None:
                amounts[number] = item.pay(frozenset(line for line in item.lines if owner[line] == number))
        yield {number: amount for number, amount in amounts.items() if amount > 0}


def brute_force(problem: Problem) -> tuple[Fraction, Fraction]:
    """The largest sum, and the largest sum of our own among plans of that sum."""
    best = (Fraction(0), Fraction(0))
    for chosen in selections(problem):
        external = sum((problem.items[n].amount for n in chosen if problem.items[n].external), Fraction(0))
        for amounts in splits(problem, chosen):
            own = {number: amount for number, amount in amounts.items() if not problem.items[number].external}
            if sum(own.values()) + external < best[0]:
                continue
            paid = most(own, rows_of(problem, own))
            best = max(best, (paid + external, paid))
    return best


def check(problem: Problem, plan: Plan) -> None:
    """The plan keeps every rule, whatever its value."""
    items = problem.items
    for members, bound in problem.caps:
        assert sum(plan.paid.get(n, 0) for n in members) <= bound
    for pick in problem.picks:
        assert sum(any(n in plan.paid for n in group) for group in pick.groups) <= pick.at_most
    taken = [line for lines in plan.taken.values() for line in lines]
    assert len(taken) == len(set(taken))
    for number, amount in plan.paid.items():
        item = items[number]
        assert amount > 0
        assert plan.taken[number] <= item.lines
        assert amount <= (item.pay(plan.taken[number]) if item.pay is not None else item.amount)
        assert not item.external or amount == item.amount
    for net in problem.nets:
        whole = {number: items[number].amount for number in net.members}
        assert sum(plan.paid.get(number, 0) for number in whole) <= max(0, most(whole, list(net.within)) - net.had)


# ---- random problems ----

AMOUNTS = st.integers(1, 40)


def rate_on(lines: dict[Any, int], rate: Fraction, ceiling: int) -> Any:
    def pay(kept: frozenset[Any]) -> Fen:
        return min(sum((lines[line] for line in kept), 0) * rate, ceiling)

    return pay


@st.composite
def problems(draw: st.DrawFn, most_items: int = 7) -> Problem:
    """Up to nine items whose caps, nets, picks and lines cross each other, and money from elsewhere."""
    lines = {f"line{i}": draw(AMOUNTS) for i in range(draw(st.integers(0, 3)))}
    items = []
    for number in range(draw(st.integers(1, most_items))):
        order = (draw(st.sampled_from("abc")), number)
        takes = frozenset(draw(st.sets(st.sampled_from(sorted(lines)), max_size=2))) if lines else frozenset()
        if takes and draw(st.integers(0, 3)):
            pay = rate_on(lines, draw(st.sampled_from([Fraction(1, 10), Fraction(1, 3), Fraction(1)])), draw(AMOUNTS))
            items.append(Item(order, pay(takes), takes, pay))
        else:
            items.append(Item(order, draw(AMOUNTS)))
    own = list(range(len(items)))
    sets = st.frozensets(st.sampled_from(own), min_size=1)
    caps = draw(st.lists(st.tuples(sets, st.integers(0, 80)), max_size=4))
    nets = []
    for members in draw(st.lists(sets, max_size=2)):
        within = draw(st.lists(st.tuples(sets, st.integers(0, 60)), max_size=2))
        nets.append(Net(members, draw(st.integers(1, 40)), within))
    picks = [Pick(draw(groups(own)), draw(st.integers(0, 3))) for _ in range(draw(st.integers(0, 3)))]
    for number in range(draw(st.integers(0, 2))):
        items.append(Item((f"~{number}",), draw(AMOUNTS), external=True))
        picks.append(Pick([frozenset({len(items) - 1}), draw(sets)], 1))
    return Problem(items, caps, nets, picks)


@st.composite
def groups(draw: st.DrawFn, own: list[int]) -> list[frozenset[int]]:
    """Disjoint groups of some of the items."""
    of = draw(st.lists(st.integers(0, 4), min_size=len(own), max_size=len(own)))
    return [
        found for g in range(1, 5) if (found := frozenset(n for n, group in zip(own, of, strict=True) if group == g))
    ]


@st.composite
def households(draw: st.DrawFn) -> Problem:
    """Many projects of few clauses under household caps and a yearly count: where weaker projects are left out early."""
    items, picked = [], []
    for project in range(draw(st.integers(6, 8))):
        group = []
        for clause in draw(st.sampled_from(["a", "b", "ab"])):
            group.append(len(items))
            items.append(Item((clause, project), draw(st.sampled_from([5, 10, 20, 30]))))
        picked.append(frozenset(group))
    caps: Rows = [
        (frozenset(n for n, item in enumerate(items) if item.order[0] == clause), draw(st.integers(10, 60)))
        for clause in "ab"
    ]
    if draw(st.booleans()):
        caps += [(group, draw(st.integers(5, 60))) for group in picked if len(group) > 1]
    return Problem(items, caps, [], [Pick(picked, draw(st.integers(0, 2)))])


@CI
@given(problems())
def test_the_maximum_is_that_of_brute_force(problem: Problem) -> None:
    """No plan that keeps the rules pays more; of equal sums ours is the larger part."""
    plan = solve(problem)
    check(problem, plan)
    value, own = brute_force(problem)
    assert plan.exact
    assert plan.bound == sum(plan.paid.values()) == value
    assert sum(amount for n, amount in plan.paid.items() if not problem.items[n].external) == own


@settings(CI, max_examples=60)
@given(households())
def test_many_projects_of_few_clauses(problem: Problem) -> None:
    """Leaving out projects that others match loses nothing."""
    plan = solve(problem)
    check(problem, plan)
    assert plan.exact
    assert sum(plan.paid.values()) == brute_force(problem)[0]


@settings(CI, max_examples=120)
@given(problems(), st.integers(0, 6))
def test_a_small_budget_never_lies(problem: Problem, budget: int) -> None:
    """Past the budget the plan still keeps the rules, `bound` is proven, and `exact` says whether it is the best."""
    plan = solve(problem, budget)
    check(problem, plan)
    value, _ = brute_force(problem)
    found = sum(plan.paid.values())
    assert found <= value <= plan.bound
    assert found == value == plan.bound if plan.exact else plan.bound > found


@settings(CI, max_examples=200)
@given(st.one_of(problems(), households()))
def test_prices_change_no_plan(problem: Problem) -> None:
    """With prices on the crossing caps from the first node: a right plan, of the same sum as brute force."""
    plan = solve(problem, priced_from=1)
    check(problem, plan)
    value, own = brute_force(problem)
    assert plan.exact
    assert sum(plan.paid.values()) == value == plan.bound
    assert sum(amount for n, amount in plan.paid.items() if not problem.items[n].external) == own


@settings(CI, max_examples=150)
@given(problems(most_items=9), st.randoms(use_true_random=False))
def test_the_same_problem_gives_the_same_plan(problem: Problem, shuffle: Any) -> None:
    """Twice the same; and whatever the order of caps, nets and picks, the same sum."""
    first, again = solve(problem), solve(problem)
    assert (first.paid, first.taken, list(first.paid)) == (again.paid, again.taken, list(again.paid))
    rows = [list(problem.caps), list(problem.nets), list(problem.picks)]
    for row in rows:
        shuffle.shuffle(row)
    other = solve(Problem(problem.items, *rows))
    assert sum(other.paid.values()) == sum(first.paid.values())


@settings(CI, max_examples=150)
@given(problems(most_items=9), AMOUNTS)
def test_more_money_never_lowers_the_maximum(problem: Problem, amount: int) -> None:
    """One more item outside all limits adds its amount; a looser cap takes nothing away."""
    value = sum(solve(problem).paid.values())
    more = Problem([*problem.items, Item(("z",), amount)], problem.caps, problem.nets, problem.picks)
    assert sum(solve(more).paid.values()) == value + amount
    looser = Problem(
        problem.items, [(members, bound + 7) for members, bound in problem.caps], problem.nets, problem.picks
    )
    assert sum(solve(looser).paid.values()) >= value


# ---- where greedy fails (model.md §3.1) ----


def total(problem: Problem) -> Fen:
    plan = solve(problem)
    check(problem, plan)
    assert plan.exact
    return sum(plan.paid.values())


def pick(*groups: Iterable[int], at_most: int) -> Pick:
    return Pick([frozenset(group) for group in groups], at_most)


def test_g1_the_two_largest_share_one_cap() -> None:
    """Robots 100万 and 99万 under one 100万, cloud 40万, two places: the largest and the smallest."""
    items = [Item(("4.2", 1), 100 * WAN), Item(("4.2", 2), 99 * WAN), Item(("4.3", 3), 40 * WAN)]
    problem = Problem(items, [(frozenset({0, 1}), 100 * WAN)], [], [pick({0}, {1}, {2}, at_most=2)])
    assert total(problem) == 140 * WAN


def test_g2_the_best_project_is_in_no_best_pair() -> None:
    """160, 150 and 130 alone: even taking the largest gain first gives 230, the other two give 280."""
    items = [
        *(Item(("4.2", 1), 100 * WAN), Item(("4.5", 1), 60 * WAN)),
        *(Item(("4.2", 2), 100 * WAN), Item(("4.3", 2), 50 * WAN)),
        *(Item(("4.5", 3), 100 * WAN), Item(("4.4", 3), 30 * WAN)),
    ]
    caps: Rows = [(frozenset({0, 2}), 100 * WAN), (frozenset({1, 4}), 100 * WAN)]
    assert total(Problem(items, caps, [], [pick({0, 1}, {2, 3}, {4, 5}, at_most=2)])) == 280 * WAN


def test_g3_the_smaller_award_of_a_project_leaves_room() -> None:
    """75 or 50 and 70 or 50, the larger ones under one cap of 100: 75 + 50."""
    items = [
        *(Item(("3.1d", 1), 75 * WAN), Item(("3.1e", 1), 50 * WAN)),
        *(Item(("3.1d", 2), 70 * WAN), Item(("3.1e", 2), 50 * WAN)),
    ]
    picks = [pick({0}, {1}, at_most=1), pick({2}, {3}, at_most=1)]
    assert total(Problem(items, [(frozenset({0, 2}), 100 * WAN)], [], picks)) == 125 * WAN


def test_g4_the_smaller_award_lies_outside_the_tax_cap() -> None:
    """County 80 or province 60 for one project, cloud 15, tax 30: 60 from the province and 15 from the county."""
    items = [Item(("3.1e", 1), 80 * WAN), Item(("3.5a",), 15 * WAN), Item(("~0",), 60 * WAN, external=True)]
    problem = Problem(items, [(frozenset({0, 1}), 30 * WAN)], [], [pick({0}, {2}, at_most=1)])
    assert total(problem) == 75 * WAN


def test_g5_money_from_outside_frees_a_place() -> None:
    """90 here or 85 outside for P1, then 80 and 50, two places: 85 + 80 + 50."""
    items = [
        *(Item(("4.2", 1), 90 * WAN), Item(("4.3", 2), 80 * WAN), Item(("4.4", 3), 50 * WAN)),
        Item(("~0",), 85 * WAN, external=True),
    ]
    problem = Problem(items, [], [], [pick({0}, {1}, {2}, at_most=2), pick({0}, {3}, at_most=1)])
    assert total(problem) == 215 * WAN


def test_a_count_that_earlier_awards_used_up_pays_nothing() -> None:
    """Two places, both taken: at most none of the others."""
    items = [Item(("4.1", 1), 50), Item(("4.1", 2), 40), Item(("4.9",), 30)]
    assert total(Problem(items, [], [], [pick({0}, {1}, at_most=0)])) == 30


def test_caps_in_a_triangle_pay_halves() -> None:
    """Three caps of 1 over pairs of three: 3/2, which no order of filling up reaches."""
    items = [Item((name,), 1) for name in "abc"]
    caps: Rows = [(frozenset({0, 1}), 1), (frozenset({1, 2}), 1), (frozenset({0, 2}), 1)]
    assert total(Problem(items, caps)) == Fraction(3, 2)


# ---- of equal plans ----


@pytest.mark.parametrize("turned", [False, True])
def test_of_equal_plans_the_largest_line_first(turned: bool) -> None:
    """60 + 40 stands before 50 + 50, in whatever order they come."""
    pairs = [[Item(("a", 1), 50), Item(("b", 1), 50)], [Item(("c", 2), 60), Item(("d", 2), 40)]]
    items = [item for pair in (pairs[::-1] if turned else pairs) for item in pair]
    plan = solve(Problem(items, [], [], [pick({0, 1}, {2, 3}, at_most=1)]))
    assert sorted(plan.paid.values()) == [40, 60]


@pytest.mark.parametrize("turned", [False, True])
def test_of_equal_lines_the_first_id(turned: bool) -> None:
    """Two awards of one amount: the id that comes first."""
    items = [Item(("b", 1), 50), Item(("a", 2), 50)]
    if turned:
        items.reverse()
    plan = solve(Problem(items, [], [], [pick({0}, {1}, at_most=1)]))
    assert [items[number].order for number in plan.paid] == [("a", 2)]


def test_under_a_cap_the_largest_line_is_filled_first() -> None:
    """90 and 60 under 100: 90 and 10."""
    plan = solve(Problem([Item(("a",), 60), Item(("b",), 90)], [(frozenset({0, 1}), 100)]))
    assert plan.paid == {0: 10, 1: 90}


def test_of_equal_sums_ours_before_money_from_elsewhere() -> None:
    """50 here or 50 outside: here."""
    items = [Item(("~0",), 50, external=True), Item(("z", 1), 50)]
    assert solve(Problem(items, [], [], [pick({0}, {1}, at_most=1)])).paid == {1: 50}


# ---- a thousand projects ----


@pytest.mark.parametrize("at_most", [1, 2, 3])
@pytest.mark.parametrize("step", [0, 1, 37])
def test_a_thousand_projects_in_bounded_time(at_most: int, step: int) -> None:
    """Three clauses with household caps and project caps, a yearly count: the plan stands in under two seconds."""
    items, picked, caps = [], [], []
    for project in range(1000):
        own = frozenset(range(len(items), len(items) + 3))
        picked.append(own)
        caps.append((own, 250 + project * step % 101))
        for number, clause in enumerate("abc"):
            items.append(Item((clause, project), 60 + (project * step * (number + 1)) % 97))
    caps += [(frozenset(range(number, 3000, 3)), 180) for number in range(3)]
    started = time.process_time()
    plan = solve(Problem(items, caps, [], [Pick(picked, at_most)]))
    assert time.process_time() - started < 2
    assert sum(plan.paid.values()) <= plan.bound
    assert len({items[number].order[1] for number in plan.paid}) <= at_most
    assert plan.exact


def test_eighty_projects_with_a_choice_of_capped_clauses() -> None:
    """One of four clauses for each project, three of them capped for all together: proven, not guessed."""
    dice = random.Random(7)
    items, groups = [], []
    for project in range(80):
        group = frozenset(range(len(items), len(items) + 4))
        most = (1_500_000, 3_000_000, 1_000_000, 500_000)
        items += [Item((f"c{clause}", project), dice.randrange(1, most[clause])) for clause in range(4)]
        groups.append(group)
    caps = [
        (frozenset(range(clause, len(items), 4)), bound * 100)
        for clause, bound in ((0, 1_000_000), (1, 2_000_000), (2, 400_000))
    ]
    started = time.process_time()
    problem = Problem(items, caps, picks=[Pick([frozenset((n,)) for n in sorted(group)], 1) for group in groups])
    plan = solve(problem)
    assert plan.exact
    assert time.process_time() - started < 20
    check(problem, plan)


def test_a_thousand_lines_shared_by_two_clauses_in_bounded_time() -> None:
    """Each line fits two clauses under crossing caps: the answer comes in time, and says whether it is proven."""
    lines = {number: 100 + number for number in range(1000)}
    items = []
    for number in lines:
        for clause, rate in (("a", Fraction(1, 10)), ("b", Fraction(3, 20))):
            pay = rate_on(lines, rate, 1000)
            items.append(Item((clause, number), pay(frozenset({number})), frozenset({number}), pay))
    caps: Rows = [(frozenset(range(0, 2000, 2)), 20_000), (frozenset(range(1, 2000, 2)), 30_000)]
    started = time.process_time()
    plan = solve(Problem(items, caps))
    assert time.process_time() - started < 10
    assert sum(plan.paid.values()) <= plan.bound
    assert plan.exact is (sum(plan.paid.values()) == plan.bound)
