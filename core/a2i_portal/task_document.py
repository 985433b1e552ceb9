"""Task documents: rendered templates as the portal shows them in a frame."""

from a2i_portal import crowd_elements


def task_document(html: str, elements_script: str = crowd_elements.ELEMENTS_SCRIPT) -> str:
    """Return a rendered template that loads our crowd elements and can open no channel out."""
    return crowd_elements.close_channels(crowd_elements.use_stand_in(html, elements_script))
