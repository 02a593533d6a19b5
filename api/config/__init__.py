"""Settings, secrets, reloaded files and errors that a user can put right."""
