from core.http import AddressThrottle


class PictureThrottle(AddressThrottle):
    scope = "picture"
