"""The staff shell on Wagtail's admin: menu, home, account, the lists of what is due and of gaps."""
