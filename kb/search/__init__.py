"""Search over articles and error codes: pure, in memory, German and English. Values in, values out."""
