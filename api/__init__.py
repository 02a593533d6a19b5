"""The server: settings, authentication, the operation pipeline, HTTP, processes and the command line."""
