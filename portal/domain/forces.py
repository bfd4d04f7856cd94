"""The police forces, by the codes that the Police National Computer gives them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_WELSH = frozenset({"60", "61", "62", "63"})

_NAMES = {
    "01": "Metropolitan",
    "03": "Cumbria",
    "04": "Lancashire",
    "05": "Merseyside",
    "06": "Greater Manchester",
    "07": "Cheshire",
    "10": "Northumbria",
    "11": "Durham",
    "12": "North Yorkshire",
    "13": "West Yorkshire",
    "14": "South Yorkshire",
    "16": "Humberside",
    "17": "Cleveland",
    "20": "West Midlands",
    "21": "Staffordshire",
    "22": "West Mercia",
    "23": "Warwickshire",
    "24": "Ministry of Defence",
    "30": "Derbyshire",
    "31": "Nottinghamshire",
    "32": "Lincolnshire",
    "33": "Leicestershire",
    "34": "Northamptonshire",
    "35": "Cambridgeshire",
    "36": "Norfolk",
    "37": "Suffolk",
    "40": "Bedfordshire",
    "41": "Hertfordshire",
    "42": "Essex",
    "43": "Thames Valley",
    "44": "Hampshire",
    "45": "Surrey",
    "46": "Kent",
    "47": "Sussex",
    "48": "City of London",
    "50": "Devon and Cornwall",
    "52": "Avon and Somerset",
    "53": "Gloucestershire",
    "54": "Wiltshire",
    "55": "Dorset",
    "59": "Civil Nuclear",
    "60": "North Wales",
    "61": "Gwent",
    "62": "South Wales",
    "63": "Dyfed-Powys",
    "93": "British Transport Police",
}


@dataclass(frozen=True)
class Force:
    """A police force."""

    code: str
    name: str

    @property
    def is_welsh(self) -> bool:
        """Whether the people it writes to have a right to be written to in Welsh."""
        return self.code in _WELSH


FORCES: Mapping[str, Force] = MappingProxyType({code: Force(code, name) for code, name in _NAMES.items()})
