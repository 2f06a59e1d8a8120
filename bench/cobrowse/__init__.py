"""The bench of co-browsing: pages in a browser, and sessions over sockets. `python -m bench.cobrowse`.

Both use the people and pages of the tests, who know the models: Django has to be there first.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()
