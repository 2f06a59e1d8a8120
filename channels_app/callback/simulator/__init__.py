"""The phone network in a box: the part of Twilio that an interaction centre uses, on this machine."""
