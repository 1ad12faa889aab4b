"""The sentences and words of an answer in Dutch. Both languages say the same."""

from typing import Final

from residency.cli.show_answer_words import Words

DUTCH: Final = Words(
    title="Zijn gegevens van {name} verplaatst, aangeraakt, niet gezien?",
    period="Van {since} tot {until}",
    moved={
        "yes": (
            "Er is gezien dat gegevens van {name} zijn verplaatst, of dat er een kopie bijkwam of"
            " verdween. Veranderingen van plaats: {places}; uitwijkingen: {failovers}."
        ),
        "possibly": (
            "Er is gezien dat gegevens zijn verplaatst, of dat er een kopie bijkwam of verdween,"
            " waarvan niets zegt van wie ze zijn; ze kunnen van {name} zijn. Veranderingen van"
            " plaats: {places}; uitwijkingen: {failovers}."
        ),
        "no": (
            "Er is niet gezien dat gegevens van {name} zijn verplaatst: elke scan keek naar alles"
            " wat daarvan bekend is."
        ),
        "not-established": (
            "Of gegevens van {name} zijn verplaatst, is niet vastgesteld: niet de hele tijd is"
            " alles gezien."
        ),
    },
    maybe_more="Er kan meer zijn gebeurd: niet de hele tijd is alles gezien.",
    touched={
        "yes": (
            "Het activiteitenlogboek noemt, voor zover het bekend is (tot {known}), bewerkingen die"
            " te maken hebben met waar deze gegevens staan: {count}."
        ),
        "possibly": (
            "Het activiteitenlogboek noemt, voor zover het bekend is (tot {known}), bewerkingen die"
            " te maken hebben met waar gegevens staan waarvan niets zegt van wie ze zijn: {count}."
        ),
        "no": (
            "Het activiteitenlogboek noemt tot {known} geen bewerking die te maken heeft met waar"
            " deze gegevens staan; over de tijd daarna zegt het nog niets."
        ),
        "not-established": (
            "Of er bewerkingen waren die te maken hebben met waar deze gegevens staan, is niet"
            " vastgesteld: het activiteitenlogboek is niet over deze hele tijd bekend."
        ),
    },
    touched_and_unknown=(
        "Het activiteitenlogboek noemt bewerkingen die te maken hebben met waar deze gegevens"
        " staan: {count}. Het is niet over deze hele tijd bekend; er kunnen er meer zijn geweest."
    ),
    whole=(
        "Scans in deze tijd: {scans}. Niets waarvan bekend is dat het van {name} is, bleef"
        " ongezien."
    ),
    not_whole="Niet alles is gezien. Scans in deze tijd: {scans}. Tijden van wat niet gezien is:",
    nothing_known="Er is in deze tijd niets bekend dat van {name} is.",
    unassigned=(
        "Onderdelen waarvan niets zegt van wie ze zijn: {count}. Ze kunnen gegevens van elke klant"
        " bevatten, en staan hier zonder hun naam."
    ),
    others=(
        "Andere abonnementen die niet geheel gelezen zijn: {count}. Er is niet bekend dat daar"
        " gegevens van {name} staan."
    ),
    not_seen={
        "everything": "Van {since} tot {until} is niets gezien: {why}.",
        "subscription": "Van {since} tot {until} is abonnement {of} niet geheel gezien: {why}.",
        "resource": "Van {since} tot {until} was niet bekend waar {of} stond: {why}.",
        "activity-log": (
            "Van {since} tot {until} is het activiteitenlogboek van {of} niet bekend: {why}."
        ),
    },
    nobodys="de inhoud van {count} van soort {type}, waarvan niets zegt van wie het is,",
    more="Hetzelfde nog {count} keer tussen {since} en {until}; --format json noemt elke keer.",
    limits=(
        (
            "De monitor ziet waar gegevens staan, hoe dat verandert, en de bewerkingen van het"
            " activiteitenlogboek die met plaatsen te maken hebben. Hij ziet niet wie gegevens"
            " binnen een onderdeel heeft gelezen of veranderd."
        ),
        (
            "Tussen twee scans (elke {interval}) weet hij alleen wat het activiteitenlogboek van"
            " Azure of de dienst zelf later zegt; het logboek kan {lag} achterlopen."
        ),
    ),
    headings={
        "moves": "Plaatsen die veranderden",
        "failovers": "Uitwijkingen",
        "operations": "Bewerkingen in het activiteitenlogboek",
        "where": "Waar de gegevens in deze tijd stonden",
        "when": "wanneer",
        "resource": "onderdeel",
        "what": "wat",
        "evidence": "bewijs, eerder en nu",
        "cause": "oorzaak",
        "role": "rol",
        "region": "regio",
        "country": "land",
        "basis": "bekend door",
        "resources": "onderdelen",
        "unassigned": "van niemand",
        "between": "tussen {after} en {by}",
        "by": "uiterlijk {by}",
        "open": "nog steeds",
        "nobody": "(niets zegt van wie het is)",
        "new": "nieuw: {came}",
        "gone": "weg: {left}",
    },
    told={
        "before-the-first-scan": "vóór de eerste scan die onthouden is",
        "evidence-given-up": "het bewijs van deze tijd is volgens de instelling opgeruimd",
        "no-scan": "er liep geen scan, of er is geen bewaard",
        "not-read": "het kon niet gelezen worden",
        "not-seen": "geen scan zag het, en niets zei dat het weg was",
        "unreadable": "het kon niet gelezen worden",
        "missing": "Azure noemt het niet",
        "partial": "het kon maar voor een deel gelezen worden",
        "read": "wat gelezen is, klopt niet met elkaar",
        "disabled": "het is uitgeschakeld",
        "unexpected": "het werd niet verwacht",
        "not-listed": "Azure noemt het niet",
        "reads-refused": "Azure weigerde het te laten lezen",
        "left-out-by-resource-graph": "de inventaris van Azure laat het weg",
        "inventory-short": "de inventaris is korter dan hij zegt",
        "inventory-truncated": "de inventaris is afgekapt",
        "inventory-failed": "de inventaris kon niet gelezen worden",
        "inventory-broken-off": "de inventaris is afgebroken",
        "inventory-conflict": "de inventaris spreekt zichzelf tegen",
        "inventory-suspect": "er ontbreekt opeens veel in de inventaris",
        "subscription-limit-hit": "er zijn meer abonnementen dan Azure vertelt",
        "rights-narrower-than-read-all": "de rechten dekken niet alles ervan",
        "rights-unreadable": "de rechten konden niet gelezen worden",
        "deleted-unread": "wat verwijderd is en bewaard wordt, kon niet gelezen worden",
        "region-unknown": "de plaats was niet te benoemen",
        "type-unknown": "de soort is niet bekend",
        "facet-unreadable": "een deel ervan kon niet gelezen worden",
        "facet-pending": "een deel ervan was nog niet gelezen",
        "stale": "wat bekend is, is te oud",
        "primary": "primair",
        "replica": "kopie",
        "backup": "back-up",
        "processing": "verwerking",
        "export": "doorgifte",
        "observed": "waargenomen",
        "documented": "gedocumenteerd",
        "declared": "verklaard",
        "inferred": "afgeleid",
        "operator": "beheerder",
        "provider": "aanbieder",
        "unknown": "onbekend",
        "disruption": "storing",
        "test": "test",
        "migration": "migratie",
        "failover": "uitwijk",
        "failback": "terugkeer",
        "switchover": "omschakeling",
        "promotion": "promotie",
        "in-region": "binnen de regio",
        "drill": "oefening",
        "replication": "kopiëren",
        "possible": "mogelijk uitwijk",
        "delete": "verwijderen",
        "running": "loopt",
        "succeeded": "gelukt",
        "failed": "mislukt",
        "person": "een persoon",
        "application": "een programma",
    },
)
