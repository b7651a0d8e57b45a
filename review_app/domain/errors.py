"""The errors a person may meet. Each carries a Chinese message with named places; the shells translate and show it."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802  (the name translators' tools look for)
    """Mark a text for translation; the shell that shows it translates it."""
    return text


class DomainError(Exception):
    """Base of all errors that are shown. `message` is a Chinese text whose %(name)s places are filled from `facts`."""

    def __init__(self, message: str, **facts: object) -> None:
        self.message = message
        self.facts = facts
        super().__init__(message % facts if facts else message)


class NotFound(DomainError):
    """No such thing, or none that this person may know of; the two are never told apart."""

    def __init__(self, message: str = N_("没有找到要看的内容，它可能已被移走。"), **facts: object) -> None:
        super().__init__(message, **facts)


class NotAllowed(DomainError):
    """This role may not do this."""

    def __init__(self, message: str = N_("您的账号不能做这件事。"), **facts: object) -> None:
        super().__init__(message, **facts)


class Invalid(DomainError):
    """The input breaks a rule. `field` names the form field at fault, "" for the whole form."""

    def __init__(self, message: str, field: str = "", **facts: object) -> None:
        super().__init__(message, **facts)
        self.field = field


class Conflict(DomainError):
    """Somebody changed the same thing meanwhile, or its state no longer allows this step."""


class Closed(DomainError):
    """The time for this has passed or has not come yet."""
