"""Mail about joint assessments. It holds a link, and nothing of what anybody rated or how many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.domain.dates import long_date
from s11audit.models import Assessment, User
from s11audit.services.mail import MAIL_KINDS, unsent_mail

# Makes the absolute address of an assessment's page from its reference.
Address = Callable[[str], str]
ASKED, DUE, OPENED = "assessment-asked", "assessment-due", "assessment-opened"


def tell(
    session: Session,
    kind: str,
    assessment: Assessment,
    people: Iterable[User],
    address: Address | None,
    *,
    now: datetime,
) -> int:
    """Write to each of these once, and say to how many. Without `address` nobody is written to."""
    if address is None:
        return 0
    facts = {
        "assessment": assessment.title,
        "about": assessment.about,
        "due": long_date(assessment.due_on),
        "link": address(assessment.reference),
    }
    told = {name: fact for name, fact in facts.items() if name in MAIL_KINDS[kind]}
    each = {one.id: one for one in people if one.is_active}
    mails = [
        unsent_mail(kind, one.email, {**told, "name": one.name}, now=now) for one in each.values()
    ]
    session.add_all(mails)
    session.flush()
    return len(mails)
