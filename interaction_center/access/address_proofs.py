"""A statement of ours that whoever brings it has proved a mail address: for a form to which their cookie does not go.

It goes along in the form, never in an address, and lasts about as long as one is filled in.
"""

from datetime import timedelta

from django.core import signing

PROOF_AGE = timedelta(hours=1)
_SALT = "interaction_center.address_proof"


def proof_of(address: str) -> str:
    """For the owner of this normalised address, who has just shown that they are."""
    return signing.dumps(address, salt=_SALT)


def address_in(proof: str) -> str:
    """The address that it proves; "" when it is forged or too old."""
    try:
        return str(signing.loads(proof, salt=_SALT, max_age=PROOF_AGE))
    except (signing.BadSignature, ValueError, TypeError):
        return ""
