"""Organisations, services, places, hours, hotlines in Open Referral HSDS nouns."""
