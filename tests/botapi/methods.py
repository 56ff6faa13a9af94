"""The methods of the Bot API: each takes the world and the call's parameters, and returns the result or raises Refused.

A method is found by its name here; what is not here is 404, as an unknown method is at Telegram.
"""

from __future__ import annotations

import json
import re
from typing import Any

from tests.botapi.entities import formatted, units
from tests.botapi.errors import Refused, bad_request
from tests.botapi.markup import keyboard_of
from tests.botapi.parameters import Parameters, Upload
from tests.botapi.world import TAP_LIVES, Chat, Message, World

LONGEST_TEXT, LONGEST_CAPTION, LONGEST_ALERT = 4096, 1024, 200
"""In UTF-16 units, after parsing."""
LARGEST_UPLOAD, LARGEST_DOWNLOAD = 50 * 2**20, 20 * 2**20
DELETABLE = 48 * 3600
CHAT_ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
)  # fmt: skip
COMMAND_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat",
                  "chat_administrators", "chat_member")  # fmt: skip
QUERY_OLD = "query is too old and response timeout expired or query ID is invalid"
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)


# ---- sending ----


def content_of(p: Parameters, field: str, longest: int, too_long: str) -> dict[str, Any]:
    """text or caption with its entities, checked."""
    entities_field = "entities" if field == "text" else "caption_entities"
    plain, entities = formatted(p.text(field), p.text("parse_mode"), p.text(entities_field))
    if units(plain) > longest:
        raise bad_request(too_long)
    if field == "text" and not plain:
        raise bad_request("text must be non-empty" if p.text("text") else "message text is empty")
    content: dict[str, Any] = {field: plain} if plain else {}
    return content | ({entities_field: entities} if entities else {})


def reply_target(chat: Chat, p: Parameters) -> int:
    """The message replied to, 0 for none."""
    given = p.json("reply_parameters", "reply parameters") or {}
    number = int(given.get("message_id", 0)) or p.integer("reply_to_message_id")
    if number and number not in chat.messages:
        if given.get("allow_sending_without_reply") or p.flag("allow_sending_without_reply"):
            return 0
        raise bad_request("message to be replied not found")
    return number


def send(world: World, p: Parameters, chat: Chat, content: dict[str, Any]) -> Message:
    """The common end of all sending methods."""
    keyboard, replied = keyboard_of(p), reply_target(chat, p)
    world.limits.check(chat.id, world.now())
    if keyboard and "inline_keyboard" in keyboard:
        content["reply_markup"] = keyboard
    elif keyboard and ("keyboard" in keyboard or "remove_keyboard" in keyboard):
        chat.keyboard = keyboard if "keyboard" in keyboard else None
    return world.new_message(chat, world.bot, content, replied)


def send_message(world: World, p: Parameters) -> Message:
    content = content_of(p, "text", LONGEST_TEXT, "message is too long")
    return send(world, p, world.open_chat(p.text("chat_id")), content)


def send_document(world: World, p: Parameters) -> Message:
    """A file from the body, or again by the id of one that Telegram has."""
    given = p.text("document")
    upload: Upload | None = p.files.get(
        given.removeprefix("attach://") if given.startswith("attach://") else "document"
    )
    if upload is None and not given:
        raise bad_request("there is no document in the request")
    if upload is None and given not in world.files:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if upload is not None and not upload.content:
        raise bad_request("file must be non-empty")
    if upload is not None and len(upload.content) > LARGEST_UPLOAD:
        raise Refused(413, "Request Entity Too Large")
    caption = content_of(p, "caption", LONGEST_CAPTION, "message caption is too long")
    stored = world.keep_file("documents", upload.name, upload.content) if upload else world.files[given]
    return send(
        world, p, world.open_chat(p.text("chat_id")), {"document": document_json(world, stored.file_id), **caption}
    )


def document_json(world: World, file_id: str) -> dict[str, Any]:
    stored = world.files[file_id]
    return {
        "file_id": file_id, "file_unique_id": world.unique_id(stored), "file_name": stored.name,
        "mime_type": "application/octet-stream", "file_size": len(stored.content),
    }  # fmt: skip


def send_chat_action(world: World, p: Parameters) -> bool:
    chat = world.open_chat(p.text("chat_id"))
    if p.text("action").lower() not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.action = p.text("action").lower()
    return True


# ---- changing ----


def own_message(world: World, p: Parameters) -> tuple[Chat, Message]:
    """The message of the bot's own that a call would edit."""
    if p.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = world.open_chat(p.text("chat_id"))
    number = p.integer("message_id")
    if not number:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(number)
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != world.bot["id"]:
        raise bad_request("message can't be edited")
    return chat, message


def change(world: World, chat: Chat, message: Message, content: dict[str, Any], p: Parameters) -> Message:
    """Put new content and the call's keyboard (none: no keyboard) into a message of the bot."""
    keyboard = keyboard_of(p, inline_only=True)
    stays = {k: v for k, v in message.items() if k not in ("text", "entities", "reply_markup", "edit_date")}
    changed = {**stays, **content} | ({"reply_markup": keyboard} if keyboard else {})
    if changed == {k: v for k, v in message.items() if k != "edit_date"}:
        raise bad_request(SAME)
    world.limits.check(chat.id, world.now())
    changed["edit_date"] = int(world.now())
    chat.messages[message["message_id"]] = changed
    chat.touch(message["message_id"])
    return changed


