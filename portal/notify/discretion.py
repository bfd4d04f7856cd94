"""Words that tell who writes, or why: a neutral message has none of them (security.md, T-MSG 1)."""

import re
from types import MappingProxyType

from portal.domain.forces import FORCES

_ENGLISH = """
    police crime criminal victim offen[cs] caution court case force officer suspect perpetrator culprit
    arrest charged prosecut probation prison jail sentence[sd]? convict guilty plea magistrate judge jury
    solicitor lawyer barrister custody bail warrant warning detective constable sergeant inspector
    investigat evidence statement witness justice law legal illegal fine[sd]? penalt compensation condition
    resolution diversion restorative rehabilit assault abus violen theft steal stole damage drug alcohol
    weapon stalk harass domestic incident complain breach comply 999 101
"""
_WELSH = """
    heddlu [dt]h?rosedd nhrosedd dd?ioddefwr nioddefwr rh?ybudd ll?ys achos llu swyddog arest cyhudd gyhudd
    erlyn [cg]h?archar ngharchar prawf brawf dd?edfryd euog [bf]arnwr ynad rh?eithgor [cg]h?yfreithi
    [cg]h?yfraith [cg]h?yfiawnder [fm]echn g?warant dd?itectif [cg]h?wnstabl rh?ingyll arolygydd ymchwil
    [dt]h?ystiolaeth [dt]h?yst dd?atganiad dd?irwy [cg]h?osb iawndal amod dd?atrysiad adfer ymosod
    [cg]h?am-?drin [dt]h?rais lladr dwyn ddwyn dd?ifrod [cg]h?yffur alcohol arfau? stelcio aflonydd
    digwyddiad ddigwyddiad [cg]h?wyn[oi]? dd?alfa 999 101
"""
TELLING = MappingProxyType({"en": tuple(_ENGLISH.split()), "cy": tuple(_WELSH.split())})
"""How words begin that tell; in Welsh in each of their mutations."""
_FORCES = tuple(force.name.lower() for force in FORCES.values())


def telling(text: str, language: str) -> list[str]:
    """The beginnings and names in a text that tell, in this language or in English."""
    said = text.lower()
    beginnings = {*TELLING["en"], *TELLING.get(language, ())}
    names = [name for name in _FORCES if re.search(rf"\b{re.escape(name)}\b", said)]
    return sorted(each for each in beginnings if re.search(rf"\b{each}", said)) + names
