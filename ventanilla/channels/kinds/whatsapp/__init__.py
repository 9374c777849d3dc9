"""WhatsApp Cloud API of Meta: signed hooks, buttons, templates, 24-hour window, people without numbers."""
