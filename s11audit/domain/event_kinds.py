"""What may happen, in words: the kinds of event that the history holds.

A sentence follows the name of whoever did it: “Priya” + “opened round S11-2026”. A kind that code
records and that is missing here fails a test.
"""

from __future__ import annotations

from dataclasses import dataclass

from s11audit.domain.event_groups import EventGroup

DOWNLOADED = "downloaded"
SEEN = "seen"


@dataclass(frozen=True)
class EventKind:
    """One kind: its group, and its past-tense sentence, in which `{}` is what it happened to."""

    group: EventGroup
    sentence: str

    @property
    def label(self) -> str:
        """The sentence without what it happened to: `submitted …`."""
        return self.sentence.format("…")


def _of(group: EventGroup, sentences: dict[str, str]) -> dict[str, EventKind]:
    return {kind: EventKind(group, sentence) for kind, sentence in sentences.items()}


EVENT_KINDS: dict[str, EventKind] = {
    **_of(EventGroup.LOOKS, {SEEN: "looked at {}"}),
    **_of(EventGroup.DOWNLOADS, {DOWNLOADED: "downloaded a file of {}"}),
    **_of(
        EventGroup.ACCOUNTS,
        {
            "signed-in": "signed in",
            "signed-out": "signed out",
            "signed-out-everywhere": "signed out of every browser",
            "password-changed": "changed their own password",
            "password-set": "set the password of {}",
            "sign-in-link-sent": "sent {} a link to sign in with",
            "identity-linked": "linked an organisation’s account to {}",
            "identity-unlinked": "unlinked an organisation’s account from {}",
            "second-factor-added": "added a second way to prove who they are to {}",
            "second-factor-shown": "proved who they are in a second way",
            "second-factors-reset": "took every second way to prove who they are from {}",
            "second-factor-removed": "removed a second way to prove who they are from {}",
            "second-factor-renamed": "renamed a second way to prove who they are of {}",
            "recovery-codes-made": "made new recovery codes for {}",
            "recovery-code-used": "signed in with a recovery code",
        },
    ),
    **_of(
        EventGroup.PEOPLE,
        {
            "person-added": "added {}",
            "person-disabled": "disabled {}",
            "person-enabled": "enabled {} again",
            "person-invited": "sent {}",
            "invitation-renewed": "sent {} with a new link",
            "invitation-revoked": "revoked {}",
            "invitation-accepted": "accepted {}",
            "role-added": "gave a role to {}",
            "role-ended": "ended a role of {}",
            "takeover-asked": "was told that somebody has taken over for {}",
            "takeover-confirmed": "confirmed that somebody has taken over for {}",
            "takeover-declined": "declined that somebody has taken over for {}",
            "role-offered": "invited somebody to take over a role of {}",
            "role-handed-over": "handed over a role of {}",
            "many-invited": "invited many people of {}",
        },
    ),
    **_of(
        EventGroup.AGENCIES,
        {
            "partnership-added": "added {}",
            "agency-added": "added {}",
            "agency-shared": "shared {} with another partnership",
            "agency-joined-trust": "added {} to a trust",
            "agency-left-trust": "took {} out of its trust",
            "trust-added": "added {}",
            "agency-attributes-changed": "changed what is known about {}",
            "email-links-switched": "switched e-mail links to sign in with for {}",
        },
    ),
    **_of(
        EventGroup.ROUNDS,
        {
            "round-created": "set up {}",
            "round-agencies-added": "added agencies to {}",
            "local-questions-chosen": "chose local questions for {}",
            "local-questions-removed": "took local questions out of {}",
            "round-opened": "opened {}",
            "round-closed": "closed {}",
            "round-reopened": "opened {} again",
            "round-moderation-started": "started moderation of {}",
            "round-reported": "marked {} as reported",
            "round-archived": "archived {}",
            "round-dates-changed": "changed the dates of {}",
            "round-reminded": "wrote to those who have not returned in {}",
            "round-terms-changed": "changed the guidance or the signatures of {}",
            "round-plan-changed": "changed when people are reminded of {}",
        },
    ),
    **_of(
        EventGroup.RETURNS,
        {
            "return-started": "started {}",
            "standards-delegated": "delegated standards of {}",
            "answers-saved": "saved answers in {}",
            "evidence-added": "added files to {}",
            "assurance-file-added": "added the document of other assurance to {}",
            "evidence-removed": "took files from answers of {}",
            "evidence-deleted": "deleted a file of {}",
            "evidence-refused": "sent a file with malware to {}, which was refused",
            "evidence-swept": "deleted contents of {} that no file needed",
            "standard-ready": "marked a standard of {} as ready to check",
            "standard-not-ready": "took back that a standard of {} is ready to check",
            "comment-written": "wrote to colleagues about {}",
            "form-uploaded": "uploaded a filled-in Excel form of {}",
            "form-applied": "applied a filled-in Excel form to {}",
            "return-extended": "gave longer for {}",
            "return-sent-for-sign-off": "sent {} for sign-off",
            "return-taken-back": "took {} back from sign-off",
            "return-handed-back": "handed {} back for changes",
            "return-signed": "signed {}",
            "return-submitted": "signed and submitted {}",
            "return-sent-back": "sent {} back to the agency",
            "return-moderation-started": "started moderation of {}",
            "return-agreed": "marked {} as agreed",
            "return-closed": "closed {}",
            "return-made-exempt": "excused the agency from {}",
            "return-exemption-ended": "asked for {} after all",
            "return-assured-otherwise": "gave other assurance in place of {}",
            "return-assurance-withheld": "could not assure that children are safe in {}",
            "return-stated-nil": "made a nil return of {}",
            "return-answered-after-all": "began to answer {} after all",
        },
    ),
    **_of(
        EventGroup.ACTIONS,
        {
            "action-made": "promised {}",
            "action-asked-for": "asked an agency for {}",
            "action-agreed": "agreed {}",
            "action-started": "started {}",
            "action-note-added": "wrote about {}",
            "action-promise-changed": "promised something else in {}",
            "action-promise-dropped": "no longer promised {}",
            "action-claimed-complete": "claimed {} complete",
            "action-verified": "verified {}",
            "action-reopened": "reopened {}",
        },
    ),
    # That somebody answered a survey is no event: the history would tell when, to the second.
    **_of(
        EventGroup.SURVEYS,
        {
            "survey-created": "set up {}",
            "survey-opened": "opened {}",
            "survey-closed": "closed {}",
            "survey-dates-changed": "changed the closing date of {}",
            "survey-agencies-added": "added agencies to {}",
            "survey-staff-changed": "changed how many staff an agency has in {}",
            "survey-link-renewed": "made a new link for an agency of {}",
            "survey-link-ended": "ended the link of an agency of {}",
            "survey-reply-written": "wrote what staff said and what was done in {}",
            "survey-reply-published": "published what was done after {}",
            "survey-reply-withdrawn": "withdrew what was published of {}",
        },
    ),
    **_of(
        EventGroup.CASES,
        {
            "case-audit-planned": "planned {}",
            "case-audit-changed": "changed the plan of {}",
            "steering-group-told": "wrote down what the Steering Group was told of {}",
            "case-audit-commissioned": "commissioned {}",
            "case-list-stored": "stored the list that cases are drawn from for {}",
            "case-set-aside": "set a case aside in {}",
            "case-agencies-added": "asked more agencies to audit their files for {}",
            "case-panel-chosen": "chose the panel of {}",
            "case-audit-sampled": "drew the cases of {}",
            "case-audit-sent-to-agencies": "asked agencies to audit their files for {}",
            "case-audit-opened-to-panel": "opened the cases of {} to its panel",
            "case-audit-agreed": "signed off the agreed grades of {}",
            "case-audit-reported": "marked {} as reported",
            "re-audit-planned": "planned the re-audit of {}",
            "case-audit-cancelled": "cancelled {}",
            "case-audit-planned-again": "put {} back into the programme",
            "case-discussed": "wrote down what the panel said of {}",
            "finding-written": "wrote a finding of {}",
            "finding-changed": "changed a finding of {}",
            "finding-deleted": "deleted a finding of {}",
            "recommendation-written": "wrote a recommendation of {}",
            "recommendation-changed": "changed a recommendation of {}",
            "recommendation-deleted": "deleted a recommendation of {}",
            "measure-counted": "counted a measure of {}",
            "measure-deleted": "deleted a measure of {}",
            "case-auditor-appointed": "appointed who audits {}",
            "case-auditor-taken-off": "took the auditor off {}",
            "case-conflict-declared": "declared a conflict of interest in {}",
            "case-no-conflict-declared": "declared no conflict of interest in {}",
            "case-file-answered": "saved answers in {}",
            "case-chronology-changed": "changed the chronology of {}",
            "case-views-changed": "changed the views in {}",
            "case-no-involvement-stated": "stated no involvement in place of {}",
            "case-no-involvement-withdrawn": "took back no involvement in {}",
            "case-file-finished": "finished {}",
            "case-file-taken-up": "took up {} again",
            "case-files-reminded": "reminded those who audit files for {}",
            "concern-raised": "raised an immediate concern on {}",
            "concern-seen": "saw an immediate concern on {}",
            "concern-closed": "closed an immediate concern on {}",
            "briefing-written": "wrote the learning briefing of {}",
            "briefing-issued": "issued the learning briefing of {}",
            "briefing-taken-back": "took back the learning briefing of {}",
            "case-deletion-proposed": "proposed to delete what is held of the cases of {}",
            "case-deletion-withdrawn": "took back a proposal to delete the cases of {}",
            "case-data-deleted": "approved, so that what was held of the cases of {} was deleted",
            "case-data-deleted-again": "deleted the cases of {} again, which a backup brought back",
            "case-data-put-on-hold": "put what is held of the cases of {} on legal hold",
            "case-data-hold-ended": "ended the legal hold on the cases of {}",
        },
    ),
    **_of(
        EventGroup.ASSESSMENTS,
        {
            "assessment-set-up": "set up {}",
            "assessment-changed": "changed the details of {}",
            "assessor-named": "named an assessor in {}",
            "assessor-removed": "took an assessor out of {}",
            "assessment-started": "asked the assessors of {} to rate",
            "assessors-reminded": "reminded assessors of {}",
            # Never of what, nor how much: see ADR 15.
            "ratings-saved": "worked on their own ratings in {}",
            "ratings-finished": "finished their own ratings in {}",
            "ratings-taken-up": "took up their own ratings in {} again",
            "assessment-opened": "opened the ratings of {}",
            "rating-agreed": "wrote down what was agreed in {}",
            "assessment-agreed": "signed off the agreed ratings of {}",
            "assessment-closed": "closed {}",
            "assessment-cancelled": "cancelled {}",
        },
    ),
    **_of(
        EventGroup.QUESTIONNAIRES,
        {
            "questionnaire-uploaded": "uploaded {}",
            "questionnaire-proposed": "proposed {}",
            "questionnaire-handed-back": "handed {} back",
            "questionnaire-published": "published {}",
            "questionnaire-withdrawn": "withdrew {}",
        },
    ),
    **_of(
        EventGroup.IDENTIFIERS,
        {
            "identifier-noticed": "wrote what may identify somebody in {}",
            "identifier-confirmed": "confirmed that a text of {} identifies nobody",
            "identifier-blocked": "was kept from writing what identifies somebody in {}",
        },
    ),
}


def kinds_of(group: EventGroup) -> frozenset[str]:
    return frozenset(kind for kind, known in EVENT_KINDS.items() if known.group is group)


def sentence_of(kind: str, thing: str) -> str:
    """What happened to `thing`. A kind that nobody has given words to is shown as it is stored."""
    known = EVENT_KINDS.get(kind)
    return known.sentence.format(thing) if known else f"{kind.replace('-', ' ')}: {thing}"
