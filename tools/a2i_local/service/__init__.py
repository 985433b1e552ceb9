"""A2I service without HTTP and without a host: state, rules and life cycles."""

from a2i_core.human_loops.errors import ServiceError, WorkerTaskError
from a2i_core.human_loops.worker_task import TaskView
from a2i_local.service.clock import Clock, ManualClock, SystemClock
from a2i_local.service.faults import FaultSettings
from a2i_local.service.host import Host, HostAccessDenied, HostNotFound, Member, StoredObject
from a2i_local.service.service import A2IService
from a2i_local.service.settings import ServiceSettings
from a2i_local.service.ticker import Ticker
from a2i_local.service.worker_tasks import RenderedTask, WorkerTasks

__all__ = [
    "A2IService",
    "Clock",
    "FaultSettings",
    "Host",
    "HostAccessDenied",
    "HostNotFound",
    "ManualClock",
    "Member",
    "RenderedTask",
    "ServiceError",
    "ServiceSettings",
    "StoredObject",
    "SystemClock",
    "TaskView",
    "Ticker",
    "WorkerTaskError",
    "WorkerTasks",
]
