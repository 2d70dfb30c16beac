"""Django's settings for tests: the server's own, on files of this test run."""

import atexit
import os
import shutil
import tempfile

# Before the import below, which makes the data folder; a folder per process, so parallel workers cannot meet.
_folder = tempfile.mkdtemp(prefix="madang-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith("MADANG_")]:
    del os.environ[_name]
os.environ["MADANG_DATA_DIR"] = _folder

from gameserver.settings import *  # noqa: E402, F403
from gameserver.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "games.sqlite":
    # A file, not memory: threads must meet the locks that they meet in service.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
    # Threads outlive a test, and a connection that they kept would be looked at in a test that has no database.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
(DATA_DIR / "static").mkdir()  # whitenoise warns where it is missing, and warnings are errors
# Pages render without a collected manifest, and passwords hash fast.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
