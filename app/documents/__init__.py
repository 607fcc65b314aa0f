"""Documents at their lowest: kept, recognised, named, drawn and scanned; no table, no page.

A file is kept byte for byte as it came, with its hash: it is evidence. What people are shown of
it is drawn anew (``previews``), and a download is always an attachment. Nothing here knows whose
a document is: keys are made by whoever calls, never taken from a file's name.
"""
