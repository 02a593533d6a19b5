"""Execution of any GraphQL operation: document -> plan -> authorized plan -> program -> execution."""
