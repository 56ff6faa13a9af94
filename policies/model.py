"""The form of a policy table: what a row may say. Eight primitives carry everything (docs/reference/format.md):

    document    state, dates, territory, payee         amount      Pays, the formula grammar
    predicate   Condition, three-valued                cap, pick   Cap on a clause, Limit across clauses
    modifier    Disqualifier (× 0), Reduction (× 90%)  tag         strength, netting, already_paid
    reading     what the text leaves open, and which reading is used

Rows hold no code and no expression strings: a condition is structure, so that a typo is a validation error.
Money in rows is in yuan and kept in fen; rates are exact. Predicates stand in predicates.py, amounts and caps in
formulas.py, what a cell may hold in fields.py; here the document and its rows.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from policies.fields import Applicant, Body, Day, Factor, Rate, Row, Text
from policies.formulas import Cap, Pays
from policies.predicates import Condition


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
    declares: dict[str, Any] = Field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.document.id
