"""The built-in classifiers of text, in the order of the page add-classifier. Each says yes or no, never perhaps.

Avro, ORC and Parquet come before these; they are known by their first or last bytes.
https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html#classifier-built-in
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from localcloud.glue.crawler.content import MAX_DOCUMENT, Content, NotRecognized
from localcloud.glue.crawler.csv_format import sample_csv
from localcloud.glue.crawler.json_format import sample_json
from localcloud.glue.crawler.log_format import BUILT_IN, sample_log, sample_w3c
from localcloud.glue.crawler.sample import Sample
from localcloud.glue.crawler.xml_format import sample_xml

Classifier = Callable[[Content], Sample]

ION = b"\xe0\x01\x00\xea"
_ION_TEXT = re.compile(r"\s*(?:\$ion_1_0\b|\{|(?:[A-Za-z_$][\w$]*|'[^'\n]*')\s*::|//|/\*)")


def _bson(content: Content) -> Sample:
    if int.from_bytes(content.raw[:4], "little") > MAX_DOCUMENT or not content.raw[4:5]:
        raise NotRecognized("the first bytes are not the length of a BSON document")
    from localcloud.glue.crawler.bson_format import sample_bson  # noqa: PLC0415  its library costs every crawl a quarter of a second

    return sample_bson(content)


def _ion(content: Content) -> Sample:
    if not content.raw.startswith(ION) and not _ION_TEXT.match(content.text):
        raise NotRecognized("it doesn't start like binary Ion or text Ion")
    from localcloud.glue.crawler.ion_format import sample_ion  # noqa: PLC0415  as above

    return sample_ion(content)


_LOGS: list[tuple[str, Classifier]] = [
    (classification, partial(sample_log, classification=classification, pattern=pattern))
    for classification, pattern in BUILT_IN
]
CLASSIFIERS: list[tuple[str, Classifier]] = [
    ("json", sample_json),
    ("bson", _bson),
    ("xml", sample_xml),
    ("ion", _ion),
    *_LOGS[: [name for name, _ in _LOGS].index("ruby_logger")],
    ("microsoft_log", sample_w3c),
    *_LOGS[[name for name, _ in _LOGS].index("ruby_logger") :],
    ("csv", sample_csv),
]
"""Classification string and classifier, in the order in which they are asked."""


def by_built_in(content: Content) -> Sample:
    """Return the answer of the first classifier that recognizes a content.

    Raises:
        NotRecognized: none does; the text is the reason of the one that it looks most like.
    """
    reasons: dict[str, str] = {}
    for classification, classifier in CLASSIFIERS:
        try:
            return classifier(content)
        except NotRecognized as error:
            reasons.setdefault(classification, str(error))
    almost = [reason for reason in reasons.values() if reason.startswith("only ")]  # some lines are of a log's format
    raise NotRecognized(almost[0] if almost else reasons[_likeliest(content)])


def _likeliest(content: Content) -> str:
    start = content.raw[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if content.raw.startswith(ION):
        return "ion"
    return {b"{": "json", b"[": "json", b"<": "xml"}.get(start, "csv")
