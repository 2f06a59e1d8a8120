"""The load of `bench/cobrowse.py`: pages in a browser, and sessions over sockets.

Both use the people and pages of the tests, who know the models: Django has to be there first.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()
