"""Minimal servers that mark what is possible on this machine."""
