"""A free sentence, heard: all its typed mentions, bound together (`hear`)."""

from __future__ import annotations

import re
from datetime import date

from dialogs.understand.certificates import find_certificates
from dialogs.understand.elsewhere import find_awards
from dialogs.understand.firm import find_firm
from dialogs.understand.heard import Heard, Told
from dialogs.understand.lexicon import any_of, words
from dialogs.understand.mentions import Mention, Reading, find_mentions
from dialogs.understand.projects import find_projects
from dialogs.understand.quantities import exact
from dialogs.understand.scan import gaps
from dialogs.understand.scene import Clause, clauses_of
from dialogs.understand.spending import Spending, find_spending
from dialogs.understand.text import Normal, normalise
from policies.facts import Vocabulary

_ASKS = re.compile(r"[?？]|吗[\s。！!]*$|多少|怎么|如何|什么|能不能|可不可以|是否|是不是|哪些")
_CORRECTS = re.compile(
    r"不对|改成|改为|换成|更正|说错|搞错|写错|打错|记错|算错|错了|不是.{1,12}(?:，|,|\s)*(?:而?是)|口误"
)
_FILLER = re.compile(
    r"^[\s，,。、；;:：!！?？的了在是有和与及我们做上个吧呢啊元（()）“”\"']+|[\s，,。、；;:：!！?？的了在是有和与及我们做上个吧呢啊元（()）“”\"']+$"
)


def hear(text: str, vocabulary: Vocabulary, today: date, asked: str | None = None, region: str = "") -> Heard:
    """Everything that `text` tells; relative dates are meant on `today`, `asked` was asked, the seat is `region` unless
    the text says another. Never raises."""
    normal = normalise(text)
    said = normal.text
    mentions = find_mentions(said, vocabulary, today)
    clauses = clauses_of(said, mentions)
    certificates = find_certificates(said, clauses, vocabulary, today, asked == "recognitions")
    elsewhere = find_awards(said, clauses)
    taken = certificates.used | certificates.refused | certificates.dates | elsewhere.used
    firm = find_firm(said, clauses, vocabulary, taken)
    seat = str(firm.facts["region"].value) if "region" in firm.facts else region
    mentions = _placed(mentions, clauses, seat, vocabulary)
    spending = find_spending(
        said,
        clauses,
        vocabulary,
        taken - certificates.refused,
        certificates.refused | elsewhere.dropped,
        seat,
    )
    found = find_projects(said, clauses, spending, vocabulary, taken, today)
    heard = Heard(
        enterprise=firm.facts,
        projects=found.projects,
        recognitions=certificates.recognitions,
        awards=elsewhere.awards,
        none_of=set(found.none),
        doubts=[*firm.doubts, *found.doubts, *certificates.doubts],
        amounts=found.loose,
    )
    for bound in spending.bound:
        fact = vocabulary.find(bound.name, "enterprise") if bound.what == "fact" else None
        amount = bound.amount.value
        if fact is not None and amount.value is not None and not amount.doubt:
            heard.enterprise[bound.name] = Told(
                exact(amount.value), bound.amount.text, amount.approx, bound.amount.start, bound.amount.end
            )
    heard.uncounted = _uncounted(said, clauses, spending)
    heard.accounts = _accounts(said, spending)
    heard.aimed = list(dict.fromkeys(certificates.aimed))
    if certificates.none:
        heard.none_of.add("recognitions")
    if elsewhere.none:
        heard.none_of.add("other_awards")
    if firm.project_region is not None and heard.projects:
        heard.projects[0].facts["region"] = firm.project_region
    used = taken | found.used | found.dates | firm.used
    loose_dates = [
        m
        for m in mentions
        if m.type == "date"
        and m not in used
        and m.value.value
        and m.value.doubt != "recent"
        and not any(c.stranger and c.start <= m.start < c.end for c in clauses)
    ]
    heard.dates = [(m.value.value, m.text) for m in loose_dates]
    heard.correction = _CORRECTS.search(said) is not None
    heard.question = _ASKS.search(said) is not None
    _finish(heard, normal, used, loose_dates)
    return heard


def _uncounted(said: str, clauses: list[Clause], spending: Spending) -> list[str]:
    """Business software with its amount, in the same clause or in the next: no clause pays for it as such."""
    found, software = [], any_of("sentence.uncounted")
    for bound in spending.bound:
        before = said[bound.clause.start : bound.amount.start]
        earlier = clauses[bound.clause.index - 1].text if bound.clause.index else ""
        named = software.findall(before) or software.findall(earlier) if bound.what == "noise" else []
        if named:
            found.append(f"{'、'.join(dict.fromkeys(named))} {bound.amount.text}")
    return found


def _accounts(said: str, spending: Spending) -> dict[str, str]:
    """Money of the firm's books that is no investment, a loan or an award: its word, and what was said of it."""
    found = {}
    for bound in spending.bound:
        about = said[bound.clause.start : bound.clause.end]
        word = next((word for word in words("sentence.accounts") if word in about), "") if bound.what == "noise" else ""
        if word:
            found[word] = about.strip()
    return found


def _placed(mentions: list[Mention], clauses: list[Clause], seat: str, vocabulary: Vocabulary) -> list[Mention]:
    """Words that are an activity in some places only: 数字化改造 in 呼和浩特."""
    activity, code = words("sentence.retrofit_activity")[0], words("sentence.retrofit_in")[0]
    if not seat.startswith(code) or activity not in vocabulary.activities.values():
        return mentions
    if any(m.choice("activities") for m in mentions):
        return mentions
    for clause in clauses:
        clause.mentions = [
            m.also(Reading("choice", "activities", activity)) if m.text in words("sentence.retrofit") else m
            for m in clause.mentions
        ]
    return [m for c in clauses for m in c.mentions]


def _finish(heard: Heard, normal: Normal, used: set[Mention], loose: list[Mention]) -> None:
    """Offsets and words of the original instead of the normal text; what was not understood."""
    spans = sorted((m.start, m.end) for m in [*used, *loose])
    heard.used = [normal.span(start, end) for start, end in spans]
    rest = [_FILLER.sub("", normal.said(start, end)) for start, end in gaps(len(normal.text), spans)]
    heard.rest = " ".join(part for part in rest if part)
    tolds = [*heard.enterprise.values(), *heard.amounts]
    for project in heard.projects:
        tolds += project.facts.values()
        tolds += [t for line in project.lines for t in (line.activities, line.amount) if t is not None]
    tolds += [t for r in heard.recognitions for t in r.facts.values()]
    tolds += [t for a in heard.awards for t in a.facts.values()]
    for told in {id(t): t for t in tolds}.values():
        if told.start >= 0 and told.end > told.start:
            start, end = normal.span(told.start, told.end)
            told.words, told.start, told.end = normal.original[start:end], start, end
