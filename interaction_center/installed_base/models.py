"""What stands at the customer: devices with a family, a model and a serial number."""

from django.db import models
from django.db.models import Q

from interaction_center.customers.models import Customer
from interaction_center.ids import public_id
from kb.models import DeviceModel, Product


class InstalledDevice(models.Model):
    """One device of one customer. `place` is what they call it or where it stands; one that is removed is not active.

    A serial number is written in capitals; a device that is there has it alone in its family.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="devices")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="devices")
    model = models.ForeignKey(DeviceModel, on_delete=models.PROTECT, null=True, related_name="devices")
    serial = models.CharField(max_length=60, blank=True, default="")
    place = models.CharField(max_length=120, blank=True, default="")
    installed_on = models.DateField(null=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "serial"],
                condition=Q(active=True) & ~Q(serial=""),
                name="installed_device_serial_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.serial}".strip()

    @property
    def name(self) -> str:
        """The model where it is known, else the family. Asks for both."""
        return self.model.name if self.model else self.product.name
