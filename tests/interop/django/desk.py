"""What is asked of Django, or of django-allauth: a line of JSON on standard input for each question, one for its answer.

Runs in a folder with site_settings.py and settings.json. Everything goes through Django's own views, forms and models, by its
test client; only mail is kept in memory.
"""

import json
import os
import re
import sys
import traceback
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.core.management import call_command

HERE = Path.cwd()
SITE = json.loads((HERE / "settings.json").read_text())
HOST = urlsplit(SITE["base"]).netloc
ALLAUTH = SITE["allauth"]


def write_people():
    """An application with users of its own, whose key is a UUID."""
    (HERE / "people").mkdir()
    (HERE / "people/__init__.py").touch()
    (HERE / "people/models.py").write_text(
        "import uuid\nfrom django.contrib.auth.models import AbstractUser\nfrom django.db import models\n\n\n"
        "class User(AbstractUser):\n    id = models.UUIDField(primary_key=True, default=uuid.uuid4)\n"
    )


def write_urls():
    # Django brings no page to sign in besides the one of its administration.
    login = "path('accounts/login/', LoginView.as_view(template_name='admin/login.html')),\n    "
    (HERE / "urls.py").write_text(
        "from django.contrib import admin\n"
        "from django.contrib.auth.views import LoginView\n"
        "from django.urls import include, path\n\n"
        "urlpatterns = [\n"
        "    path('admin/', admin.site.urls),\n"
        f"    {'' if ALLAUTH else login}"
        f"path('accounts/', include('{'allauth.account.urls' if ALLAUTH else 'django.contrib.auth.urls'}')),\n]\n"
    )


def client():
    from django.test import Client

    return Client(HTTP_HOST=HOST, raise_request_exception=True)


def path_of(link):
    parts = urlsplit(link)
    assert f"{parts.scheme}://{parts.netloc}" == SITE["base"], link
    return parts.path


def do_migrate():
    if SITE["uuid"]:
        call_command("makemigrations", "people", verbosity=0)
    call_command("migrate", verbosity=0)
    from django.contrib.sites.models import Site

    Site.objects.update(domain=HOST)
    Site.objects.clear_cache()
    return django.get_version()


def do_add_user(email, login, password, active, sso, admin, addresses):
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.create_user(login, email, password, is_active=active, is_staff=admin, is_superuser=admin)
    # create_user makes the domain small; a row may have been written by other means.
    user.email = email
    if sso:
        user.set_unusable_password()
    user.save()
    if ALLAUTH:
        from allauth.account.models import EmailAddress

        EmailAddress.objects.create(user=user, email=email.lower(), verified=True, primary=True)
        for address in addresses:
            EmailAddress.objects.create(user=user, email=address, verified=False, primary=False)
    return str(user.pk)


def do_ask(email):
    from django.core import mail

    mail.outbox = []
    form = "/accounts/password/reset/" if ALLAUTH else "/accounts/password_reset/"
    done = client().post(form, {"email": email}, secure=True)
    assert done.status_code == 302, done.content.decode()
    found = [link for message in mail.outbox for link in re.findall(r"https?://\S+/reset/\S+", message.body)]
    return found[0] if found else None


def do_check(link):
    return client().get(path_of(link), secure=True).status_code == 302


def do_complete(link, password):
    browser = client()
    first = browser.get(path_of(link), secure=True)
    if first.status_code != 302:
        return False
    names = ("password1", "password2") if ALLAUTH else ("new_password1", "new_password2")
    return browser.post(first["Location"], dict.fromkeys(names, password), secure=True).status_code == 302


def do_signs_in(email, password):
    from django.contrib.auth import get_user_model

    field = {"login": email} if ALLAUTH else {"username": get_user_model().objects.get(email=email).username}
    browser = client()
    browser.post("/accounts/login/", field | {"password": password}, secure=True)
    return "_auth_user_id" in browser.session


def do_token(key, clock):
    """The token that its generator makes of an account as it is, with that many seconds since 2001."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.tokens import default_token_generator as generator

    if ALLAUTH:
        from allauth.account.forms import default_token_generator as generator
    user = get_user_model().objects.get(pk=uuid.UUID(key) if SITE["uuid"] else key)
    secret = (generator.secret,) if django.VERSION >= (4, 1) else ()
    return generator._make_token_with_timestamp(user, clock, *secret)


def answer(do, **details):
    return globals()[f"do_{do}"](**details)


write_urls()
if SITE["uuid"]:
    write_people()
sys.path.insert(0, str(HERE))
os.environ["DJANGO_SETTINGS_MODULE"] = "site_settings"
django.setup()
for line in sys.stdin:
    try:
        told = {"answer": answer(**json.loads(line))}
    except Exception:
        told = {"failed": traceback.format_exc()}
    print("\n\x1e" + json.dumps(told), flush=True)
