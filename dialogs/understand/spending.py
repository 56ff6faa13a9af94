"""What each amount of money in a sentence is for: a fact that is named, an activity, the total, or no investment."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dialogs.understand.activities import group_after, group_before, is_done
from dialogs.understand.lexicon import any_of, lexicon, words
from dialogs.understand.mentions import Mention, Reading, is_money
from dialogs.understand.scene import Clause, replaced
from policies.facts import Vocabulary

_POLICY = re.compile(
    r"(?:最高|封顶|上限|限额|能拿|能领|能补|可以补|可以拿|会补|会给|补贴?|奖励?|[^交留]给|^给|有没有|能不能补|听说.{0,10})\s*(?:到|不超过)?\s*$"
)
_NEW_CLIENTS = re.compile(r"新增|这部分|这些(?:新)?(?:客户|企业)")
_POLICY_HAD = re.compile(r"[了过到]\s*$")


@dataclass
class Bound:
    """An amount and what it is for: `what` is fact, line, total, noise or loose; `name` the fact; `activities` of a line."""

    amount: Mention
    clause: Clause
    what: str
    name: str = ""
    activities: list[Mention] = field(default_factory=list)
    cue: Mention | None = None


@dataclass
class Spending:
    """The activities that were really told, and what each amount is for."""

    activities: list[tuple[Mention, Clause]] = field(default_factory=list)
    bound: list[Bound] = field(default_factory=list)


def find_spending(
    text: str,
    clauses: list[Clause],
    vocabulary: Vocabulary,
    taken: set[Mention],
    dropped: set[Mention],
    region: str = "",
) -> Spending:
    """`taken` mentions (recognitions, awards) are no spending; `dropped` ones are ignored."""
    heard = Spending()
    money_facts = {f.name for f in vocabulary.facts.values() if f.type == "money"} | {"equipment", "software"}
    owners: set[Mention] = set()
    for clause in clauses:
        if clause.stranger or clause.agent_itself or clause.supposed:
            continue
        for mention in clause.mentions:
            if (
                mention.choice("activities")
                and mention not in taken
                and mention not in dropped
                and not (heard.activities and heard.activities[-1][0].end == mention.start)  # 机器人自动化: one thing
                and is_done(mention, clause, text)
            ):
                heard.activities.append((mention, clause))
    told = {m for m, _ in heard.activities}
    for clause in clauses:
        if clause.stranger or clause.agent_itself or clause.supposed:
            continue
        for mention in clause.mentions:
            if mention.type != "amount" or mention in taken or not _may_be_money(mention, clause, text, told):
                continue
            bound = _owner(mention, clause, clauses, text, told, owners, money_facts)
            if (
                replaced(text, mention.start)
                and bound.what in ("loose", "line", "total", "fact")
                and _replace(heard.bound, bound, text)
            ):
                continue
            if bound.name == "annual_service_income_yuan" and _NEW_CLIENTS.search(text[: mention.start][-24:]):
                bound.name = "new_local_service_income_yuan"
            owners.update(bound.activities)
            heard.bound.append(_of_part(_retrofit(bound, region, text), told))
    if not _respectively(heard, text):
        _sums(heard, text)
    return heard


def _retrofit(bound: Bound, region: str, text: str) -> Bound:
    """改造投入 is a fact of 呼和浩特's own, elsewhere the total; 改造花了 may hold machines too: there it is a line."""
    verb = bound.cue is not None and bound.cue.text.endswith("了")
    if verb and bound.cue is not None and bound.name == "sme_retrofit_input_yuan":
        if region.startswith(words("sentence.retrofit_in")[0]) and not re.search(r"不(?:含|包括|算)", text):
            done = bound.cue.also(Reading("choice", "activities", words("sentence.retrofit_activity")[0]))
            return Bound(bound.amount, bound.clause, "line", activities=[done])
    if (
        bound.name == "sme_retrofit_input_yuan"
        and not region.startswith(words("sentence.retrofit_in")[0])
        and (region or "试点" not in text)
    ):
        return Bound(bound.amount, bound.clause, "total", cue=bound.cue)
    return bound


def _respectively(heard: Spending, text: str) -> bool:
    """机器人、数控机床、MES，分别是500万、300万、200万."""
    at = text.find("分别")
    if at < 0:
        return False
    before = [m for m, _ in heard.activities if m.end <= at]
    after = [b for b in heard.bound if b.amount.start > at and b.what != "noise"]
    if len(before) == len(after) > 1:
        for mention, bound in zip(before, after, strict=True):
            bound.what, bound.activities = "line", [mention]
        return True
    return False


