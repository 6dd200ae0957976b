"""``/part/17/``: one shown part, with the times when it was added and changed."""

from django.http import HttpRequest, HttpResponse

from partsearch.contract.answer.rendering import part_answer
from partsearch.contract.errors import not_found
from partsearch.contract.request import reading
from partsearch.django_service.database.reader import read
from partsearch.django_service.http.responses import answers, json_response
from partsearch.django_service.one_part import find_part


@answers("GET")
def one_part(request: HttpRequest, written_id: str) -> HttpResponse:
    """Return the part, or 404 if no part that is shown has the id."""
    reading.check_no_fields(request.META["QUERY_STRING"].encode("latin-1"), "part")
    part_id = reading.part_id_from_path(written_id)
    part = None if part_id is None else read(lambda: find_part(part_id))
    if part is None:
        raise not_found()
    return json_response(part_answer(part))
