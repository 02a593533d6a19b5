"""How well misuse is found: invented months of inquiries, misuse planted among them, and what the detectors find."""
