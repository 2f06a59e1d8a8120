"""The pages of the demo; 404 where the centre runs without it."""

from django.urls import path

from interaction_center.demo import orders, phones, views

urlpatterns = [
    path("demo/", views.shop, name="demo"),
    path("demo/mail/", views.write_mail, name="demo-mail"),
    path("demo/answers/", views.answers, name="demo-answers"),
    path("demo/order/", orders.order, name="demo-order"),
    path("demo/phone/events", phones.events, name="demo-phone-events"),
    path("demo/phone/<str:number>/<str:deed>", phones.act),
]
