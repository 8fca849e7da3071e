"""Agency types that are known by name. A new one may be made up; a misspelt one is a fault."""

from __future__ import annotations

KNOWN_AGENCY_TYPES: tuple[str, ...] = (
    "police",
    "nhs-trust",
    "icb",
    "childrens-services",
    "adult-services",
    "public-health",
    "district-council",
    "probation",
    "youth-justice",
    "fire",
    "ambulance",
    "cafcass",
    "charity",
    "housing",
    "gp-practice",
    "school",
    "college",
    "early-years",
    "prison",
    "armed-forces",
    "faith",
    "sport",
)