def _sums(heard: Spending, text: str) -> None:
    """An amount of which the others are parts is the total: 投了1500万，其中机器人800万."""
    lines = [b for b in heard.bound if b.what == "line"]
    if any(b.what == "total" for b in heard.bound):
        return
    for bound in heard.bound:
        value = bound.amount.value.value
        others = [b.amount.value.value for b in lines if b is not bound]
        divided = re.match(r"[元整]*[，,（(\s。；:]*(?:其中|包括|含|里面)", text[bound.amount.end :]) is not None
        own = bound.what == "line" and any(
            m.end <= bound.amount.start and m in bound.clause.mentions for m in bound.activities
        )
        if (
            bound.what in ("loose", "line")
            and not own
            and value is not None
            and len(others) > 1
            and None not in others
            and sum(others) == value
        ):
            bound.what, bound.activities = "total", []
            return
        if (
            bound.what == "loose"
            and divided
            and others
            and re.search(r"投|花|预算|造价|项目|共", text[bound.clause.start : bound.amount.start])
        ):
            bound.what = "total"
            return


def _of_part(bound: Bound, told: set[Mention]) -> Bound:
    """设备300万, 软件80万: which fact that is depends on what the project is."""
    if bound.what != "fact" or bound.name not in ("equipment", "software"):
        return bound
    facts = {lexicon()["sentence"][f"{bound.name}_facts"].get(m.choice("activities")) for m in told} - {None}
    if len(facts) == 1:
        bound.name = str(facts.pop())
    else:
        bound.what = "loose"
    return bound


_COUNT = 50
"""A bare number right after an activity from which on it may be money: 机器人700. Below it, it may count machines."""


def _may_be_money(mention: Mention, clause: Clause, text: str, told: set[Mention]) -> bool:
    if is_money(mention):
        return True
    amount = mention.value  # 投了800
    if amount.unit or amount.scaled:
        return False
    before = text[max(clause.start, mention.start - 6) : mention.start]
    if re.search(r"(?:花|投|投资|投入|预算|造价|总投资|花费|贷)(?:了|大概|约|大约|共)*\s*$", before):
        return True
    named = any(
        m in told and m.end <= mention.start and not text[m.end : mention.start].strip() for m in clause.mentions
    )
    return named and amount.value is not None and amount.value >= _COUNT


def _replace(bound: list[Bound], new: Bound, text: str) -> bool:
    """不是120万，是102万: the new amount takes the owner of the one before it."""
    if not bound:
        return False
    old = bound[-1]
    near = new.amount.start - old.amount.end <= 14 and new.clause.index - old.clause.index <= 2
    own = new.what in ("line", "fact") and new.activities not in ([], old.activities)
    if not near or own:
        return False
    bound[-1] = Bound(new.amount, new.clause, old.what, old.name, old.activities)
    return True


def _owner(
    amount: Mention,
    clause: Clause,
    clauses: list[Clause],
    text: str,
    told: set[Mention],
    owners: set[Mention],
    money_facts: set[str],
) -> Bound:
    left, right = _neighbours(amount, clause, told, owners, money_facts)
    before, after = text[clause.start : amount.start], text[amount.end : clause.end]
    if any_of("sentence.policy_after").match(after) or (_POLICY.search(before) and not _POLICY_HAD.search(before)):
        return Bound(amount, clause, "noise")
    priced = any_of("sentence.unit_price").search(before) or any_of("sentence.unit_price_after").match(after)
    if priced and not ("套" in priced.group() and any_of("sentence.several").search(text)):
        return Bound(amount, clause, "noise")
    follows = _named_after(amount, right, text, money_facts)
    if follows:
        return Bound(amount, clause, *follows)
    if left is not None and left.cue() == "sme_retrofit_input_yuan":
        verb = left  # 机器人改造投了七百万: 改造投了 is the verb of the activity before it
        left = next((m for m in clause.mentions if m in told and 0 <= verb.start - m.end <= 1), verb)
    if left is not None and left.cue() in money_facts:
        if left.cue() == "total_investment_yuan":
            return Bound(amount, clause, "total", cue=left)
        return Bound(amount, clause, "fact", left.cue(), [left] if left in told else [], left)
    if left is not None and left.has("noise"):
        named = next((m.cue() for m in clause.mentions if m.cue() in money_facts and 0 <= left.start - m.end <= 3), "")
        return Bound(amount, clause, "fact", named) if named else Bound(amount, clause, "noise")
    if left is not None and left in told:
        return _of_group(group_before(left, clause, text, told, owners), amount, clause)
    total = any_of("sentence.total").search(before[-10:]) is not None
    if total and len({m.choice("activities") for m in told}) > 1:
        return Bound(amount, clause, "total")
    if right is not None and right in told and right.start - amount.end <= 10:
        return _of_group(group_after(right, clause, text, told, owners), amount, clause)
    return _from_elsewhere(amount, clause, clauses, text, told, owners, money_facts)


