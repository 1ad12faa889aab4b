"""A proposal as the text of a configuration file, with comments that tell what each part is."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from residency.cli.proposal import Proposal
from residency.cli.yaml_scalar import key, quoted
from residency.inventory import Coverage
from residency.model import SubscriptionState
from residency.settings import AzureSettings, Customer, Match, Policy, Product, format_duration

_NOT_NAMED = {
    SubscriptionState.DISABLED: "disabled",
    SubscriptionState.UNEXPECTED: "not beneath the management group",
}


def text_of(proposal: Proposal, azure: AzureSettings, now: datetime) -> str:
    """Write the whole file. Values that come from the tenant stand between double quotes."""
    sections = (
        _head(proposal, now),
        _azure(azure),
        _scope(proposal),
        _policy(proposal),
        _statements(),
        _estate(proposal),
    )
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _head(proposal: Proposal, now: datetime) -> Iterator[str]:
    yield f"# Proposed by `residency init` on {now:%Y-%m-%d} from what it saw of the tenant:"
    yield f"# {len(proposal.coverage)} subscriptions, {proposal.resources} resources."
    yield "# What its identity could not see is not in here: read all of it before you rely on it."
    yield "# docs/configuration.md explains every key; after a change: residency config check"
    unseen = [entry for entry in proposal.coverage if not entry.seen_whole]
    if unseen:
        yield "#"
        yield "# Not seen whole:"
    for entry in unseen:
        yield f"#   {quoted(entry.name or entry.id)}: {_told(entry)}"


def _told(entry: Coverage) -> str:
    reasons = ", ".join(quoted(reason)[1:-1] for reason in entry.reasons)
    return f"{entry.state}, {reasons}" if reasons else str(entry.state)


def _azure(azure: AzureSettings) -> Iterator[str]:
    yield "# How Azure is reached. The identity needs Reader on every subscription, and no more."
    yield "azure:"
    yield f"  endpoint: {quoted(azure.endpoint)}"
    yield "  # azure-cli is for a person who is signed in; a service that runs in Azure takes"
    yield "  # workload-identity or managed-identity."
    yield f"  credential: {azure.credential}"
    if azure.ca_bundle is not None:
        yield f"  ca_bundle: {quoted(str(azure.ca_bundle))}"


def _scope(proposal: Proposal) -> Iterator[str]:
    yield "# The manifest: the subscriptions that must be seen. One that cannot be read or is gone"
    yield "# is a finding; one that is seen and not named here is scanned, and a finding as well."
    yield "scope:"
    group = proposal.management_group
    if group is None:
        yield "  management_group: null   # or the id of a group: all beneath it is the manifest"
        named = [entry for entry in proposal.coverage if _named(proposal, entry)]
    else:
        yield f"  management_group: {quoted(group)}   # all beneath it is the manifest"
        named = []
    yield "  subscriptions:" if named else "  subscriptions: []"
    for entry in proposal.coverage:
        if entry in named:
            yield f"    - {_entry(entry)}{_doubt(entry)}"
        else:
            yield f"    # - {_entry(entry)}   # {_why_not(proposal, entry)}"


def _named(proposal: Proposal, entry: Coverage) -> bool:
    return entry.id not in proposal.left_out and entry.state is not SubscriptionState.DISABLED


def _entry(entry: Coverage) -> str:
    return f"{{id: {entry.id}, name: {quoted(entry.name)}}}"


def _doubt(entry: Coverage) -> str:
    return "" if entry.seen_whole else f"   # {_told(entry)}"


def _why_not(proposal: Proposal, entry: Coverage) -> str:
    if entry.id in proposal.left_out:
        return "left out by whoever made this file"
    return _NOT_NAMED.get(entry.state, f"named by the management group: {_told(entry)}")


def _policy(proposal: Proposal) -> Iterator[str]:
    policy = Policy()
    lists = (
        ("primary", policy.primary, "home: where data is written and the software runs"),
        ("failover", policy.failover, "in a disruption, in the first instance"),
        ("exceptional", policy.exceptional, "in exceptional cases; EU is every country of it"),
        ("standing_copies", policy.standing_copies, "where replicas and backups may always be"),
    )
    yield "# Where data may be, by country (ISO 3166-1). All else is outside, and a violation."
    yield "# These are the defaults: make them what your customers were promised."
    yield "policy:"
    for name, countries, meaning in lists:
        yield f"  {name}: [{', '.join(countries)}]   # {meaning}"
    longest = format_duration(policy.max_failover)
    yield f"  max_failover: {longest}   # a failover that lasts longer is a violation"
    yield f"  max_failover_source: {policy.max_failover_source}   # or contract, if it is agreed"
    yield "  # What stands by is judged as a copy until it takes over."
    yield "  standby: []"
    if proposal.standby:
        yield "  # These look as if they stand by; if they do, put this in place of the line above:"
        yield "  # standby:"
    for match, count in proposal.standby:
        yield f"  #   - {_match(match)}   # {_resources(count)}"


def _statements() -> Iterator[str]:
    yield "# The promise, word for word: reports quote it."
    yield "# promise:"
    yield '#   text: "The primary location of the software is in the Netherlands."'
    yield '#   version: "1.0"'
    yield '#   url: "https://www.example.org/privacy"'
    yield ""
    yield "# Rules set aside for named resources, each with an owner, a ticket and an end."
    yield "exemptions: []"
    yield ""
    yield "# What you state of places that Azure does not tell, such as machines at a customer."
    yield "declarations: []"


def _estate(proposal: Proposal) -> Iterator[str]:
    estate = proposal.estate
    yield "# Whose everything is. Values of tags are compared without regard to case; * and ? are"
    yield "# wildcards. A resource without the tag has that of its group, or of what manages it."
    yield f"# Unassigned, as it is below: {_resources(proposal.unassigned)}. These concern every"
    yield "# customer, until they have a tag, or a rule names their group or subscription."
    yield "estate:"
    yield from _products(proposal, estate.products)
    yield from _customers(proposal, estate.customers)
    yield from _environments(proposal)
    yield "  # Resources that hold no customer data: {match, reason, owner}."
    yield "  outside_promise: []"
    yield "  # Exports that a customer asked for: {from, to, customer, reference, since}."
    yield "  instructed_exports: []"
    yield "  # Other companies that handle the data: {name, seat, service, storage, access}."
    yield "  subprocessors: []"


def _products(proposal: Proposal, products: Mapping[str, Product]) -> Iterator[str]:
    if not products:
        yield from _nothing_seen(proposal, "products", proposal.names.product)
        return
    yield f"  # From the tag {quoted(proposal.names.product)}."
    yield "  products:"
    for name, product in products.items():
        yield f"    {key(name)}:   # {_resources(proposal.owned.get(f'product {name}', 0))}"
        yield f"      label: {quoted(product.label)}"
        yield f"      match: {_match(product.match)}"


def _customers(proposal: Proposal, customers: Mapping[str, Customer]) -> Iterator[str]:
    if not customers:
        yield from _nothing_seen(proposal, "customers", proposal.names.customer)
        return
    yield f"  # From the tag {quoted(proposal.names.customer)}. A customer with no resource"
    yield "  # of its own shows in no tag: add it. `products` is what it uses, shared or not;"
    yield "  # what stands here is what its own resources show: complete it."
    yield "  customers:"
    for name, customer in customers.items():
        owned = proposal.owned.get(f"customer {name}", 0)
        yield f"    {key(name)}:   # {_resources(owned)} of its own"
        yield f"      name: {quoted(customer.name)}"
        yield f"      language: {customer.language}   # of its reports: nl or en"
        yield f"      products: [{', '.join(map(quoted, customer.products))}]"
        if customer.match is not None:
            yield f"      match: {_match(customer.match)}"


def _nothing_seen(proposal: Proposal, what: str, tag: str) -> Iterator[str]:
    usual = ", ".join(f"{quoted(name)} ({count})" for name, count in _first(proposal.tags.items()))
    yield f"  # No resource and no group has a tag {quoted(tag)}, so no {what} are proposed."
    yield f"  # Tags that are used: {usual or 'none'}."
    yield f"  {what}: {{}}"


def _first(tags: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return list(tags)[:8]


def _environments(proposal: Proposal) -> Iterator[str]:
    environments = proposal.estate.environments
    production = {value.lower() for value in environments.production}
    yield '  # Which values of the tag mean production; "" is no such tag. Seen:'
    for value, count in proposal.environments.items():
        meaning = "production" if value.lower() in production else "not production"
        yield f"  #   {quoted(value)}: {_resources(count)}, {meaning}"
    yield "  environments:"
    yield f"    match: {{tags: {quoted(environments.match.tags)}}}"
    yield f"    production: [{', '.join(map(quoted, environments.production))}]"


def _match(match: Match) -> str:
    if match.tags:
        pairs = ", ".join(f"{key(name)}: {quoted(value)}" for name, value in match.tags.items())
        return f"{{tags: {{{pairs}}}}}"
    return f"{{resource_groups: [{', '.join(map(quoted, match.resource_groups))}]}}"


def _resources(count: int) -> str:
    return f"{count} resource" if count == 1 else f"{count} resources"
