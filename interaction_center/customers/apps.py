from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "interaction_center.customers"
    label = "customers"
