"""The routers of the hub. `urls.py` puts them together with those of knowledge and of the channels."""

from ninja import Router

from interaction_center.console import (
    api_commands,
    api_customers,
    api_devices,
    api_files,
    api_me,
    api_operations,
    api_people,
    api_queue,
    api_settings_doors,
    api_settings_people,
)

ROUTERS: tuple[Router, ...] = (
    api_me.router,
    api_queue.router,
    api_commands.router,
    api_customers.router,
    api_devices.router,
    api_people.router,
    api_files.router,
    api_settings_people.router,
    api_settings_doors.router,
    api_operations.router,
)
