"""Tests of SerDes."""
