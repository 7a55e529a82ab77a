from django.urls import path

from factory_sim import api

app_name = "plants"

urlpatterns = [path("plants/<slug:slug>/reports", api.PlantReportsView.as_view(), name="reports")]
