"""Regions: every spelling of the table resolves, and nothing else does."""

import json
import runpy
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency import regions
from residency.errors import BadAnswer
from residency.regions import REGIONS, NewRegion, PairChange, Region, RegionKind

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / "../shared/azure"

IN_THE_EU = {
    "AT": ["austriaeast"],
    "BE": ["belgiumcentral"],
    "DE": [
        "germanycentral",
        "germanynorth",
        "germanynortheast",
        "germanywestcentral",
    ],
    "DK": ["denmarkeast"],
    "ES": ["spaincentral"],
    "FI": ["finlandcentral"],
    "FR": ["francecentral", "francesouth"],
    "GR": ["greececentral"],
    "IE": ["northeurope"],
    "IT": ["italynorth"],
    "NL": ["westeurope"],
    "PL": ["polandcentral"],
    "SE": ["swedencentral", "swedensouth"],
}
NEAR_THE_EU = {
    "GB": ["uksouth", "ukwest"],
    "CH": ["switzerlandnorth", "switzerlandwest"],
    "NO": ["norwayeast", "norwaywest"],
}
PAIRS_THAT_DO_NOT_PAIR_BACK = {
    "brazilsouth": "southcentralus",
    "brazilsoutheast": "brazilsouth",
    "indiasouthcentral": "centralindia",
    "usgovarizona": "usgovtexas",
    "westindia": "southindia",
    "westus3": "eastus",
}
PAIRS = {
    "westeurope": "northeurope",
    "northeurope": "westeurope",
    "francecentral": "francesouth",
    "germanywestcentral": "germanynorth",
    "swedencentral": "swedensouth",
    "norwayeast": "norwaywest",
    "switzerlandnorth": "switzerlandwest",
    "uksouth": "ukwest",
    "eastasia": "southeastasia",
    "eastus": "westus",
    "eastus2": "centralus",
    "northcentralus": "southcentralus",
    "southcentralus": "northcentralus",
}
WITHOUT_A_PAIR = [
    "austriaeast",
    "belgiumcentral",
    "chilecentral",
    "denmarkeast",
    "indonesiacentral",
    "israelcentral",
    "italynorth",
    "malaysiawest",
    "mexicocentral",
    "newzealandnorth",
    "polandcentral",
    "qatarcentral",
    "spaincentral",
]
SPELLINGS = [
    ("westeurope", "westeurope"),
    ("West Europe", "westeurope"),
    ("WestEurope", "westeurope"),
    ("WEST EUROPE", "westeurope"),
    ("west-europe", "westeurope"),
    ("west_europe", "westeurope"),
    ("  West  Europe ", "westeurope"),
    ("(Europe) West Europe", "westeurope"),
    ("West Europe (zone 1)", "westeurope"),
    ("(Europe) North Europe", "northeurope"),
    ("(UK) UK South", "uksouth"),
    ("(Europe) UK South", "uksouth"),
    ("(US) Central US EUAP", "centraluseuap"),
    ("eastus2(stage)", "eastus2"),
    ("East US 2 (Stage)", "eastus2"),
    ("(US) East US 2 (Stage)", "eastus2"),
    ("eastus2stage", "eastus2"),
    ("East US (stg)", "eastus"),
    ("East US STG", "eastusstg"),
    ("US Gov Virginia", "usgovvirginia"),
    ("China East 2", "chinaeast2"),
    ("Germany Central (Sovereign)", "germanycentral"),
    ("Global", "global"),
    ("EU", "eu"),
    ("European Union", "eu"),
    ("europeunion", "eu"),
    ("United Kingdom", "uk"),
    ("United States", "unitedstates"),
]
NO_SPELLINGS = [
    "",
    " ",
    "-",
    "()",
    "unknown",
    "westeurope2",
    "west",
    "europe west",
    "eu-west-1",
    "weurope",
    "westeurop",
    "xwesteurope",
    "germanywest",
    "us",
    "(US) West Europe",
    "(Nowhere) West Europe",
    "(Europe)",
    "(Europe) (Europe) West Europe",
    "West Europe (zone 4)",
    "West Europe (zone 1)(stage)",
    "West Europe, North Europe",
    "westeurope\n",
    "westeurope\x00",
    "west\teurope",
    "west\u00a0europe",
    "\ud800",
    "westeurope\udfff",
    "U\u212a South",
    "\u0130taly North",
    "\u0131talynorth",
    "\uff57\uff45\uff53\uff54europe",
    "w\u0435steurope",
    "\u200bwesteurope",
    "w" * 10_000,
    "west" + " " * 10_000 + "europe",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ExtendedLocation/customLocations/c",
]
PSEUDO_LOCATIONS = [
    ("global", None, False),
    ("europe", None, None),
    ("eu", None, True),
    ("unitedstates", "US", False),
    ("uk", "GB", False),
    ("norway", "NO", False),
    ("switzerland", "CH", False),
    ("france", "FR", True),
    ("germany", "DE", True),
    ("africa", None, False),
    ("asia", None, False),
    ("asiapacific", None, False),
]
NOT_PLACES = [
    "AutoResolve",
    "DataZone",
    "Default",
    "None",
    "NotDefined",
    "WithinGeopair",
    "WithinRegion",
]
EVERY_REGION = pytest.mark.parametrize("region", regions.all_regions(), ids=lambda r: r.name)


