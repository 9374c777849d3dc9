"""Agreements, programmes, job boards, agency registers, fraud warnings, entrepreneurship."""
