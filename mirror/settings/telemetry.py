"""Settings of what a station tells the outside: off unless somebody asks for it.

Names and numbers only, like all settings; knows no broker and opens no file.
"""

from __future__ import annotations

from mirror.settings.fields import Section, setting

TOPIC = r"^[^\s+#/$\x00-\x1f]{1,64}(/[^\s+#/\x00-\x1f]{1,64}){0,7}$"


class MqttSettings(Section):
    """What a station tells an MQTT broker: states, counts and degrees; needs the extra `mqtt`."""

    broker: str = setting(
        "",
        "The broker's host, or host:port (left out: 1883, with tls 8883); empty: nothing is told.",
        form="text",
    )
    username: str = setting(
        "", "The name this station has there; empty for a broker that asks none.", form="text"
    )
    password_file: str = setting(
        "",
        "File with the password in its first line, readable by the mirror; empty for none.",
        form="text",
    )
    tls: bool = setting(False, "Encrypt, and believe only a broker whose certificate this system trusts.")
    topic: str = setting(
        "squat-mirror",
        "Where its topics begin; the same for all stations of a class.",
        form="text without blanks, + or #, levels parted by /",
        pattern=TOPIC,
    )
    home_assistant: str = setting(
        "",
        "Where Home Assistant looks for devices, its own is homeassistant: there the station is announced; "
        "empty: it is not.",
        form="empty, or text without blanks, + or #, levels parted by /",
        pattern=f"(^$|{TOPIC})",
    )


class MetricsSettings(Section):
    """Numbers on the mirror itself for Prometheus, as a file; needs the extra `metrics`, but no network."""

    file: str = setting(
        "",
        "The file, its name ending in .prom for node-exporter, written every 15 s; empty: none is.",
        form="text",
    )
