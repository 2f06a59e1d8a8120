"""The product's settings on a throw-away data folder, with a password hasher that costs nothing."""

import atexit
import os
import shutil
import tempfile

if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="center-tests-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
# For what is made once in a run (tests/servers.py: prepared): workers find it in the environment.
if "CENTER_TEMPLATE" not in os.environ:
    os.environ["CENTER_TEMPLATE"] = tempfile.mkdtemp(prefix="center-template-")
    atexit.register(shutil.rmtree, os.environ["CENTER_TEMPLATE"], ignore_errors=True)

# Whatever the developer's own .env says: no test and no server that a test starts may ring a real telephone.
os.environ["TWILIO_ACCOUNT_SID"] = ""

from interaction_center.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
