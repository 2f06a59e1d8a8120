"""Measurements, each one command that prints its figures: `python -m bench.chat`, `python -m bench.mail_push`."""
