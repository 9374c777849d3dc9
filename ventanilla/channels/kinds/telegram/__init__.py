"""Telegram Bot API: a hook with a secret or long polling, buttons, files; private chats only."""
