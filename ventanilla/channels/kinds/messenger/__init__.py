"""Messenger of Meta: signed hooks, quick replies, 24-hour window, seven days for people of the staff."""
