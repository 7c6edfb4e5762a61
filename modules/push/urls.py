"""Paths of push, under `/v1/`."""

from django.urls import path

from modules.push.api.devices import Devices, Key, OneDevice

urlpatterns = [
    path("me/devices", Devices.as_view()),
    path("me/devices/<client_uuid:device_id>", OneDevice.as_view()),
    path("push/key", Key.as_view()),
]
