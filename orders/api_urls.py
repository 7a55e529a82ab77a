from django.urls import path

from orders import api, artwork_api, text_api

app_name = "api"

urlpatterns = [
    path("editions/<slug:slug>", api.EditionView.as_view(), name="edition"),
    path("artworks", artwork_api.ArtworksView.as_view(), name="artworks"),
    path("palette", artwork_api.PaletteView.as_view(), name="palette"),
    path("quotes", api.QuoteView.as_view(), name="quotes"),
    path("suggestions", api.SuggestionView.as_view(), name="suggestions"),
    path("designs", api.DesignsView.as_view(), name="designs"),
    path("text-appeals", text_api.TextAppealView.as_view(), name="text-appeals"),
    path("holds", api.HoldView.as_view(), name="holds"),
    path("orders", api.OrdersView.as_view(), name="orders"),
    path("orders/<slug:token>", api.OrderView.as_view(), name="order"),
]
