"""What schemathesis is told beside the document."""

import unicodedata

import schemathesis


@schemathesis.hook
def filter_case(context, case):
    """Leaves out what the document can't say."""
    query, headers = case.query or {}, case.headers or {}
    # A cursor is of one order, and no schema relates two parameters.
    if "cursor" in query and "order" in query:
        return False
    # Names in a body are bounded in bytes, of which schemas know nothing, and have no controls.
    if any(is_odd(name) for name in names(case.body)):
        return False
    # HTTP wants unknown headers ignored.
    return not any(name.lower().startswith("x-schemathesis-unknown") for name in headers)


def names(value):
    """The names of all members, however deep."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from names(member)
    elif isinstance(value, list):
        for item in value:
            yield from names(item)


def is_odd(name):
    """Whether the gateway takes no member of this name."""
    too_long = len(name.encode(errors="surrogatepass")) > 128
    return too_long or any(unicodedata.category(char) == "Cc" for char in name)
