"""gunicorn, for script/server and for production: `gunicorn --config config/gunicorn.conf.py config.wsgi`."""

import os

workers = int(os.environ.get("WEB_CONCURRENCY") or min(max(len(os.sched_getaffinity(0)), 2), 8))
# Not the sync worker: three connections that a browser had opened ahead of need and left idle stopped three
# of them until the timeout; a thread sets an idle connection aside (docs/decisions/0002).
worker_class = "gthread"
threads = 4
keepalive = 15
preload_app = True  # a mistake in the settings shows once, before any worker starts; the workers share memory
timeout = 60
graceful_timeout = 10
max_requests = 2000  # bounds whatever a library may leak
max_requests_jitter = 200
control_socket_disable = True  # there is one per user: a second server on the machine would take it over
loglevel = "warning"


def when_ready(server):
    for listener in server.LISTENERS:
        host, port = listener.sock.getsockname()[:2]
        print(f"系统已启动：http://{host}:{port}（按 Ctrl+C 停止）", flush=True)


def post_worker_init(worker):
    """What a server that was stopped had left to do goes on."""
    from evaluations.rollout import running

    running.wake()
