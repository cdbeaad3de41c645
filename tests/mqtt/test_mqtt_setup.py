"""What a connection needs, out of the settings: what is wrong is one sentence, and the mirror goes on."""

from __future__ import annotations

import errno
import logging
import os
import socket

import pytest

from mirror.faults import BadInput
from mirror.mqtt import setup
from mirror.mqtt.setup import address_of, has_network, setup_for
from mirror.mqtt.station import mqtt_for
from mirror.service.folders import in_home
from mirror.settings import Settings

pytest.importorskip("paho")


def settings(station: str = "", **mqtt) -> Settings:
    return Settings.model_validate({"mqtt": mqtt, "coach": {"station": station}})


def test_without_a_broker_there_is_nothing_to_set_up(caplog):
    assert setup_for(Settings()) is None
    assert setup_for(settings(broker="  ")) is None
    assert mqtt_for(Settings()) is None
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("broker.local", ("broker.local", 1883)),
        ("192.168.1.10:1884", ("192.168.1.10", 1884)),
        ("fd00::10", ("fd00::10", 1883)),
        ("[fd00::10]", ("fd00::10", 1883)),
        ("[fd00::10]:8883", ("fd00::10", 8883)),
        ("bücher.example", ("bücher.example", 1883)),
    ],
)
def test_a_broker_is_a_host_or_a_host_and_a_port(told, address):
    assert address_of(told, 1883) == address


@pytest.mark.parametrize(
    "told",
    [
        "mqtt://broker",
        "broker:0",
        "broker:65536",
        "broker:99999999999999999999",
        "broker:port",
        "broker:",
        ":1883",
        "me@broker",
        "two hosts",
        "a..b",
        "x" * 300,
        "broker\x00",
        "[]:1",
    ],
)
def test_anything_else_is_one_sentence_that_names_the_setting(told):
    with pytest.raises(BadInput) as wrong:
        address_of(told, 1883)
    assert str(wrong.value).startswith("[mqtt] broker: ")
    assert "\n" not in str(wrong.value)


def test_an_encrypted_connection_has_another_port():
    assert setup_for(settings(broker="b", tls=True)).port == 8883
    assert setup_for(settings(broker="b:1", tls=True)).port == 1


def test_a_station_without_a_name_has_its_computers():
    assert setup_for(settings(broker="b")).topics.station == socket.gethostname()
    assert setup_for(settings("Rack 3", broker="b")).topics.state == "squat-mirror/Rack%203/state"


def test_the_password_is_the_files_first_line_and_never_shown(tmp_path):
    (tmp_path / "password").write_bytes("gehäim\r\nignored\n".encode())
    setup = setup_for(settings(broker="b", username="rack", password_file=str(tmp_path / "password")))
    assert setup.password == "gehäim".encode()
    assert "geh" not in repr(setup)


@pytest.mark.parametrize("what", ["missing", "folder", "empty", "pipe", "unreadable"])
def test_a_password_that_cannot_be_read_is_one_sentence_and_the_mirror_goes_on(tmp_path, caplog, what):
    path = tmp_path / "password"
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what != "missing":
        path.write_text("" if what == "empty" else "secret\n")
    if what == "unreadable":
        path.chmod(0)
        if os.access(path, os.R_OK):
            path = tmp_path / "password" / "below"  # root reads everything
    with caplog.at_level(logging.WARNING):
        assert mqtt_for(settings(broker="b", username="rack", password_file=str(path))) is None
    (record,) = caplog.records
    assert record.getMessage().startswith("mqtt: [mqtt] password_file: ")
    assert str(path) in record.getMessage()
    assert record.getMessage().endswith("; the mirror goes on and tells nobody")


def test_a_password_without_a_name_is_told(tmp_path):
    (tmp_path / "password").write_text("secret\n")
    with pytest.raises(BadInput, match="needs a username"):
        setup_for(settings(broker="b", password_file=str(tmp_path / "password")))


def test_without_the_library_the_sentence_says_what_installs_it(monkeypatch, caplog):
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    with caplog.at_level(logging.WARNING):
        assert mqtt_for(settings(broker="b")) is None
    (record,) = caplog.records
    assert "scripts/install.sh --with-mqtt" in record.getMessage()
    assert "pip install 'squat-mirror[mqtt]'" in record.getMessage()


def test_a_service_that_may_not_use_the_network_says_so_and_does_not_try(monkeypatch, caplog):
    def forbidden(family: int, kind: int) -> socket.socket:
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

    assert has_network()
    monkeypatch.setattr(setup.socket, "socket", forbidden)
    with caplog.at_level(logging.WARNING):
        assert mqtt_for(settings(broker="127.0.0.1")) is None
    (record,) = caplog.records
    assert "the service has no network: sudo scripts/install.sh --with-mqtt" in record.getMessage()


@pytest.mark.parametrize(
    "topic", ["", "/a", "a/", "a//b", "a/+/b", "#", "$SYS/a", "a b", "a\x00", "a/" * 9 + "a"]
)
def test_a_topic_nobody_could_publish_under_is_refused_with_the_other_settings(topic):
    with pytest.raises(ValueError, match="topic"):
        settings(broker="b", topic=topic)


def test_somebody_who_has_no_home_here_is_no_fault():
    assert str(in_home("~nobody-of-that-name/x")) == "~nobody-of-that-name/x"


def test_a_topic_may_have_levels():
    assert settings(broker="b", topic="gym/floor-2/mirrors").mqtt.topic == "gym/floor-2/mirrors"
