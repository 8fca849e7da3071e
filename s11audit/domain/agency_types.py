"""Kinds of agency: stable codes and their labels."""

from __future__ import annotations

AGENCY_TYPE_LABELS: dict[str, str] = {
    "police": "Police",
    "nhs-trust": "NHS trust",
    "icb": "Integrated care board",
    "childrens-services": "Children’s services",
    "adult-services": "Adult services",
    "public-health": "Public health",
    "district-council": "District council",
    "probation": "Probation",
    "youth-justice": "Youth justice",
    "fire": "Fire and rescue",
    "ambulance": "Ambulance",
    "cafcass": "Cafcass",
    "charity": "Charity",
    "housing": "Housing",
    "gp-practice": "GP practice",
    "school": "School",
    "college": "College",
    "early-years": "Early years",
    "prison": "Prison",
    "armed-forces": "Armed forces",
    "faith": "Faith organisation",
    "sport": "Sport",
}


def agency_type_label(agency_type: str) -> str:
    """The label of a code; a code of the partnership's own reads as its words do."""
    return AGENCY_TYPE_LABELS.get(agency_type, agency_type.replace("-", " ").capitalize())
