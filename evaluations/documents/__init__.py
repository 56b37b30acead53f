"""The printed report: one view model for the preview page, the PDF, and later Word and Excel.

building   content of a snapshot (or of live rows) → `model.Document`, strings only
html       `Document` → HTML, the same for the page and for the PDF
pdf        HTML → PDF in a warm worker process; the web process never imports WeasyPrint
worker     that process
"""
