"""The small questionnaire (tests/questionnaires/small/1.yaml) for what runs outside of pytest."""

from __future__ import annotations

from pathlib import Path

from s11audit.domain.questionnaire import Questionnaire
from s11audit.questionnaires.catalogue import Catalogue

QUESTIONNAIRES = Path(__file__).parent / "questionnaires"


def small_questionnaire() -> Questionnaire:
    return Catalogue([QUESTIONNAIRES]).get("small", "1")
