#!/usr/bin/env python
"""Django's command line for a checkout; `python -m gameserver <command>` is the same where there is no manage.py."""

import sys

from gameserver.__main__ import manage

if __name__ == "__main__":
    sys.exit(manage(sys.argv))
