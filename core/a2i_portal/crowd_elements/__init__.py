"""Crowd elements of our own: Amazon's crowd-html-elements come from Amazon's CDN only.

The elements are ES modules without dependencies in `static/`. They look their own way; what a
template can rely on (attributes, regions, events, shape of the answer) is as AWS documents it.
"""

from a2i_portal.crowd_elements.loader import (
    ELEMENTS_SCRIPT,
    STATIC_DIRECTORY,
    STATIC_PATH,
    close_channels,
    use_stand_in,
)

__all__ = ["ELEMENTS_SCRIPT", "STATIC_DIRECTORY", "STATIC_PATH", "close_channels", "use_stand_in"]
