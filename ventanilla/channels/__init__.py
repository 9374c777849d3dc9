"""Messages in and out by kind of channel: the contract, the intake, the outbox, windows and opt-in."""
