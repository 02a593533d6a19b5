"""The trace viewer: reads trace files, lists and analyses traces, and draws them."""
