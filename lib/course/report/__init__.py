"""An executed notebook as one HTML file: offline, with live figures, and made to be heard as well as seen."""

from course.report.html import write_page

__all__ = ["write_page"]
