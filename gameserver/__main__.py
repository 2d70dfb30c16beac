"""The entry of the production server: `python -m gameserver`, also installed as `madang`.

Alone it prepares what is missing and serves; with arguments it is Django's command line. What a person can put right is
told in one sentence with exit code 2, never as a traceback.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable

from gameserver.environment import Refusal


def main() -> int:
    if len(sys.argv) > 1:
        return manage(sys.argv)
    return _told(_serve)


def manage(argv: list[str]) -> int:
    """Django's command line, also behind manage.py."""

    def run() -> None:
        from django.core.management import execute_from_command_line

        execute_from_command_line(argv)

    return _told(run)


def _serve() -> None:
    # Nearly all that start-up makes stays, and walking it again and again while it grows took a fifth of the start.
    # `server.spare_the_collector` turns the collector on.
    gc.disable()
    import django
    from django.conf import settings

    django.setup()
    from gameserver import prepare, server

    # The port first: where it is taken, nothing else has been touched.
    with server.listening_socket(settings.BIND, settings.PORT) as listener:
        prepare.prepare()
        server.serve(listener)


def _told(run: Callable[[], None]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameserver.settings")
    try:
        run()
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130  # the shell's code for Ctrl+C, here before the server itself listens to it
    return 0


if __name__ == "__main__":
    sys.exit(main())
