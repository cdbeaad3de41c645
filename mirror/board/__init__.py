"""The coach's page for a class: every station at a glance, one timer, and afterwards a table.

Knows what stations say over MQTT and nothing of cameras, poses or screens. Keeps everything in memory: when
it ends, it has forgotten the class.
"""
