"""What every help page of ours shows around its own content."""

from typing import Any

from django.conf import settings

from interaction_center.access.selectors import help_site


def page_context() -> dict[str, Any]:
    """The site whose help this is: the way back to it, and to a person, by its widget and its mail address."""
    site = help_site()
    if site is None:
        return {}
    home_url = "/demo/" if settings.CONFIG.demo else next(iter(site.origins), "")
    return {"site": site, "home_name": site.name, "home_url": home_url, "contact": site.mail_from}
