"""Backup and restore: database, documents and anchors in one folder, sealed with one key.

A backup is a folder of sealed files (`sealed.py`): `anchors`, `database`, `documents`, and the
`manifest` that holds each file's size and SHA-256. It is written beside its place and renamed
when whole. A restore proves every file before it writes anything, and writes into an empty place
only.
"""
