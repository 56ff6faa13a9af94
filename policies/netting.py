"""Money from elsewhere: whether a document nets it (就高不重复), what of ours it is for, and how much of it was had."""

from __future__ import annotations

from dataclasses import dataclass

from policies.amounts import OPEN
from policies.entries import Entry, Matched
from policies.model import Document, Limit, Netting
from policies.money import Fen
from policies.profile import Award


def netted(netting: Netting, level: str | None, document: str | None) -> bool | None:
    """Whether money of a level, from a document, is of those that a netting speaks of; None: the level is not known."""
    if document is not None and document in netting.documents:
        return True
    if level is None:
        return None if netting.levels else False
    return level in netting.levels


def excludes(one: Document, other: Document) -> bool:
    """Whether a document says that the other's money is not had beside its own."""
    return one.netting is not None and bool(netted(one.netting, other.level, other.id))


def about(netting: Netting, entry: Entry) -> bool:
    """Whether a netting speaks of an entry's clause."""
    return not netting.over or not {entry.rule.id, entry.rule.clause.id}.isdisjoint(netting.over)


def concerns(award: Award, entry: Entry, tied: bool) -> bool:
    """The award is for the entry's project (`tied`: or for a recognition tied to it), or for its recognition."""
    subject = entry.subject
    if subject.recognition is not None:
        if award.recognition == subject.recognition.kind:
            return True
        return (
            tied and award.project is not None and subject.project is not None and award.project == subject.project.id
        )
    return award.project is not None and subject.project is not None and award.project == subject.project.id


def is_share_of(entry: Entry, award: Award) -> bool:
    """The entry is a share of that very award, and so does not net it."""
    return award.level in entry.rule.matched


@dataclass(slots=True)
class Had:
    """Money had before, of which what is not known is taken at its most, or in the `high` problem at its least."""

    awards: list[Award]
    high: bool

    def amount(self, award: Award) -> Fen:
        """What was received."""
        if award.status == "eligible":
            return 0
        if award.status is None and self.high:
            return 0
        if award.amount is None:
            return 0 if self.high else OPEN
        return award.amount

    def in_year(self, award: Award, one: Matched, yearly: bool = True) -> bool:
        """Whether it counts where only the year of the award does (`yearly`)."""
        if not yearly:
            return True
        return (not self.high) if award.year is None else award.year == one.award_day.year

    def under(self, one: Matched, limit: Limit, yearly: bool) -> list[Award]:
        """Money had under the clauses that a limit covers (`yearly`: in the year of the award)."""
        ids = {name for name in one.rules.ids if not limit.over or name in limit.over} - set(limit.except_)
        series = {rule.id: rule.clause.id for _, _, rules in one.rules.clauses for rule in rules}
        return [
            award
            for award in self.awards
            if award.document == one.rules.document.id
            and not ids.isdisjoint((award.clause, series.get(award.clause or "", award.clause)))
            and not (award.status == "eligible" or (award.status is None and self.high))
            and self.in_year(award, one, yearly)
        ]

    def places(self, one: Matched, limit: Limit) -> tuple[int, set[str]]:
        """Places of a count that earlier awards use, and the projects (ids) that hold them."""
        earlier = self.under(one, limit, limit.yearly)
        projects = {award.project for award in earlier if award.project is not None}
        return len(projects) + sum(award.project is None for award in earlier), projects
