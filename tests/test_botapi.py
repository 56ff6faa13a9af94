"""The Bot API server of the tests refuses what Telegram refuses, and python-telegram-bot accepts all its replies."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    ReplyKeyboardMarkup,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
)

from tests.botapi.caller import PEOPLE, Run, client, newcomer, news, raw, raw_file
from tests.botapi.entities import formatted, units
from tests.botapi.errors import Impossible, Refused
from tests.botapi.remote import Remote, running

KEYBOARD = InlineKeyboardMarkup(
    [[InlineKeyboardButton("yes", callback_data="y"), InlineKeyboardButton("no", callback_data="n")]]
)


@pytest.fixture
def ada(api: Remote, bot: Bot, run: Run) -> Any:
    """A person who has written to the bot; nothing is pending, ordered or set."""
    return newcomer(api, bot, run)


# ---- tokens, methods, bodies ----


def test_unknown_tokens_and_methods(api: Remote, run: Run) -> None:
    """A malformed token and an unknown method are 404, a wrong token 401."""
    assert raw(api, "getMe", token="nonsense") == (404, {"ok": False, "error_code": 404, "description": "Not Found"})
    assert raw(api, "getMe", token="7:" + "A" * 35)[1]["description"] == "Unauthorized"
    assert raw(api, "sendNothing")[0] == 404
    assert [call["code"] for call in api.stage.journal()[-3:]] == [404, 401, 404]
    assert raw(api, "GETme")[1]["result"]["is_bot"] is True
    stranger = client(api, "7:" + "A" * 35)
    with pytest.raises(InvalidToken):
        run(stranger.initialize())
    run(stranger.shutdown())


def test_bodies_in_all_forms(api: Remote, ada: Any) -> None:
    """JSON, a form, a query and multipart say the same; objects may be JSON inside text."""
    keyboard = {"inline_keyboard": [[{"text": "yes", "callback_data": "y"}]]}
    given = {"chat_id": ada._who, "text": "é <b>x</b>", "parse_mode": "html"}
    form = urllib.parse.urlencode({**given, "reply_markup": json.dumps(keyboard)}).encode()
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in given.items())
    for method, body, kind in [
        ("sendMessage", json.dumps({**given, "reply_markup": keyboard}).encode(), "application/json"),
        ("sendMessage", form, "application/x-www-form-urlencoded"),
        (f"sendMessage?{urllib.parse.urlencode(given)}", b"", ""),
        ("sendMessage", f"{parts}--x--\r\n".encode(), "multipart/form-data; boundary=x"),
    ]:
        code, answer = raw(api, method, body, kind)
        assert code == 200
        assert answer["result"]["text"] == "é x"
        assert answer["result"]["entities"] == [{"type": "bold", "offset": 2, "length": 1}]
    assert [len(row["buttons"]) for row in ada.view()[-4:]] == [1, 1, 0, 0]
    assert raw(api, "sendMessage", b"{", "application/json")[0] == 400
    assert raw(api, "sendMessage", b"chat_id=1&text=%FF", "application/x-www-form-urlencoded")[0] == 400


# ---- texts ----


@pytest.mark.parametrize(
    ("mode", "source", "why"),
    [
        ("HTML", "a <b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("HTML", "é<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("HTML", "1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("HTML", "1 <2", "Unclosed start tag at byte offset 2"),
        ("HTML", "</b>", "Unexpected end tag at byte offset 0"),
        ("HTML", "<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("HTML", "<b>x</b", "Unclosed end tag at byte offset 4"),
        ("HTML", "<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("MarkdownV2", "1.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("MarkdownV2", "(x)", "Character '(' is reserved and must be escaped with the preceding '\\'"),
        ("MarkdownV2", "a *b", "Can't find end of Bold entity at byte offset 2"),
        ("MarkdownV2", "é`b", "Can't find end of Code entity at byte offset 2"),
        ("MarkdownV2", "[x](http://a", "Can't find end of a URL at byte offset 4"),
    ],
)
def test_unparsable_text(bot: Bot, run: Run, ada: Any, mode: str, source: str, why: str) -> None:
    """Bad markup is refused with Telegram's words."""
    with pytest.raises(BadRequest) as refused:
        run(bot.send_message(ada._who, source, parse_mode=mode))
    assert refused.value.message == f"can't parse entities: {why}".capitalize()  # as the library writes it


