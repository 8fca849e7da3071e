"""Section 11 audits for safeguarding partnerships, from questionnaire to scrutiny."""

__version__ = "0.1.0"
