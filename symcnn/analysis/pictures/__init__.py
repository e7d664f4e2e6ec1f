"""Pictures of costs, for print.

``drawings`` says what is in a picture, without matplotlib; ``layers`` makes drawings from networks, ``plots``
whole pictures with their titles, and ``passes`` those of a pass on a machine. ``figures`` draws, and is the
only module that imports matplotlib, when a picture is asked for; ``labels`` finds room for names.
"""