def _of_group(group: list[Mention], amount: Mention, clause: Clause) -> Bound:
    values = {tuple(m.choices("activities")) for m in group}
    return Bound(amount, clause, "total" if len(values) > 1 else "line", activities=group)


def _neighbours(
    amount: Mention, clause: Clause, told: set[Mention], owners: set[Mention], money_facts: set[str]
) -> tuple[Mention | None, Mention | None]:
    """The nearest thing before and after the amount in its clause that it may be for."""
    left = right = None
    for mention in clause.mentions:
        if mention is amount or mention in owners:
            continue
        if mention.type == "amount" and is_money(mention):
            if mention.start < amount.start:
                left = None
            elif right is None:
                break
            continue
        if not (mention in told or mention.cue() in money_facts or mention.has("noise")):
            continue
        if mention.cue() in ("equipment", "software") and not (
            0 <= amount.start - mention.end <= 4 or 0 <= mention.start - amount.end <= 2
        ):
            continue
        if mention.end <= amount.start:
            left = mention
        elif right is None:
            right = mention
    return left, right


def _named_after(amount: Mention, right: Mention | None, text: str, money_facts: set[str]) -> tuple[str, str] | None:
    """A name right after the amount: 215万地方留成, 3000万的营收."""
    if right is None or not re.fullmatch(r"\s*(?:元|的|元的|左右的|多的)?\s*", text[amount.end : right.start]):
        return None
    if text[amount.end : right.start].strip() == "" and text[amount.end : right.start] != "":
        return None
    if right.cue() in money_facts:
        return ("total", "") if right.cue() == "total_investment_yuan" else ("fact", right.cue())
    return ("noise", "") if right.has("noise") else None


def _is_software(clause: Clause, told: set[Mention]) -> bool:
    """上了金蝶，花了50万: business software that no clause pays for, and nothing else."""
    return any_of("sentence.uncounted").search(clause.text) is not None and not any(m in told for m in clause.mentions)


def _from_elsewhere(
    amount: Mention,
    clause: Clause,
    clauses: list[Clause],
    text: str,
    told: set[Mention],
    owners: set[Mention],
    money_facts: set[str],
) -> Bound:
    """An amount alone in its clause belongs to what was named before it, else to what comes after it."""
    before, after = text[clause.start : amount.start], text[amount.end : clause.end]
    spent = any_of("sentence.spent").search(before) is not None
    if re.search(r"其中|里面|里头|包括|当中", before[-10:]):
        return Bound(amount, clause, "loose")
    alone = len(re.sub(r"\s", "", before + after)) <= 4
    if not spent and not alone and amount.value.doubt == "unit":
        return Bound(amount, clause, "loose")
    if clause.index and (spent or alone) and _is_software(clauses[clause.index - 1], told):
        return Bound(amount, clause, "noise")
    for earlier in reversed(clauses[: clause.index]):
        if clause.index - earlier.index > 4 or earlier.stranger:
            break
        free = [m for m in earlier.mentions if m in told and m not in owners]
        if free and (spent or alone or clause.index - earlier.index == 1):
            return _of_group(group_before(free[-1], earlier, text, told, owners), amount, clause)
        cue = [m for m in earlier.mentions if m.cue() in money_facts and m.end >= earlier.end - 2]
        if cue and earlier.index == clause.index - 1 and alone:
            return Bound(amount, clause, "total" if cue[-1].cue() == "total_investment_yuan" else "fact", cue[-1].cue())
    for later in clauses[clause.index + 1 : clause.index + 3]:
        ahead = [m for m in later.mentions if m in told and m not in owners]
        has_money = any(m.type == "amount" and is_money(m) for m in later.mentions)
        if ahead and not has_money and (spent or alone):
            return _of_group(group_before(ahead[0], later, text, told, owners), amount, clause)
    if not told and (re.search(r"投|建设|造价|预算|项目", before)) and not re.search(r"股东|融资|基金|政府", before):
        return Bound(amount, clause, "total")
    if (
        told
        and spent
        and re.search(r"总|一共|共|项目", before)
        and not re.search(r"再投|追加|后续|另外再", before)
        and not (told - owners)
        and len({m.choice("activities") for m in told}) == 1
    ):
        return Bound(amount, clause, "total")
    return Bound(amount, clause, "loose")
