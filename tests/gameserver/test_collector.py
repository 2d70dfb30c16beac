"""The garbage collector stops the loop for as long as it walks: what start-up made is not walked again."""

import os
import subprocess
import sys

from tests.servers import ROOT, environment

STARTED = """
import gc, django
django.setup()
from gameserver import server
server.spare_the_collector()
print(gc.get_freeze_count(), gc.get_count()[2], *gc.get_threshold())
"""


def test_what_start_up_made_is_set_aside(tmp_path):
    environ = environment(tmp_path, {"DJANGO_SETTINGS_MODULE": "gameserver.settings", "PATH": os.environ["PATH"]})
    done = subprocess.run([sys.executable, "-c", STARTED], cwd=ROOT, env=environ, check=True, capture_output=True)
    frozen, old, *thresholds = map(int, done.stdout.split())
    assert frozen > 10_000
    assert old == 0
    assert thresholds == [10_000, 10, 10]