def edit_message_text(world: World, p: Parameters) -> Message:
    content = content_of(p, "text", LONGEST_TEXT, "MESSAGE_TOO_LONG")
    chat, message = own_message(world, p)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return change(world, chat, message, content, p)


def edit_message_reply_markup(world: World, p: Parameters) -> Message:
    chat, message = own_message(world, p)
    return change(world, chat, message, {k: message[k] for k in ("text", "entities") if k in message}, p)


def delete_message(world: World, p: Parameters) -> bool:
    chat = world.open_chat(p.text("chat_id"))
    number = p.integer("message_id")
    if number not in chat.messages:
        raise bad_request("message to delete not found")
    message = chat.messages[number]
    if world.now() - message["date"] > DELETABLE:
        raise bad_request("message can't be deleted for everyone")
    if message["from"]["id"] != world.bot["id"] and chat.kind != "private":
        raise bad_request("message can't be deleted")
    del chat.messages[number]
    chat.touch(number)
    return True


def answer_callback_query(world: World, p: Parameters) -> bool:
    tap = world.taps.get(p.text("callback_query_id"))
    if tap is None or tap.answer is not None or world.now() - tap.at > TAP_LIVES:
        raise bad_request(QUERY_OLD)
    if units(p.text("text")) > LONGEST_ALERT:
        raise bad_request("MESSAGE_TOO_LONG")
    tap.answer = {"text": p.text("text"), "alert": p.flag("show_alert")}
    return True


# ---- chats and files ----


def get_chat(world: World, p: Parameters) -> dict[str, Any]:
    chat = world.chat(p.text("chat_id"))
    about = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), True)}  # fmt: skip
    return {**chat.json(), **about}


def leave_chat(world: World, p: Parameters) -> bool:
    chat = world.open_chat(p.text("chat_id"))
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_is = "left"
    chat.wake()
    return True


def get_file(world: World, p: Parameters) -> dict[str, Any]:
    stored = world.files.get(p.text("file_id"))
    if stored is None:
        raise bad_request(
            "wrong file_id or the file is temporarily unavailable" if p.text("file_id") else "file_id not specified"
        )
    if len(stored.content) > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": stored.file_id, "file_unique_id": world.unique_id(stored), "file_size": len(stored.content),
        "file_path": stored.path,
    }  # fmt: skip


# ---- the bot itself ----


def get_me(world: World, p: Parameters) -> dict[str, Any]:
    return {
        **world.bot, "can_join_groups": True, "can_read_all_group_messages": world.all_group_messages,
        "supports_inline_queries": False, "can_connect_to_business": False, "has_main_web_app": False,
    }  # fmt: skip


def scope_of(p: Parameters) -> tuple[str, str]:
    scope = p.json("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in COMMAND_SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    return json.dumps(scope, sort_keys=True), language_of(p)


def language_of(p: Parameters) -> str:
    language = p.text("language_code")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    return language


def set_my_commands(world: World, p: Parameters) -> bool:
    commands = p.json("commands", "commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands: expected an Array of BotCommand")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch("/?[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", "")).strip()) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[scope_of(p)] = [
        {"command": c["command"].removeprefix("/"), "description": c["description"]} for c in commands
    ]
    return True


def get_my_commands(world: World, p: Parameters) -> list[dict[str, str]]:
    return world.commands.get(scope_of(p), [])


def delete_my_commands(world: World, p: Parameters) -> bool:
    world.commands.pop(scope_of(p), None)
    return True


def keep_text(field: str, longest: int, too_long: str) -> Any:
    """A method that sets the bot's name or a description."""

    def method(world: World, p: Parameters) -> bool:
        if units(p.text(field)) > longest:
            raise bad_request(too_long)
        world.texts[field, language_of(p)] = p.text(field)
        return True

    return method


def kept_text(field: str) -> Any:
    """A method that gets it: for the language, else in general."""

    def method(world: World, p: Parameters) -> dict[str, str]:
        return {field: world.texts.get((field, language_of(p))) or world.texts.get((field, ""), "")}

    return method


METHODS: dict[str, Any] = {
    "getMe": get_me,
    "getUpdates": lambda world, p: world.updates.get(p),
    "setWebhook": lambda world, p: world.updates.set_webhook(p),
    "deleteWebhook": lambda world, p: world.updates.delete_webhook(p),
    "getWebhookInfo": lambda world, p: world.updates.webhook_info(),
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendChatAction": send_chat_action,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "getChat": get_chat,
    "leaveChat": leave_chat,
    "getFile": get_file,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": keep_text("name", 64, "BOT_TITLE_INVALID"),
    "getMyName": kept_text("name"),
    "setMyDescription": keep_text("description", 512, "BOT_DESCRIPTION_INVALID"),
    "getMyDescription": kept_text("description"),
    "setMyShortDescription": keep_text("short_description", 120, "BOT_SHORT_DESCRIPTION_INVALID"),
    "getMyShortDescription": kept_text("short_description"),
}
BY_NAME = {name.lower(): (name, method) for name, method in METHODS.items()}
"""Names are taken in any case, as at Telegram."""
