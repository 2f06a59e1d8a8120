"""Types of input that every endpoint shares: what the database could not hold is refused before it gets there."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

BIGGEST = 2**31 - 1


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL characters")
    return text


Clean = AfterValidator(_without_nul)
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), Clean]
Name = Annotated[str, StringConstraints(max_length=80, strip_whitespace=True), Clean]
PersonName = Annotated[str, StringConstraints(max_length=120, strip_whitespace=True), Clean]
MailAddress = Annotated[str, StringConstraints(max_length=254, strip_whitespace=True), Clean]
Block = Annotated[str, StringConstraints(max_length=20_000), Clean]
MessageBody = Annotated[str, StringConstraints(max_length=100_000), Clean]
Query = Annotated[str, StringConstraints(max_length=200), Clean]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{1,32}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[0-9a-z_]{1,32}$")]
EntryId = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{1,32}(-[0-9]{1,10})?$")]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=64), Clean]
Cursor = Annotated[str, StringConstraints(max_length=600), Clean]
Sequence = Annotated[int, Field(ge=0, le=BIGGEST)]
Limit = Annotated[int, Field(ge=1, le=200)]
