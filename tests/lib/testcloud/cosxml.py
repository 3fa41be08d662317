# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of COS, written by hand: no namespace, numbers and truths as text."""

from urllib.parse import quote

from .errors import CosError

_PROLOGUE = "<?xml version='1.0' encoding='utf-8' ?>\n"


def _escape(text):
    return text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')


def element(name, *content):
    """An element with text, a truth, a number or elements in it."""
    parts = []
    for item in content:
        if isinstance(item, Markup):
            parts.append(item)
        elif isinstance(item, bool):
            parts.append('true' if item else 'false')
        else:
            parts.append(_escape(str(item)))
    return Markup(f'<{name}>{"".join(parts)}</{name}>')


class Markup(str):
    """Text that needs no escaping any more."""


def join(elements):
    return Markup(''.join(elements))


def document(markup):
    return (_PROLOGUE + markup).encode()


def error(failure, resource, request_id, trace_id):
    members = [element('Code', failure.code), element('Message', failure.message),
               element('Resource', resource), element('RequestId', request_id),
               element('TraceId', trace_id)]
    members += [element(name, value) for name, value in failure.members.items()
                if name != 'headers']
    return document(element('Error', *members))


def url(text):
    """encoding-type=url: everything but A-Z a-z 0-9 - _ . ~ / is encoded."""
    return quote(text, safe='/')


def parse(data):
    """The root of a document that was sent, in elements whose names carry no namespace."""
    from xml.etree import ElementTree  # takes long to read, and few requests have documents
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as failure:
        raise CosError(400, 'MalformedXML', f'The XML is not well formed: {failure}') from None
    for item in root.iter():
        item.tag = item.tag.rpartition('}')[2]
    return root
