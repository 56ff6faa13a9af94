"""What a row's `when` may ask: tests of facts, and their combinations. conditions.py makes them ready to run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, model_validator

from policies.fields import Row, Text

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


for _model in (RecognitionTest, Condition):  # each names the other
    _model.model_rebuild()
