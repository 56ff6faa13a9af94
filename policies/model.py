"""The form of a policy table: what a row may say. Eight primitives carry everything (docs/reference/format.md):

    document    state, dates, territory, payee         amount      Pays, the formula grammar
    predicate   Condition, three-valued                cap, pick   Cap on a clause, Limit across clauses
    modifier    Disqualifier (× 0), Reduction (× 90%)  tag         strength, netting, already_paid
    reading     what the text leaves open, and which reading is used

Rows hold no code and no expression strings: a condition is structure, so that a typo is a validation error.
Money in rows is in yuan and kept in fen; rates are exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from policies.money import Fen, fen, percent, rate


def _date(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"日期 {value[:20]} 不对，应写成 2025-06-30 这样") from error
    return value


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _amount(value: object) -> object:
    found = fen(value)
    if found < 0:
        raise ValueError("金额不能是负数")
    return found


def _share(value: object) -> object:
    found = rate(value)
    if not 0 <= found <= 1:
        raise ValueError(f"比例 {percent(found)} 不在 0 到 100% 之间，应写成 15% 这样")
    return found


def _factor(value: object) -> object:
    found = rate(value)
    if not 0 <= found <= 10:
        raise ValueError(f"比例 {percent(found)} 不在 0 到 1000% 之间，应写成 90% 或 120% 这样")
    return found


def _count(value: object) -> object:
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 12:
        value = Fraction(value)
        value = value.numerator if value.denominator == 1 else value
    if isinstance(value, bool) or not isinstance(value, int | Fraction) or not 0 < value < 10**12:
        raise ValueError("应是大于 0 的数，如 36 或 1.5")
    return value


Count = Annotated[Any, BeforeValidator(_count)]
"""A number of months, square metres, percent: an int, or a Fraction where it has decimals."""
Money = Annotated[Any, BeforeValidator(_amount)]
"""Yuan in the table, fen (int or Fraction) in the program."""
Rate = Annotated[Any, BeforeValidator(_share)]
"""A share, at most 100%: 15 for 15% is a slip."""
Factor = Annotated[Any, BeforeValidator(_factor)]
Day = Annotated[date, BeforeValidator(_date)]
Text = Annotated[str, BeforeValidator(_text)]
Applicant = Literal["enterprise", "institution", "local_government"]
Body = Literal["county", "city", "province", "national"]


class Row(BaseModel):
    """A row of a table: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)


BOUNDS = ("at_least", "more_than", "at_most", "less_than")


class Ratio(Row):
    """The ratio of two facts of one object, as 研发费用 ÷ 总投资."""

    of: str
    to: str


class RecognitionTest(Row):
    """There is a recognition of one of `kinds`, tied to the project at hand, for which all of `when` holds."""

    kinds: tuple[str, ...]
    when: tuple[Condition, ...] = ()


class Condition(Row):
    """One test of a fact, or a combination. Exactly one subject; a fact takes exactly one test.

    Facts are named alone (`build`): the object's own fact first, then its project's, then the enterprise's.
    With `less` the fact less that one is compared: 增量500万元以上. A ratio of money to a number is compared with
    an amount (每亩20万元以上), any other with a rate (同比增长15%以上: this year's to last year's at least 115%).
    """

    fact: str | None = None
    less: str | None = None
    ratio: Ratio | None = None
    recognition: RecognitionTest | None = None
    any: tuple[Condition, ...] | tuple[Text, ...] | None = None
    all: tuple[Condition, ...] | None = None
    not_: Condition | None = Field(default=None, alias="not")
    is_: bool | Text | None = Field(default=None, alias="is")
    in_: tuple[Text, ...] | None = Field(default=None, alias="in")
    group: str | None = None
    within: tuple[Text, ...] | None = None
    at_least: Any = None
    more_than: Any = None
    at_most: Any = None
    less_than: Any = None
    year: Literal["award"] | int | None = None

    @model_validator(mode="after")
    def _one_subject(self) -> Condition:
        tests = [name for name in ("is_", "in_", "group", "within", *BOUNDS, "year") if getattr(self, name) is not None]
        if self.less is not None and (self.fact is None or len(tests) != 1 or tests[0] not in BOUNDS):
            raise ValueError("less（减去哪个数）要配 fact 和 at_least、more_than、at_most、less_than 之一")
        if self.fact is not None:
            if any(isinstance(item, Condition) for item in self.any or ()):
                raise ValueError("fact 后的 any 应是取值列表")
            tests += ["any"] if self.any is not None else []
            if len(tests) != 1 or self.ratio or self.recognition or self.all or self.not_:
                raise ValueError(
                    "一个 fact 要配一个判断：is、in、any、group、within、at_least、more_than、at_most、less_than 或 year"
                )
        elif self.ratio is not None:
            if len(tests) != 1 or tests[0] not in BOUNDS:
                raise ValueError("ratio 要配 at_least、more_than、at_most、less_than 之一，如 at_least: 5%")
        else:
            subjects = [name for name in ("recognition", "any", "all", "not_") if getattr(self, name) is not None]
            if len(subjects) != 1 or tests:
                raise ValueError("条件要写 fact，或 any、all、not、ratio、recognition 之一")
            if self.any is not None and not all(isinstance(item, Condition) for item in self.any):
                raise ValueError("any 里每一项应是一个条件")
        return self

    def leaves(self) -> Iterator[Condition]:
        """The conditions on single facts inside this one (not those on other recognitions)."""
        if self.fact is not None or self.ratio is not None or self.recognition is not None:
            yield self
        elif self.not_ is not None:
            yield from self.not_.leaves()
        else:
            for item in self.any if self.any is not None else self.all or ():
                assert isinstance(item, Condition)
                yield from item.leaves()

    def facts(self) -> Iterator[str]:
        """The facts that the leaves name, each as it is written."""
        for leaf in self.leaves():
            yield from (name for name in (leaf.fact, leaf.less) if name is not None)
            if leaf.ratio is not None:
                yield from (leaf.ratio.of, leaf.ratio.to)


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


