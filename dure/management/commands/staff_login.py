"""`manage.py staff_login`: the demo's member of staff, and her password as often as it is asked for."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from core.availability import DATABASE_DOWN
from dure.local.home import home_of_clone


class Command(BaseCommand):
    help = "Creates the demo's staff login (DEBUG only) and prints it; the password is random and kept on this machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only-if-new", action="store_true", help="say nothing when the login exists already")

    def handle(self, *args: Any, only_if_new: bool, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("This login is for demos: in production use `manage.py createsuperuser`.")
        email = settings.DEMO_STAFF_EMAIL
        password = home_of_clone().secret("staff-password", 12)
        try:
            user, is_new = User.objects.get_or_create(
                email=email, defaults={"is_staff": True, "is_superuser": True, "first_name": "Maker"}
            )
        except DATABASE_DOWN:
            raise CommandError("The database does not answer: start Dure first (make run).") from None
        if is_new or not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
        if is_new or not only_if_new:
            self.stdout.write(f"Staff login: {email}  password: {password}")
