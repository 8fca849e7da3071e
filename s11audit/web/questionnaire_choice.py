"""The box of a form in which somebody chooses what is asked."""

from __future__ import annotations

from typing import ClassVar

from wtforms import RadioField

from s11audit.domain.questionnaire import Kind
from s11audit.domain.versions import version_name
from s11audit.questionnaires import Catalogue


class OffersQuestionnaires:
    """Beside a form that has the box; `asks` is the kind of questionnaire that fits there."""

    asks: ClassVar[Kind]
    questionnaire: RadioField
    only_questionnaire: str | None

    def offer_questionnaires(self, catalogue: Catalogue) -> None:
        """Offer every published version of the kind, the newest first."""
        choices = [
            (f"{one.id}/{one.version}", version_name(one.title, one.version))
            for one in reversed(catalogue.published())
            if one.kind is self.asks
        ]
        self.questionnaire.choices = choices
        self.only_questionnaire = choices[0][0] if len(choices) == 1 else None
