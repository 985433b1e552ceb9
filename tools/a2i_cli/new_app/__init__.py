"""Files of an app that `a2i init` makes: a folder for the app and one for each CI service."""
