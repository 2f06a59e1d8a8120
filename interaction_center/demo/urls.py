"""The pages of the demo; 404 where the centre runs without it."""

from django.urls import path

from interaction_center.demo import views

urlpatterns = [
    path("demo/", views.shop, name="demo"),
    path("demo/mail/", views.write_mail, name="demo-mail"),
    path("demo/answers/", views.answers, name="demo-answers"),
]
