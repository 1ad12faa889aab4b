"""Bodies of Microsoft.Network: what carries data and holds none."""

from residency.simulator.estate.bodies import GLOBAL, Group, arm, arm_id, guid
from residency.simulator.world import Body

NETWORK = "Microsoft.Network"
UNTAGGED: dict[str, str] = {}


def virtual_network(group: Group, name: str, network: str, subnets: tuple[str, ...]) -> Body:
    """Give a network with a /24 for each subnet."""
    parts = [
        {"name": subnet, "properties": {"addressPrefix": f"{network}.{number}.0/24"}}
        for number, subnet in enumerate(subnets)
    ]
    space = {"addressPrefixes": [f"{network}.0.0/16"]}
    properties = {"addressSpace": space, "subnets": parts, "enableDdosProtection": False}
    return arm(group, f"{NETWORK}/virtualNetworks", name, properties)


def security_group(group: Group, name: str) -> Body:
    """Give a network security group with one rule."""
    rule = {
        "name": "AllowHttpsInbound",
        "properties": {
            "access": "Allow",
            "destinationPortRange": "443",
            "direction": "Inbound",
            "priority": 200,
            "protocol": "Tcp",
            "sourceAddressPrefix": "VirtualNetwork",
        },
    }
    return arm(group, f"{NETWORK}/networkSecurityGroups", name, {"securityRules": [rule]})


def route_table(group: Group, name: str) -> Body:
    """Give a route table that sends all to the firewall of the hub."""
    route = {
        "name": "default",
        "properties": {
            "addressPrefix": "0.0.0.0/0",
            "nextHopIpAddress": "10.10.1.4",
            "nextHopType": "VirtualAppliance",
        },
    }
    return arm(group, f"{NETWORK}/routeTables", name, {"routes": [route]})


def public_address(group: Group, name: str, *, location: str = "") -> Body:
    """Give a public address."""
    return arm(
        group,
        f"{NETWORK}/publicIPAddresses",
        name,
        {"publicIPAddressVersion": "IPv4", "publicIPAllocationMethod": "Static"},
        location=location,
        sku={"name": "Standard", "tier": "Regional"},
    )


def fronted(group: Group, kind: str, name: str, address: Body) -> Body:
    """Give a load balancer, gateway, firewall or bastion with one public address."""
    front = {"name": "front", "properties": {"publicIPAddress": {"id": address["id"]}}}
    key = "ipConfigurations" if kind in {"bastionHosts", "azureFirewalls"} else None
    properties = {key or "frontendIPConfigurations": [front]}
    return arm(group, f"{NETWORK}/{kind}", name, properties)


def interface(group: Group, name: str, network: Body) -> Body:
    """Give a network interface; Azure leaves it without tags."""
    subnet = f"{network['id']}/subnets/{network['properties']['subnets'][0]['name']}"
    address = {
        "name": "ipconfig1",
        "properties": {"privateIPAllocationMethod": "Dynamic", "subnet": {"id": subnet}},
    }
    properties = {"ipConfigurations": [address], "enableIPForwarding": False}
    return arm(group, f"{NETWORK}/networkInterfaces", name, properties, tags=UNTAGGED)


def private_endpoint(group: Group, network: Body, target: Body, part: str) -> tuple[Body, Body]:
    """Give a private endpoint to a resource, and its interface."""
    name = f"pe-{target['name']}-{part}".lower()
    nic = interface(group, f"{name}.nic.{guid('nic', group.id, name)}", network)
    connection = {
        "name": name,
        "properties": {
            "groupIds": [part],
            "privateLinkServiceConnectionState": {"status": "Approved"},
            "privateLinkServiceId": target["id"],
        },
    }
    properties = {
        "networkInterfaces": [{"id": nic["id"]}],
        "privateLinkServiceConnections": [connection],
    }
    return arm(group, f"{NETWORK}/privateEndpoints", name, properties), nic


def private_zone(group: Group, name: str, networks: tuple[Body, ...]) -> tuple[Body, ...]:
    """Give a private DNS zone, linked to each network; both are `global`."""
    zone = arm(
        group,
        f"{NETWORK}/privateDnsZones",
        name,
        {"numberOfRecordSets": 12, "maxNumberOfRecordSets": 25000},
        location=GLOBAL,
    )
    links = tuple(
        arm(
            group,
            f"{NETWORK}/privateDnsZones/virtualNetworkLinks",
            f"{name}/link-{network['name']}",
            {"registrationEnabled": False, "virtualNetwork": {"id": network["id"]}},
            location=GLOBAL,
        )
        for network in networks
    )
    return (zone, *links)


def dns_zone(group: Group, name: str) -> Body:
    """Give a public DNS zone."""
    properties = {"numberOfRecordSets": 9, "zoneType": "Public"}
    return arm(group, f"{NETWORK}/dnszones", name, properties, location=GLOBAL)


def traffic_manager(group: Group, name: str) -> Body:
    """Give a priority profile that points at the Netherlands first and Ireland second."""
    profile = arm_id(group, f"{NETWORK}/trafficManagerProfiles", name)
    endpoints = [
        {
            "id": f"{profile}/externalEndpoints/{where}",
            "name": where,
            "type": f"{NETWORK}/trafficManagerProfiles/externalEndpoints",
            "properties": {
                "endpointLocation": "West Europe" if where == "we" else "North Europe",
                "endpointMonitorStatus": "Online",
                "endpointStatus": "Enabled",
                "priority": priority,
                "target": f"{name}-{where}.example-software.example",
            },
        }
        for priority, where in enumerate(("we", "ne"), start=1)
    ]
    properties = {
        "dnsConfig": {"relativeName": name, "fqdn": f"{name}.trafficmanager.net", "ttl": 30},
        "endpoints": endpoints,
        "profileStatus": "Enabled",
        "trafficRoutingMethod": "Priority",
    }
    return arm(group, f"{NETWORK}/trafficManagerProfiles", name, properties, location=GLOBAL)


def plain(group: Group, kind: str, name: str, *, location: str = "") -> Body:
    """Give a network resource of which only the place matters."""
    return arm(
        group, f"{NETWORK}/{kind}", name, {"resourceGuid": guid(kind, name)}, location=location
    )
