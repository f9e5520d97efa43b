"""What answers a request: one module per noun, one class per route."""
