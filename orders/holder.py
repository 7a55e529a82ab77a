"""Who may act on an order: whoever ordered it. Its page may be shared, so its address alone is not enough."""

from allauth.account.models import EmailAddress
from django.http import HttpRequest

from accounts.models import User
from orders.models import Order

ORDERED = "ordered"
MOST = 50


def remember_order(request: HttpRequest, order: Order) -> None:
    """This browser has ordered it."""
    request.session[ORDERED] = [*request.session.get(ORDERED, []), order.token][-MOST:]


def is_holder(request: HttpRequest, order: Order) -> bool:
    """Whether the browser has ordered it, or the account that is signed in has, or owns its verified e-mail address."""
    if order.token in request.session.get(ORDERED, []):
        return True
    user = request.user
    if not isinstance(user, User):
        return False
    owns = EmailAddress.objects.filter(user=user, verified=True, email__iexact=order.email)
    return order.customer_id == user.pk or owns.exists()
