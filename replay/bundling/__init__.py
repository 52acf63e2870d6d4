"""Bundles: a part of a log, or all of it, in one folder that is audited with nothing else.

``references`` says what an event refers to, ``closure`` what belongs to a selection, ``writing``
and ``copying`` make the folder, ``manifest`` describes it, ``checking`` compares it with its
manifest, ``lines_log`` reads it as a log, ``importing`` makes a log of it again. ``cloudevents``
shows events in the words of other tools.
"""