def shared_json(name: str) -> Any:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the repository")
    return json.loads(path.read_text(encoding="utf-8"))


def real_regions(country: str) -> list[str]:
    places = {RegionKind.PSEUDO, RegionKind.EDGE}
    return sorted(
        name for name, r in REGIONS.items() if r.country == country and r.kind not in places
    )


@pytest.mark.parametrize(("country", "names"), [*IN_THE_EU.items(), *NEAR_THE_EU.items()])
def test_a_country_in_or_near_the_eu_has_exactly_these_regions(
    country: str, names: list[str]
) -> None:
    assert real_regions(country) == names


def test_no_other_country_is_in_the_eu() -> None:
    assert {r.country for r in REGIONS.values() if r.eu and r.country} == set(IN_THE_EU)


@pytest.mark.parametrize("name", [name for names in NEAR_THE_EU.values() for name in names])
def test_in_europe_is_not_in_the_eu(name: str) -> None:
    assert REGIONS[name].eu is False


@EVERY_REGION
def test_a_region_is_in_the_eu_exactly_if_its_country_is(region: Region) -> None:
    if region.country:
        assert region.eu is (region.country in regions.COUNTRIES_OF_THE_EU)


def test_the_eu_has_27_members_and_greece_is_gr() -> None:
    assert len(regions.COUNTRIES_OF_THE_EU) == 27
    assert {"NL", "IE", "GR"} <= regions.COUNTRIES_OF_THE_EU
    assert regions.COUNTRIES_OF_THE_EU.isdisjoint({"EL", "GB", "UK", "CH", "NO", "IS", "LI"})


@EVERY_REGION
def test_every_pair_names_a_region_of_the_table(region: Region) -> None:
    assert region.pair is None or region.pair in REGIONS


def test_pairs_pair_back_but_for_those_that_microsoft_lists_as_one_way() -> None:
    one_way = {
        r.name: r.pair for r in REGIONS.values() if r.pair and REGIONS[r.pair].pair != r.name
    }
    assert one_way == PAIRS_THAT_DO_NOT_PAIR_BACK


@pytest.mark.parametrize(("name", "pair"), PAIRS.items())
def test_a_region_has_the_pair_that_microsoft_lists(name: str, pair: str) -> None:
    assert REGIONS[name].pair == pair


@pytest.mark.parametrize("name", WITHOUT_A_PAIR)
def test_a_newer_region_has_no_pair(name: str) -> None:
    assert REGIONS[name].pair is None


def test_every_public_region_without_a_pair_is_known_as_such() -> None:
    public = [r for r in REGIONS.values() if r.kind is RegionKind.PUBLIC]
    assert sorted(r.name for r in public if r.pair is None) == WITHOUT_A_PAIR


@pytest.mark.parametrize(("raw", "name"), SPELLINGS)
def test_a_spelling_of_azure_names_its_region(raw: str, name: str) -> None:
    assert regions.normalise(raw) == name


@EVERY_REGION
def test_a_region_is_found_by_its_name_and_its_display_name(region: Region) -> None:
    assert regions.find(region.name) is region
    assert regions.find(region.display_name) is region


@pytest.mark.parametrize("raw", [None, *NO_SPELLINGS], ids=lambda raw: ascii(raw)[:40])
def test_what_is_no_spelling_is_unknown_and_never_a_guess(raw: str | None) -> None:
    assert regions.find(raw) is None
    assert regions.find_site(raw) is None
    assert regions.normalise(raw) == "unknown"


