"""What search gives to a user's archive: nothing of its own."""

from modules.kernel.archives import left_out
from modules.search.models import FoundPerson

left_out(FoundPerson, because="It copies what stands in the profile, in the form that is searched.")
