"""Azure IoT Central applications: their place, and a failover to a place that nobody names.

https://learn.microsoft.com/azure/iot-central/core/concepts-faq-scalability-availability: an
application is failed over by Microsoft to another region of the same geography, which neither the
page nor a field names. Older applications have a geography for a location. What an application
exports is set within it and shows in no field of the resource.
"""

from collections.abc import Iterator

from residency.check import Check, Reader, at_location, documented
from residency.model import UNKNOWN_REGION, Holds, Placement, Resource, Role

PAGE = "https://learn.microsoft.com/azure/iot-central/core/concepts-faq-scalability-availability"


def locate(application: Resource, reader: Reader) -> Iterator[Placement]:
    """State where an application is, and that it has a further place that is not named."""
    del reader
    yield at_location(application)
    fact = "applications fail over to another region in the same geography, which is not named"
    yield documented(application.reading, Role.REPLICA, UNKNOWN_REGION, page=PAGE, fact=fact)


CHECKS = (
    Check(
        id="iot-central",
        title="Azure IoT Central application",
        resource_types=("microsoft.iotcentral/iotapps",),
        holds=Holds.STORES,
        can_fail_over=False,
        permissions=("Microsoft.IoTCentral/IoTApps/read",),
        docs=(PAGE,),
        locate=locate,
        uses_properties=False,
    ),
)
