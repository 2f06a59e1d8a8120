"""The form of the sign-in page in our own words."""

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import get_language


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Ready to type into at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        german = (get_language() or "en").startswith("de")
        self.fields["login"].label = "E-Mail" if german else "E-mail"
        self.fields["login"].widget.attrs |= {"autofocus": True, "placeholder": ""}
        self.fields["password"].widget.attrs["placeholder"] = ""
        self.fields["remember"].label = "Angemeldet bleiben" if german else "Keep me signed in"
