"""Custom classifiers, asked before the built-in ones in the order of the crawler.

https://docs.aws.amazon.com/glue/latest/dg/custom-classifier.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from localcloud.glue.crawler.content import Content, NotRecognized
from localcloud.glue.crawler.csv_format import sample_csv
from localcloud.glue.crawler.csv_rules import CsvRules
from localcloud.glue.crawler.json_format import sample_json
from localcloud.glue.crawler.log_format import sample_grok
from localcloud.glue.crawler.sample import Sample
from localcloud.glue.crawler.xml_format import sample_xml

Json = dict[str, Any]


def answers(content: Content, classifiers: list[Json]) -> list[Sample]:
    """Return the samples of the classifiers that recognize a content; it ends with the first that is certain.

    `classifiers` are Classifier structures: each has one member, under the name of its kind.
    """
    samples: list[Sample] = []
    for classifier in classifiers:
        ((kind, members),) = classifier.items()
        try:
            sample = _KINDS[kind](content, members)
        except NotRecognized:
            continue
        if sample.columns:
            samples.append(sample)
            if sample.certainty == 1.0:
                break
    return samples


def _grok(content: Content, members: Json) -> Sample:
    return sample_grok(content, members["Classification"], members["GrokPattern"], members.get("CustomPatterns") or "")


def _xml(content: Content, members: Json) -> Sample:
    return replace(sample_xml(content, members.get("RowTag")), classification=members.get("Classification") or "xml")


_KINDS: dict[str, Callable[[Content, Json], Sample]] = {
    "CsvClassifier": lambda content, members: sample_csv(content, CsvRules.of(members)),
    "JsonClassifier": lambda content, members: sample_json(content, members["JsonPath"]),
    "XMLClassifier": _xml,
    "GrokClassifier": _grok,
}
