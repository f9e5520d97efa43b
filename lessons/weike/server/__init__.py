"""The web app on Voilà: sign-in, pages, the API, and kernels for live lessons."""

from __future__ import annotations

import sys

# jsonschema, which Voilà brings along, would build a grammar for international addresses at
# import: a second or two of every start, for a check that nothing here asks for. It does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
