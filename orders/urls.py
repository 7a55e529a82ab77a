from django.urls import path

from orders import live
from orders.views import checkout, pieces, shop

app_name = "orders"

urlpatterns = [
    path("", shop.home, name="home"),
    path("editions/<slug:slug>/", shop.edition, name="edition"),
    path("editions/<slug:slug>/studio/", shop.studio, name="studio"),
    path("editions/<slug:slug>/suggest/", shop.suggest, name="suggest"),
    path("editions/<slug:slug>/hold/", shop.hold, name="hold"),
    path("holds/<slug:token>/", checkout.checkout, name="checkout"),
    path("orders/<slug:token>/", pieces.order, name="order"),
    path("orders/<slug:token>/pay/", checkout.pay, name="pay"),
    path("orders/<slug:token>/paid/", checkout.payment_done, name="payment_done"),
    path("orders/<slug:token>/progress/", pieces.progress, name="progress"),
    path("orders/<slug:token>/live/", live.live, name="live"),
    path("pieces/", pieces.pieces, name="pieces"),
]
