"""People: users, roles, languages and what they consented to."""
