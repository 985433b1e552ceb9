"""cdk-nag's AwsSolutions rules over the library's constructs, and why some findings stand.

Needs no cdk-nag: an acknowledgement is CDK's own. Without the rules it changes nothing.
"""

from a2i_constructs.nag.library import acknowledge_findings

__all__ = ["acknowledge_findings"]
