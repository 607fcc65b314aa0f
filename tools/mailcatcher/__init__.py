"""The development mail catcher: takes every mail over real SMTP and shows it on a page.

A program of its own that the portal never imports; it listens on the loopback only.
"""