def test_no_spelling_stands_for_two_regions() -> None:
    table = json.loads((ROOT / "residency/data/regions.json").read_text(encoding="utf-8"))
    for row in table["regions"]:
        for spelling in (row["name"], row["display_name"], *row.get("aliases", ())):
            assert regions.normalise(spelling) == row["name"]
    assert len(table["regions"]) == len(REGIONS)


def test_every_region_and_alias_of_the_reference_table_resolves() -> None:
    table = shared_json("regions.json")
    for row in (*table["regions"], *table["sovereignCloudRegions"]):
        for spelling in (row["name"], row["displayName"], *row.get("aliases", ())):
            region = regions.find(spelling)
            assert region is not None, spelling
            assert region.name == row["name"]
            assert (region.country, region.eu) == (row["country"], row["eu"])
            assert region.pair == row["pairedRegion"]


def test_every_pseudo_location_of_the_reference_table_is_a_place_or_known_to_be_none() -> None:
    for row in shared_json("regions.json")["pseudoLocations"]:
        found = regions.find(row["value"])
        assert (found is None) == (row["value"] in regions.NOT_PLACES), row["value"]


@pytest.mark.parametrize(("name", "country", "eu"), PSEUDO_LOCATIONS)
def test_a_pseudo_location_says_whether_it_lies_in_the_eu(
    name: str,
    country: str | None,
    eu: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    region = REGIONS[name]
    assert (region.kind, region.country, region.eu) == (RegionKind.PSEUDO, country, eu)


@pytest.mark.parametrize("raw", NOT_PLACES)
def test_a_name_that_is_no_place_resolves_to_nothing(raw: str) -> None:
    assert raw.lower() in regions.NOT_PLACES
    assert regions.find(raw) is None


def test_an_edge_zone_stands_at_its_own_site() -> None:
    site = regions.find_site("losangeles")
    assert site is not None
    assert (site.kind, site.country, site.eu) == (RegionKind.EDGE, "US", False)


@pytest.mark.parametrize("raw", ["westeurope", "global", "Los Angeles 2", "microsoftlondon1"])
def test_only_an_edge_zone_is_a_site(raw: str) -> None:
    assert regions.find_site(raw) is None


def test_the_table_is_read_only() -> None:
    with pytest.raises(TypeError):
        REGIONS["westeurope"] = REGIONS["uksouth"]  # type: ignore[index]


def test_the_cache_is_bounded_and_never_keeps_long_text() -> None:
    before = regions._look_up.cache_info()  # noqa: SLF001 - the bound is a promise
    regions.find("x" * (regions.LONGEST_SPELLING_CHARACTERS + 1))
    after = regions._look_up.cache_info()  # noqa: SLF001
    assert after.maxsize
    assert (after.hits, after.misses) == (before.hits, before.misses)


KNOWN = st.sampled_from([spelling for spelling, _ in SPELLINGS] + sorted(REGIONS))
ODD_TEXT = st.text(alphabet=st.characters(codec=None), max_size=200)


@given(st.one_of(KNOWN, ODD_TEXT))
def test_a_normal_form_is_its_own_normal_form(raw: str) -> None:
    once = regions.normalise(raw)
    assert regions.normalise(once) == once


@given(KNOWN, st.lists(st.tuples(st.booleans(), st.sampled_from(["", " ", "-", "_"]))))
def test_case_spaces_hyphens_and_underscores_do_not_count(
    raw: str, edits: list[tuple[bool, str]]
) -> None:
    padding = [(False, "")] * len(raw)
    edited = "".join(
        extra + (letter.upper() if upper else letter)
        for letter, (upper, extra) in zip(raw, [*edits, *padding], strict=False)
    )
    assert regions.normalise(edited) == regions.normalise(raw)


@given(ODD_TEXT)
def test_random_text_resolves_only_if_it_is_a_spelling_of_the_table(raw: str) -> None:
    known = {name for region in REGIONS.values() for name in (region.name, region.display_name)}
    known = {name.lower().replace(" ", "") for name in known} | {"europeunion"}
    squashed = raw.lower().replace(" ", "").replace("-", "").replace("_", "")
    assert regions.find(raw) is None or squashed in known


@given(st.sampled_from(sorted(REGIONS)), st.characters(exclude_characters=" -_"), st.integers(0))
def test_one_more_letter_is_another_name(name: str, letter: str, place: int) -> None:
    at = place % (len(name) + 1)
    found = regions.normalise(name[:at] + letter + name[at:])
    assert found != name


def location(name: str, **metadata: Any) -> dict[str, Any]:
    return {"name": name, "type": "Region", "displayName": name.title(), "metadata": metadata}


def pair(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "id": f"/subscriptions/s/locations/{name}"} for name in names]


