"""The form of a questionnaire in Excel: what stands on it, and how it is drawn."""
