"""Kinds of agency, and what sets one apart from others of its kind: stable codes and labels."""

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

# Those that a local authority's education team answers for: Education Act 2002 s175 and s157.
SCHOOL_TYPES: frozenset[str] = frozenset({"school", "college"})

# What an agency may have or do; a questionnaire asks some things only of those that do.
AGENCY_ATTRIBUTE_LABELS: dict[str, str] = {
    "commissions-services": "Pays others to run services",
    "direct-work": "Works directly with children",
    "volunteers": "Has volunteers",
    "early-years": "Early years provision",
    "primary": "Primary",
    "secondary": "Secondary",
    "sixth-form": "Sixth form",
    "special": "Special school",
    "alternative-provision": "Alternative provision",
    "boarding": "Boarding",
    "residential": "Residential",
    "maintained": "Maintained",
    "academy": "Academy",
    "independent": "Independent",
    "non-maintained-special": "Non-maintained special school",
}


def agency_type_label(agency_type: str) -> str:
    """The label of a code; a code of the partnership's own reads as its words do."""
    return AGENCY_TYPE_LABELS.get(agency_type, agency_type.replace("-", " ").capitalize())


def agency_attribute_label(attribute: str) -> str:
    """The label of a code; a code of the partnership's own reads as its words do."""
    return AGENCY_ATTRIBUTE_LABELS.get(attribute, attribute.replace("-", " ").capitalize())
