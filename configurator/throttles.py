from core.http import AddressThrottle


class UploadThrottle(AddressThrottle):
    scope = "upload"


class PictureThrottle(AddressThrottle):
    scope = "picture"


class ModelThrottle(AddressThrottle):
    scope = "model"
