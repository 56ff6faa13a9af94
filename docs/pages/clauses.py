"""Every clause of every document, in words."""

from __future__ import annotations

from collections.abc import Iterator

from docs.pages.markdown import page, table
from policies.facts import Fact, Vocabulary
from policies.loader import library
from policies.model import Clause, Disqualifier, Limit, Policy, Reduction
from policies.money import percent
from policies.regions import place
from policies.wording import Wording

STRENGTH = {
    "due": "定额，达到即给",
    "ceiling": "“不超过”，是上限",
    "competitive": "择优支持",
    "discretionary": "有支持，金额未定",
    "aspirational": "积极争取，不计入合计",
}


STATE = {"in_force": "有效", "trial": "试行", "draft": "征求意见稿", "repealed": "已废止", "replaced": "已被替代"}


FOR = {"project": "每个项目", "recognition": "每项认定", "enterprise": "企业"}


def clauses_page() -> str:
    tables = library()

    def body() -> Iterator[str]:
        yield from table(
            ["document", "title", "as the text says", "from", "to", "clauses", "awards"],
            (
                [
                    f"[`{name}`](#{name})",
                    policy.document.title,
                    STATE[policy.document.state],
                    policy.document.from_ or "",
                    policy.document.to or "",
                    len(policy.clauses),
                    sum(len(clause.tiers) or 1 for clause in policy.clauses),
                ]
                for name, policy in tables.policies.items()
            ),
        )
        for name, policy in tables.policies.items():
            yield from _policy(name, policy, tables.vocabulary.extended(policy.declares))

    return page(
        "Clauses",
        "Every clause of every document in the library, with the words that it stands on. A document's id and a "
        "clause's id are the names that assessments use. Amounts are the most that the words allow.",
        body(),
    )


def _policy(name: str, policy: Policy, vocabulary: Vocabulary) -> Iterator[str]:
    head = policy.document
    kind = vocabulary.facts[("enterprise", "applicant_kind")]
    yield f"## {name}"
    yield ""
    yield f"《{head.title}》{head.number}"
    yield ""
    whole = Wording(vocabulary)
    rows = [
        ("发文", head.issuer),
        ("地区", "、".join(found.full_name for found in map(place, head.territory) if found)),
        ("原文所写状态", STATE[head.state] + ("，到期日待确认" if head.end_unconfirmed else "")),
        ("施行", f"{head.from_ or ''} 至 {head.to or ''}" if head.from_ or head.to else ""),
        ("申报主体", "、".join(map(kind.label_of, head.applicants))),
        ("全文条件", "；".join(whole.when(head.when))),
        ("就高不重复", head.netting.text if head.netting else ""),
        ("受理、责任单位", head.responsible),
        ("解释单位", head.interprets),
        ("申报", head.apply),
        ("说明", head.note),
    ]
    yield from table(["", ""], (row for row in rows if row[1]))
    for clause in policy.clauses:
        yield from _clause(clause, Wording(vocabulary, clause), kind, policy)
    if policy.limits:
        yield f"### {name}: across clauses"
        yield ""
        yield from table(
            ["id", "article", "rule", "over", "in words"],
            ([f"`{r.id}`", r.article, whole.limit(r), _over(r), f"{r.text}　“{r.quote}”"] for r in policy.limits),
        )
    rules: list[Disqualifier | Reduction] = [*policy.disqualifiers, *policy.reductions]
    if rules:
        yield f"### {name}: what stops or lessens everything"
        yield ""
        yield from table(
            ["id", "article", "when", "in words"],
            ([f"`{r.id}`", r.article, "；".join(whole.when([r.when])), f"{r.text}　“{r.quote}”"] for r in rules),
        )
    if policy.readings:
        yield f"### {name}: readings"
        yield ""
        used = {"strict": "从严", "lenient": "从宽"}
        yield from table(
            ["id", "question", "strict", "lenient", "used", "why"],
            ([f"`{r.id}`", r.question, r.strict, r.lenient, used[r.used], r.why] for r in policy.readings),
        )


def _clause(clause: Clause, words: Wording, kind: Fact, policy: Policy) -> Iterator[str]:
    vocabulary = words.vocabulary
    yield f"### `{clause.id}` {clause.title}"
    yield ""
    yield f"> {clause.quote.strip()}"
    yield ">"
    yield f"> —— {clause.article}"
    yield ""
    payees = clause.payee or policy.document.applicants
    rows = [
        ("给谁", "、".join(map(kind.label_of, payees))),
        ("对象", FOR[clause.for_]),
        ("建设内容", "、".join(map(vocabulary.activities.label_of, clause.takes))),
        ("认定", "、".join(vocabulary.kinds[item].label for item in clause.kinds)),
        ("条件", "；".join(words.when(clause.when))),
        ("全文条件", "不适用于本条" if clause.beyond_document and policy.document.when else ""),
        ("金额", words.pays(clause.pays) if clause.pays else ""),
        ("上限", words.caps(clause.caps)),
        ("次数", "各档合计只给一次" if clause.tiers and clause.once else ("只给一次" if clause.once else "")),
        ("分期", "，".join(f"{item.when} {percent(item.share)}" for item in clause.instalments)),
        ("性质", STRENGTH[clause.strength]),
    ]
    yield from table(["", ""], (row for row in rows if row[1]))
    if clause.tiers:
        yield from table(
            ["tier", "title", "needs", "amount", "cap"],
            (
                [
                    f"`{tier.id}`",
                    tier.title or "",
                    "；".join(words.needs(tier)),
                    words.pays(tier.pays),
                    words.caps(tier.caps),
                ]
                for tier in clause.tiers
            ),
        )


def _over(limit: Limit) -> str:
    over = "、".join(f"`{item}`" for item in limit.over) or "全部条款"
    out = "、".join(f"`{item}`" for item in limit.except_)
    return f"{over}（不含 {out}）" if out else over
