"""A client that leaves: its statement is cancelled as long as it runs, and nothing is begun for it."""

import threading

import pytest

from partsearch.django_service.client import Client, RequestCancelledError, answering, current_client


def test_a_statement_is_cancelled_while_it_runs_and_not_later() -> None:
    client, cancelled = Client(), []
    client.cancel_statement()
    with client.running_statement(lambda: cancelled.append(1)):
        client.cancel_statement()
        client.cancel_statement()
    client.cancel_statement()
    assert cancelled == [1, 1]


def test_nothing_is_asked_for_a_client_that_has_disconnected() -> None:
    client = Client()
    client.has_disconnected = True
    with pytest.raises(RequestCancelledError), client.running_statement(lambda: None):
        pytest.fail("it was asked")


def test_the_thread_does_not_go_on_in_the_middle_of_a_cancellation() -> None:
    client = Client()
    asked, begun, may_end, has_gone_on = (threading.Event() for _ in range(4))

    def cancel() -> None:
        begun.set()
        assert may_end.wait(10)

    def ask() -> None:
        with client.running_statement(cancel):
            asked.set()
            assert begun.wait(10)
        has_gone_on.set()

    asking = threading.Thread(target=ask)
    asking.start()
    assert asked.wait(10)
    cancelling = threading.Thread(target=client.cancel_statement)
    cancelling.start()
    assert begun.wait(10)
    assert not has_gone_on.wait(0.05)
    may_end.set()
    assert has_gone_on.wait(10)
    asking.join()
    cancelling.join()


def test_each_thread_has_the_client_that_it_serves() -> None:
    outside, client = current_client(), Client()
    with answering(client):
        assert current_client() is client
    assert current_client() is outside
    assert not outside.has_disconnected
