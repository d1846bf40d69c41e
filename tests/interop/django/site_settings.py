"""The settings of the site. A module that DJANGO_SETTINGS_MODULE names: only such settings make TIME_ZONE the zone of the
process, which is what tokens are dated by; settings.configure() does not."""

import json
from pathlib import Path
from urllib.parse import urlsplit

_site = json.loads((Path(__file__).parent / "settings.json").read_text())

SECRET_KEY = _site["secret"]
ALLOWED_HOSTS = [urlsplit(_site["base"]).netloc]
TIME_ZONE = _site["zone"]
USE_TZ = _site["aware"]
SITE_ID = 1
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
LOGIN_REDIRECT_URL = "/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
INSTALLED_APPS = [
    f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages", "sites", "staticfiles")
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": _site["database"]
    | {"ENGINE": "django.db.backends.mysql", "OPTIONS": {"init_command": "SET sql_mode='STRICT_TRANS_TABLES'"}}
}
if _site["uuid"]:
    INSTALLED_APPS.append("people")
    AUTH_USER_MODEL = "people.User"
if _site["allauth"]:
    import allauth

    INSTALLED_APPS += ["allauth", "allauth.account"]
    AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
    ACCOUNT_EMAIL_VERIFICATION = "optional"
    if allauth.VERSION[0] >= 1:
        MIDDLEWARE.append("allauth.account.middleware.AccountMiddleware")
        ACCOUNT_LOGIN_METHODS = {"email"}
        ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
        ACCOUNT_RATE_LIMITS = False
    else:
        INSTALLED_APPS.append("allauth.socialaccount")  # its page to sign in wants it
        ACCOUNT_AUTHENTICATION_METHOD = "email"
        ACCOUNT_EMAIL_REQUIRED = True
        ACCOUNT_USERNAME_REQUIRED = False
