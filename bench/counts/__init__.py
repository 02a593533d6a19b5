"""Counts of what one question costs a server: calls, tasks, futures, thread switches and system calls.

Unlike times, they are nearly the same on a busy machine.
"""
