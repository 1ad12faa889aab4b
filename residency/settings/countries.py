"""The country codes that a configuration may name: ISO 3166-1 alpha-2, and `EU` where allowed.

The list is closed, so that a typing mistake is refused instead of judged as a country of its own.
"""

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

EUROPEAN_UNION = "EU"
"""The European Union as a whole; reserved in ISO 3166-1, and no country."""

ISO_3166_1 = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 - a table of 249 codes reads better as lines
)
"""The 249 officially assigned codes."""

_MEANT = {"UK": "GB", "EL": "GR"}


def country(value: str) -> str:
    """Accept one country code.

    Raises:
        ValueError: Not an assigned code, with the code that was probably meant.
    """
    if value == EUROPEAN_UNION:
        raise ValueError("is no single country: name the country")
    return place(value)


def place(value: str) -> str:
    """Accept one country code, or `EU`.

    Raises:
        ValueError: Neither, with the code that was probably meant.
    """
    if value in ISO_3166_1 or value == EUROPEAN_UNION:
        return value
    raise ValueError(_advice(value))


def _advice(value: str) -> str:
    upper = value.strip().upper()
    meant = _MEANT.get(upper, upper)
    if meant in ISO_3166_1 or meant == EUROPEAN_UNION:
        return f"is not an ISO 3166-1 code: use {meant}"
    return "is not an ISO 3166-1 code of two letters, such as NL"


_CODE = WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"})

Country = Annotated[str, AfterValidator(country), _CODE]
"""An ISO 3166-1 alpha-2 code in upper case."""

CountryOrUnion = Annotated[str, AfterValidator(place), _CODE]
"""An ISO 3166-1 alpha-2 code in upper case, or `EU`."""
