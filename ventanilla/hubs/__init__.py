"""Countries, hubs, members and their roles, opening hours, the network's settings."""
