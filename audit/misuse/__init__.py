"""What looks like misuse: detectors over the journal. They know record numbers, users and times, and no record."""
