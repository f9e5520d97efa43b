"""Kernels that are forked from a prepared process instead of being started.

`weike-fork` is a kernel provisioner for any Jupyter application. A template process imports what
lessons need, or runs a whole lesson, before it has threads, sockets or an event loop; each learner
then gets a copy of it in milliseconds. Where that cannot be done, a kernel starts as usual and
`ForkProvisioner.reason` says why.
"""
