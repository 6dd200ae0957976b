"""The Django service as granian runs it: the WSGI application behind the front."""

from partsearch.django_service.folding import folding
from partsearch.django_service.front.application import Front
from partsearch.django_service.typed.missed_searches import missed_searches
from partsearch.django_service.wsgi import application as wsgi_application


def _stop() -> None:
    # Its models need the settings of Django, which the application has loaded.
    from partsearch.django_service.typed.dictionary import dictionary_keeper

    dictionary_keeper.stop()
    folding().stop()
    missed_searches().stop()


application = Front(wsgi_application, on_stop=_stop)
