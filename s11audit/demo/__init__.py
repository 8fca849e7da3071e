"""A made-up partnership to try everything out in: words and plans as YAML, and what seeds them."""
