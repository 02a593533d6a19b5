"""How any operation is answered: document -> plan -> ruling -> run. Knows nothing of what the records are about."""
