"""The smallest picture that a lesson can show."""

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"/>'
