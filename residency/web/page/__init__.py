"""The pages for people: state first, and every claim with a way down to its evidence.

HTML made here, without a script; who may look is who may read the API, tokens apart.
"""

from residency.web.page.routes import page_routes, refused_page, wants_page

__all__ = ["page_routes", "refused_page", "wants_page"]
