"""SELECTs, one function per screen or sheet, scoped to who is looking (`visible_to`)."""
