"""A client that disconnects: its statement is cancelled while it runs, and no new statement starts."""

import threading

import pytest

from partsearch.django_service.http.client import Client, RequestCancelledError, answering, current_client


def test_a_statement_is_cancelled_while_it_runs_and_not_later() -> None:
    client, cancelled = Client(), []
    client.cancel_statement()
    with client.running_statement(lambda: cancelled.append(1)):
        client.cancel_statement()
        client.cancel_statement()
    client.cancel_statement()
    assert cancelled == [1, 1]


def test_no_statement_starts_for_a_disconnected_client() -> None:
    client = Client()
    client.has_disconnected = True
    with pytest.raises(RequestCancelledError), client.running_statement(lambda: None):
        pytest.fail("a statement started")


def test_the_thread_waits_for_a_cancellation_to_end() -> None:
    client = Client()
    is_running, begun, may_end, has_continued = (threading.Event() for _ in range(4))

    def cancel() -> None:
        begun.set()
        assert may_end.wait(10)

    def run() -> None:
        with client.running_statement(cancel):
            is_running.set()
            assert begun.wait(10)
        has_continued.set()

    running = threading.Thread(target=run)
    running.start()
    assert is_running.wait(10)
    cancelling = threading.Thread(target=client.cancel_statement)
    cancelling.start()
    assert begun.wait(10)
    assert not has_continued.wait(0.05)
    may_end.set()
    assert has_continued.wait(10)
    running.join()
    cancelling.join()


def test_each_thread_has_its_own_client() -> None:
    outside, client = current_client(), Client()
    with answering(client):
        assert current_client() is client
    assert current_client() is outside
    assert not outside.has_disconnected
