"""No log shows the secret of an address: a link in a mail, a web hook, the number of a telephone. Django names the path
of whatever fails."""

import logging
import re

_SECRET = re.compile(r"(?<=/)(?:[0-9a-f]{32}(?![0-9a-zA-Z])|\+\d{7,15}(?!\d))")


class HideSecrets(logging.Filter):
    """Puts … in the place of every 128-bit token and every number that is a step of a path."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Changes the record; always true."""
        message = record.getMessage()
        hidden = _SECRET.sub("…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True
