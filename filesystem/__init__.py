"""Files: created for their owner only, and read only if they are regular and small enough."""
