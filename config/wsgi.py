"""WSGI entry for gunicorn: `config.wsgi:application`."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from evaluations import outbox  # noqa: E402  (models exist only now)
from evaluations.rollout import running  # noqa: E402

# Imports every view before gunicorn forks: the workers share them, and the first visitor does not wait.
import_module(settings.ROOT_URLCONF)
# Mails go out right after the deed, from the processes that serve pages.
outbox.BACKGROUND.enable()
# So do drafts that follow a newly published version of their template.
running.BACKGROUND.enable()
