"""The one way a backup or a restore ends badly."""


class BackupError(Exception):
    """It cannot be done; the message is one sentence for the operator."""