@pytest.mark.parametrize(
    ("mode", "source", "plain", "entities"),
    [
        ("HTML", "&lt;b&gt; &amp; &#65; &nbsp;", "<b> & A &nbsp;", []),
        ("HTML", "😀<b>x<i>y</i></b>", "😀xy", [("bold", 2, 2), ("italic", 3, 1)]),
        ("HTML", '<a href="http://a.cn/?x=1&amp;y=2">z</a>', "z", [("text_link", 0, 1)]),
        ("HTML", "<pre><code class='language-py'>x</code></pre>", "x", [("pre", 0, 1)]),
        ("HTML", " <b> x</b>  ", "x", [("bold", 0, 1)]),
        ("HTML", "<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ("MarkdownV2", "*a _b_* __c__ ~d~ ||e||", "a b c d e",
         [("bold", 0, 3), ("italic", 2, 1), ("underline", 4, 1), ("strikethrough", 6, 1), ("spoiler", 8, 1)]),
        ("MarkdownV2", "1\\.5 `a.b` [x](http://a\\)b.cn)", "1.5 a.b x", [("code", 4, 3), ("text_link", 8, 1)]),
        ("MarkdownV2", "```py\nx*y\n```", "x*y", [("pre", 0, 3)]),
        ("MarkdownV2", ">a\n>b\nc", "a\nb\nc", [("blockquote", 0, 4)]),
        ("", "/why@kedui_bot #tag www.a.cn a@b.cn @kedui", "/why@kedui_bot #tag www.a.cn a@b.cn @kedui",
         [("bot_command", 0, 14), ("hashtag", 15, 4), ("url", 20, 8), ("email", 29, 6), ("mention", 36, 6)]),
    ],
)  # fmt: skip
def test_parsed_text(mode: str, source: str, plain: str, entities: list[tuple[str, int, int]]) -> None:
    """Markup becomes plain text and entities, counted in UTF-16 units."""
    text, found = formatted(source, mode, "")
    assert text == plain
    assert [(e["type"], e["offset"], e["length"]) for e in found] == entities


def test_given_entities_are_checked() -> None:
    """Entities must lie inside the text and split no character."""
    bold = {"type": "bold", "offset": 0, "length": 2}
    assert formatted("😀!", "", json.dumps([bold]))[1] == [bold]
    for given in ({"offset": 0, "length": 4}, {"offset": 1, "length": 1}, {"offset": "0", "length": 1}):
        with pytest.raises(Refused):
            formatted("😀!", "", json.dumps([bold | given]))


def test_text_and_caption_have_limits(bot: Bot, run: Run, ada: Any) -> None:
    """4,096 and 1,024 UTF-16 units after parsing, and at least one."""
    ok = run(bot.send_message(ada._who, "<b>" + "😀" * 2048 + "</b>", parse_mode="HTML"))
    assert units(ok.text) == 4096
    with pytest.raises(BadRequest, match="Message is too long"):
        run(bot.send_message(ada._who, "😀" * 2048 + "x"))
    with pytest.raises(BadRequest, match="Message_too_long"):
        run(ok.edit_text("x" * 4097))
    with pytest.raises(BadRequest, match="Message caption is too long"):
        run(bot.send_document(ada._who, b"x", caption="x" * 1025))
    with pytest.raises(BadRequest, match="Message text is empty"):
        run(bot.send_message(ada._who, ""))
    with pytest.raises(BadRequest, match="Text must be non-empty"):
        run(bot.send_message(ada._who, "<b> </b>", parse_mode="HTML"))
    with pytest.raises(BadRequest, match="Unsupported parse_mode"):
        run(bot.send_message(ada._who, "x", parse_mode="RTF"))


