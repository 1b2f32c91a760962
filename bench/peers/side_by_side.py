"""Runs one function in several processes that start their timed part together. Used by naswot.py and training.py."""

import multiprocessing
import os
import queue
import sys
import traceback


def _child(task, threads, barrier, messages, arguments):
    try:
        import torch
        torch.set_num_threads(threads)
        task(barrier.wait, messages.put, *arguments)
        messages.put(None)
    except BaseException:
        barrier.abort()  # so that the others do not wait for this one
        traceback.print_exc()
        sys.exit(1)


def run(task, processes, threads, make_arguments):
    """Starts task(wait, send, *make_arguments(context)) in each process and yields what they send.

    A task warms up, calls wait(), and only then starts its clock: process start-up is not timed.
    time.monotonic() is one clock for all processes of a machine.
    """
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)  # read by the children when they import their libraries
    context = multiprocessing.get_context("spawn")
    barrier, messages = context.Barrier(processes), context.Queue()
    arguments = make_arguments(context)
    children = [context.Process(target=_child, daemon=True, args=(task, threads, barrier, messages, arguments))
                for _ in range(processes)]
    for child in children:
        child.start()
    running = processes
    while running:
        try:
            message = messages.get(timeout=2)
        except queue.Empty:
            if any(child.exitcode for child in children):
                raise SystemExit("a process failed")
            continue
        if message is None:
            running -= 1
        else:
            yield message
    for child in children:
        child.join()
