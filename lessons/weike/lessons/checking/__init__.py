"""What a check looks at, one module for each promise that a lesson or a bank has to keep."""
