"""Claims: relations that keep what they say, and their translation into statements of the kernel."""
