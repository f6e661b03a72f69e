"""`python -m dlcore`: everything the lab does, without a browser."""

from __future__ import annotations

import sys

from dlcore.cli import main

if __name__ == "__main__":
    sys.exit(main())
