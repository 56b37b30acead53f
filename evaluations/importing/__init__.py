"""Excel workbooks → departments, people, budget lines: read, checked, asked about, and only then stored."""
