from django.urls import path

from orders import api

app_name = "api"

urlpatterns = [
    path("editions/<slug:slug>", api.EditionView.as_view(), name="edition"),
    path("quotes", api.QuoteView.as_view(), name="quotes"),
    path("suggestions", api.SuggestionView.as_view(), name="suggestions"),
    path("holds", api.HoldView.as_view(), name="holds"),
    path("orders", api.OrdersView.as_view(), name="orders"),
    path("orders/<slug:token>", api.OrderView.as_view(), name="order"),
]
