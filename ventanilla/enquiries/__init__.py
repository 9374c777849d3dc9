"""People without names, their enquiries, messages and notes; who sees them and what becomes of them."""
