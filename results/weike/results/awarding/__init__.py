"""Rankings from draft to approval, their verification, and the flag."""
