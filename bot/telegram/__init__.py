"""The Telegram channel: updates in, Bot API calls out, nothing lost between."""
