"""What a row may pay: the grammar of formulas, and the ceilings of one clause. amounts.py makes them ready to run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import model_validator

from policies.fields import Body, Count, Factor, Money, Rate, Row
from policies.predicates import Condition


class Term(Row):
    """One part of a sum: a `rate` on a base (`of: spending`: the lines that the clause takes; else a money fact), or a
    `unit` for each of a number: 普通职工每人1500元，高校毕业生每人2000元. `less`: as in `Pays`."""

    rate: Rate | None = None
    unit: Money | None = None
    of: str
    less: str | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> Term:
        if (self.rate is None) == (self.unit is None):
            raise ValueError("sum 里每一项写 rate（比例，基数是金额）或 unit（每一个多少钱，基数是数量），只写一种")
        return self


class Times(Row):
    """A number that the formula is multiplied by, at most `up_to`: 每平方米每月8元，最长36个月，不超过2000平方米.

    `per`: so many of the number count as one; 12 where months are told and the rate is a year's, 100 where the number
    is a percentage.
    """

    of: str
    up_to: Count | None = None
    per: Count = 1


class Step(Row):
    """`first` from `at` units on, `each` for every further unit: 满5家30万元，每增加1家5万元.

    `per`: so much more counts as one further unit. Of money, `at` and `per` are in yuan: 营业收入达到1亿元奖励50万元，
    每增加1000万元再奖励5万元.
    """

    of: str
    at: Count
    first: Money
    each: Money
    per: Count = 1


class Bracket(Row):
    """A marginal bracket: `rate` on the part up to `up_to` (none: without end)."""

    up_to: Money | None = None
    rate: Rate


class Match(Row):
    """A share of what another level pays for the same project or recognition: 按上级奖励的50%配套."""

    rate: Factor
    levels: tuple[Body, ...]


class Case(Row):
    """One of several formulas: the first whose conditions hold (an unknown condition keeps the later ones open)."""

    when: tuple[Condition, ...] = ()
    pays: Pays


FORMS = ("fixed", "rate", "sum", "step", "unit", "brackets", "match", "cases", "least", "greatest")


class Pays(Row):
    """The formula: exactly one of `fixed`, `rate`+`of`, `sum`, `step`, `unit`+`of`, `brackets`+`of`, `match`, `cases`,
    `least`, `greatest`.

    `within_spending`: the base fact counts up to the sum of the lines that the clause takes. `less`: the base is what
    `of` is more than that fact, nothing where it is less: 研发费用比上年增加的部分. `times`: any of them multiplied by
    numbers: months, years, square metres. `least`, `greatest`: the lowest or highest of several formulas: 两者取低.
    `at_most`: this formula's own ceiling, where each case has one: 增长15%的最高100万元，30%的最高200万元.
    """

    fixed: Money | None = None
    rate: Rate | None = None
    of: str | None = None
    less: str | None = None
    within_spending: bool = False
    sum: tuple[Term, ...] | None = None
    step: Step | None = None
    unit: Money | None = None
    brackets: tuple[Bracket, ...] | None = None
    match: Match | None = None
    cases: tuple[Case, ...] | None = None
    least: tuple[Pays, ...] | None = None
    greatest: tuple[Pays, ...] | None = None
    times: tuple[Times, ...] = ()
    at_most: Money | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Pays:
        forms = [name for name in FORMS if getattr(self, name) is not None]
        if len(forms) != 1:
            raise ValueError(f"金额要写且只写一种：{'、'.join(FORMS)}")
        if (forms[0] in ("rate", "unit", "brackets")) != (self.of is not None):
            raise ValueError("rate、unit、brackets 要写 of（以哪个数为基数），其他写法不写 of")
        if self.less is not None and self.of is None:
            raise ValueError("less（减去哪个数）和 of 写在一起")
        if self.at_most is not None and forms[0] in ("cases", "least", "greatest"):
            raise ValueError("at_most（这一种算法的最高额）写在里面的每一种算法上；取低的再加一种 fixed")
        if any(len(several) < 2 for several in (self.least, self.greatest) if several is not None):
            raise ValueError("least、greatest 里要写两种以上的算法")
        return self

    def parts(self) -> Iterator[Pays]:
        """The formula, and every formula inside it."""
        yield self
        for inner in (*(case.pays for case in self.cases or ()), *(self.least or ()), *(self.greatest or ())):
            yield from inner.parts()

    def terms(self) -> Iterator[str]:
        """The facts (and `spending`) that the formula is computed from."""
        for part in self.parts():
            bases = [part, *(part.sum or ()), *part.times, *((part.step,) if part.step is not None else ())]
            for base in bases:
                if base.of is not None:
                    yield base.of
                if isinstance(base, Pays | Term) and base.less is not None:
                    yield base.less


class Cap(Row):
    """A ceiling of one clause: a number, or a rate of a fact, per award, project or enterprise (yearly: a year).

    `when`: it binds only where all of these hold: 营业收入2亿元以上的最高800万元，其他企业最高400万元 are two ceilings.
    """

    amount: Money | None = None
    rate: Rate | None = None
    of: str | None = None
    per: Literal["award", "project", "enterprise"] = "award"
    yearly: bool = False
    when: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _one_bound(self) -> Cap:
        if (self.amount is None) == (self.rate is None) or (self.rate is None) != (self.of is None):
            raise ValueError("上限要写 amount，或 rate 加 of")
        return self


for _model in (Case, Pays):  # each names the other
    _model.model_rebuild()
