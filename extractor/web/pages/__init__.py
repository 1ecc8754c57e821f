"""One module a group of pages; each has a router with the role that every route needs."""

from extractor.web.pages import api, dashboard, documents, evidence, findings, group, pictures, repair, review, sign_in

ROUTERS = tuple(
    one.router for one in (sign_in, review, api, group, pictures, documents, repair, findings, dashboard, evidence)
)

__all__ = ["ROUTERS"]
