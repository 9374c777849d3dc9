"""Web chat: a form and a page on the hub's own site, with or without script, found again by a code."""
