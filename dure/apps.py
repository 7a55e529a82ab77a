from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class DureConfig(AppConfig):
    name = "dure"

    def ready(self) -> None:
        from dure import checks  # noqa: F401, PLC0415 (registers the deployment checks)


class DureAdminConfig(AdminConfig):
    default_site = "dure.admin_site.DureAdminSite"
