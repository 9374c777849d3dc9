"""Users who sign in by e-mail."""