@pytest.mark.parametrize(
    ("keyboard", "why"),
    [
        ([[{"text": "a", "callback_data": "多" * 22}]], "BUTTON_DATA_INVALID"),
        ([[{"text": "a", "callback_data": ""}]], "BUTTON_DATA_INVALID"),
        ([[{"text": " ", "callback_data": "x"}]], "inline keyboard button text must be non-empty"),
        ([[{"callback_data": "x"}]], "can't parse inline keyboard button: Can't find field \"text\""),
        ([[{"text": "a"}]], "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ([[{"text": "a", "url": "ftp://x"}]], "inline keyboard button URL 'ftp://x' is invalid: Wrong HTTP URL"),
        (
            [{"text": "a", "callback_data": "x"}],
            'field "inline_keyboard" of the ReplyMarkup must be an Array of Arrays',
        ),
        ([[{"text": "a", "callback_data": "x"}] * 101], "reply markup is too long"),
    ],
)
def test_malformed_keyboards(api: Remote, ada: Any, keyboard: Any, why: str) -> None:
    """A keyboard that Telegram would refuse is refused."""
    body = json.dumps({"chat_id": ada._who, "text": "x", "reply_markup": {"inline_keyboard": keyboard}}).encode()
    code, answer = raw(api, "sendMessage", body, "application/json")
    assert (code, answer["description"]) == (400, f"Bad Request: {why}")


def test_reply_keyboards(bot: Bot, run: Run, ada: Any) -> None:
    """A keyboard below the text field shows until it is removed, and is no part of the message."""
    sent = run(bot.send_message(ada._who, "x", reply_markup=ReplyKeyboardMarkup([["a", "b"]])))
    assert sent.reply_markup is None
    assert ada.keyboard() == [["a", "b"]]


# ---- edits and taps ----


def test_edits(bot: Bot, run: Run, ada: Any) -> None:
    """An edit shows; without keyboard it takes the keyboard away; the same again is refused."""
    message = run(bot.send_message(ada._who, "one", reply_markup=KEYBOARD))
    edited = run(message.edit_text("<i>two</i>", parse_mode="HTML"))
    assert (edited.text, edited.reply_markup, edited.edit_date is not None) == ("two", None, True)
    seen = ada.view()[-1]
    assert (seen["text"], seen["buttons"], seen["edited"]) == ("two", [], True)
    for again in (
        lambda: message.edit_text("two", entities=[MessageEntity("italic", 0, 3)]),
        lambda: message.edit_reply_markup(None),
    ):
        with pytest.raises(BadRequest, match=r"^Message is not modified: specified new message content"):
            run(again())


def test_what_cannot_be_edited_or_deleted(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """A missing message, a person's message, a document's text; deleting twice or after two days."""
    with pytest.raises(BadRequest, match="Message to edit not found"):
        run(bot.edit_message_text("x", ada._who, 999_999))
    with pytest.raises(BadRequest, match="Message can't be edited"):
        run(bot.edit_message_text("x", ada._who, ada.say("mine")))
    document = run(bot.send_document(ada._who, b"x", filename="x.txt"))
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        run(document.edit_text("x"))
    assert run(document.delete()) is True
    with pytest.raises(BadRequest, match="Message to delete not found"):
        run(document.delete())
    old = run(bot.send_message(ada._who, "x"))
    api.stage.advance(49 * 3600)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        run(old.delete())
    api.stage.advance(-49 * 3600)


def test_replies_need_their_message(bot: Bot, run: Run, ada: Any) -> None:
    """A reply to a message that is gone is refused, unless the call allows it."""
    number = ada.say("q")
    assert run(bot.send_message(ada._who, "a", reply_to_message_id=number)).reply_to_message.text == "q"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        run(bot.send_message(ada._who, "a", reply_to_message_id=999_999))
    assert run(bot.send_message(ada._who, "a", reply_to_message_id=999_999, allow_sending_without_reply=True))


def test_a_tap(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """A button that is there can be pressed; its tap is answered once, and within 150 seconds."""
    message = run(bot.send_message(ada._who, "?", reply_markup=KEYBOARD))
    tap = ada.press("no")
    (update,) = news(bot, run)
    query = update.callback_query
    assert isinstance(query, CallbackQuery)
    assert (query.data, query.message.message_id, query.from_user.id) == ("n", message.message_id, ada._who)
    assert ada.tapped(tap) is None
    assert run(query.answer("noted", show_alert=True)) is True
    assert ada.tapped(tap) == {"text": "noted", "alert": True}
    old = "Query is too old and response timeout expired or query id is invalid"
    with pytest.raises(BadRequest, match=old):
        run(query.answer())
    late = ada.press(data="y")
    news(bot, run)
    api.stage.advance(151)
    with pytest.raises(BadRequest, match=old):
        run(bot.answer_callback_query(late))
    with pytest.raises(BadRequest, match=old):
        run(bot.answer_callback_query("123"))


def test_only_what_is_there_can_be_pressed(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """A button that an edit took away is gone, except for a press that was under way."""
    message = run(bot.send_message(ada._who, "?", reply_markup=KEYBOARD))
    run(message.edit_reply_markup(None))
    with pytest.raises(Impossible, match="there is no button 'yes'"):
        ada.press("yes")
    ada.press_old("y", message.message_id)
    assert news(bot, run)[0].callback_query.data == "y"


# ---- who can be written to ----


def test_chats_that_refuse(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """Unknown, never spoken, blocked, kicked and left chats; unblocking opens the chat again."""
    with pytest.raises(BadRequest, match="Chat not found"):
        run(bot.send_message(987_654_321, "x"))
    stranger = api.person(next(PEOPLE))
    assert stranger.view() == []
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        run(bot.send_message(stranger._who, "x"))
    with pytest.raises(BadRequest, match="Chat not found"):
        run(bot.send_message("@nobody", "x"))
    ada.block()
    with pytest.raises(Forbidden, match="Forbidden: bot was blocked by the user"):
        run(bot.send_message(ada._who, "x"))
    with pytest.raises(Impossible):
        ada.say("x")
    ada.unblock()
    run(bot.send_message(ada._who, "x"))
    members = [update.my_chat_member.new_chat_member.status for update in news(bot, run)]
    assert members == ["kicked", "member"]


def test_groups(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """A group is made, spoken in, becomes a supergroup; then the bot is thrown out, comes back and leaves."""
    group = ada.group("factory", (next(PEOPLE),))
    ada.say("hello @kedui_test_bot", group)
    created = news(bot, run)
    assert [u.effective_chat.type for u in created] == ["group"] * 3
    assert created[1].message.group_chat_created
    assert created[2].message.entities[0].type == "mention"
    first = run(bot.send_message(group, "hello"))
    ada.say("and?", group, first.message_id)
    assert news(bot, run)[0].message.reply_to_message.from_user.id == bot.id
    bigger = ada.migrate(group)
    assert [u.message.migrate_to_chat_id or u.message.migrate_from_chat_id for u in news(bot, run)] == [bigger, group]
    with pytest.raises(ChatMigrated) as moved:
        run(bot.send_message(group, "x"))
    assert moved.value.new_chat_id == bigger
    with pytest.raises(Impossible):
        ada.say("x", group)
    assert run(bot.send_message(bigger, "x")).message_id == 2
    assert run(bot.get_chat(bigger)).title == "factory"
    ada.kick(bigger)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        run(bot.send_message(bigger, "x"))
    ada.add_bot(bigger)
    assert run(bot.leave_chat(bigger)) is True
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        run(bot.send_chat_action(bigger, "typing"))


def test_privacy_mode(run: Run) -> None:
    """With privacy mode only commands, mentions and replies to the bot arrive from a group."""
    with running(limits=False, all_group_messages=False) as api:
        ada = api.person(1)
        group = ada.group("factory")
        run((bot := client(api)).initialize())
        said = run(bot.send_message(group, "hello")).message_id
        for text, reply_to in (("chat", 0), ("/why", 0), ("@kedui_test_bot why", 0), ("because", said)):
            ada.say(text, group, reply_to)
        assert [u.message.text for u in news(bot, run)[2:]] == ["/why", "@kedui_test_bot why", "because"]
        run(bot.shutdown())


# ---- files ----


def test_files_both_ways(api: Remote, bot: Bot, run: Run, ada: Any) -> None:
    """A document sent by the bot can be read by the person and sent again by its id; one sent by a person downloaded."""
    content = bytes(range(256)) * 100
    sent = run(bot.send_document(ada._who, content, filename="报告.html", caption="<b>x</b>", parse_mode="HTML"))
    assert (sent.document.file_name, sent.document.file_size, sent.caption) == ("报告.html", len(content), "x")
    seen = ada.view()[-1]
    assert ada.download(seen["file"]) == content
    assert run(bot.send_document(ada._who, sent.document.file_id)).document.file_name == "报告.html"
    ada.send("document", name="in.xlsx", content=content)
    file = run(bot.get_file(news(bot, run)[0].message.document.file_id))
    assert bytes(run(file.download_as_bytearray())) == content
    with pytest.raises(BadRequest, match="Wrong file_id or the file is temporarily unavailable"):
        run(bot.get_file("nothing"))
    with pytest.raises(BadRequest, match="File must be non-empty"):
        run(bot.send_document(ada._who, b""))
    assert raw_file(api, "documents/none.txt") == 404


# ---- the bot itself ----


def test_commands_and_descriptions(api: Remote, bot: Bot, run: Run) -> None:
    """The menu and the descriptions are kept by language; bad commands are refused."""
    run(bot.set_my_commands([BotCommand("start", "begin"), BotCommand("help", "help")], language_code="zh"))
    assert [c.command for c in run(bot.get_my_commands(language_code="zh"))] == ["start", "help"]
    assert run(bot.get_my_commands()) == ()
    assert api.stage.commands(language="zh")[0] == {"command": "start", "description": "begin"}
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        run(bot.set_my_commands([("Start!", "x")]))
    run(bot.set_my_description("general"))
    run(bot.set_my_short_description("short", language_code="zh"))
    assert run(bot.get_my_description(language_code="zh")).description == "general"
    assert run(bot.get_my_short_description(language_code="zh")).short_description == "short"
    with pytest.raises(BadRequest, match="Bot_description_invalid"):
        run(bot.set_my_description("x" * 513))


def test_typing(bot: Bot, run: Run, ada: Any) -> None:
    """A chat action shows until the next message; an unknown one is refused."""
    run(bot.send_chat_action(ada._who, "typing"))
    assert ada.action() == "typing"
    run(bot.send_message(ada._who, "x"))
    assert ada.action() == ""
    with pytest.raises(BadRequest, match="Wrong parameter action in request"):
        run(bot.send_chat_action(ada._who, "dancing"))
