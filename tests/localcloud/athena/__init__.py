"""Tests of Athena; a package, so that the files share how they ask."""
