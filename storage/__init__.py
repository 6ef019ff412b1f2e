"""Facts: what the company's systems told us, and what can be computed from it."""
