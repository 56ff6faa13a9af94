"""A Bot API server of the project's own on loopback: the real bot process talks with it as with Telegram.

In a test, in a thread of the same process or as a process of its own that lives on when the bot is killed:

    with running(limits=False) as api:              # or spawned("--no-limits"); both in remote.py
        start_the_bot(KEDUI_TELEGRAM_API=api.url, KEDUI_TELEGRAM_TOKEN=api.token)
        ada = api.person(1, first_name="Ada")
        ada.say("/start")
        ada.wait(button="…", still=0.2)             # what the bot did after Ada's last act: [{"text": …, "buttons": …}]
        ada.press("…")                              # only a button that is there
        api.stage.fault("sendMessage", "cut_after", count=3)
        api.stage.quiet()                           # nothing pending, no calls for a while
        api.stage.journal(method="sendMessage")     # every call, its answer and whether it took effect

On an event loop, without HTTP between test and server (benches): `async with Server(World(limits=False)) as server`,
then `await server.person(1).ask("…")`. From a shell: `python -m tests.botapi --port 8081` prints address, control port
and token. What people can do and see: people.py; what only a test can do: stage.py; faults: faults.py.

The map: server.py (ports) → calls.py (one call) → methods.py (what it does) → world.py (what Telegram knows);
entities.py, markup.py, parameters.py, errors.py, limits.py serve the methods; updates.py and posting.py bring updates to
the bot; people.py and stage.py act on the world, remote.py and wire.py carry them over HTTP; caller.py is what the
contract tests (tests/test_botapi.py, tests/test_botapi_updates.py) call with.

Written from https://core.telegram.org/bots/api (10.0), with the descriptions of errors that the public server
(https://github.com/tdlib/telegram-bot-api) sends. Covered: the methods listed at the end of methods.py, HTML and
MarkdownV2, private chats, groups and supergroups, polling, webhooks, files both ways.

Other than Telegram: one bot per server; webhooks may be plain HTTP on loopback, and are tried again after 0.2 to 2
seconds (there: 1 second to an hour); a short poll with an unchanged offset is answered at once (there: after 3 seconds);
a chat takes three messages at once before one a second, a figure that Telegram does not tell.
Left out: the old Markdown, media other than documents from the bot, inline mode, topics, channels, payments, reactions,
business accounts, users' privacy settings, other members' comings and goings.
"""
