from interaction_center.portal.urls import urlpatterns

__all__ = ["urlpatterns"]
