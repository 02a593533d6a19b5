"""Side-by-side measurements. Knows the rooms from outside, as their users do."""
