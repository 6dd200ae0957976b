"""``/suggest/``: what a person may want to search for who has typed so far."""

from django.http import HttpRequest, HttpResponse

from partsearch.contract.request.suggest import suggest_from_query, suggestions_answer
from partsearch.django_service.folding import folding
from partsearch.django_service.http.responses import answers, json_response
from partsearch.django_service.typed.suggestions import suggest


@answers("GET")
def suggestions(request: HttpRequest) -> HttpResponse:
    """Return the suggestions, each with the search that it stands for and the number of parts that this finds."""
    asked = suggest_from_query(request.META["QUERY_STRING"].encode("latin-1"))
    if asked.q is not None:
        folding().notice_search()
    return json_response(suggestions_answer(suggest(asked)))
