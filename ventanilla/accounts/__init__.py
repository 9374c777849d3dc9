"""Users who sign in by e-mail; their sessions, second factor, invitations and undertaking."""
