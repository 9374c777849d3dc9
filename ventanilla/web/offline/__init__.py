"""Reading without a connection: one file to take along, and a country kept on the phone."""