def _ceiling_in_caps(pays: Pays | None) -> None:
    if pays is not None and pays.at_most is not None:
        raise ValueError("at_most 只用在分情形、取低、取高的算法里；整条、整档的上限写 caps")


class Tier(Row):
    """One tier of a clause, with its own id. The highest tier attained applies, and only that one."""

    id: str
    title: str | None = None
    level: Text | None = None
    """Short for `level` at least this."""
    when: tuple[Condition, ...] = ()
    pays: Pays
    caps: tuple[Cap, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Tier:
        _ceiling_in_caps(self.pays)
        return self


class Instalment(Row):
    """One payment of an award that is paid in parts: a share, and when."""

    share: Rate
    when: str


class Clause(Row):
    """One clause that gives money: whom, for what, under which conditions, how much, up to what."""

    id: str
    article: str
    title: str
    quote: str
    payee: tuple[Applicant, ...] | None = None
    """Who is paid; default: the document's applicants."""
    for_: Literal["project", "recognition", "enterprise"] = Field(alias="for")
    takes: tuple[str, ...] = ()
    """Activities: the clause takes the project's spending lines that fit one of them."""
    or_base: bool = False
    """Also open to a project without such a line, if the base fact of the formula was told."""
    kinds: tuple[str, ...] = ()
    """Kinds of recognition that the clause rewards."""
    when: tuple[Condition, ...] = ()
    beyond_document: bool = False
    """The document's own `when` does not apply to this clause."""
    dated: Literal["window", "year", "no"] = "window"
    """When the completion or recognition must lie: in the document's window, in the year of the award, or any time."""
    pays: Pays | None = None
    caps: tuple[Cap, ...] = ()
    tiers: tuple[Tier, ...] = ()
    """Rising tiers instead of `pays`."""
    once: bool = False
    """One award of this clause (all its tiers) for an enterprise: the best."""
    already_paid: Literal["deduct", "ignore"] = "deduct"
    """Money had earlier for another tier of this clause leaves the difference, or is ignored."""
    strength: Literal["due", "ceiling", "competitive", "discretionary", "aspirational"] = "ceiling"
    """discretionary and aspirational clauses have no number and are never added."""
    shown_when: Literal["fits", "always", "at_cap"] = "fits"
    """For clauses without a number: listed when they fit, always, or when a project of the document is at a cap."""
    instalments: tuple[Instalment, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Clause:
        _ceiling_in_caps(self.pays)
        unquantified = self.strength in ("discretionary", "aspirational")
        if sum([self.pays is not None, bool(self.tiers), unquantified]) != 1:
            raise ValueError(
                "条款要写 pays（金额）或 tiers（档次）；没有金额的写 strength: discretionary 或 aspirational"
            )
        if self.for_ == "recognition" and not self.kinds:
            raise ValueError("for: recognition 的条款要写 kinds（哪些认定）")
        if self.instalments and sum((item.share for item in self.instalments), Fraction(0)) != 1:
            raise ValueError("instalments 各期比例之和应为 100%")
        return self


class Limit(Row):
    """A limit across clauses: a cap on their sum, or a pick (at most N awards or projects)."""

    id: str
    article: str = ""
    quote: str
    over: tuple[str, ...] = ()
    """Clause ids; empty: all clauses of the document."""
    except_: tuple[str, ...] = Field(default=(), alias="except")
    per: Literal["project", "enterprise"]
    """The key: each project apart, or all together. Per project, recognitions tied to a project count with it."""
    caps: tuple[Cap, ...] = ()
    at_most: Annotated[int, Field(ge=1)] | None = None
    of: Literal["award", "project"] = "award"
    yearly: bool = False
    """A pick that counts within a year: earlier awards of that year use places. (A yearly cap says so in `caps`: money
    had that year under one of the clauses uses it up.)"""
    after_reductions: bool = False
    text: str
    """The sentence said to people when the limit binds."""

    @model_validator(mode="after")
    def _cap_or_pick(self) -> Limit:
        if bool(self.caps) == (self.at_most is not None):
            raise ValueError("限制要写 caps（合计上限）或 at_most（最多几项），只写一种")
        return self


class Disqualifier(Row):
    """No award of the document when `when` holds; nothing is certain while that is unknown."""

    id: str
    article: str = ""
    quote: str
    when: Condition
    text: str


class Reduction(Row):
    """Every award of the document, and the caps of its clauses, are multiplied by `factor` when the condition holds: 90%
    where less is paid, 120% where 上浮20%."""

    id: str
    article: str = ""
    quote: str
    when: Condition
    factor: Factor
    text: str


class Netting(Row):
    """同质同类就高不重复: money of these levels, or of these documents, for the same project or recognition leaves the
    difference; nothing where the text says so (已获上级支持的不再重复支持)."""

    article: str = ""
    quote: str
    levels: tuple[Body, ...] = ()
    documents: tuple[str, ...] = ()
    """Ids of documents named in the text, whatever their level: 与《某某办法》不重复享受."""
    over: tuple[str, ...] = ()
    """Clause ids that it is about; empty: all clauses of the document."""
    tied_recognitions: bool = False
    """An award for a project also nets a recognition tied to it."""
    leaves: Literal["difference", "nothing"] = "difference"
    """What money had for the same thing leaves of ours: the difference, or nothing however little it was."""
    text: str

    @model_validator(mode="after")
    def _of_something(self) -> Netting:
        if not self.levels and not self.documents:
            raise ValueError("netting 要写 levels（哪几级的奖补）或 documents（哪些文件的编号）")
        return self


class Reading(Row):
    """Where the text leaves a choice: the readings, the one used, and the sentence said to people."""

    id: str
    question: str
    quote: str = ""
    strict: str
    lenient: str
    used: Literal["strict", "lenient"]
    why: str
    caveat: str
    clauses: tuple[str, ...] = ()
    """Clauses with whose award the caveat is said; empty: with any award of the document."""
    several: Literal["projects", "awards", "clauses"] | None = None
    """It can concern only who has several projects, several awards of the document, or of the clauses named: a report
    leaves it out for others."""


class Window(Row):
    """Days within which completions and recognitions count; both ends included."""

    from_: Day = Field(alias="from")
    to: Day


class Document(Row):
    """The head of a policy document."""

    id: str
    title: str
    short: str
    """What people call it, in running text."""
    number: str = ""
    issuer: str = ""
    level: Body
    territory: tuple[Text, ...]
    """6-digit codes of the places whose enterprises may apply."""
    state: Literal["in_force", "trial", "draft", "repealed", "replaced"]
    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    end_unconfirmed: bool = False
    """`to` is derived and not stated: after it the document is unconfirmed, not expired."""
    events: Window | Literal["none"] | None = None
    """Window for completions and recognitions; default: from…to; none: any time."""
    yearly: bool = False
    """A planned completion or recognition counts only within the calendar year of the award."""
    applicants: tuple[Applicant, ...]
    when: tuple[Condition, ...] = ()
    netting: Netting | None = None
    responsible: str = ""
    interprets: str = ""
    contact: str = ""
    apply: str = ""
    """How to apply, as far as the text says."""
    note: str = ""
    """Said with the document's name: 试行, 征求意见稿, 到期后能否补报."""


class Policy(Row):
    """A whole document: its head and its rows. `declares` adds facts, choices and kinds (form of facts.yaml)."""

    document: Document
    clauses: tuple[Clause, ...]
    limits: tuple[Limit, ...] = ()
    disqualifiers: tuple[Disqualifier, ...] = ()
    reductions: tuple[Reduction, ...] = ()
    readings: tuple[Reading, ...] = ()
    declares: dict[str, Any] = {}

    @property
    def id(self) -> str:
        return self.document.id


AmountInFen = Fen
for _model in (RecognitionTest, Condition, Case, Pays, Cap, Clause):
    _model.model_rebuild()
