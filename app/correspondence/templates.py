"""Every notice that the portal can send.

The words stand in ``wording``, a module a subject; what a notice is made of, in ``template``.
"""

from app.correspondence.template import Kind, Template, all_templates, find_template
from app.correspondence.wording import (
    cases,
    consents,
    delegation,
    drafts,
    employees,
    enrolment,
    files,
    ownership,
    roles,
    sign_in,
)

__all__ = [
    "Kind",
    "Template",
    "all_templates",
    "cases",
    "consents",
    "delegation",
    "drafts",
    "employees",
    "enrolment",
    "files",
    "find_template",
    "ownership",
    "roles",
    "sign_in",
]
