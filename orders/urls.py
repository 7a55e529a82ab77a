from django.urls import path

from orders import live, standing_stream
from orders.views import (
    artwork,
    checkout,
    compare,
    designs,
    ledger,
    lobby,
    pieces,
    promises,
    room,
    shop,
    texts,
    waiting,
)

app_name = "orders"

urlpatterns = [
    path("", shop.home, name="home"),
    path("editions/<slug:slug>/", shop.edition, name="edition"),
    path("editions/<slug:slug>/ledger/", ledger.ledger, name="ledger"),
    path("editions/<slug:slug>/lobby/", lobby.lobby, name="lobby"),
    path("editions/<slug:slug>/draw/", lobby.draw, name="draw"),
    path("editions/<slug:slug>/waiting/", waiting.waiting, name="waiting"),
    path("waiting/<slug:token>/", waiting.place, name="waiting_place"),
    path("waiting/<slug:token>/leave/", waiting.leave, name="leave_line"),
    path("editions/<slug:slug>/standing/", standing_stream.standing, name="standing"),
    path("editions/<slug:slug>/standing/live/", standing_stream.stream, name="standing_stream"),
    path("editions/<slug:slug>/studio/", shop.studio, name="studio"),
    path("editions/<slug:slug>/suggest/", shop.suggest, name="suggest"),
    path("editions/<slug:slug>/text/", texts.ask, name="ask_for_text"),
    path("editions/<slug:slug>/picture/", artwork.add_picture, name="add_picture"),
    path("editions/<slug:slug>/palette/", artwork.use_palette, name="use_palette"),
    path("editions/<slug:slug>/hold/", shop.hold, name="hold"),
    path("editions/<slug:slug>/designs/", designs.save, name="save_design"),
    path("designs/", designs.designs, name="designs"),
    path("d/<str:code>/", designs.design, name="design"),
    path("d/<str:code>/name/", designs.rename, name="rename_design"),
    path("d/<str:code>/remove/", designs.unlist, name="unlist_design"),
    path("room/<str:token>/", room.room, name="room"),
    path("room/<str:token>/code.svg", room.room_code, name="room_code"),
    path("compare/", compare.compare, name="compare"),
    path("holds/<slug:token>/", checkout.checkout, name="checkout"),
    path("orders/<slug:token>/", pieces.order, name="order"),
    path("orders/<slug:token>/pay/", checkout.pay, name="pay"),
    path("orders/<slug:token>/paid/", checkout.payment_done, name="payment_done"),
    path("orders/<slug:token>/progress/", pieces.progress, name="progress"),
    path("orders/<slug:token>/live/", live.live, name="live"),
    path("promises/", promises.promises, name="promises"),
    path("pieces/", pieces.pieces, name="pieces"),
]
