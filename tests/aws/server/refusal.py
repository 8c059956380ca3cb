"""How a service says no."""


class Refusal(Exception):
    """An error that the service answers: its code, its message, the HTTP status, and what else its body holds."""

    def __init__(self, code, message, status=400, **more):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.more = more


class Misfit(Exception):
    """A parameter that does not fit its shape. Each service has its own code for it.

    `kind` is "unknown", "missing", "type" (not an integer, not base64 ...) or "value" (out of range, not one of ...).
    """

    def __init__(self, kind, name, why):
        super().__init__(f"{name}: {why}")
        self.kind = kind
        self.name = name
        self.why = why
