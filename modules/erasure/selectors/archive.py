"""What erasure gives to a user's archive: nothing."""

from modules.erasure.models import Erasure, Receipt
from modules.kernel.archives import left_out

left_out(Erasure, Receipt, because="Who is being erased can ask for no archive.")
