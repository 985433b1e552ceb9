"""The CDK app: one stack for human review, as the settings in cdk.json say."""

import json
import sys
from pathlib import Path

from aws_cdk import App

from infra.review_app import define_stack
from infra.settings import SettingsError

CDK_JSON = Path(__file__).with_name("cdk.json")
REPORTED = "ValidationFailed: "


def main() -> None:
    """Synthesize the app; wrong settings and rules that are broken end it with one message."""
    # The CDK CLI passes the same context, with -c on top. Without it, `python app.py` from any
    # folder makes the same templates.
    app = App(context=json.loads(CDK_JSON.read_text(encoding="utf-8"))["context"])
    try:
        define_stack(app)
        app.synth()
    except SettingsError as error:
        sys.exit(f"settings: {error}")
    except RuntimeError as error:
        # CDK has printed its findings; a trace through its bindings would only hide them.
        if not str(error).startswith(REPORTED):
            raise
        sys.exit(str(error))


if __name__ == "__main__":
    main()
