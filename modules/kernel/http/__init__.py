"""What joins plain shapes and functions to HTTP: views import from here."""

from modules.kernel.http import converters as converters  # registers <id:...>
from modules.kernel.http.endpoint import View as View
from modules.kernel.http.operations import Deprecation as Deprecation
from modules.kernel.http.operations import Reply as Reply
from modules.kernel.http.operations import endpoint as endpoint
from modules.kernel.http.request import Request as Request
