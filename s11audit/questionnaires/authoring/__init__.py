"""Questionnaires in Excel workbooks and CSV lists, and back to YAML."""
