"""One function per intention. Each changes rows, appends an event and flushes; none commits."""
