"""Counter, telephone, community adviser: somebody of the hub listens and writes down; nothing is sent."""
