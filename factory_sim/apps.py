from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactorySimConfig(AppConfig):
    name = "factory_sim"
    verbose_name = _("Factory")
