"""``/mark/`` and ``/model/``: what a search can be narrowed to."""

from django.http import HttpRequest, HttpResponse

from partsearch.contract.answer.rendering import list_answer
from partsearch.contract.request import reading
from partsearch.django_service.database.reader import read
from partsearch.django_service.http.responses import answers, json_response
from partsearch.django_service.lists import shown_marks, shown_models


@answers("GET")
def marks(request: HttpRequest) -> HttpResponse:
    """Return the shown marks."""
    reading.check_no_fields(request.META["QUERY_STRING"].encode("latin-1"))
    return json_response(list_answer(read(shown_marks)))


@answers("GET")
def models(request: HttpRequest) -> HttpResponse:
    """Return the shown models, of one mark where ``mark_id`` is given."""
    mark_id = reading.mark_id_from_query(request.META["QUERY_STRING"].encode("latin-1"))
    return json_response(list_answer(read(lambda: shown_models(mark_id))))