SAME = [
    location("westeurope", regionType="Physical", pairedRegion=pair("northeurope")),
    location("westeurope", regionType="Physical", pairedRegion=pair("North Europe")),
    location("polandcentral", regionType="Physical", pairedRegion=[]),
    location("westeurope", regionType="Physical"),
    location("westeurope", regionType="Physical", pairedRegion=None),
    location("europe", regionType="Logical"),
    location("eastusstage", regionType="Logical", pairedRegion=[]),
    {"name": "westeurope", "type": "Region"},
    {"name": "somesite1", "type": "EdgeZone", "metadata": {"regionType": "Physical"}},
]
DIFFERENT = [
    (
        location("westeurope", regionType="Physical", pairedRegion=pair("uksouth")),
        PairChange(region="westeurope", expected="northeurope", found=("uksouth",)),
        "Azure pairs westeurope with uksouth; the table has northeurope.",
    ),
    (
        location("westeurope", regionType="Physical", pairedRegion=pair("northeurope", "uksouth")),
        PairChange(region="westeurope", expected="northeurope", found=("northeurope", "uksouth")),
        "Azure pairs westeurope with northeurope and uksouth; the table has northeurope.",
    ),
    (
        location("westeurope", regionType="Physical", pairedRegion=[]),
        PairChange(region="westeurope", expected="northeurope", found=()),
        "Azure lists no pair for westeurope; the table has northeurope.",
    ),
    (
        location("polandcentral", regionType="Physical", pairedRegion=pair("Atlantis")),
        PairChange(region="polandcentral", expected=None, found=("atlantis",)),
        "Azure now pairs polandcentral with atlantis; the table knows no pair.",
    ),
    (
        location("atlantis", regionType="Physical", pairedRegion=[]),
        NewRegion(region="atlantis", display_name="Atlantis", logical=False),
        (
            "Azure lists the region atlantis (Atlantis), which the table lacks: "
            "placements there are unknown."
        ),
    ),
    (
        location("benelux", regionType="Logical"),
        NewRegion(region="benelux", display_name="Benelux", logical=True),
        (
            "Azure lists the logical region benelux (Benelux), which the table lacks: "
            "placements there are unknown."
        ),
    ),
]
MALFORMED: list[dict[str, Any]] = [
    {},
    {"name": None},
    {"name": 7},
    {"name": "westeurope", "metadata": "none"},
    location("westeurope", pairedRegion="northeurope"),
    location("westeurope", pairedRegion=["northeurope"]),
    location("westeurope", pairedRegion=[{"id": "northeurope"}]),
]


@pytest.mark.parametrize("item", SAME)
def test_a_location_that_agrees_with_the_table_is_no_finding(item: Mapping[str, Any]) -> None:
    assert regions.compare([item]) == ()


@pytest.mark.parametrize(("item", "difference", "sentence"), DIFFERENT)
def test_a_difference_from_the_table_is_reported_in_one_sentence(
    item: Mapping[str, Any], difference: PairChange | NewRegion, sentence: str
) -> None:
    assert regions.compare([*SAME, item]) == (difference,)
    assert str(difference) == sentence


def test_absence_from_the_live_list_is_no_finding() -> None:
    assert regions.compare([]) == ()


@pytest.mark.parametrize("item", MALFORMED)
def test_a_location_of_another_shape_is_a_bad_answer(item: Mapping[str, Any]) -> None:
    with pytest.raises(BadAnswer):
        regions.compare([item])


@pytest.mark.parametrize("name", ["GetLocations", "GetLocationsWithExtendedLocations"])
def test_the_official_example_of_locations_agrees_with_the_table(name: str) -> None:
    example = shared_json(f"examples/microsoft.resources__subscriptions-locations__{name}.json")
    live = example["responses"]["200"]["body"]["value"]
    assert len(live) >= 2
    assert regions.compare(live) == ()


def test_the_page_of_regions_is_the_one_that_the_table_generates() -> None:
    script = runpy.run_path(str(ROOT / "docs/generate_regions.py"))
    page = (ROOT / "docs/regions.md").read_text(encoding="utf-8")
    assert page == script["render"](), f"run: {Path(sys.executable).name} docs/generate_regions.py"
