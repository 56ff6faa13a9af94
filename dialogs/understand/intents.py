"""What a whole message wants of the bot: to go back, to skip, to know why … (`intent_of`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dialogs.understand.answers import is_unknown
from dialogs.understand.dates import find_dates
from dialogs.understand.lexicon import bare, lexicon, word_set
from dialogs.understand.statements import is_statement
from dialogs.understand.text import fold, normalise

LONGEST = 200
"""A longer message tells something: only a correction or a question is looked for in it."""


@dataclass(frozen=True)
class Intent:
    """One of restart back skip unknown why progress report help cancel whatif as_of yes no none more human privacy thanks greeting
    question correction offtopic nonsense.

    `rest` is the sentence after 如果 … (whatif) or what remains beside the intent's own words; `on` the date of as_of.
    `whole`: the message says nothing else. question, correction, offtopic and nonsense are seldom whole: hear the
    sentence first, and let what it tells win. `action` for privacy: delete, export or "" (a question about it).
    """

    name: str
    words: str = ""
    rest: str = ""
    on: date | None = None
    whole: bool = True
    action: str = ""


@dataclass(frozen=True)
class _Row:
    """One row of the lexicon, compiled."""

    name: str
    action: str
    words: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    within: re.Pattern[str] | None


_PIECE = re.compile(r"/(?:[^/\\]|\\.)+/(?=\s|$)|\S+")


def _split(row: str) -> tuple[list[str], list[str]]:
    """Words, and patterns (without their slashes)."""
    pieces = _PIECE.findall(row)
    patterns = [p[1:-1] for p in pieces if len(p) > 2 and p[0] == p[-1] == "/"]
    return [p for p in pieces if not (len(p) > 2 and p[0] == p[-1] == "/")], patterns


@lru_cache(maxsize=1)
def _rows() -> tuple[_Row, ...]:
    rows = []
    for entry in lexicon()["intents"]:
        words, patterns = _split(str(entry.get("whole", "")))
        inside, inside_patterns = _split(str(entry.get("within", "")))
        within = "|".join([*map(re.escape, inside), *inside_patterns])
        rows.append(
            _Row(
                entry["name"],
                entry.get("action", ""),
                frozenset(words),
                tuple(re.compile(p) for p in patterns),
                re.compile(within) if within else None,
            )
        )
    return tuple(rows)


_SILENT = re.compile(r"[\s\W_]*", re.UNICODE)
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz")
_IF = re.compile(r"^.*?(?:如果|假如|要是|假设|万一|倘若|若是|假定|设想)(?:说)?")
_ELSE = re.compile(
    r"(?:的话)?[，,\s]*(?:(?:又|那)?(?:会|能|可以)?(?:怎样|怎么样|如何|咋样|多多少|多拿多少|多点|多少|有变化|有影响|有什么变化|多补|多补多少|补多少|拿多少).{0,6}|呢|[?？])+$"
)


_STRONG = re.compile(
    r"[?？]|吗|什么|怎么|怎样|如何|咋|啥|多少|几多|好多|哪|谁|何谓|何时|为何|凭啥|能不能|是不是|有没有|可不可|要不要|会不会|多久|多长|多大|几时|讲讲|干嘛|干啥|咩|"
    r"(?<![那这要多])么[。.!！~]*$|求(?:科普|解|问)|科普|\bwhat\b|是sm|(?:补|给|奖|贴|能拿|能领|能报)几(?:成|个|万|百|十万|多|点|块)|\S{2,}是嘛$|是不$|(?<![得要去头])问(?:一)?下\S{2,}|"
    r"(?:最高|最多|顶格)(?:能|可以?)?(?:给|补|奖|拿|领|贴)到?$|(?:补助|补贴|奖励|奖补)的?(?:上限|标准|比例|额度|条件|门槛|金额)$|(?:过期|到期|失效|结束|截止)了?吧$|(?:落地|出台|生效|执行|印发|下来)没有$|错了呢|(?:能|可以).{0,3}几(?:项|个|次|份)|[补奖]不$|\S{3,}(?:对|没错)吧[。.!！~]*$|^(?:你|您)是\S{1,6}吧|"
    r"(?:同时|一起|都).{0,4}[报拿领申享]\S{0,2}吧|活人|真人|列一下|列出来|百分之几|几月|太少|冲突不|(?:给|列|来|要)(?:个|份|一下)?.{0,4}(?:明细|清单|公式|算法)|^(?:那|说好的).{1,12}呢$|"
    r"(\w{1,3})[不没]\1|(?:有|给|能|行|可以|好|要|拿到|受|上|住|准|份|报告|一样|管用|得了|费|算).{0,8}(?:不|没|么|嘛|没得|没有)[。.!！~]*$|"
    r"\S{2,}还是\S{2,}|区别|说一下|讲一下|(?:说说|讲讲|介绍一下|解释一下|介绍|解释)[。.!！~]*$|^(?:想问|请问|问下|问一下|咨询)|"
    r"\S(?:了|期|来|完|发|开始|启动)没(?:有)?[。!！~]*$"
)
_WEAK = re.compile(
    r"几(?!个人)|呢[。.!！~]*$|(?:(?:给|奖|补|最高|封顶|能拿|能报|免费|交钱|要钱|东西|一回事|一样).{0,10}|是.{0,4}万)吧[。.!！~]*$|"
    r"^(?!.*(?:[没有了听想要拿]|(?<!通)过)).{2,20}(?:奖励|补助|补贴|奖补|奖金|政策|标准|条件|流程|电话|文号|编号|有效期|原文|额度|比例|叠加|含义|意思|期限|上限|门槛|口径)[。.!！~]*$|"
    r"(?:文号|编号|原文|文件|链接|电话|联系方式|公式|明细|依据).{0,2}(?:给|发)|(?:给|发|把).{0,4}(?:文号|编号|原文|文件|链接|电话|联系方式)"
)
"""What may ask, or be no more than a word of an answer: it asks only what is answered here."""


_CLAUSE = re.compile(r"(?<=[，,。；;！!？?\s])")


def _some_clause(text: str, marks: re.Pattern[str]) -> bool:
    said = fold(normalise(text).text.strip())
    if not said or len(said) > LONGEST or is_statement(said):
        return False
    parts = [part.strip(" ，,。；;！!") for part in _CLAUSE.split(said)]
    return any(marks.search(part) is not None and not is_statement(part) for part in parts if part)


def asks(text: str) -> bool:
    """Whether a message asks something; told from an answer that only holds a word of a question."""
    return _some_clause(text, _STRONG) or _some_clause(text, _WEAK)


def surely_asks(text: str) -> bool:
    """Whether a message is a question even where nothing here answers it."""
    return _some_clause(text, _STRONG)


def intent_of(text: str, today: date | None = None) -> Intent | None:
    """The intent of a whole message, or None; relative years (按明年算) need `today`. Never raises."""
    normal = normalise(text)
    said = fold(normal.text.strip())
    words = text.strip()[:LONGEST]
    if _SILENT.fullmatch(said):
        return Intent("nonsense", words) if not _is_emoji(said) else Intent("thanks", words)
    short = bare(said)
    forms = tuple(dict.fromkeys((said.strip(" 。，,.!！~?？;；、"), short)))
    if len(said) <= LONGEST:
        found = _whole(said, forms, words, today)
        if found is not None:
            return found
    for row in _rows():
        if row.within is None or (len(said) > LONGEST and row.name not in ("correction", "question", "privacy")):
            continue
        match = row.within.search(said)
        if match is None:
            continue
        if row.name == "as_of":
            on = _on(said, today)
            if on is None:
                continue
            return Intent("as_of", words, on=on)
        if row.name == "whatif":
            rest = _ELSE.sub("", _IF.sub("", said, count=1)).strip(" ，,。?？")
            return Intent("whatif", words, rest=rest or said)
        if row.name == "question" and not asks(said):
            continue
        if row.name == "offtopic" and _SUPPORT.search(said) and asks(said):
            continue  # 疫情补贴还有吗
        rest = (said[: match.start()] + " " + said[match.end() :]).strip(" ，,。?？!！")
        return Intent(row.name, words, rest=rest, whole=not rest, action=row.action)
    if _is_gibberish(said):
        return Intent("nonsense", words)
    return Intent("question", words, whole=False) if asks(said) else None


def _whole(said: str, forms: tuple[str, ...], words: str, today: date | None) -> Intent | None:
    """The intent that the whole message is a word or a pattern for."""
    for form in forms:
        for row in _rows():
            if form in row.words and row.name not in ("nonsense", "offtopic", "question"):
                return Intent(row.name, words, action=row.action)
        for name in ("yes", "no", "none"):
            if form in word_set(name) and not (name == "no" and form in word_set("none") and form not in _NO_FIRST):
                return Intent(name, words)
    if is_unknown(said) and not _PLAIN_QUESTION.search(said):
        return Intent("unknown", words)
    for row in _rows():
        if any(pattern.fullmatch(form) for pattern in row.patterns for form in forms):
            return Intent(row.name, words, action=row.action)
    return None


_PLAIN_QUESTION = re.compile(r"(?<!知道)(?<!清楚)(?:吗|[?？])$")
"""要算税吗 asks, though 要算 is a word for what must be looked up."""
_SUPPORT = re.compile(r"补贴|补助|奖励|奖补|政策")
_NO_FIRST = frozenset(["不是", "没有过", "没做过", "还没呢", "没拿过", "还没有", "还没"])


def _on(said: str, today: date | None) -> date | None:
    """The date that is to count as today: a month is its last day, a year its 31 December."""
    mentions = find_dates(said, today or date(2000, 6, 15))
    for mention in mentions:
        if mention.value and (today is not None or re.match(r"(?:19|20)\d\d|[一二][零〇九]", mention.text)):
            return mention.value
    return None


def _is_emoji(said: str) -> bool:
    return any(c in said for c in "👍🙏❤🌹😊💐👌")


def _is_gibberish(said: str) -> bool:
    """Keyboard runs, letters without a vowel, one character again and again."""
    if re.fullmatch(r"(.)\1{2,}", said) and not said[0].isdigit() and said[0] != "a":  # AAA is a level
        return True
    letters = re.sub(r"[\s\W\d_]", "", said)
    if not letters.isascii() or len(letters) < 3 or len(letters) < 0.6 * len(said.replace(" ", "")):
        return False
    run = any(
        letters[i : i + 4] in row
        for row in _KEYBOARD
        for i in range(max(1, len(letters) - 3))
        if len(letters[i : i + 4]) == 4
    )
    return run or (len(letters) >= 5 and not re.search(r"[aeiouy]", letters))
