"""The server process: sockets, signals, worker processes and the garbage collector."""
